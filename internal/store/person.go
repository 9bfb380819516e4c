package store

import "time"

// MaxIDBytes bounds a person's id, as the contract does.
const MaxIDBytes = 1 << 10

// ValidID reports whether a person may have the id: 1 to [MaxIDBytes] bytes
// which every engine stores as they are. Another one, altered, would be
// somebody else.
func ValidID(id string) bool {
	return id != "" && len(id) <= MaxIDBytes && Text(id) == id
}

// HashBytes is the length of a hash: the first half of a SHA-256, or as good.
const HashBytes = 16

// Times are what changes without anybody noticing; zero where unknown. Whole
// milliseconds are kept.
type Times struct{ LastLogin, PasswordChanged, LastUpdated time.Time }

// Version is a person as of one run.
type Version struct {
	// Visible is a hash, [HashBytes] long, of what people see: a version with
	// the same one is not written.
	Visible []byte
	// UserName, Name, Email, Title and Department are for lists and search; any
	// may be empty. Name is never empty when anything else is not.
	UserName, Name, Email, Title, Department string
	// Status is the service's word; Access whether the person may sign in or
	// will be able to: everybody but the deprovisioned.
	Status string
	Access bool
	// View is the typed view, a marshalled patchbay.connector.v1.User.
	View []byte
	// Source is the object as the service sent it.
	Source []byte
}

// Person is a person whom readers see.
type Person struct {
	ID string
	Version
	// Times are of the latest promoted run that saw the person.
	Times Times
	// Since is the run that wrote the version.
	Since int64
	// Stale says that the latest promoted run met the person and could not read
	// the record: this is the last good state.
	Stale bool
}

// ChangeKind is what a promoted run did to a person.
type ChangeKind string

// The kinds of change.
const (
	Joined  ChangeKind = "joined"
	Changed ChangeKind = "changed"
	Left    ChangeKind = "left"
)

// Change is one person's change by one promoted run. The first promoted run of
// a connection records none: everybody would have joined.
type Change struct {
	Run    int64
	ID     string
	Kind   ChangeKind
	Before *Version // nil for Joined
	After  *Version // nil for Left
}

// PeopleQuery asks for a part of the people whom readers see, ordered by id.
type PeopleQuery struct {
	ConnectionID int64
	// Search is words; people match of whose name, e-mail and user name some
	// word begins with each of them. Case and diacritics don't count. Empty:
	// everybody.
	Search string
	// After is the id after which to begin; empty: at the first.
	After string
	// Limit is at most [MaxPeople]; 0 is that.
	Limit int
}

// MaxPeople bounds an answer.
const MaxPeople = 1000

// Limit is how many rows an answer may have, for a limit that was asked for:
// 0, like anything below, and what exceeds [MaxPeople] are that.
func Limit(asked int) int {
	if asked <= 0 || asked > MaxPeople {
		return MaxPeople
	}
	return asked
}
