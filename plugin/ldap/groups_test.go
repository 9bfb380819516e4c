package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"patchbay.example/plugin/ldap/ldaptest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

var withGroups = map[string]any{"groups": true, "page_size": 10}

func TestGroupsAreOptIn(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(1)})
	for name, c := range map[string]struct {
		change map[string]any
		want   []string
	}{
		"without": {nil, []string{"users"}},
		"with":    {withGroups, []string{"users", "groups", "memberships"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := newRig(t, server, c.change).connect()
			response, err := rig.client.ListResources(rig.context(), connectorv1.ListResourcesRequest_builder{}.Build())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, resource := range response.GetResources() {
				got = append(got, resource.GetName())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the resources are %v, want %v", got, c.want)
			}
		})
	}
}

func TestGroupsOfEachKind(t *testing.T) {
	t.Parallel()
	groups := []ldaptest.Group{
		{Name: "Names", Class: "groupOfNames", Members: []string{"p001", "p002"}, Others: []string{"UID=P003, OU=People," + ldaptest.BaseDN, "cn=stranger,dc=example,dc=org"}},
		{Name: "Unique, names", Class: "groupOfUniqueNames", Members: []string{"p002"}, Others: []string{"uid=p004," + ldaptest.PeopleDN + "#'0101'B"}},
		{Name: "posix", Class: "posixGroup", Members: []string{"p005", "nobody"}},
	}
	server := ldaptest.Start(t, ldaptest.Settings{People: people(6), Groups: groups})
	rig := newRig(t, server, withGroups).connect()
	wantMemberships(t, rig, map[string]string{
		"Names": "p001 p002 p003", "Unique, names": "p002 p004", "posix": "p005",
	})
	kinds := map[string]string{}
	for _, group := range groups {
		kinds[group.Name] = group.Class
	}
	for _, record := range rig.sync(resourceGroups, "", nil).wantComplete().records() {
		group := record.GetGroup()
		if group.GetDescription() != "The group "+group.GetName() || group.GetType() != kinds[group.GetName()] || group.GetCreated() == nil {
			t.Errorf("the group is %v", group)
		}
		if source := sourceOf(t, record); source["member"] != nil || source["entryUUID"] != record.GetId() {
			t.Errorf("the source is %s", record.GetSource())
		}
	}
}

func TestGroupsOfActiveDirectory(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{
		People: people(4), ActiveDirectory: true, Groups: []ldaptest.Group{{Name: "Staff", Members: []string{"p000", "p003"}}},
	})
	rig := newRig(t, server, withGroups).connect()
	wantMemberships(t, rig, map[string]string{"Staff": "p000@example.com p003@example.com"})
	group := rig.sync(resourceGroups, "", nil).wantComplete().records()[0]
	if group.GetGroup().GetType() != "global security" || len(group.GetId()) != 36 {
		t.Errorf("the group is %v", group)
	}
}

// wantMemberships compares the user names of each group's members.
func wantMemberships(t *testing.T, rig *rig, want map[string]string) {
	t.Helper()
	users, groups := map[string]string{}, map[string]string{}
	for _, record := range rig.sync(resourceUsers, "", nil).wantComplete().records() {
		users[record.GetId()] = record.GetUser().GetUserName()
	}
	for _, record := range rig.sync(resourceGroups, "", nil).wantComplete().records() {
		groups[record.GetId()] = record.GetGroup().GetName()
	}
	got := map[string][]string{}
	for _, record := range rig.sync(resourceMemberships, "", nil).wantComplete().records() {
		source := sourceOf(t, record)
		group, user := source["group"].(string), source["user"].(string)
		if record.GetId() != group+"/"+user || source["id"] != record.GetId() {
			t.Errorf("the id is %q of %v", record.GetId(), source)
		}
		got[groups[group]] = append(got[groups[group]], users[user])
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		slices.Sort(got[name])
		if members := strings.Join(got[name], " "); members != want[name] {
			t.Errorf("members of %s are %q, want %q", name, members, want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("groups with members are %v, want %v", got, want)
	}
}

// A place among memberships may be in the middle of a group.
func TestMembershipsResume(t *testing.T) {
	t.Parallel()
	var members []string
	for _, p := range people(40) {
		members = append(members, p.UID)
	}
	var groups []ldaptest.Group
	for i := range 25 {
		groups = append(groups, ldaptest.Group{Name: fmt.Sprintf("Group %d", i), Class: "groupOfNames", Members: members})
	}
	server := ldaptest.Start(t, ldaptest.Settings{People: people(40), Groups: groups})
	rig := newRig(t, server, withGroups)
	rig.client = serve(t, connector{limits: limits{maxBatchBytes: 10_000}}) // some 60 memberships
	whole := rig.connect().sync(resourceMemberships, "", nil).wantComplete()
	if len(whole.ids()) != 1000 || len(whole.pages) < 10 {
		t.Fatalf("%d memberships came in %d pages, want 1000 in 10 or more", len(whole.ids()), len(whole.pages))
	}
	sent := 0
	for i, page := range whole.pages[:len(whole.pages)-1] {
		sent += len(page.records)
		if i%3 != 0 {
			continue
		}
		if rest := rig.sync(resourceMemberships, page.cursor, nil).wantComplete(); !slices.Equal(rest.ids(), whole.ids()[sent:]) {
			t.Errorf("after page %d, %d memberships came, want exactly the last %d", i+1, len(rest.ids()), 1000-sent)
		}
	}
}

func TestTooManyPeopleForMemberships(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(5)})
	rig := newRig(t, server, withGroups)
	rig.client = serve(t, connector{limits: limits{maxPeople: 4}})
	rig.connect().sync(resourceMemberships, "", nil).wantRefused(reasonTooManyPeople, configInvalid)
}
