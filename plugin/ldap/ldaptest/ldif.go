package ldaptest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Names in the directory.
const (
	BaseDN       = "dc=example,dc=com"
	PeopleDN     = "ou=people," + BaseDN
	GroupsDN     = "ou=groups," + BaseDN
	BindDN       = "cn=patchbay,ou=services," + BaseDN
	BindPassword = "canary-bind-password-4711" //nolint:gosec // of a server that lives as long as a test
	rootDN       = "cn=admin," + BaseDN
	rootPassword = "canary-root-password-4712" //nolint:gosec // likewise
)

// UserPassword is everybody's; a connector that repeats it, or a hash of it, is at
// fault.
const UserPassword = "canary-user-password-4713" //nolint:gosec // likewise

// ldif is the whole directory.
func (s Settings) ldif() string {
	var b strings.Builder
	record(&b, BaseDN, "objectClass: dcObject", "objectClass: organization", "dc: example", "o: Example")
	for _, unit := range []string{"people", "groups", "services"} {
		record(&b, "ou="+unit+","+BaseDN, "objectClass: organizationalUnit", "ou: "+unit)
	}
	record(&b, BindDN, "objectClass: organizationalRole", "objectClass: simpleSecurityObject", "cn: patchbay", line("userPassword", BindPassword))
	for _, p := range s.People {
		record(&b, s.DN(p), s.person(p)...)
	}
	for i, g := range s.Groups {
		record(&b, "cn="+ldap.EscapeDN(g.Name)+","+GroupsDN, s.group(g, i)...)
	}
	b.WriteString(s.LDIF)
	return b.String()
}

// DN is a person's name in the directory.
func (s Settings) DN(p Person) string {
	if s.ActiveDirectory {
		return "cn=" + ldap.EscapeDN(p.commonName()+" "+p.UID) + "," + PeopleDN
	}
	return "uid=" + ldap.EscapeDN(p.UID) + "," + PeopleDN
}

func (s Settings) dnOf(uid string) string {
	if i := slices.IndexFunc(s.People, func(p Person) bool { return p.UID == uid }); i >= 0 {
		return s.DN(s.People[i])
	}
	return s.DN(Person{UID: uid}) // somebody who is not there
}

func (p Person) commonName() string {
	if p.DisplayName != "" {
		return p.DisplayName
	}
	if name := strings.TrimSpace(p.GivenName + " " + p.FamilyName); name != "" {
		return name
	}
	return p.UID
}

func (s Settings) person(p Person) []string {
	sn := p.FamilyName
	if sn == "" {
		sn = p.commonName()
	}
	lines := []string{"objectClass: inetOrgPerson"}
	for _, class := range p.Attributes["objectClass"] { // slapadd wants all values of an attribute together
		lines = append(lines, line("objectClass", class))
	}
	if s.ActiveDirectory {
		lines = append(lines, "objectClass: user")
	}
	lines = append(lines, line("sn", sn), line("userPassword", UserPassword))
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, line(name, value))
		}
	}
	add("displayName", p.DisplayName)
	add("givenName", p.GivenName)
	for _, address := range append([]string{p.Mail}, p.Attributes["mail"]...) {
		add("mail", address)
	}
	add("title", p.Title)
	if p.Manager != "" {
		add("manager", s.dnOf(p.Manager))
	}
	if s.ActiveDirectory {
		lines = append(lines, s.adPerson(p)...)
		add("department", p.Department)
		add("employeeID", p.EmployeeNumber)
	} else {
		lines = append(lines, line("cn", p.commonName()), line("uid", p.UID))
		add("departmentNumber", p.Department)
		add("employeeNumber", p.EmployeeNumber)
		if p.Disabled {
			add("pwdAccountLockedTime", "000001010000Z")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
		if name == "objectClass" || name == "mail" {
			continue
		}
		for _, value := range p.Attributes[name] {
			add(name, value)
		}
	}
	return lines
}

// adPerson are the attributes that everybody has in Active Directory.
func (s Settings) adPerson(p Person) []string {
	lines := []string{
		"objectCategory: person", line("cn", p.commonName()+" "+p.UID), line("objectGUID", guid(p.UID)),
		line("sAMAccountName", p.UID), line("userPrincipalName", p.UID+"@example.com"), line("unicodePwd", UserPassword),
	}
	has := func(name string) bool { return p.Attributes[name] != nil }
	control := "512"
	if p.Disabled {
		control = "514"
	}
	for name, value := range map[string]string{
		"userAccountControl": control, "accountExpires": "9223372036854775807", "lockoutTime": "0", "pwdLastSet": "134115696000000000",
		"whenCreated": "20250102030405.0Z", "whenChanged": "20250203040506.0Z",
	} {
		if !has(name) {
			lines = append(lines, line(name, value))
		}
	}
	slices.Sort(lines)
	return lines
}

// guid makes 16 bytes of a name.
func guid(name string) string {
	sum := sha256.Sum256([]byte(name))
	return string(sum[:16])
}

func (s Settings) group(g Group, number int) []string {
	class := g.Class
	if s.ActiveDirectory {
		class = "group"
	}
	lines := []string{"objectClass: " + class, line("cn", g.Name), line("description", "The group "+g.Name)}
	attribute := "member"
	switch class {
	case "groupOfUniqueNames":
		attribute = "uniqueMember"
	case "posixGroup":
		attribute = "memberUid"
		lines = append(lines, fmt.Sprintf("gidNumber: %d", 5000+number))
	case "group":
		lines = append(lines, line("objectGUID", guid("group "+g.Name)), "groupType: -2147483646", line("sAMAccountName", g.Name))
	}
	for _, uid := range g.Members {
		value := s.dnOf(uid)
		if attribute == "memberUid" {
			value = uid
		}
		lines = append(lines, line(attribute, value))
	}
	for _, other := range g.Others {
		lines = append(lines, line(attribute, other))
	}
	return lines
}

func record(b *strings.Builder, dn string, lines ...string) {
	b.WriteString(line("dn", dn) + "\n" + strings.Join(lines, "\n") + "\n\n")
}

// line is one line of LDIF (RFC 2849); the value in base64, which any value may be.
func line(name, value string) string {
	return name + ":: " + base64.StdEncoding.EncodeToString([]byte(value))
}
