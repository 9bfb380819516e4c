package oktatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestUserTypes(t *testing.T) {
	c := signedIn(t, Settings{Users: 200})
	got := c.get("/api/v1/meta/types/user")
	var types []struct {
		ID      string `json:"id"`
		Default bool   `json:"default"`
		Links   struct {
			Schema struct {
				Href string `json:"href"`
			} `json:"schema"`
		} `json:"_links"`
	}
	if err := json.Unmarshal(got.body, &types); err != nil || len(types) < 3 {
		t.Fatalf("got %v", got)
	}
	if len(got.header.Values("Link")) != 0 {
		t.Errorf("the list of types is not paged, but has links %q", got.header.Values("Link"))
	}
	known, defaults := map[string]bool{}, 0
	for _, kind := range types {
		known[kind.ID] = strings.HasPrefix(kind.ID, "oty") && strings.Contains(kind.Links.Schema.Href, "/api/v1/meta/schemas/user/osc")
		if kind.Default {
			defaults++
		}
		if one := c.get("/api/v1/meta/types/user/" + kind.ID); !strings.Contains(string(got.body), string(one.body)) {
			t.Errorf("one type: got %v", one)
		}
	}
	if defaults != 1 {
		t.Errorf("%d default types, want 1", defaults)
	}
	used := map[string]bool{}
	for _, raw := range c.walk("/api/v1/users") {
		var user struct {
			Type struct {
				ID string `json:"id"`
			} `json:"type"`
		}
		if err := json.Unmarshal(raw, &user); err != nil || !known[user.Type.ID] {
			t.Fatalf("type of %s is not listed", raw)
		}
		used[user.Type.ID] = true
	}
	if len(used) != len(types) {
		t.Errorf("%d types are used, want all %d", len(used), len(types))
	}
	if got := c.get("/api/v1/meta/types/user/oty"); got.status != http.StatusNotFound || got.errorCode() != "E0000007" {
		t.Errorf("unknown type: got %v", got)
	}
}

func TestOneUser(t *testing.T) {
	c := signedIn(t, Settings{Users: 40})
	for i := range 42 {
		if got := c.get("/api/v1/users/" + c.tenant.people.id(i)); string(got.body) != string(c.tenant.User(i)) {
			t.Errorf("user %d: got %v", i, got)
		}
	}
	first := c.tenant.people.id(0)
	for _, id := range []string{"me", "x", first[:19], first[:19] + "8", "00g" + first[3:], c.tenant.people.id(42)} {
		if got := c.get("/api/v1/users/" + id); got.status != http.StatusNotFound || got.errorCode() != "E0000007" {
			t.Errorf("%s: got %v, want 404 E0000007", id, got)
		}
	}
}

const groupsFilter = "/api/v1/groups?filter="

func TestGroupsAndMembers(t *testing.T) {
	c := signedIn(t, Settings{Users: 300})
	first := c.get("/api/v1/groups")
	if self := first.header.Values("Link"); len(self) != 1 || !strings.Contains(self[0], "limit=10000") {
		t.Errorf("links are %q, want self with limit 10000", self)
	}
	paged := c.walk("/api/v1/groups?limit=5")
	if len(paged) != len(first.users(t)) {
		t.Errorf("got %d groups in pages of 5, %d at once", len(paged), len(first.users(t)))
	}
	memberships := map[string]int{}
	for _, raw := range paged {
		var group struct{ ID, Type string }
		if err := json.Unmarshal(raw, &group); err != nil || !strings.HasPrefix(group.ID, "00g") {
			t.Fatalf("group %s (error %v)", raw, err)
		}
		members := c.walk("/api/v1/groups/" + group.ID + "/users?limit=70")
		if group.Type == "BUILT_IN" && len(members) != 300 {
			t.Errorf("everyone is %d people, want 300", len(members))
		}
		for _, member := range members {
			memberships[readCustom(member).id]++
		}
		if got := c.get("/api/v1/groups/" + group.ID); string(got.body) != string(raw) {
			t.Errorf("one group: got %v, want %s", got, raw)
		}
		if got := c.get(groupsFilter + url.QueryEscape(fmt.Sprintf("id eq %q", group.ID))); string(got.body) != "["+string(raw)+"]" {
			t.Errorf("a list of one group: got %v, want %s alone", got, raw)
		}
	}
	for _, i := range []int{0, 1, 150, 299, 305} {
		id := c.tenant.people.id(i)
		if got := c.walk("/api/v1/users/" + id + "/groups"); len(got) != memberships[id] {
			t.Errorf("user %d is in %d groups, but in the lists of %d", i, len(got), memberships[id])
		}
	}
	if got := c.get(groupsFilter + url.QueryEscape(`id eq "00gx"`)); string(got.body) != "[]" {
		t.Errorf("a group that is not there: got %v, want an empty list", got)
	}
	if got := c.get(groupsFilter + url.QueryEscape(`type eq "BUILT_IN"`)); got.status != http.StatusBadRequest || got.errorCode() != "E0000031" {
		t.Errorf("a filter that the tenant does not have: got %v", got)
	}
	for _, path := range []string{"/api/v1/groups/00gx", "/api/v1/groups/00gx/users", "/api/v1/users/00ux/groups"} {
		if got := c.get(path); got.status != http.StatusNotFound || got.errorCode() != "E0000007" {
			t.Errorf("%s: got %v, want 404 E0000007", path, got)
		}
	}
}

func TestIDsNameTheLists(t *testing.T) {
	c := signedIn(t, Settings{Users: 45})
	for path, want := range map[string][]string{
		"/api/v1/users?limit=20": slices.Collect(c.tenant.IDs()),
		deprovisionedList:        slices.Collect(c.tenant.DeprovisionedIDs()),
	} {
		var got []string
		for _, user := range c.walk(path) {
			got = append(got, readCustom(user).id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if c.tenant.Listed() != 45 || c.tenant.Deprovisioned() != 3 || c.tenant.User(48) != nil || c.tenant.User(-1) != nil {
		t.Errorf("%d listed, %d deprovisioned", c.tenant.Listed(), c.tenant.Deprovisioned())
	}
}
