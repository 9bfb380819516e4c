package people

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/people/quality"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Bounds of what is kept of a person.
const (
	// maxNameBytes bounds a name: the longest that people bear are a tenth of it.
	maxNameBytes = 300
	// maxValueBytes bounds the value of an attribute.
	maxValueBytes = 1 << 10
)

// profile is all that a record says of a person. It lives while a snapshot is
// made; of it a snapshot keeps what the policy allows, and what the resolver
// needs.
type profile struct {
	id, name, given, family string
	status                  string
	// access says that the person may sign in or will be able to; active that
	// nobody has suspended that.
	access, active, stale bool
	account               reporting.Account
	evidence              quality.Evidence
	// standard are the values of the standards, by their place there.
	standard []string
	customs  []custom
}

// readProfile reads a stored person. managers are further attributes that may
// name a manager. A view that can't be read leaves the columns that lists show.
func readProfile(p *store.Person, managers []string) profile {
	user := &connectorv1.User{}
	if proto.Unmarshal(p.View, user) != nil {
		user = connectorv1.User_builder{
			UserName: p.UserName, DisplayName: p.Name, Title: p.Title, Department: p.Department, Status: p.Status,
		}.Build()
	}
	kind := user.GetStatusKind()
	f := profile{
		id: p.ID, given: shownName(user.GetName().GetGiven()), family: shownName(user.GetName().GetFamily()),
		status: shown(p.Status, maxNameBytes), access: p.Access, stale: p.Stale,
		active:   p.Access && kind != connectorv1.UserStatus_USER_STATUS_SUSPENDED && kind != connectorv1.UserStatus_USER_STATUS_DEPROVISIONED,
		standard: make([]string, len(standards)),
	}
	for i, a := range standards {
		f.standard[i] = shown(a.of(user), maxValueBytes)
	}
	found := customs(p.Source)
	f.account = account(p, user, found, managers)
	f.account.Active = f.active
	f.evidence = evidenceOf(user, len(f.account.References))
	for _, c := range found {
		f.customs = append(f.customs, custom{path: shown(c.path, maxPathBytes), value: shown(c.value, maxValueBytes)})
	}
	f.name = cmp.Or(shownName(user.GetDisplayName()), shownName(user.GetName().GetGiven()+" "+user.GetName().GetFamily()), "Somebody without a name")
	return f
}

// account is what the resolver reads: every value as it is written.
func account(p *store.Person, user *connectorv1.User, found []custom, managers []string) reporting.Account {
	name := user.GetName()
	a := reporting.Account{
		ID: p.ID, UserName: user.GetUserName(), EmployeeNumber: user.GetEmployeeNumber(), Department: user.GetDepartment(),
	}
	for _, e := range user.GetEmails() {
		a.Emails = append(a.Emails, e.GetValue())
	}
	for _, n := range []string{user.GetDisplayName(), name.GetGiven() + " " + name.GetFamily(), nickAndFamily(user)} {
		if n = strings.TrimSpace(n); n != "" && !slices.Contains(a.Names, n) {
			a.Names = append(a.Names, n)
		}
	}
	for _, m := range user.GetManagers() {
		if m.GetValue() != "" {
			a.References = append(a.References, reporting.Reference{Attribute: m.GetAttribute(), Value: m.GetValue()})
		}
	}
	for _, c := range found {
		last := lastOf(c.path)
		switch key := folded(last); {
		case principalNames.MatchString(key):
			a.PrincipalNames = append(a.PrincipalNames, c.value)
		case dnNames.MatchString(key):
			a.DN = c.value
		case managerNames.MatchString(key) || slices.Contains(managers, c.path):
			attribute := last
			if slices.Contains(managers, c.path) {
				attribute = c.path
			}
			if !hasReference(user, last) {
				a.References = append(a.References, reporting.Reference{Attribute: attribute, Value: c.value})
			}
		}
	}
	return a
}

// hasReference says that the connector knows the attribute itself.
func hasReference(user *connectorv1.User, attribute string) bool {
	return slices.ContainsFunc(user.GetManagers(), func(m *connectorv1.ManagerReference) bool { return m.GetAttribute() == attribute })
}

func nickAndFamily(user *connectorv1.User) string {
	if user.GetNickName() == "" {
		return ""
	}
	return user.GetNickName() + " " + user.GetName().GetFamily()
}

// isManagerAttribute reports whether a custom attribute names a manager: it is
// no attribute of the person's own then.
func isManagerAttribute(path string) bool { return managerNames.MatchString(folded(lastOf(path))) }

// shownName is a name as it is shown.
func shownName(text string) string {
	return strings.Join(strings.Fields(shown(text, maxNameBytes)), " ")
}

// shown is a text as it is shown: valid UTF-8 without control characters and
// what turns the direction of the text around it, at most so many bytes.
func shown(text string, most int) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == 0x7f {
			plain = false
			break
		}
	}
	if !plain {
		text = strings.Map(func(r rune) rune {
			switch {
			case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
				return ' '
			case unicode.IsControl(r), turnsDirection(r):
				return -1
			default:
				return r
			}
		}, strings.ToValidUTF8(text, "\ufffd"))
	}
	text = strings.TrimSpace(text)
	if len(text) <= most {
		return text
	}
	cut := most - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// turnsDirection reports whether a character changes the direction of text
// beyond the value that holds it (Unicode Standard Annex #9, explicit
// directional formatting).
func turnsDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\ufeff'
}
