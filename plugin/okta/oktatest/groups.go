package oktatest

import "net/http"

const (
	// maxGroupsPage is Okta's limit and default for groups.
	maxGroupsPage = 10_000
	// maxMembersPage is the recorded default for a group's users.
	maxMembersPage = 1000
	// maxUserGroupsPage is the recorded default for a user's groups.
	maxUserGroupsPage = 200
)

// Groups have indices too: 0 is Everyone, the others are the departments, and
// the last of them was imported from a directory.
func groupCount() int { return 1 + len(departments) + 1 }

func groupName(g int) string {
	switch {
	case g == 0:
		return "Everyone"
	case g <= len(departments):
		return departments[g-1].name
	}
	return executive.name
}

func (t *Tenant) groupID(g int) string {
	return string(appendID(nil, "00g", t.settings.Seed, uint64(g)))
}

func (t *Tenant) findGroup(id string) (int, bool) {
	n, ok := parseID(id, "00g", t.settings.Seed)
	return int(n), ok && n < uint64(groupCount())
}

func (t *Tenant) isMember(g, i int) bool {
	return g == 0 || t.people.department(i) == groupName(g)
}

// groupsList is GET /api/v1/groups.
func (t *Tenant) groupsList(origin string) *listing {
	return &listing{
		endpoint: EndpointGroups,
		path:     "/api/v1/groups",
		key:      "groups",
		to:       groupCount(),
		append:   func(dst []byte, g int) []byte { return append(dst, t.group(g, origin)...) },
		fallback: maxGroupsPage,
		most:     maxGroupsPage,
	}
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
		fallback: maxMembersPage,
		most:     maxMembersPage,
	}
	if !found {
		l.refuse(notFound(id, "UserGroup"))
	}
	return l
}

// userGroupsList is GET /api/v1/users/{id}/groups.
func (t *Tenant) userGroupsList(id, origin string) *listing {
	i, found := t.people.find(id)
	l := t.groupsList(origin)
	l.endpoint, l.path, l.key = EndpointUser, "/api/v1/users/"+id+"/groups", "groups of "+id
	l.fallback, l.most = maxUserGroupsPage, maxUserGroupsPage
	l.match = func(g int) bool { return i < t.people.listed() && t.isMember(g, i) }
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
	x.json(http.StatusOK, x.t.group(g, x.origin()))
}

func (t *Tenant) group(g int, origin string) []byte {
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
	case groupCount() - 1:
		kind, class = "APP_GROUP", "okta:windows_security_principal"
		profile["samAccountName"] = groupName(g)
		profile["dn"] = "CN=" + groupName(g) + ",OU=Groups,DC=example,DC=com"
		profile["windowsDomainQualifiedName"] = `EXAMPLE\` + groupName(g)
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
	}{
		id, userTypesCreated, userTypesCreated, string(appendTime(nil, companyNow)),
		[]string{class},
		kind, profile,
		map[string]reference{
			"users": {origin + "/api/v1/groups/" + id + "/users"},
			"apps":  {origin + "/api/v1/groups/" + id + "/apps"},
		},
	})
}
