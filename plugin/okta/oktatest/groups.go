package oktatest

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
)

const (
	// maxGroupsPage is Okta's limit and default for groups.
	maxGroupsPage = 10_000
	// maxMembersPage is the recorded default for a group's users.
	maxMembersPage = 1000
	// maxUserGroupsPage is the recorded default for a user's groups.
	maxUserGroupsPage = 200
)

// Groups have indices too: 0 is Everyone, then come the departments, one that was
// imported from a directory, and those of [Settings.Groups].
const firstDepartment = 1

var (
	directoryGroup = firstDepartment + len(departments)
	firstFurther   = directoryGroup + 1
)

func (t *Tenant) groupCount() int { return firstFurther + t.settings.Groups }

func groupName(g int) string {
	switch {
	case g == 0:
		return "Everyone"
	case g < directoryGroup:
		return departments[g-firstDepartment].name
	case g == directoryGroup:
		return executive.name
	}
	return fmt.Sprintf("Group %d", g-firstFurther+1)
}

// GroupID is the id of group g: 0 is Everyone; "" for a g that is not there.
func (t *Tenant) GroupID(g int) string {
	if g < 0 || g >= t.groupCount() {
		return ""
	}
	return t.groupID(g)
}

// Group returns group g as the list of groups has it under the tenant's URL. nil
// for a g beyond them.
func (t *Tenant) Group(g int) json.RawMessage {
	if g < 0 || g >= t.groupCount() {
		return nil
	}
	return t.group(g, t.origin, false)
}

// GroupIDs yields the ids of the groups in the order of their list, but for those
// that were deleted.
func (t *Tenant) GroupIDs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for g := range t.groupCount() {
			if !t.isDeleted(g) && !yield(t.groupID(g)) {
				return
			}
		}
	}
}

// MemberIDs yields the ids of the members of group g in the order of their list.
func (t *Tenant) MemberIDs(g int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range t.people.listed() {
			if t.isMember(g, i) && !yield(t.people.id(i)) {
				return
			}
		}
	}
}

// DeleteGroup deletes group g: from then on it is on no page, and its path answers
// 404 E0000007.
func (t *Tenant) DeleteGroup(g int) {
	t.gate.Lock()
	defer t.gate.Unlock()
	if t.deleted == nil {
		t.deleted = map[int]bool{}
	}
	t.deleted[g] = true
}

func (t *Tenant) isDeleted(g int) bool {
	t.gate.Lock()
	defer t.gate.Unlock()
	return t.deleted[g]
}

func (t *Tenant) groupID(g int) string {
	return string(appendID(nil, "00g", t.settings.Seed, uint64(g)))
}

func (t *Tenant) findGroup(id string) (int, bool) {
	n, ok := parseID(id, "00g", t.settings.Seed)
	if !ok || n >= uint64(t.groupCount()) {
		return 0, false
	}
	return int(n), !t.isDeleted(int(n))
}

// emptyEvery is which of the further groups have no members.
const emptyEvery = 5

func (t *Tenant) isMember(g, i int) bool {
	switch further := g - firstFurther; {
	case g == 0:
		return true
	case further < 0:
		return t.people.department(i) == groupName(g)
	default:
		return further%emptyEvery != emptyEvery-1 && i%(further%7+2) == 0
	}
}

// memberCount counts a group's members.
func (t *Tenant) memberCount(g int) int {
	n := 0
	for range t.MemberIDs(g) {
		n++
	}
	return n
}

// groupsList is GET /api/v1/groups, with its filter, if any, and with the number
// of each group's members where expand=stats asks for it.
func (t *Tenant) groupsList(origin, expression, expand string) *listing {
	l := &listing{
		endpoint: EndpointGroups,
		path:     "/api/v1/groups",
		key:      "groups",
		to:       t.groupCount(),
		match:    func(g int) bool { return !t.isDeleted(g) },
		append:   func(dst []byte, g int) []byte { return append(dst, t.group(g, origin, expand == expandStats)...) },
		fallback: t.groupPage(maxGroupsPage),
		most:     t.groupPage(maxGroupsPage),
		expand:   expand,
	}
	if expand != "" && expand != expandStats {
		l.refuse(apiError("E0000031", "The fake tenant does not support expand="+expand+"."))
	}
	if expression != "" {
		l.filterGroups(t, expression)
	}
	return l
}

