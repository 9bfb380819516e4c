package reporting

// Reason says how somebody's manager was found, or why none was. Everybody has
// exactly one.
type Reason string

// The reasons.
const (
	Resolved          Reason = "resolved"            // found without a doubt
	InactiveManager   Reason = "inactive_manager"    // found, and no longer active
	Conflict          Reason = "conflict"            // found, and another attribute names somebody else
	Cycle             Reason = "cycle"               // found, in a circle
	Self              Reason = "self"                // the person's own manager
	Blank             Reason = "blank"               // no attribute has a value
	Placeholder       Reason = "placeholder"         // a value that stands for none, such as "n/a"
	NotInDirectory    Reason = "not_in_directory"    // a value that is nobody's
	OutsideSyncFilter Reason = "outside_sync_filter" // somebody who was in the directory and is not now
	Ambiguous         Reason = "ambiguous"           // a value that is several people's
	MalformedDN       Reason = "malformed_dn"        // a distinguished name that can't be read
)

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

// Table is how managers are written in a directory.
type Table struct {
	// People are those with a value in any attribute.
	People int `json:"people"`
	// Attributes are the columns, Keys the rows.
	Attributes []string `json:"attributes"`
	Keys       []Key    `json:"keys"`
	// Cells are by row and column.
	Cells [][]Cell `json:"cells"`
	// Primary is the pair that is looked at first; nil where no value names
	// anybody. Pinned says that an administrator chose it.
	Primary *Pair `json:"primary,omitempty"`
	Pinned  bool  `json:"pinned,omitempty"`
}

// Cell is a pair of attribute and key.
type Cell struct {
	// One counts the people whose value is exactly one person's key, Several
	// those whose value is more than one's.
	One     int `json:"one"`
	Several int `json:"several"`
}

// Pair is an attribute and the key that it holds.
type Pair struct {
	Attribute string `json:"attribute"`
	Key       Key    `json:"key"`
}
