package people

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// standard is an attribute of the contract's typed view.
type standard struct {
	name, label string
	// shown says that it is allowed unless an administrator says otherwise: what
	// colleagues need to find and reach somebody at work.
	shown bool
	// private says that it is a matter of private life.
	private bool
	// kind is as of [Value.Kind].
	kind string
	of   func(*connectorv1.User) string
}

// standards are the standard attributes in the order of a person's page. Name,
// id and status are not among them: they are always shown.
var standards = []standard{
	{name: attrEmail, label: "E-mail", shown: true, kind: "email", of: workEmail},
	{name: attrWorkPhone, label: "Work phone", shown: true, kind: "phone", of: phone("work")},
	{name: attrTitle, label: "Title", shown: true, of: (*connectorv1.User).GetTitle},
	{name: attrDepartment, label: "Department", shown: true, kind: "unit", of: (*connectorv1.User).GetDepartment},
	{name: attrDivision, label: "Division", shown: true, kind: "unit", of: (*connectorv1.User).GetDivision},
	{name: attrOrganization, label: "Organization", shown: true, kind: "unit", of: (*connectorv1.User).GetOrganization},
	{name: attrCostCenter, label: "Cost centre", shown: true, kind: "unit", of: (*connectorv1.User).GetCostCenter},
	{name: attrUserType, label: "Type", shown: true, of: (*connectorv1.User).GetUserType},
	{name: attrNickName, label: "Nickname", shown: true, of: (*connectorv1.User).GetNickName},
	{name: attrCity, label: "City", shown: true, of: func(u *connectorv1.User) string { return u.GetAddress().GetLocality() }},
	{name: attrRegion, label: "State or province", of: func(u *connectorv1.User) string { return u.GetAddress().GetRegion() }},
	{name: attrCountry, label: "Country", shown: true, of: func(u *connectorv1.User) string { return u.GetAddress().GetCountry() }},
	{name: attrTimeZone, label: "Time zone", shown: true, of: (*connectorv1.User).GetTimeZone},
	{name: attrEmployeeNumber, label: "Employee no.", of: (*connectorv1.User).GetEmployeeNumber},
	{name: "user_name", label: "Login", of: (*connectorv1.User).GetUserName},
	{name: "profile_url", label: "Profile", kind: "url", of: (*connectorv1.User).GetProfileUrl},
	{name: "locale", label: "Locale", of: (*connectorv1.User).GetLocale},
	{name: "preferred_language", label: "Language", of: (*connectorv1.User).GetPreferredLanguage},
	{name: "other_email", label: "Other e-mail", private: true, kind: "email", of: otherEmail},
	{name: "mobile_phone", label: "Mobile phone", private: true, kind: "phone", of: phone("mobile")},
	{name: "home_phone", label: "Home phone", private: true, kind: "phone", of: phone("home")},
	{name: "street_address", label: "Street", private: true, of: func(u *connectorv1.User) string { return u.GetAddress().GetStreetAddress() }},
	{name: "postal_code", label: "Postal code", private: true, of: func(u *connectorv1.User) string { return u.GetAddress().GetPostalCode() }},
	{name: "postal_address", label: "Postal address", private: true, of: func(u *connectorv1.User) string { return u.GetAddress().GetFormatted() }},
}

// The standard attributes that code asks for by name.
const (
	attrEmail          = "email"
	attrWorkPhone      = "work_phone"
	attrTitle          = "title"
	attrDepartment     = "department"
	attrDivision       = "division"
	attrOrganization   = "organization"
	attrCostCenter     = "cost_center"
	attrUserType       = "user_type"
	attrNickName       = "nick_name"
	attrCity           = "city"
	attrRegion         = "region"
	attrCountry        = "country"
	attrTimeZone       = "time_zone"
	attrEmployeeNumber = "employee_number"
	// attrManager is no attribute but the manager who was found: a facet, and a
	// field of changes.
	attrManager = "manager"
)

