// Package columns finds out what the columns of a table about people mean, from
// their headers alone, in several languages: [Propose]. What it proposes is shown
// to an administrator, who overrides it by the name of a header.
package columns

// Attribute is what a column may mean. The names are those of an administrator's
// overrides.
type Attribute string

// The attributes. Those of which a person may have several are [Attribute.Many].
const (
	None            Attribute = ""
	ID              Attribute = "id"
	EmployeeNumber  Attribute = "employee_number"
	Email           Attribute = "email"
	OtherEmail      Attribute = "other_email"
	UserName        Attribute = "user_name"
	GivenName       Attribute = "given_name"
	MiddleName      Attribute = "middle_name"
	FamilyName      Attribute = "family_name"
	DisplayName     Attribute = "display_name"
	NickName        Attribute = "nick_name"
	HonorificPrefix Attribute = "honorific_prefix"
	HonorificSuffix Attribute = "honorific_suffix"
	Title           Attribute = "title"
	Department      Attribute = "department"
	Division        Attribute = "division"
	Organization    Attribute = "organization"
	CostCenter      Attribute = "cost_center"
	UserType        Attribute = "user_type"
	Status          Attribute = "status"
	Inactive        Attribute = "inactive"
	HireDate        Attribute = "hire_date"
	TerminationDate Attribute = "termination_date"
	ManagerID       Attribute = "manager_id"
	ManagerEmail    Attribute = "manager_email"
	ManagerName     Attribute = "manager_name"
	Manager         Attribute = "manager"
	WorkPhone       Attribute = "work_phone"
	MobilePhone     Attribute = "mobile_phone"
	StreetAddress   Attribute = "street_address"
	City            Attribute = "city"
	Region          Attribute = "region"
	PostalCode      Attribute = "postal_code"
	Country         Attribute = "country"
	Language        Attribute = "preferred_language"
	Locale          Attribute = "locale"
	TimeZone        Attribute = "time_zone"
	ProfileURL      Attribute = "profile_url"
	Created         Attribute = "created"
	LastUpdated     Attribute = "last_updated"
	LastLogin       Attribute = "last_login"
)

// Keys are the attributes that may be the key of a person, the best first.
func Keys() []Attribute { return []Attribute{ID, EmployeeNumber, Email, UserName} }

// IsDate reports whether the attribute's values are dates.
func (a Attribute) IsDate() bool {
	switch a {
	case HireDate, TerminationDate, Created, LastUpdated, LastLogin:
		return true
	default:
		return false
	}
}

// IsManager reports whether the attribute's values name the person's manager.
func (a Attribute) IsManager() bool {
	switch a {
	case ManagerID, ManagerEmail, ManagerName, Manager:
		return true
	default:
		return false
	}
}

// Many reports whether several columns may have the attribute.
func (a Attribute) Many() bool { return a.IsManager() || a == OtherEmail }

// Decisive reports whether it matters much which column has the attribute: it
// tells people apart, whether they work there, or what they are called.
func (a Attribute) Decisive() bool {
	switch a {
	case ID, EmployeeNumber, Email, UserName, Status, Inactive, HireDate, TerminationDate, GivenName, FamilyName, DisplayName:
		return true
	default:
		return false
	}
}

// Attributes returns all attributes in the order of their documentation, each
// with the headers that are understood as it, the strongest first.
func Attributes() []Understood { return understood }

// Known reports whether there is such an attribute.
func Known(name string) bool {
	for _, u := range understood {
		if string(u.Attribute) == name {
			return true
		}
	}
	return false
}

// Understood is an attribute with the headers that are understood as it. Case,
// blanks, punctuation, diacritics and what stands in brackets do not count.
type Understood struct {
	Attribute Attribute
	Headers   []string
}
