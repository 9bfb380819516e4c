package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/internal/directory"
	"patchbay.example/plugin/ldap/ldaptest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func personDN(i int) string { return fmt.Sprintf("uid=p%d,%s", i, ldaptest.PeopleDN) }

// groupServer serves n people and one group, and what else is asked for as further
// says, where that is true.
func groupServer(n int, group map[string][]string, further func(ldaptest.Search) (ldaptest.Answer, bool)) *ldaptest.Scripted {
	return &ldaptest.Scripted{OnSearch: func(s ldaptest.Search) ldaptest.Answer {
		if answer, ok := further(s); ok {
			return answer
		}
		answer := ldaptest.Answer{}
		switch {
		case s.Base == "" || !s.Paged:
			return plainAnswer(s)
		case isGroupSearch(s):
			answer.Entries = []ldaptest.Entry{{DN: "cn=big," + ldaptest.GroupsDN, Attributes: group}}
		default:
			for i := range n {
				answer.Entries = append(answer.Entries, ldaptest.Entry{DN: personDN(i), Attributes: map[string][]string{
					"entryUUID": {fmt.Sprint(i)}, "uid": {fmt.Sprintf("p%d", i)},
				}})
			}
		}
		return answer
	}}
}

func isGroupSearch(s ldaptest.Search) bool { return s.Paged && strings.Contains(s.Filter, "roup") }

func nothingElse(ldaptest.Search) (ldaptest.Answer, bool) { return ldaptest.Answer{}, false }

// part answers a question for a part of a group's members.
func part(s ldaptest.Search, name string, members ...string) (ldaptest.Answer, bool) {
	return ldaptest.Answer{NoPaging: true, Entries: []ldaptest.Entry{{DN: s.Base, Attributes: map[string][]string{name: members}}}}, true
}

// membershipsWithoutWaits lists memberships without time for a wait.
func (r *rig) membershipsWithoutWaits() *run {
	r.Helper()
	return r.syncWith(connectorv1.SyncRequest_builder{Resource: resourceMemberships, Limits: noWaits()}.Build(), nil)
}

// Active Directory sends the members of a large group in parts (Microsoft, Range
// Retrieval of Attribute Values).
func TestLargeGroupsComeInRanges(t *testing.T) {
	t.Parallel()
	for name, member := range map[string]func(i int) string{
		"member":    personDN,
		"memberUid": func(i int) string { return fmt.Sprintf("p%d", i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			group := map[string][]string{"entryUUID": {"big"}, name: {}, name + ";range=0-3": {member(0), member(1), member(2), member(3)}}
			server := groupServer(9, group, func(s ldaptest.Search) (ldaptest.Answer, bool) {
				switch {
				case len(s.Attributes) != 1:
				case strings.EqualFold(s.Attributes[0], name+";range=4-*"):
					return part(s, name+";range=4-7", member(4), member(5), member(6), member(7))
				case strings.EqualFold(s.Attributes[0], name+";range=8-*"):
					return part(s, name+";range=8-*", member(8))
				}
				return nothingElse(s)
			})
			got := scriptedRig(t, server, withGroups).connect().sync(resourceMemberships, "", nil).wantComplete()
			if want := "big/0 big/1 big/2 big/3 big/4 big/5 big/6 big/7 big/8"; strings.Join(got.ids(), " ") != want {
				t.Errorf("the members are %v, want %s", got.ids(), want)
			}
			server.AwaitNoConnections(t)
		})
	}
}

func TestARangeThatDoesNotGoOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first string
		next  map[string][]string
	}{
		"nothing":              {"member;range=0-0", map[string][]string{}},
		"again":                {"member;range=0-0", map[string][]string{"member;range=0-3": {personDN(0)}}},
		"no numbers":           {"member;range=0-0", map[string][]string{"member;range=x-y": {personDN(0)}}},
		"a gap":                {"member;range=0-0", map[string][]string{"member;range=2-*": {personDN(0)}}},
		"begins in the middle": {"member;range=1-*", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			group := map[string][]string{"entryUUID": {"big"}, c.first: {personDN(0)}}
			server := groupServer(1, group, func(s ldaptest.Search) (ldaptest.Answer, bool) {
				if len(s.Attributes) == 1 && s.Attributes[0] == "member;range=1-*" {
					return ldaptest.Answer{NoPaging: true, Entries: []ldaptest.Entry{{DN: s.Base, Attributes: c.next}}}, true
				}
				return nothingElse(s)
			})
			scriptedRig(t, server, withGroups).connect().membershipsWithoutWaits().wantRefused(directory.ReasonPagingBroken, serviceMisbehaved)
		})
	}
}