// DefaultAttributes are those that are shown and searched unless an
// administrator says otherwise.
func DefaultAttributes() []string {
	var names []string
	for _, a := range standards {
		if a.shown {
			names = append(names, a.name)
		}
	}
	return names
}

func standardNamed(name string) (standard, bool) {
	i := slices.IndexFunc(standards, func(a standard) bool { return a.name == name })
	if i < 0 {
		return standard{}, false
	}
	return standards[i], true
}

// labelOf is what pages call an attribute.
func labelOf(name string) string {
	if name == attrManager {
		return "Reports to"
	}
	if a, ok := standardNamed(name); ok {
		return a.label
	}
	return words(lastOf(name))
}

// lastOf is the last part of a path in the source.
func lastOf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// words makes "Badge number" of "badgeNumber", "badge_number" and "badge-number".
func words(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		last := before
		before = r
		switch {
		case r == '_' || r == '-' || r == ':':
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		if b.Len() == 0 {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func workEmail(u *connectorv1.User) string {
	for _, e := range u.GetEmails() {
		if t := e.GetType(); e.GetPrimary() && t != "home" || t == "work" {
			return e.GetValue()
		}
	}
	return ""
}

func otherEmail(u *connectorv1.User) string {
	work := workEmail(u)
	for _, e := range u.GetEmails() {
		if e.GetValue() != work {
			return e.GetValue()
		}
	}
	return ""
}

func phone(kind string) func(*connectorv1.User) string {
	return func(u *connectorv1.User) string {
		for _, p := range u.GetPhoneNumbers() {
			if t := p.GetType(); t == kind || kind == "work" && t == "" {
				return p.GetValue()
			}
		}
		return ""
	}
}

// Names of the source's own attributes are compared by their letters and digits
// alone, without case: managerDN, manager_dn and Manager-Dn are one.
var (
	// managerNames are attributes that name a manager, whatever the connector
	// knows of them. An account manager or a project manager is somebody else.
	managerNames = regexp.MustCompile(`^(line|direct|people)?(manager|supervisor|reportsto|boss)(id|dn|upn|email|emailaddress|mail|name|displayname|fullname|login|username|userid|employeenumber|employeeid|number|samaccountname)?$`)
	// principalNames hold what else an account is called where it comes from.
	principalNames = regexp.MustCompile(`^(userprincipalname|upn|samaccountname|aduserprincipalname|adsamaccountname|windowsaccountname)$`)
	dnNames        = regexp.MustCompile(`^(dn|distinguishedname|addn|addistinguishedname|ldapdn|entrydn)$`)
	// privateNames are matters of private life, in the words of several
	// languages' directories.
	privateNames = regexp.MustCompile(`birth|dob$|^dob|private|personal|home|salary|wage|compensation|payroll|iban|bankaccount|ssn|socialsecurity|taxid|nationalid|passport|gender|sex$|marital|religion|ethnic|race$|disab|health|medical|emergency|spouse|child|nationality|citizenship|geburt|privat|gehalt|naissance|nacimiento`)
	// secretNames never leave the source at all.
	secretNames = regexp.MustCompile(`password|passwd|secret|credential|token|privatekey|recoveryquestion|recoveryanswer|pincode`)
)

// folded are a name's letters and digits without case.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// known are the names by which services call what the typed view holds, and
// what describes the account and not the person: they are no attributes of their
// own. Case counts, as "Department" may be another attribute than "department".
var known = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`
		login firstName middleName lastName honorificPrefix honorificSuffix displayName nickName profileUrl email secondEmail
		primaryPhone mobilePhone streetAddress city state zipCode countryCode postalAddress preferredLanguage locale timezone
		userType employeeNumber costCenter organization division department title
		userName givenName familyName formatted
		id status created activated statusChanged lastLogin lastUpdated passwordChanged transitioningToStatus schemas
		realmId externalId`) {
		known[name] = true
	}
}
