package reporting

// Account is what the resolver reads of a person. Any text may be empty, and
// may be anything.
type Account struct {
	ID     string
	Active bool
	// UserName is the login.
	UserName string
	// Emails are all addresses.
	Emails         []string
	EmployeeNumber string
	// PrincipalNames are other logins: user principal names (UPN),
	// sAMAccountName and the like.
	PrincipalNames []string
	// DN is the distinguished name, as a string of RFC 4514.
	DN string
	// Names are the names as they are written: the display name, given and
	// family name, nickname and family name, in either order.
	Names []string
	// Department only hints at which of several candidates it is: it decides
	// nothing.
	Department string
	// References are the manager attributes in the record's order; those without
	// a value may be left out. An attribute with several values stands there
	// several times.
	References []Reference
}

// Reference is a value of a manager attribute.
type Reference struct{ Attribute, Value string }

// Options are an administrator's choices.
type Options struct {
	// Pin is the pair of attribute and key that is taken for primary whatever
	// the directory says; nil: it is learnt. What a pinned pair names wins over
	// what every other attribute names.
	Pin *Pair
}
