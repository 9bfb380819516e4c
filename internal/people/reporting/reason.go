package reporting

// Reason says how somebody's manager was found, or why none was. Everybody has
// exactly one.
type Reason string

// The reasons. Where several apply, the one that stands further up in this list
// is given.
const (
	Self              Reason = "self"                // the person's own manager: a root
	Cycle             Reason = "cycle"               // found, in a circle
	Conflict          Reason = "conflict"            // found, and another attribute names somebody else
	InactiveManager   Reason = "inactive_manager"    // found, and no longer active
	Resolved          Reason = "resolved"            // found without a doubt
	Ambiguous         Reason = "ambiguous"           // a value that is several people's
	OutsideSyncFilter Reason = "outside_sync_filter" // somebody who was in the directory and is not now
	MalformedDN       Reason = "malformed_dn"        // a distinguished name that can't be read
	NotInDirectory    Reason = "not_in_directory"    // a value that is nobody's
	Placeholder       Reason = "placeholder"         // a value that stands for none, such as "n/a"
	Blank             Reason = "blank"               // no attribute has a value
)

// reasons are all of them; a reason's place is its code in memory.
var reasons = [...]Reason{
	Self, Cycle, Conflict, InactiveManager, Resolved, Ambiguous,
	OutsideSyncFilter, MalformedDN, NotInDirectory, Placeholder, Blank,
}

// The codes of the reasons.
const (
	codeSelf = iota
	codeCycle
	codeConflict
	codeInactiveManager
	codeResolved
	codeAmbiguous
	codeOutsideSyncFilter
	codeMalformedDN
	codeNotInDirectory
	codePlaceholder
	codeBlank
)

// Reasons are all reasons, each once.
func Reasons() []Reason {
	all := reasons
	return all[:]
}

// Key is what of a person a manager attribute may hold.
type Key string

// The keys, the strongest first.
const (
	KeyID             Key = "id"
	KeyUserName       Key = "user_name"
	KeyEmail          Key = "email"
	KeyEmployeeNumber Key = "employee_number"
	KeyPrincipalName  Key = "principal_name"
	KeyDN             Key = "dn"
	KeyName           Key = "name"
)

// keys are all of them; a key's place is its strength, 0 the strongest.
var keys = [...]Key{
	KeyID, KeyUserName, KeyEmail, KeyEmployeeNumber, KeyPrincipalName, KeyDN, KeyName,
}

// The places of the keys.
const (
	placeID = iota
	placeUserName
	placeEmail
	placeEmployeeNumber
	placePrincipalName
	placeDN
	placeName
)

// Keys are all keys, the strongest first.
func Keys() []Key {
	all := keys
	return all[:]
}

// place is a key's place in keys, -1 for none of them.
func place(key Key) int {
	for i, k := range keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Pair is an attribute and the key that it holds.
type Pair struct {
	Attribute string `json:"attribute"`
	Key       Key    `json:"key"`
}