// filterGroups narrows the list to the group with an id.
func (l *listing) filterGroups(t *Tenant, expression string) {
	l.filter, l.key = expression, "groups?"+expression
	parsed, err := parseFilter(expression)
	if err != nil || parsed.attribute != "id" {
		l.refuse(apiError("E0000031", "The fake tenant supports filter=id eq \"…\" of groups only."))
		return
	}
	g, found := t.findGroup(parsed.value)
	l.match = func(i int) bool { return found && i == g }
}

// expandStats is the value of expand= that adds _embedded.stats.
const expandStats = "stats"

// groupPage is a largest page, capped as the settings say.
func (t *Tenant) groupPage(most int) int {
	if t.settings.GroupPageLimit > 0 {
		return min(most, t.settings.GroupPageLimit)
	}
	return most
}

// membersList is GET /api/v1/groups/{id}/users. Whoever is deprovisioned loses
// all memberships.
func (t *Tenant) membersList(id string, f form) *listing {
	g, found := t.findGroup(id)
	l := &listing{
		endpoint: EndpointMembers,
		path:     "/api/v1/groups/" + id + "/users",
		key:      "members of " + id,
		to:       t.people.listed(),
		match:    func(i int) bool { return t.isMember(g, i) },
		append:   func(dst []byte, i int) []byte { return t.people.appendUser(dst, i, f) },
		fallback: t.groupPage(maxMembersPage),
		most:     t.groupPage(maxMembersPage),
	}
	if !found {
		l.refuse(notFound(id, "UserGroup"))
	}
	return l
}

// userGroupsList is GET /api/v1/users/{id}/groups.
func (t *Tenant) userGroupsList(id, origin string) *listing {
	i, found := t.people.find(id)
	l := t.groupsList(origin, "", "")
	l.endpoint, l.path, l.key = EndpointUser, "/api/v1/users/"+id+"/groups", "groups of "+id
	l.fallback, l.most = maxUserGroupsPage, maxUserGroupsPage
	l.match = func(g int) bool { return i < t.people.listed() && t.isMember(g, i) && !t.isDeleted(g) }
	if !found {
		l.refuse(notFound(id, "User"))
	}
	return l
}

// groups answers GET /api/v1/groups and GET /api/v1/groups/{id}.
func (x *exchange) groups() {
	if x.listing != nil {
		x.list()
		return
	}
	if len(x.path) != 2 {
		x.refuse(apiError("E0000008"))
		return
	}
	g, found := x.t.findGroup(x.path[1])
	if !found {
		x.refuse(notFound(x.path[1], "UserGroup"))
		return
	}
	x.json(http.StatusOK, x.t.group(g, x.origin(), false))
}

func (t *Tenant) group(g int, origin string, stats bool) []byte {
	type reference struct {
		Href string `json:"href"`
	}
	id := t.groupID(g)
	kind, class := "OKTA_GROUP", "okta:user_group"
	profile := map[string]any{"name": groupName(g), "description": nil}
	switch g {
	case 0:
		kind = "BUILT_IN"
		profile["description"] = "All users in your organization"
	case directoryGroup:
		kind, class = "APP_GROUP", "okta:windows_security_principal"
		profile["samAccountName"] = groupName(g)
		profile["dn"] = "CN=" + groupName(g) + ",OU=Groups,DC=example,DC=com"
		profile["windowsDomainQualifiedName"] = `EXAMPLE\` + groupName(g)
	}
	var embedded any
	if stats {
		embedded = map[string]any{"stats": map[string]any{"usersCount": t.memberCount(g)}}
	}
	return mustJSON(struct {
		ID                    string               `json:"id"`
		Created               string               `json:"created"`
		LastUpdated           string               `json:"lastUpdated"`
		LastMembershipUpdated string               `json:"lastMembershipUpdated"`
		ObjectClass           []string             `json:"objectClass"`
		Type                  string               `json:"type"`
		Profile               map[string]any       `json:"profile"`
		Links                 map[string]reference `json:"_links"`
		Embedded              any                  `json:"_embedded,omitempty"`
	}{
		id, userTypesCreated, userTypesCreated, string(appendTime(nil, companyNow)),
		[]string{class},
		kind, profile,
		map[string]reference{
			"users": {origin + "/api/v1/groups/" + id + "/users"},
			"apps":  {origin + "/api/v1/groups/" + id + "/apps"},
		},
		embedded,
	})
}
