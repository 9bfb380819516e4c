package reporting

// form is a way of writing a value. A value and a key match if they are equal in
// the form that the key is compared in.
type form uint8

const (
	formExact form = iota
	formFolded
	formLoose
	formDN
	formName
	formCount
)

// slot is where a form finds people: a key, or a weaker reading of one.
type slot uint8

// The slots; those of one form stand together.
const (
	slotID slot = iota
	slotNumber
	slotUserName
	slotEmail
	slotPrincipal
	slotLocal // what stands before the "@" of a login
	slotLooseNumber
	slotDN
	slotName
	slotCount
)

// formOf is the form that a slot is compared in.
var formOf = [slotCount]form{
	slotID: formExact, slotNumber: formExact,
	slotUserName: formFolded, slotEmail: formFolded, slotPrincipal: formFolded, slotLocal: formFolded,
	slotLooseNumber: formLoose, slotDN: formDN, slotName: formName,
}

// slotsOf are a key's slots: a weaker one counts only where the stronger one
// finds nobody.
var slotsOf = [len(keys)][]slot{
	placeID: {slotID}, placeUserName: {slotUserName}, placeEmail: {slotEmail},
	placeEmployeeNumber: {slotNumber, slotLooseNumber},
	placePrincipalName:  {slotPrincipal, slotLocal},
	placeDN:             {slotDN}, placeName: {slotName},
}

// value is a reference's value in all forms.
type value struct {
	// forms are numbers of the forms in values.numbers; -1: it has none.
	forms [formCount]int32
	// kind is codeBlank, codePlaceholder, codeMalformedDN, or codeNotInDirectory
	// for one that may name somebody.
	kind uint8
	// problem is what is wrong with a distinguished name that can't be read.
	problem error
}

// values are the distinct values of references: what is looked for in the
// accounts. They are far fewer than the accounts' own texts, so it is the
// accounts that are held against the values.
type values struct {
	folder *folder
	// byDN says that some account has a distinguished name.
	byDN   bool
	byText map[string]int32
	all    []value
	// numbers are the numbers of the texts in each form, 0 to count-1.
	numbers [formCount]map[string]int32
	count   int32
}

func newValues(byDN bool, size int) *values {
	v := &values{folder: newFolder(), byDN: byDN, byText: make(map[string]int32, size)}
	for form := range v.numbers {
		v.numbers[form] = make(map[string]int32, size)
	}
	return v
}

// add returns the number of a value.
func (v *values) add(text string) int32 {
	if n, ok := v.byText[text]; ok {
		return n
	}
	n := int32(len(v.all))
	v.byText[text] = n
	v.all = append(v.all, v.forms(text))
	return n
}

func (v *values) forms(text string) value {
	out := value{forms: [formCount]int32{-1, -1, -1, -1, -1}, kind: codeNotInDirectory}
	plain := exact(text)
	if plain == "" {
		out.kind = codeBlank
		return out
	}
	if isPlaceholder(plain) {
		out.kind = codePlaceholder
		return out
	}
	out.forms[formExact] = v.number(formExact, []byte(plain))
	out.forms[formFolded] = v.number(formFolded, v.folder.folded(plain))
	out.forms[formLoose] = v.number(formLoose, v.folder.loose(plain))
	if !looksLikeDN(plain) {
		out.forms[formName] = v.number(formName, v.folder.name(plain))
		return out
	}
	name, err := parseDN(plain)
	switch {
	case err != nil:
		out.kind, out.problem = codeMalformedDN, err
	case v.byDN:
		out.forms[formDN] = v.number(formDN, []byte(name.canonical(v.folder)))
	case name.commonName() != "":
		out.forms[formName] = v.number(formName, v.folder.name(name.commonName()))
	}
	return out
}

// number is the number of a text in a form.
func (v *values) number(f form, text []byte) int32 {
	if len(text) == 0 {
		return -1
	}
	if n, ok := v.numbers[f][string(text)]; ok {
		return n
	}
	n := v.count
	v.numbers[f][string(text)] = n
	v.count++
	return n
}

// anyDN reports whether some account has a distinguished name.
func anyDN(accounts []Account) bool {
	for i := range accounts {
		if accounts[i].DN != "" {
			return true
		}
	}
	return false
}
