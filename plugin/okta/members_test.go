package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Okta lists the groups and counts their members, and shows the members of none
// of them, or of some only.
func TestMembersThatAreNotShownAreNotTakenForNone(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]string{
		"of no group":                      {"members:1+:role-empty"},
		"of no group from the third on":    {"members:3+:role-empty"},
		"of one group":                     {"members:2:role-empty"},
		"of the last group":                {"members:15:role-empty"},
		"and not counted":                  {"members:2:role-empty", "groups:*:stats-missing"},
		"and counted as none in any group": {"groups:*:stats-zero"},
		"on the second page":               {"members:2+:role-empty"},
		"404 for each":                     {"members:1+:error=E0000007"},
		"404 for one":                      {"members:2:error=E0000007"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := 30
			if name == "on the second page" {
				limit = 20
			}
			r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: limit}, faults...).connect()
			r.syncResource(resourceMemberships, "").wantRefused(oktaapi.ReasonMembersNotShown, connectorv1.Class_CLASS_PERMISSION_MISSING)
		})
	}
}

func TestAllowedGroupsMayAllBeEmpty(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12})
	r.config["group_allow_list"] = []string{"Group 5", "Group 10"}
	r.connect().syncResource(resourceMemberships, "").wantComplete().wantIDs(nil)
}

// Whoever goes on after the first group's members is not surprised that there
// are no others.
func TestARunMayGoOnWhereNoMembersAreLeft(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, GroupPageLimit: 30}).connect()
	first := r.syncResource(resourceMemberships, "").wantComplete().pages[0]
	for g := 1; r.tenant.GroupID(g) != ""; g++ {
		r.tenant.DeleteGroup(g)
	}
	r.order("members:*:role-empty", "groups:*:stats-zero")
	r.syncResource(resourceMemberships, first.cursor).wantComplete().wantIDs(nil)
}

// A group that is counted when its page is read, and has lost its members when
// they are asked for.
func TestAGroupThatIsEmptiedMeanwhileHasNoMembers(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 30}, "members:2:role-empty", "groups:3:stats-zero").connect()
	r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships(1))
}

// A list of full pages may end with an empty one.
func TestMembersMayEndWithAnEmptyPage(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}, "members:1+:next-empty").connect()
	whole := r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships())
	read := 0
	for _, page := range whole.pages[:len(whole.pages)-1] {
		read += len(page.records)
		r.syncResource(resourceMemberships, page.cursor).wantComplete().wantIDs(r.memberships()[read:])
	}
}

func TestAnIDThatIsAPathLeadsNowhere(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 30}).connect()
	r.order("groups:*:member-id-path")
	got := r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships(0))
	if len(got.quarantined) != 1 || got.quarantined[0].GetReason() != oktaapi.ReasonRecordUnreadable || r.requests(oktatest.EndpointUsers) > 1 {
		t.Errorf("reported were %v, after %d requests for users; want the group with the odd id, and Connect's request", got.quarantined, r.requests(oktatest.EndpointUsers))
	}
}

func TestMissedEntriesOfTheAllowListAreNamedForMembershipsToo(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 5})
	r.config["group_allow_list"] = []string{"Everyone", "no such group 4711"}
	r.connect().syncResource(resourceMemberships, "").wantComplete()
	if !strings.Contains(logged.String(), `"entries":["no such group 4711"]`) {
		t.Error("nothing is said of the entry that is no group's")
	}
}

// The cursor holds two links; where they are too long for it, the run ends rather
// than send a place that nobody can go on from.
func TestLinksThatNoCursorCanHoldAreRefused(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}).connect()
	long := "&longer=" + strings.Repeat("x", oktaapi.MaxNextQuery/2)
	r.order("members:1:next-elsewhere=" + r.tenant.URL() + membersPath(r.tenant.GroupID(0)) + "?" + membersQuery + "&after=x" + long)
	host := strings.TrimPrefix(r.tenant.URL(), "http://")
	from := cursor{Host: host, Resource: resourceMemberships, Query: statsQuery + long, Group: r.tenant.GroupID(0)}.String()
	got := r.syncResource(resourceMemberships, from).wantRefused(oktaapi.ReasonNextLinkInvalid, connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
	if len(got.pages) > 0 {
		t.Errorf("%d pages came", len(got.pages))
	}
}

func TestAGroupThatIsGoneIsLeftOut(t *testing.T) {
	t.Parallel()
	// The second group vanishes between the list and its members.
	r := newGroupsRig(t, oktatest.Settings{Users: 25, GroupPageLimit: 30}, "members:2:group-deleted").connect()
	r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships(1))
	if id := r.tenant.GroupID(1); !strings.Contains(logged.String(), fmt.Sprintf("%q", id)) {
		t.Errorf("nothing is said of the group %s", id)
	}
}

