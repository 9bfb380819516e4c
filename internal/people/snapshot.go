package people

import (
	"fmt"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/text/unicode/norm"

	"patchbay.example/internal/people/quality"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/unit"
)

// Snapshot is everybody as of one run and one set of settings. It never changes,
// and its methods may be called concurrently.
//
// People are numbered by id. Accounts are all that the connection lists, of whom
// some are not shown; they have numbers of their own.
type Snapshot struct {
	key        key
	connection string
	complete   time.Time
	since      time.Time // when the directory before was complete; zero: not known
	settings   Settings
	columns    []column
	column     map[string]int // by name
	catalogue  []Attribute

	people    []person
	ids       map[string]int32 // by id
	accounts  []seat
	aside     []aside
	links     *reporting.Resolution // by account
	forest    *reporting.Forest     // by person
	direct    []int32
	total     []int32
	contract  []int32   // contractors among total
	below     [][]int32 // active or leading reports, by name
	roots     []int32   // those with reports, the largest first
	alone     []int32   // those in no tree of more than one
	byName    []int32   // everybody, by name
	namesakes [][]int32
	// namesakeOf is the group of namesakes that somebody is in.
	namesakeOf map[int32]int
	active     int
	index      *search.Index
	facets     []column // what the index has facets of
	units      *unit.Units
	fields     []string          // what is a unit
	zones      map[string]string // IANA names, by what records say
	circles    map[int32][]int32 // by member
	findings   *quality.Report
	before     *comparison // nil: nothing is known of it
	// hidden are the folded ids, addresses and names of those who are hidden: a
	// manager attribute that holds one is not told.
	hidden map[string]bool
	// hiddenBy are those of them that are long enough to be looked for within a
	// text, by their first letters.
	hiddenBy map[string][]string
}

// person is somebody who is shown.
type person struct {
	*entry
	account int32
	telling string
	reason  reporting.Reason
}

// seat is what is remembered of every account, shown or not.
type seat struct {
	person int32 // -1: not shown
	aside  string
}

// aside is an account that belongs to nobody.
type aside struct{ Aside }

// key says of what a snapshot is made.
type key struct{ connection, generation, revision int64 }

// order is how names are sorted: without case and marks.
func order(name string) string {
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(name)))
}

// value is a person's value of an allowed attribute.
func (s *Snapshot) value(i int32, attribute string) string {
	if c, ok := s.column[attribute]; ok {
		return s.people[i].values[c]
	}
	return ""
}

func (s *Snapshot) name(i int32) string { return s.people[i].name }

func (s *Snapshot) manager(i int32) int32 { return s.forest.Parent(i) }

func (s *Snapshot) managerName(i int32) string {
	if m := s.manager(i); m >= 0 {
		return s.people[m].name
	}
	return ""
}

// Connection is the HRIS's name.
func (s *Snapshot) Connection() string { return s.connection }

// Generation is the run that the snapshot shows.
func (s *Snapshot) Generation() int64 { return s.key.generation }

// Complete is when that run was promoted.
func (s *Snapshot) Complete() time.Time { return s.complete }

// ETag names the snapshot, as an entity tag of RFC 9110: what the same query
// answers differs only under another one.
func (s *Snapshot) ETag() string {
	return fmt.Sprintf(`"%d.%d.%d"`, s.key.connection, s.key.generation, s.key.revision)
}

// Size counts who is shown.
func (s *Snapshot) Size() int { return len(s.people) }

// Active counts who of them is active.
func (s *Snapshot) Active() int { return s.active }

// Settings are those of the snapshot. They are to be read only.
func (s *Snapshot) Settings() Settings { return s.settings }

// Attributes are all that there are, the allowed ones first. They are to be read
// only.
func (s *Snapshot) Attributes() []Attribute { return s.catalogue }

// Bytes is how much memory the snapshot takes, about: the texts of people and
// accounts, the tables by number, and the index.
func (s *Snapshot) Bytes() int64 {
	const (
		perPerson = int64(unsafe.Sizeof(person{})+unsafe.Sizeof(entry{})+unsafe.Sizeof(seat{})) + 120 // and a place in each table, two in maps
		perText   = int64(unsafe.Sizeof(""))
	)
	total := int64(len(s.people))*perPerson + s.index.Bytes() + s.links.Bytes() + s.forest.Bytes()
	for i := range s.people {
		p := &s.people[i]
		total += int64(len(p.id)+len(p.name)+len(p.given)+len(p.family)+len(p.telling)) + int64(len(p.values))*perText
	}
	return total
}
