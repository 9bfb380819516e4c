package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// newGroupsRig is a rig that reads groups too, from a tenant with small pages.
func newGroupsRig(t *testing.T, settings oktatest.Settings, faults ...string) *rig {
	t.Helper()
	settings.GroupsPerMinute = oktatest.NoRateLimit
	r := newRig(t, settings, faults...)
	r.config["include_groups"] = true
	return r
}

// syncResource reads a resource from a cursor to its end.
func (r *rig) syncResource(resource, cursor string) *run {
	r.Helper()
	return r.syncWith(connectorv1.SyncRequest_builder{Resource: resource, Cursor: cursor}.Build())
}

// groupIDs are the ids of the tenant's groups.
func (r *rig) groupIDs() []string { return slices.Collect(r.tenant.GroupIDs()) }

// memberships are the ids of all memberships in the tenant, in the order of their
// listing, but for the groups left out.
func (r *rig) memberships(without ...int) []string {
	var ids []string
	for g := 0; r.tenant.GroupID(g) != ""; g++ {
		if slices.Contains(without, g) {
			continue
		}
		for user := range r.tenant.MemberIDs(g) {
			ids = append(ids, r.tenant.GroupID(g)+"/"+user)
		}
	}
	return ids
}

// memberPages counts the pages of members of all groups that have any.
func (r *rig) memberPages(limit int) int {
	pages := 0
	for g := 0; r.tenant.GroupID(g) != ""; g++ {
		pages += (len(slices.Collect(r.tenant.MemberIDs(g))) + limit - 1) / limit
	}
	return pages
}

func TestGroupsAreOfferedOnlyWhenTheyAreWanted(t *testing.T) {
	t.Parallel()
	names := func(r *rig) string {
		response, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, resource := range response.GetResources() {
			name := resource.GetName()
			if len(resource.GetMissingScopes()) > 0 {
				name += " lacks " + strings.Join(resource.GetMissingScopes(), " ")
			}
			if len(resource.GetRequiredScopes()) != 1 || !json.Valid(resource.GetSchemaJson()) || resource.GetSuggestedInterval().AsDuration() != 6*time.Hour {
				t.Errorf("%s is described as %v", name, resource)
			}
			names = append(names, name)
		}
		return strings.Join(names, ", ")
	}
	r := newRig(t, oktatest.Settings{Users: 5})
	if got, want := names(r.connect()), "users, user_types"; got != want {
		t.Errorf("the resources are %s, want %s", got, want)
	}
	if n := r.requests(oktatest.EndpointGroups); n > 0 {
		t.Errorf("%d requests for groups that nobody wants", n)
	}
	r = newGroupsRig(t, oktatest.Settings{Users: 5})
	if got, want := checksOf(r.tryConnect()), allOK+" groups=ok"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := names(r), "users, user_types, groups, memberships"; got != want {
		t.Errorf("the resources are %s, want %s", got, want)
	}
	r = newGroupsRig(t, oktatest.Settings{Users: 5, Grants: []string{scopeUsers}})
	if got, want := names(r.connect()), "users, user_types lacks okta.userTypes.read, groups lacks okta.groups.read, memberships lacks okta.groups.read"; got != want {
		t.Errorf("the resources are %s, want %s", got, want)
	}
	for _, resource := range []string{resourceGroups, resourceMemberships, resourceUserTypes} {
		r.syncResource(resource, "").wantRefused(oktaapi.ReasonScopeMissing, connectorv1.Class_CLASS_PERMISSION_MISSING)
	}
}

func TestGroupsThatCannotBeReadAreWarnedOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grants []string
		fault  string
		reason string
	}{
		"scope":          {[]string{scopeUsers, scopeUserTypes}, "", oktaapi.ReasonScopeMissing},
		"role":           {nil, "groups:*:role-missing", oktaapi.ReasonGroupsUnavailable},
		"role sees none": {nil, "groups:*:role-empty", oktaapi.ReasonRoleSeesNoGroups},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if c.fault != "" {
				faults = append(faults, c.fault)
			}
			r := newGroupsRig(t, oktatest.Settings{Users: 5, Grants: c.grants}, faults...)
			response := r.tryConnect()
			if check := checkNamed(t, response, "groups"); response.HasRefusal() || check.GetReason() != c.reason || check.GetFix() == "" ||
				check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN {
				t.Errorf("%v, want a warning of %s", check, c.reason)
			}
			r.sync().wantComplete().wantIDs(r.listed())
		})
	}
}