// A group that is deleted, or renamed, between its parts is no wrong base DN: the
// groups are read again.
func TestALargeGroupThatIsDeletedWhileItIsRead(t *testing.T) {
	t.Parallel()
	var deleted atomic.Bool
	big := map[string][]string{"entryUUID": {"big"}, "member;range=0-1": {personDN(0), personDN(1)}}
	server := groupServer(9, nil, func(s ldaptest.Search) (ldaptest.Answer, bool) {
		switch {
		case isGroupSearch(s):
			answer := ldaptest.Answer{Entries: []ldaptest.Entry{{DN: "cn=small," + ldaptest.GroupsDN, Attributes: map[string][]string{
				"entryUUID": {"small"}, "member": {personDN(5)},
			}}}}
			if !deleted.Load() {
				answer.Entries = append(answer.Entries, ldaptest.Entry{DN: "cn=big," + ldaptest.GroupsDN, Attributes: big})
			}
			return answer, true
		case len(s.Attributes) == 1 && strings.HasPrefix(s.Attributes[0], "member;range"):
			deleted.Store(true)
			return ldaptest.Answer{NoPaging: true, Result: ldaptest.Result{Code: ldap.LDAPResultNoSuchObject}}, true
		}
		return nothingElse(s)
	})
	got := scriptedRig(t, server, withGroups).connect().sync(resourceMemberships, "", nil).wantComplete()
	if want := []string{"small/5"}; !slices.Equal(got.ids(), want) {
		t.Errorf("the memberships are %v, want %v", got.ids(), want)
	}
}

// RFC 2307bis and FreeIPA have DN and login of each member; a page may end between.
func TestAMembershipComesOnce(t *testing.T) {
	t.Parallel()
	group := map[string][]string{"entryUUID": {"g"}, "member": {personDN(0), personDN(1)}, "memberUid": {"p0", "p1", "P1"}}
	rig := scriptedRig(t, groupServer(2, group, nothingElse), withGroups)
	rig.client = serve(t, connector{limits: limits{maxBatchRecords: 1}})
	got := rig.connect().sync(resourceMemberships, "", nil).wantComplete()
	ids := got.ids()
	slices.Sort(ids)
	if want := []string{"g/0", "g/1"}; !slices.Equal(ids, want) || len(got.pages) < 2 {
		t.Errorf("the memberships are %v in %d pages, want %v in two or more", ids, len(got.pages), want)
	}
}

func TestALoginThatTwoPeopleHaveIsNobodys(t *testing.T) {
	t.Parallel()
	server := groupServer(0, map[string][]string{"entryUUID": {"g"}, "memberUid": {"same", "own"}}, func(s ldaptest.Search) (ldaptest.Answer, bool) {
		if !s.Paged || isGroupSearch(s) {
			return nothingElse(s)
		}
		return ldaptest.Answer{Entries: []ldaptest.Entry{
			{DN: "uid=same,ou=a," + ldaptest.BaseDN, Attributes: map[string][]string{"entryUUID": {"1"}, "uid": {"same", "own"}}},
			{DN: "uid=same,ou=b," + ldaptest.BaseDN, Attributes: map[string][]string{"entryUUID": {"2"}, "uid": {"Same"}}},
		}}, true
	})
	rig, log := loggingRig(t, scriptedRig(t, server, withGroups))
	got := rig.connect().sync(resourceMemberships, "", nil).wantComplete()
	if want := []string{"g/1"}; !slices.Equal(got.ids(), want) {
		t.Errorf("the memberships are %v, want %v", got.ids(), want)
	}
	if !strings.Contains(log.String(), `whose login several users have","members":1`) {
		t.Errorf("the log does not count the member: %s", log)
	}
}

// A directory keeps members as they were entered, and compares them without regard
// to case and to how many blanks there are.
func TestMembersThatAreSpelledOtherwise(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{})
	dn := "cn=Özcan  Doe," + ldaptest.PeopleDN
	server.Add(t, dn, map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {"oz"}, "cn": {"Özcan  Doe"}, "sn": {"Doe"}})
	want := map[string]string{}
	for name, member := range map[string]string{
		"the same": dn, "case": "CN=özcan  doe," + ldaptest.PeopleDN, "blanks": "cn=Özcan Doe, " + ldaptest.PeopleDN,
		"composed otherwise": "cn=O\u0308zcan Doe," + ldaptest.PeopleDN, "escaped": `cn=\c3\96zcan\20Doe,` + ldaptest.PeopleDN,
		"a number for a name": "2.5.4.3=Özcan Doe," + ldaptest.PeopleDN,
	} {
		server.Add(t, "cn="+name+","+ldaptest.GroupsDN, map[string][]string{"objectClass": {"groupOfNames"}, "cn": {name}, "member": {member}})
		want[name] = "oz"
	}
	wantMemberships(t, newRig(t, server, withGroups).connect(), want)
}

