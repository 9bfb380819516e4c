package search

// Document is what a person may be found by. Whoever builds it has applied the
// policy: a value that is not in it is in no answer. Any field may be empty, and
// may hold any bytes; of a value the first 1,024 bytes and 32 words count, and
// of a list the first 16 values.
type Document struct {
	// Name is the name that is shown.
	Name string
	// Names are further names: given and family name, nickname.
	Names []string
	// Title and Department are found by each of their words.
	Title, Department string
	// Emails are found as a whole, from their beginning, and by the words before
	// the @. The words of a domain would find everybody.
	Emails []string
	// Numbers are employee numbers and the like: found as a whole and from their
	// beginning. A word of a query that holds a digit is forgiven no typo.
	Numbers []string
	// Other holds the values of configured attributes.
	Other []string
	// Facets holds, for each facet field in the order that [Query] names them, the
	// person's values there. A shorter slice, an empty one and "" are a person
	// without a value.
	Facets [][]string
}

// Field is where in a [Document] a text stands.
type Field uint8

// The fields, the weightiest first.
const (
	Name Field = iota
	Names
	Emails
	Numbers
	Title
	Department
	Other
)

// String is the field's name in [Document].
func (f Field) String() string {
	return [...]string{"Name", "Names", "Emails", "Numbers", "Title", "Department", "Other"}[f]
}

// values yields each text that a document is found by.
func (d *Document) values(yield func(f Field, index int, text string)) {
	list := func(f Field, texts []string) {
		for i, text := range texts[:min(len(texts), maxValues)] {
			yield(f, i, text)
		}
	}
	yield(Name, 0, d.Name)
	list(Names, d.Names)
	list(Emails, d.Emails)
	list(Numbers, d.Numbers)
	yield(Title, 0, d.Title)
	yield(Department, 0, d.Department)
	list(Other, d.Other)
}