func TestGroupsComeAsTheyAre(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 20, Groups: 30, GroupPageLimit: 7}).connect()
	got := r.syncResource(resourceGroups, "").wantComplete().wantIDs(r.groupIDs())
	if want := (len(r.groupIDs()) + 6) / 7; len(got.pages) != want || want < 5 {
		t.Errorf("%d pages, want %d", len(got.pages), want)
	}
	for g, record := range got.records() {
		if string(record.GetSource()) != string(r.tenant.Group(g)) {
			t.Fatalf("group %d came as\n%s\nwant\n%s", g, record.GetSource(), r.tenant.Group(g))
		}
		var source struct {
			Type    string
			Profile struct{ Name, Description string }
		}
		if err := json.Unmarshal(record.GetSource(), &source); err != nil {
			t.Fatal(err)
		}
		view := record.GetGroup()
		if view.GetName() != source.Profile.Name || view.GetDescription() != source.Profile.Description || view.GetType() != source.Type ||
			!view.HasCreated() || !view.HasLastUpdated() || !view.HasLastMembershipUpdated() || view.GetName() == "" {
			t.Errorf("group %d is seen as %v, and is %s", g, view, record.GetSource())
		}
	}
	read := 0
	for _, page := range got.pages[:len(got.pages)-1] {
		read += len(page.records)
		r.syncResource(resourceGroups, page.cursor).wantComplete().wantIDs(r.groupIDs()[read:])
	}
}

func TestMembershipsComeGroupByGroup(t *testing.T) {
	t.Parallel()
	const limit = 7
	r := newGroupsRig(t, oktatest.Settings{Users: 40, Groups: 12, GroupPageLimit: limit}).connect()
	before := r.tenant.Stats()
	got := r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships())
	for _, record := range got.records() {
		var source map[string]string
		if err := json.Unmarshal(record.GetSource(), &source); err != nil {
			t.Fatal(err)
		}
		if want := source["group"] + "/" + source["user"]; record.GetId() != want || source["id"] != want || len(source) != 3 || record.HasUser() || record.HasGroup() {
			t.Fatalf("a membership %q with the source %s", record.GetId(), record.GetSource())
		}
	}
	// The budget: a request for each page of groups, and one for each page of
	// members of each group that has any.
	groupPages, memberPages := (len(r.groupIDs())+limit-1)/limit, r.memberPages(limit)
	after := r.tenant.Stats()
	if n := after.Requests[oktatest.EndpointGroups] - before.Requests[oktatest.EndpointGroups]; n != groupPages {
		t.Errorf("%d requests for groups, want %d", n, groupPages)
	}
	if n := after.Requests[oktatest.EndpointMembers] - before.Requests[oktatest.EndpointMembers]; n != memberPages {
		t.Errorf("%d requests for members, want %d", n, memberPages)
	}
	if len(got.pages) < memberPages || len(after.Violations) > 0 {
		t.Errorf("%d pages, want %d at least; and what Okta asks not to do: %v", len(got.pages), memberPages, after.Violations)
	}
	if last := got.pages[len(got.pages)-1].cursor; last != "" {
		t.Errorf("the last page has the cursor %q", last)
	}
}

func TestMembershipsResumeAfterAnyPage(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}).connect()
	want := r.memberships()
	whole := r.syncResource(resourceMemberships, "").wantComplete().wantIDs(want)
	read := 0
	for _, page := range whole.pages[:len(whole.pages)-1] {
		if read += len(page.records); page.cursor == "" {
			t.Fatalf("there is no cursor after %d memberships of %d", read, len(want))
		}
		r.syncResource(resourceMemberships, page.cursor).wantComplete().wantIDs(want[read:])
	}
	// Another process knows no more than the cursor.
	middle := len(whole.pages) / 2
	again := r.reconnect().syncResource(resourceMemberships, whole.pages[middle].cursor).wantComplete()
	if got := len(again.pages); got != len(whole.pages)-middle-1 {
		t.Errorf("%d pages, want %d", got, len(whole.pages)-middle-1)
	}
}

func TestOnlyAllowedGroupsAreRead(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 60, Groups: 12, GroupPageLimit: 5})
	everyone, further := 0, len(r.groupIDs())-12
	r.config["group_allow_list"] = []string{" group 1", "GROUP 7 ", r.tenant.GroupID(further + 9), "Group 5", "no such group"}
	r.connect()
	var want, members []string
	for _, g := range []int{further, further + 4, further + 6, further + 9} {
		want = append(want, r.tenant.GroupID(g))
		for user := range r.tenant.MemberIDs(g) {
			members = append(members, r.tenant.GroupID(g)+"/"+user)
		}
	}
	r.syncResource(resourceGroups, "").wantComplete().wantIDs(want)
	if !strings.Contains(logged.String(), `"entries":["no such group"]`) {
		t.Error("nothing is said of the entry that is no group's")
	}
	before := r.requests(oktatest.EndpointMembers)
	r.syncResource(resourceMemberships, "").wantComplete().wantIDs(members)
	asked := 0
	for _, g := range []int{further, further + 6} { // the ninth is empty, as is the fourth
		asked += (len(slices.Collect(r.tenant.MemberIDs(g))) + 4) / 5
	}
	if n := r.requests(oktatest.EndpointMembers) - before; n != asked {
		t.Errorf("%d requests for members, want %d: those of the allowed groups that have some", n, asked)
	}
	if everyone := len(slices.Collect(r.tenant.MemberIDs(everyone))); everyone <= len(members)/4 {
		t.Fatalf("the test says nothing: %d members of all groups, %d of those allowed", everyone, len(members))
	}
}

func TestAnAllowListOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 5, Groups: 12, GroupPageLimit: 5})
	r.config["group_allow_list"] = []string{"Grou", "everyone else"}
	r.connect()
	for _, resource := range []string{resourceGroups, resourceMemberships} {
		r.syncResource(resource, "").wantRefused(oktaapi.ReasonGroupsNotFound, connectorv1.Class_CLASS_CONFIG_INVALID)
	}
	r = newGroupsRig(t, oktatest.Settings{Users: 5})
	r.config["group_allow_list"] = []string{"Everyone", " "}
	wantFailure(t, r.tryConnect(), "config", "CONFIG_INVALID", connectorv1.Class_CLASS_CONFIG_INVALID)
}

func TestAGroupOfTheAllowListMayStandBeforeTheCursor(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 5, Groups: 12, GroupPageLimit: 5})
	r.config["group_allow_list"] = []string{"Everyone"}
	r.connect()
	for _, resource := range []string{resourceGroups, resourceMemberships} {
		whole := r.syncResource(resource, "").wantComplete()
		r.syncResource(resource, whole.pages[0].cursor).wantComplete().wantIDs(nil)
	}
}

func TestCursorsOfGroupsBelongToTheirConfiguration(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 20, Groups: 12, GroupPageLimit: 5}).connect()
	for _, resource := range []string{resourceGroups, resourceMemberships} {
		cursor := r.syncResource(resource, "").wantComplete().pages[0].cursor
		for name, config := range map[string]map[string]any{
			"another allow-list": {"group_allow_list": []string{"Everyone"}},
			"no groups":          {"include_groups": false},
		} {
			again := *r
			again.client, again.config, again.resume = serveConnector(t), maps.Clone(r.config), map[string]string{resource: cursor}
			maps.Copy(again.config, config)
			t.Log(name)
			wantFailure(t, again.tryConnect(), "config", oktaapi.ReasonCursorForeign, connectorv1.Class_CLASS_CONFIG_INVALID)
		}
		r.syncFrom(cursor).wantRefused(oktaapi.ReasonCursorForeign, connectorv1.Class_CLASS_CONFIG_INVALID)
		again := *r
		again.client, again.resume = serveConnector(t), map[string]string{resource: cursor}
		again.connect()
	}
	odd := cursor{Host: strings.TrimPrefix(r.tenant.URL(), "http://"), Resource: resourceUserTypes, Query: "after=x", Group: "00g1"}
	r.syncResource(resourceUserTypes, odd.String()).wantRefused(oktaapi.ReasonCursorInvalid, connectorv1.Class_CLASS_CONFIG_INVALID)
}

func TestLostPlacesAmongGroups(t *testing.T) {
	t.Parallel()
	t.Run("of groups", func(t *testing.T) {
		t.Parallel()
		for _, resource := range []string{resourceGroups, resourceMemberships} {
			r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}, "groups:page=2:cursor-lost").connect()
			got := r.syncResource(resource, "").wantComplete()
			if len(got.restarts) != 1 || resource == resourceMemberships && !slices.Equal(got.ids(), r.memberships()) {
				t.Errorf("%s: %d restarts and %d records", resource, len(got.restarts), len(got.ids()))
			}
		}
	})
	t.Run("of members", func(t *testing.T) {
		t.Parallel()
		r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}, "members:page=3:cursor-lost").connect()
		got := r.syncResource(resourceMemberships, "").wantComplete()
		ids := got.ids()
		slices.Sort(ids)
		if len(got.restarts) != 0 || !slices.Equal(slices.Compact(ids), slices.Sorted(slices.Values(r.memberships()))) {
			t.Errorf("%d restarts and %d records; want the group again and nothing else", len(got.restarts), len(ids))
		}
	})
	t.Run("again and again", func(t *testing.T) {
		t.Parallel()
		r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}, "members:page=3x*:cursor-lost").connect()
		r.syncResource(resourceMemberships, "").wantRefused(oktaapi.ReasonCursorLostTooOften, connectorv1.Class_CLASS_CURSOR_LOST)
	})
}

