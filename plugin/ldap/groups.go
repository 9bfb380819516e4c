package main

import (
	"strings"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
)

// groupAttributes are what is asked for of groups: not their members, of whom there
// may be a hundred thousand in one group.
var groupAttributes = []string{
	"objectClass", "cn", "displayName", "description", "info", "mail", "ou", "o", "owner", "managedBy", "businessCategory",
	"gidNumber", "sAMAccountName", "groupType", "objectSid", "createTimestamp", "modifyTimestamp", "whenCreated", "whenChanged",
}

// readGroup makes a record of a group's entry.
func (d dialect) readGroup(from *ldap.Entry) item {
	e := readEntry(from)
	id := d.id(e)
	if id == "" {
		return item{key: e.dn, dn: e.dn, problem: d.noID()}
	}
	group := &plugin.Group{
		Name:        e.first("displayname", "cn", "samaccountname"),
		Description: e.first("description"),
		Type:        groupType(e),
		Created:     generalizedTime(e, "createtimestamp", "whencreated"),
		LastUpdated: generalizedTime(e, "modifytimestamp", "whenchanged"),
	}
	return item{key: id, dn: e.dn, record: plugin.Record{ID: id, Group: group, Source: e.source()}}
}

// Bits of groupType (Microsoft, Group-Type attribute).
const (
	groupGlobal      = 0x2
	groupDomainLocal = 0x4
	groupUniversal   = 0x8
	groupSecurity    = 0x80000000
)

// groupType is the service's word for a group: in Active Directory scope and kind
// as its consoles name them, elsewhere the object class.
func groupType(e entry) string {
	if bits, ok := flags(e.first("grouptype")); ok {
		kind := "distribution"
		if bits&groupSecurity != 0 {
			kind = "security"
		}
		switch {
		case bits&groupUniversal != 0:
			return "universal " + kind
		case bits&groupDomainLocal != 0:
			return "domain local " + kind
		case bits&groupGlobal != 0:
			return "global " + kind
		}
	}
	for _, class := range []string{"groupOfNames", "groupOfUniqueNames", "posixGroup", "group"} {
		if e.is(class) {
			return class
		}
	}
	return strings.Join(e.byKey["objectclass"], " ")
}
