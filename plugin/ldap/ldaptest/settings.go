package ldaptest

// Settings are what a directory holds and how it behaves. The zero value is an
// OpenLDAP without people.
type Settings struct {
	People []Person
	Groups []Group
	// ActiveDirectory gives entries the attributes, and the server the root DSE, of
	// Active Directory.
	ActiveDirectory bool
	// TLS gives the server a certificate for 127.0.0.1 and localhost, for StartTLS
	// and LDAPS. Certificate changes it.
	TLS         bool
	Certificate Certificate
	// Limits is what slapd.conf(5) calls limits for the bind account, such as
	// "size=3"; empty for no limit.
	Limits string
	// Access are lines of slapd.access(5) before those by which the bind account
	// may read all but passwords.
	Access []string
	// Global and Database are further lines for slapd.conf, before and after
	// the line "database mdb".
	Global, Database []string
	// LDIF are further entries.
	LDIF string
}

// Person is a synthetic person. Empty values are left out.
type Person struct {
	UID            string // unique; also the RDN, but in Active Directory
	GivenName      string
	FamilyName     string
	DisplayName    string // given and family name where it is empty
	Mail           string
	Title          string
	Department     string
	EmployeeNumber string
	Manager        string // UID
	Disabled       bool
	// Attributes are further values by attribute, among them object classes.
	Attributes map[string][]string
}

// Group is a group of people.
type Group struct {
	Name    string
	Class   string   // groupOfNames, groupOfUniqueNames or posixGroup; in Active Directory always group
	Members []string // UIDs
	// Others are further members, as the attribute holds them.
	Others []string
}

// Certificate says what is wrong with a server's certificate; the zero value is one
// that is right.
type Certificate struct {
	Expired bool
	Host    string // instead of 127.0.0.1 and localhost
}