func TestWhatMayPassLosesNoMembership(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{
		"groups:page=2:status=500", "members:page=2:429=1s", "members:page=2:reset-body", "members:page=2:truncate-gzip",
		"members:5:401-expired", "groups:page=2:broken-json", "members:3:empty=503",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6, DPoPRequired: true}, fault).connect()
			r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships())
			if r.tenant.Stats().Struck == 0 {
				t.Error("nothing went wrong, so the test says nothing")
			}
		})
	}
}

func TestARoleThatSeesNoGroupsIsNoEmptyOrg(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resource string
		limit    int // of a page; 30 holds all groups
		faults   []string
	}{
		"groups":             {resourceGroups, 6, []string{"groups:2+:role-empty"}},
		"groups, meanwhile":  {resourceGroups, 6, []string{"groups:3+:role-empty"}},
		"memberships":        {resourceMemberships, 6, []string{"groups:2+:role-empty"}},
		"members":            {resourceMemberships, 30, []string{"groups:3+:role-empty", "members:1+:role-empty"}},
		"members, meanwhile": {resourceMemberships, 30, []string{"groups:3+:role-empty", "members:3+:role-empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The first request for groups is Connect's.
			r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: c.limit}, c.faults...).connect()
			r.syncResource(c.resource, "").wantRefused(oktaapi.ReasonRoleSeesNoGroups, connectorv1.Class_CLASS_PERMISSION_MISSING)
		})
	}
}

// Groups and the members of all of them share one limit, apart from that of users.
func TestTheShareOfTheLimitOfGroupsIsKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 25, Groups: 20, GroupPageLimit: 5, GroupsPerMinute: 20})
	r.config["include_groups"], r.config["rate_limit_share"] = true, 50
	request := connectorv1.SyncRequest_builder{Resource: resourceMemberships}.Build()
	request.SetLimits(impatient(0).GetLimits())
	r.connect().syncWith(request).wantRefused(oktaapi.ReasonWaitBudgetSpent, connectorv1.Class_CLASS_RATE_LIMITED)
	if n := r.requests(oktatest.EndpointGroups) + r.requests(oktatest.EndpointMembers); n != 10 {
		t.Errorf("%d requests in a window of 20, half of which are ours", n)
	}
	r.sync().wantComplete().wantIDs(r.listed())
}

func TestGroupsAndMembersThatCannotBeReadAreReported(t *testing.T) {
	t.Parallel()
	for fault, resource := range map[string]string{
		"groups:page=1x*:member-no-id": resourceGroups, "members:page=1:member-id-number": resourceMemberships, "groups:page=2x*:member-not-object": resourceMemberships,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6})
			r.connect().order(fault)
			got := r.syncResource(resource, "").wantComplete()
			if len(got.quarantined) != 1 || got.quarantined[0].GetReason() != oktaapi.ReasonRecordUnreadable || got.quarantined[0].GetLocation() == "" {
				t.Errorf("reported were %v, want one that can't be read", got.quarantined)
			}
		})
	}
}

// The largest page of each list that a cursor of memberships holds fits it.
func TestTheLongestMembershipCursorFits(t *testing.T) {
	query := strings.Repeat("'", oktaapi.MaxNextQuery/2)
	at := cursor{
		Host: strings.Repeat(strings.Repeat("a", 62)+".", 4) + "com:65535", Resource: resourceMemberships, Query: query,
		Allowed: allowList{"a": "a"}.digest(), Found: true, Seen: true, Group: strings.Repeat("g", 64), Members: query,
	}
	text := at.String()
	if got, err := parseCursor(text, at.Host, at.Resource); err != nil || got != at || len(text) > 4096 {
		t.Errorf("a cursor of %d bytes reads as %+v, %v", len(text), got, err)
	}
}

func FuzzReadGroup(f *testing.F) {
	f.Add(`{"id":"00g1","type":"OKTA_GROUP","created":"2020-05-13T13:29:23.000Z","profile":{"name":"Everyone","description":null},"_embedded":{"stats":{"usersCount":3}}}`)
	f.Add(`{"id":"00g1","profile":[],"_embedded":{"stats":{"usersCount":-1}}}`)
	f.Add(`{"id":"../users","_embedded":{"stats":{"usersCount":1e99}}}`)
	f.Add(`{"id":7}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) { // a page is checked as a whole
			return
		}
		element := []byte(strings.TrimSpace(text))
		if record, problem := readGroup(element); (problem == "") != (record.ID != "" && record.Group != nil) {
			t.Errorf("%q reads as %+v, %q", text, record, problem)
		}
		record, problem := readMember("00g1", element)
		if problem == "" && (!json.Valid(record.Source) || record.ID == "00g1/") {
			t.Errorf("%q is the member %+v", text, record)
		}
		memberCount(element)
	})
}
