package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"slices"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// statsQuery is [groupsQuery] with the number of each group's members, so that
// nobody asks for those of an empty one (Okta, "Groups", expand=stats).
const statsQuery = "expand=stats&limit=200"

// memberships is one run over who is in which group: group by group, in the
// order of the list of groups, of which one page is held at a time.
type memberships struct {
	listing
	calls *callBudget

	found bool            // a group that is allowed, in this run or before its cursor
	seen  bool            // a member of one, likewise
	met   map[string]bool // entries of the allow-list; nil where the run begins at a cursor
	last  string          // the cursor of the page that was sent last
	sent  bool            // a page was sent
	lost  int             // how often Okta lost the place among members
	empty int             // groups left out because they have no members
	gone  int             // groups left out because they were deleted meanwhile
}

// newMemberships is a run whose every request counts against the configured
// budget.
func newMemberships(l listing) *memberships {
	calls := &callBudget{of: l.config.MembershipCallBudget}
	l.client = l.client.Metered(calls.spend)
	return &memberships{listing: l, calls: calls}
}

func (*memberships) scope() string { return scopeGroups }

func (m *memberships) beginning() cursor { return m.at(statsQuery) }

// at is the place of a page of groups.
func (m *memberships) at(query string) cursor {
	return cursor{Host: m.host, Resource: resourceMemberships, Query: query, Allowed: m.allowed.digest(), Found: m.found, Seen: m.seen}
}

// list walks the pages of groups. The next one is asked for when the groups of
// this one are done.
func (m *memberships) list(ctx context.Context, from cursor) error {
	m.found, m.seen, m.last, m.sent, m.empty, m.gone = from.Found, from.Seen, "", false, 0, 0
	m.met = nil
	if from == m.beginning() {
		m.met = map[string]bool{}
	}
	var done chan struct{} // closed when the groups of the page in hand are done
	room := func() <-chan struct{} {
		done = make(chan struct{})
		return done
	}
	err := m.client.List(ctx, pathGroups, from.Query, m.wait, room, func(page oktaapi.Page) error {
		if err := m.groupsOf(ctx, page, from); err != nil || page.Next == "" {
			return err
		}
		from = m.at(page.Next)
		if m.calls.left() == 0 {
			// The next run comes further, also where all groups of a page are empty.
			if err := m.send(nil, from.String()); err != nil {
				return err
			}
			return m.calls.refusal()
		}
		close(done)
		return nil
	})
	if err != nil {
		return err
	}
	if !m.seen && len(m.allowed) == 0 {
		return &oktaapi.Error{
			Reason: oktaapi.ReasonMembersNotShown,
			Detail: "Okta shows no member of any group, and every org has a group of all its users",
		}
	}
	m.warnOfMissed(ctx, m.met)
	m.log.InfoContext(ctx, "memberships listed", slog.Int("calls", m.calls.of-m.calls.left()), slog.Int("empty_groups", m.empty), slog.Int("gone_groups", m.gone))
	if m.sent && m.last == "" {
		return nil
	}
	return m.send(nil, "") // the last page of a listing says that it is the last
}

// groupsOf sends the members of the groups on a page, from a place on it.
func (m *memberships) groupsOf(ctx context.Context, page oktaapi.Page, from cursor) error {
	read, err := m.read(page)
	if err != nil {
		return err
	}
	if page.Next == "" {
		if err := m.verifyEnd(ctx, page, m.found); err != nil {
			return err
		}
	}
	// A group that is no longer on the page leaves no trace of what came after
	// it: then the page begins again, and what is sent twice stands once.
	begin := max(0, slices.IndexFunc(read, func(g memberGroup) bool { return g.id == from.Group }))
	read = slices.DeleteFunc(read[begin:], func(g memberGroup) bool { return g.skipped })
	for i, group := range read {
		after := m.at(page.Next)
		if i+1 < len(read) {
			after = m.at(from.Query)
			after.Group = read[i+1].id
		}
		query := membersQuery
		if group.id == from.Group && from.Members != "" {
			query = from.Members
		}
		if err := m.membersOf(ctx, group, query, from.Query, after); err != nil {
			return err
		}
	}
	return nil
}

// memberGroup is a group whose members are read.
type memberGroup struct {
	id      string
	members int  // -1 where Okta does not say
	skipped bool // not allowed, or known to be empty
}

// groupID is the form of Okta's ids: one that goes into a path has no other
// characters.
var groupID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// read reads the groups of a page. One that can't be read is reported.
func (m *memberships) read(page oktaapi.Page) ([]memberGroup, error) {
	groups := make([]memberGroup, 0, len(page.Elements))
	for i, element := range page.Elements {
		record, problem := readGroup(element)
		if problem == "" && !groupID.MatchString(record.ID) {
			problem = "the group's id is not one of Okta's"
		}
		if problem != "" {
			location := fmt.Sprintf("groups, element %d of a page", i+1)
			if err := m.stream.Quarantine("", location, oktaapi.ReasonRecordUnreadable, sentence(problem)); err != nil {
				return nil, err
			}
			continue
		}
		group := memberGroup{id: record.ID, members: memberCount(element)}
		entry, allowed := m.allowed.allows(record.ID, record.Group.Name)
		if allowed && m.met != nil {
			m.met[entry] = true
		}
		switch {
		case !allowed:
			group.skipped = true
		case group.members == 0:
			m.found, group.skipped = true, true
			m.empty++
		default:
			m.found = true
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// memberCount reads _embedded.stats.usersCount of a group; -1 where it is not
// given.
func memberCount(element []byte) int {
	var group struct {
		Embedded struct {
			Stats struct {
				UsersCount *int `json:"usersCount"`
			} `json:"stats"`
		} `json:"_embedded"`
	}
	if err := json.Unmarshal(element, &group); err != nil || group.Embedded.Stats.UsersCount == nil {
		return -1
	}
	return *group.Embedded.Stats.UsersCount
}

// send sends a page.
func (m *memberships) send(records []plugin.Record, cursor string) error {
	m.sent, m.last = true, cursor
	return m.stream.Page(records, cursor)
}