func TestNamesOfTheSameEntry(t *testing.T) {
	t.Parallel()
	for one, other := range map[string]string{
		"uid=a+cn=b,dc=c": "CN=b+UID=a,dc=c", `CN=X\, Y,DC=c`: `cn=x\2c y,dc=C`, "cn= a ,dc=c": "cn=a,dc=c", `cn=a\#b,dc=c`: "cn=a#b,dc=c",
		"uid=x,dc=c": "0.9.2342.19200300.100.1.1=x,domainComponent=c", "cn=I\u0307,dc=c": "cn=i\u0307,dc=c", "cn=\u0130": "cn=i\u0307", "no DN": "NO dn",
	} {
		if foldDN(one) != foldDN(other) {
			t.Errorf("%q is %q, and %q is %q", one, foldDN(one), other, foldDN(other))
		}
	}
	for one, other := range map[string]string{`cn=a\,dc=b`: "cn=a,dc=b", "cn=a": "cn=ä", "cn=a b": "cn=ab", `c\=n=a`: "c=n=a"} {
		if foldDN(one) == foldDN(other) {
			t.Errorf("%q and %q are both %q", one, other, foldDN(one))
		}
	}
}

// A right that was taken away is not a company without groups.
func TestGroupsThatAreNotShown(t *testing.T) {
	t.Parallel()
	none := func(what string) []string {
		return []string{fmt.Sprintf("access to dn.subtree=%q%s by * none", ldaptest.GroupsDN, what)}
	}
	for name, c := range map[string]struct {
		access              []string
		reason              string
		groups, memberships string // the reasons of refusals, empty for a complete listing
	}{
		"groups":  {none(""), reasonGroupsNotSeen, reasonGroupsNotSeen, reasonGroupsNotSeen},
		"ids":     {none(" attrs=entryUUID"), reasonIDHidden, reasonIDHidden, reasonIDHidden},
		"members": {none(" attrs=member,uniqueMember"), reasonMembersNotSeen, "", reasonMembersNotSeen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := ldaptest.Start(t, ldaptest.Settings{People: people(3), Access: c.access, Groups: []ldaptest.Group{
				{Name: "one", Class: "groupOfNames", Members: []string{"p001"}}, {Name: "two", Class: "groupOfUniqueNames", Members: []string{"p002"}},
			}})
			rig := newRig(t, server, withGroups)
			response := rig.tryConnect()
			if response.HasRefusal() {
				t.Fatalf("the connection is refused although people can be listed: %v", response.GetRefusal())
			}
			check := checkOf(t, response, "groups")
			if check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != c.reason || check.GetFix() == "" {
				t.Errorf("the check is %v, want a warning %s", check, c.reason)
			}
			for resource, want := range map[string]string{resourceGroups: c.groups, resourceMemberships: c.memberships} {
				got := rig.sync(resource, "", nil)
				if want == "" {
					got.wantComplete()
				} else {
					got.wantRefused(want, permissionMissing)
				}
			}
			if got := rig.sync(resourceUsers, "", nil).wantComplete(); len(got.ids()) != 3 {
				t.Errorf("%d people came, want 3", len(got.ids()))
			}
		})
	}
}

func TestGroupsThatCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	server := groupServer(2, nil, func(s ldaptest.Search) (ldaptest.Answer, bool) {
		return ldaptest.Answer{Result: ldaptest.Result{Code: ldap.LDAPResultInsufficientAccessRights}}, isGroupSearch(s)
	})
	response := scriptedRig(t, server, withGroups).tryConnect()
	check := checkOf(t, response, "groups")
	if response.HasRefusal() || check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != directory.ReasonAccessDenied {
		t.Errorf("the check is %v, want a warning %s", check, directory.ReasonAccessDenied)
	}
}

// Memberships of people who are not shown any more are not none.
func TestMembershipsOfPeopleWhoAreNotShown(t *testing.T) {
	t.Parallel()
	for reason, entries := range map[string][]ldaptest.Entry{
		reasonNobodySeen: nil,
		reasonIDHidden:   {{DN: personDN(0), Attributes: map[string][]string{"uid": {"p0"}}}},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			var connected atomic.Bool
			server := groupServer(2, map[string][]string{"entryUUID": {"g"}, "member": {personDN(0)}}, func(s ldaptest.Search) (ldaptest.Answer, bool) {
				return ldaptest.Answer{Entries: entries}, connected.Load() && s.Paged && !isGroupSearch(s)
			})
			rig := scriptedRig(t, server, withGroups).connect()
			connected.Store(true)
			rig.sync(resourceMemberships, "", nil).wantRefused(reason, permissionMissing)
		})
	}
}

// One entry may have as many logins as fit a message.
func TestTooManyLoginsForMemberships(t *testing.T) {
	t.Parallel()
	server := groupServer(0, nil, func(s ldaptest.Search) (ldaptest.Answer, bool) {
		entry := ldaptest.Entry{DN: personDN(0), Attributes: map[string][]string{"entryUUID": {"0"}, "uid": strings.Split(strings.Repeat("x", 50), "")}}
		for i := range entry.Attributes["uid"] {
			entry.Attributes["uid"][i] += fmt.Sprint(i)
		}
		return ldaptest.Answer{Entries: []ldaptest.Entry{entry}}, s.Paged && !isGroupSearch(s)
	})
	rig := scriptedRig(t, server, withGroups)
	rig.client = serve(t, connector{limits: limits{maxPeople: 10}})
	rig.connect().sync(resourceMemberships, "", nil).wantRefused(reasonTooManyPeople, configInvalid)
}
