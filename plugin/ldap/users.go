package main

import (
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/attribute"
)

// dialect is how one kind of directory names things.
type dialect struct {
	name        string
	ids         []string // attributes with an id that outlives renaming, the first present is taken
	userFilter  string
	groupFilter string
	userExtra   []string // attributes of people that "*" leaves out
}

var dialects = map[string]dialect{
	schemaOpenLDAP: {
		name:        schemaOpenLDAP,
		ids:         []string{"entryUUID", "nsUniqueId"}, // RFC 4530; 389 Directory Server
		userFilter:  "(|(objectClass=inetOrgPerson)(objectClass=user))",
		groupFilter: "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))",
		userExtra: []string{
			"createTimestamp", "modifyTimestamp", "nsAccountLock",
			"pwdAccountLockedTime", "pwdChangedTime", "pwdReset", "pwdLastSuccess", "pwdEndTime",
		},
	},
	schemaAD: {
		name:        schemaAD,
		ids:         []string{"objectGUID"},
		userFilter:  "(&(objectCategory=person)(objectClass=user))",
		groupFilter: "(objectClass=group)",
		userExtra:   []string{"msDS-User-Account-Control-Computed"},
	},
}

// userAttributes asks for all that people have, and of the operational attributes
// for those that are read.
func (d dialect) userAttributes() []string {
	return append(append([]string{"*"}, d.ids...), d.userExtra...)
}

// id is the entry's id, empty where it has none.
func (d dialect) id(e entry) string {
	for _, name := range d.ids {
		if id := e.first(strings.ToLower(name)); id != "" {
			return id
		}
	}
	return ""
}

// item is what a listing makes of one entry: a record, or why there is none. key
// tells it from all others, for the listing's place.
type item struct {
	key     string
	dn      string
	record  plugin.Record
	problem string
}

// readUser makes a record of a person's entry.
func (d dialect) readUser(from *ldap.Entry, now time.Time) item {
	e := readEntry(from)
	id := d.id(e)
	if id == "" {
		return item{key: e.dn, dn: e.dn, problem: d.noID()}
	}
	return item{key: id, dn: e.dn, record: plugin.Record{ID: id, User: d.user(e, now), Source: e.source()}}
}

func (d dialect) noID() string {
	return "The entry has no " + strings.Join(d.ids, " or ") + " that the bind account may read."
}

// user is the typed view of a person.
func (d dialect) user(e entry, now time.Time) *plugin.User {
	u := &plugin.User{
		UserName:    e.first("uid"),
		DisplayName: e.first("displayname", "cn"),
		Name: plugin.Name{
			Given: e.first("givenname"), Middle: e.first("middlename"), Family: e.first("sn"),
			HonorificPrefix: e.first("personaltitle"), HonorificSuffix: e.first("generationqualifier"),
		},
		Emails:       emails(e),
		PhoneNumbers: phoneNumbers(e),
		Address: plugin.Address{
			StreetAddress: e.first("streetaddress", "street"), Locality: e.first("l"), Region: e.first("st"),
			PostalCode: e.first("postalcode"), Country: e.first("c", "co"), Formatted: postalAddress(e.first("postaladdress")),
		},
		Title:             e.first("title"),
		Department:        e.first("department", "departmentnumber", "ou"),
		Division:          e.first("division"),
		Organization:      e.first("company", "o"),
		EmployeeNumber:    e.first("employeenumber", "employeeid"),
		UserType:          e.first("employeetype"),
		PreferredLanguage: e.first("preferredlanguage"),
		Created:           generalizedTime(e, "createtimestamp", "whencreated"),
		LastUpdated:       generalizedTime(e, "modifytimestamp", "whenchanged"),
	}
	for _, manager := range e.byKey["manager"] {
		u.Managers = append(u.Managers, plugin.ManagerReference{Attribute: "manager", Value: manager})
	}
	if d.name == schemaAD {
		u.UserName = e.first("userprincipalname", "samaccountname", "uid")
		u.LastLogin, u.PasswordChanged = fileTime(e, "lastlogontimestamp"), fileTime(e, "pwdlastset")
		u.Status, u.StatusKind = adStatus(e, now)
		return u
	}
	u.LastLogin, u.PasswordChanged = generalizedTime(e, "pwdlastsuccess"), generalizedTime(e, "pwdchangedtime")
	u.Status, u.StatusKind = openLDAPStatus(e, now)
	return u
}

// emails are mail, and the SMTP addresses of proxyAddresses, of which the one
// with the prefix in capitals is the primary one (Microsoft, proxyAddresses
// attribute).
func emails(e entry) []plugin.Email {
	var list []plugin.Email
	seen := map[string]bool{}
	add := func(address string, front bool) {
		folded := strings.ToLower(address)
		if address == "" || seen[folded] {
			return
		}
		seen[folded] = true
		email := plugin.Email{Value: address, Type: "work"}
		if front {
			list = append([]plugin.Email{email}, list...)
			return
		}
		list = append(list, email)
	}
	for _, address := range e.byKey["mail"] {
		add(address, false)
	}
	hasMail := len(list) > 0
	for _, proxy := range e.byKey["proxyaddresses"] {
		prefix, address, _ := strings.Cut(proxy, ":")
		if strings.EqualFold(prefix, "smtp") {
			add(address, !hasMail && prefix == "SMTP")
		}
	}
	if len(list) > 0 {
		list[0].Primary = true
	}
	return list
}

func phoneNumbers(e entry) []plugin.PhoneNumber {
	var list []plugin.PhoneNumber
	for _, kind := range []struct{ key, name string }{{"telephonenumber", "work"}, {"mobile", "mobile"}, {"homephone", "home"}} {
		for _, number := range e.byKey[kind.key] {
			list = append(list, plugin.PhoneNumber{Value: number, Type: kind.name})
		}
	}
	return list
}

// postalAddress turns the lines of a Postal Address (RFC 4517 §3.3.28), between
// which stand dollar signs, into lines.
func postalAddress(text string) string {
	lines := strings.Split(text, "$")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(postalEscapes.Replace(line))
	}
	return strings.Join(lines, "\n")
}

var postalEscapes = strings.NewReplacer(`\24`, "$", `\5C`, `\`, `\5c`, `\`)

func generalizedTime(e entry, keys ...string) time.Time {
	t, ok := attribute.GeneralizedTime(e.first(keys...))
	if !ok {
		return time.Time{}
	}
	return t
}

func fileTime(e entry, key string) time.Time {
	t, ok := attribute.FileTime(e.first(key))
	if !ok {
		return time.Time{}
	}
	return t
}
