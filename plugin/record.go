package plugin

import "time"

// Record is one object as the service has it. Its texts are valid UTF-8; Source
// may be any bytes.
type Record struct {
	// ID is the service's key; never empty.
	ID string
	// User is the typed view of a record of kind [KindUsers], Group of kind
	// [KindGroups]; both nil for [KindOther].
	User  *User
	Group *Group
	// Source is the object byte for byte as the service sent it. The stream
	// copies it before Page returns.
	Source []byte
}

// User is a person's or a machine's account. Empty strings and zero times mean
// that the service has no value.
type User struct {
	UserName          string // what the user signs in with
	Name              Name
	DisplayName       string // as the service has it; not made up from parts
	NickName          string
	ProfileURL        string
	Emails            []Email // the primary one first
	PhoneNumbers      []PhoneNumber
	Address           Address
	Title             string // job title
	Department        string
	Division          string
	Organization      string
	CostCenter        string
	EmployeeNumber    string
	UserType          string      // label such as "Employee", as written
	AccountType       AccountType // decides which attributes the user has
	Managers          []ManagerReference
	PreferredLanguage string
	Locale            string
	TimeZone          string

	Status                string     // the service's own word
	StatusKind            UserStatus // in words that all services share
	TransitioningToStatus string     // the service's own word

	Created         time.Time
	Activated       time.Time
	StatusChanged   time.Time
	LastLogin       time.Time
	LastUpdated     time.Time
	PasswordChanged time.Time
}

// Name is a person's name in parts.
type Name struct {
	Given, Middle, Family            string
	HonorificPrefix, HonorificSuffix string
}

// Email is an e-mail address.
type Email struct {
	Value   string
	Type    string // "work", "home", "other" or empty
	Primary bool   // true for one at most
}

// PhoneNumber is a telephone number as written.
type PhoneNumber struct {
	Value string
	Type  string // "work", "mobile", "home", "other" or empty
}

// Address is a postal address.
type Address struct {
	StreetAddress string
	Locality      string // city
	Region        string // state or province
	PostalCode    string
	Country       string // ISO 3166-1 alpha-2 or as written
	Formatted     string // where the service has it in one piece
}

// AccountType is the service's type of a user account.
type AccountType struct {
	ID   string
	Name string // empty when it could not be looked up
}

// ManagerReference is one raw statement about who a user reports to.
type ManagerReference struct {
	Attribute string // name of the source attribute
	Value     string // as written
}

// UserStatus is an account's status in words that all services share.
type UserStatus int

// The statuses. The zero value is one that the connector does not know.
const (
	StatusPending        UserStatus = iota + 1 // created, can't be used yet
	StatusActive                               // in use
	StatusActionRequired                       // in use; the person must do something first
	StatusLocked                               // locked by the service
	StatusSuspended                            // suspended by an administrator
	StatusDeprovisioned                        // deactivated: no access any more
)

// Group is a set of users.
type Group struct {
	Name                  string
	Description           string
	Type                  string // the service's own word
	Created               time.Time
	LastUpdated           time.Time
	LastMembershipUpdated time.Time
}