func TestTheLastGroupMayBeGone(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 1, GroupPageLimit: 30}).connect()
	last := len(r.groupIDs()) - 1
	r.order(fmt.Sprintf("members:%d:group-deleted", r.memberPages(30)))
	got := r.syncResource(resourceMemberships, "").wantComplete().wantIDs(r.memberships(last))
	if cursor := got.pages[len(got.pages)-1].cursor; cursor != "" {
		t.Errorf("the last page has the cursor %q", cursor)
	}
}

func TestAGroupThatIsGoneAtTheCursorLosesNobody(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}).connect()
	whole := r.syncResource(resourceMemberships, "").wantComplete()
	next := 0 // a page at whose cursor a group stands with all its members
	var at cursor
	for i, page := range whole.pages {
		if c, err := parseCursor(page.cursor, strings.TrimPrefix(r.tenant.URL(), "http://"), resourceMemberships); err == nil && c.Group != "" && c.Members == "" && i > 6 {
			next, at = i, c
			break
		}
	}
	gone := slices.Index(r.groupIDs(), at.Group)
	rest := whole.ids()[len(slices.Concat(idsOf(whole.pages[:next+1])...)):]
	r.tenant.DeleteGroup(gone)
	got := r.syncResource(resourceMemberships, whole.pages[next].cursor).wantComplete().ids()
	for _, id := range rest {
		if strings.HasPrefix(id, at.Group) == slices.Contains(got, id) {
			t.Errorf("%s of the group that is gone: %t, came: %t", id, strings.HasPrefix(id, at.Group), slices.Contains(got, id))
		}
	}
}

func idsOf(pages []page) [][]string {
	all := make([][]string, len(pages))
	for i, page := range pages {
		for _, record := range page.records {
			all[i] = append(all[i], record.GetId())
		}
	}
	return all
}

// membershipRuns reads all memberships in as many runs as the budget makes of
// them. Each may take so many requests, whatever they are for.
func (r *rig) membershipRuns(budget int) (ids []string) {
	r.Helper()
	r.config["membership_call_budget"] = budget
	r.connect()
	calls := func() int { return r.requests(oktatest.EndpointGroups) + r.requests(oktatest.EndpointMembers) }
	for cursor, runs := "", 1; ; runs++ {
		before := calls()
		got := r.syncResource(resourceMemberships, cursor)
		if n := calls() - before; n > budget {
			r.Fatalf("run %d made %d requests of the %d allowed", runs, n, budget)
		}
		ids = append(ids, got.ids()...)
		if got.completed != nil {
			return ids
		}
		got.wantRefused(oktaapi.ReasonCallBudgetSpent, connectorv1.Class_CLASS_RATE_LIMITED)
		if len(got.pages) == 0 || runs > 200 {
			r.Fatalf("run %d came no further", runs)
		}
		cursor = got.pages[len(got.pages)-1].cursor
	}
}

func TestARunOverMembershipsKeepsItsBudget(t *testing.T) {
	t.Parallel()
	for _, budget := range []int{5, 6, 7, 20} {
		for name, faults := range map[string][]string{
			"":                       nil,
			", empty pages":          {"members:1+:next-empty"},
			", requests repeated":    {"members:4:401-expired", "groups:5:401-expired", "members:9:401-expired"},
			", groups deleted":       {"members:3:group-deleted", "members:7:group-deleted"},
			", groups on empty ends": {"groups:*:next-empty"},
		} {
			t.Run(fmt.Sprint(budget, name), func(t *testing.T) {
				t.Parallel()
				r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 12, GroupPageLimit: 6}, faults...)
				ids := r.membershipRuns(budget)
				slices.Sort(ids) // a page of groups begins again where one of them is gone
				want := slices.DeleteFunc(r.memberships(), func(id string) bool {
					return !slices.Contains(r.groupIDs(), strings.Split(id, "/")[0])
				})
				for _, id := range want {
					if !slices.Contains(ids, id) {
						t.Fatalf("%d memberships came in all runs together, and %s is not among them; want %d", len(ids), id, len(want))
					}
				}
				if name != ", groups deleted" && len(ids) != len(want) {
					t.Errorf("%d memberships came in all runs together, want %d", len(ids), len(want))
				}
			})
		}
	}
}

// What is asked because an answer is in doubt counts as well.
func TestSecondLooksCountAgainstTheBudget(t *testing.T) {
	t.Parallel()
	r := newGroupsRig(t, oktatest.Settings{Users: 25, Groups: 30, GroupPageLimit: 60}, "members:1+:role-empty", "groups:3+:stats-zero")
	r.config["membership_call_budget"] = 10
	r.connect()
	before := r.tenant.Stats().Requests
	r.syncResource(resourceMemberships, "").wantRefused(oktaapi.ReasonCallBudgetSpent, connectorv1.Class_CLASS_RATE_LIMITED)
	after := r.tenant.Stats().Requests
	if n := after[oktatest.EndpointGroups] + after[oktatest.EndpointMembers] - before[oktatest.EndpointGroups] - before[oktatest.EndpointMembers]; n != 10 {
		t.Errorf("%d requests, want the 10 allowed", n)
	}
}
