package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/jsonscan"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// statsQuery is [groupsQuery] with the number of each group's members, so that
// nobody asks for those of an empty one (Okta, "Groups", expand=stats).
const statsQuery = "expand=stats&limit=200"

// membersQuery is the first page's query. Okta serves up to 1,000 members on a
// page, and recommends 200 (Okta, "Groups", list all member users).
const membersQuery = "limit=200"

// callBudget bounds the requests of one run, repeats after failures apart: one
// for each page of groups, and one for each page of members of each group that
// is not known to be empty.
type callBudget struct {
	of, used int
	spent    bool // one more was wanted
}

// take takes one request from the budget, if one is left.
func (b *callBudget) take() bool {
	if b.used >= b.of {
		b.spent = true
		return false
	}
	b.used++
	return true
}

// memberships is one run over who is in which group: group by group, in the
// order of the list of groups, of which one page is held at a time.
type memberships struct {
	listing
	calls callBudget

	found bool   // a group that is allowed, in this run or before its cursor
	last  string // the cursor of the page that was sent last
	sent  bool   // a page was sent
	lost  int    // how often Okta lost the place among members
	empty int    // groups left out because they have no members
	gone  int    // groups left out because they were deleted meanwhile
}

func (*memberships) scope() string { return scopeGroups }

func (m *memberships) beginning() cursor { return m.at(statsQuery) }

// at is the place of a page of groups.
func (m *memberships) at(query string) cursor {
	return cursor{Host: m.host, Resource: resourceMemberships, Query: query, Allowed: m.allowed.digest(), Found: m.found}
}

// list walks the pages of groups. The next one is asked for when the groups of
// this one are done.
func (m *memberships) list(ctx context.Context, from cursor) error {
	m.found, m.last, m.sent, m.empty, m.gone = from.Found, "", false, 0, 0
	if !m.calls.take() {
		return m.budgetSpent()
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
		if !m.calls.take() {
			// The next run comes further, also where all groups of a page are empty.
			if err := m.send(nil, from.String()); err != nil {
				return err
			}
			return m.budgetSpent()
		}
		close(done)
		return nil
	})
	if err != nil {
		return err
	}
	m.log.InfoContext(ctx, "memberships listed", slog.Int("calls", m.calls.used), slog.Int("empty_groups", m.empty), slog.Int("gone_groups", m.gone))
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
		switch _, allowed := m.allowed.allows(record.ID, record.Group.Name); {
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

// membersOf sends the members of one group from a page on. groupsPage is the
// query of the page of groups that it is on; after is the place after it.
func (m *memberships) membersOf(ctx context.Context, group memberGroup, query, groupsPage string, after cursor) error {
	for {
		err := m.pages(ctx, group, query, groupsPage, after)
		e, ok := errors.AsType[*oktaapi.Error](err)
		switch {
		case ok && e.Reason == oktaapi.ReasonRecordGone:
			m.gone++
			m.log.WarnContext(ctx, "group left out, it was deleted meanwhile", slog.String("group", group.id), slog.String("request_id", e.RequestID))
			return nil
		case !ok || e.Retry != oktaapi.RetryFromStart:
			return err
		case m.lost == maxRestarts:
			return lostTooOften(e, "the members of groups", m.lost+1)
		}
		// Only this group begins again. What was sent of it is sent twice, which
		// costs less than all groups before it once more.
		m.lost++
		query = membersQuery
		m.log.WarnContext(ctx, "members of a group are listed again", slog.String("group", group.id), slog.Any("cause", e))
	}
}

// pages sends the pages of one group's members.
func (m *memberships) pages(ctx context.Context, group memberGroup, query, groupsPage string, after cursor) error {
	if !m.calls.take() {
		return m.budgetSpent()
	}
	room := func() <-chan struct{} {
		if !m.calls.take() {
			return make(chan struct{}) // stays shut
		}
		return m.stream.Room()
	}
	number := 0
	return m.client.List(ctx, pathGroups+"/"+group.id+"/users", query, m.wait, room, func(page oktaapi.Page) error {
		number++
		if len(page.Elements) == 0 && page.Next == "" {
			if err := m.verifyGroups(ctx, page.RequestID); err != nil {
				return err
			}
		}
		records, err := m.records(page, fmt.Sprintf("members of group %s, page %d", group.id, number), func(element []byte) (plugin.Record, string) {
			return readMember(group.id, element)
		})
		if err != nil {
			return err
		}
		if len(groupsPage)+len(page.Next) > oktaapi.MaxNextQuery { // both are in the cursor
			return &oktaapi.Error{Reason: oktaapi.ReasonNextLinkInvalid, RequestID: page.RequestID, Detail: "the links to the next pages of groups and of members are longer than a cursor can hold"}
		}
		next := after
		if page.Next != "" {
			next = m.at(groupsPage)
			next.Group, next.Members = group.id, page.Next
		}
		if err := m.send(records, next.place()); err != nil {
			return err
		}
		if page.Next != "" && m.calls.spent {
			return m.budgetSpent()
		}
		return nil
	})
}

// send sends a page.
func (m *memberships) send(records []plugin.Record, cursor string) error {
	m.sent, m.last = true, cursor
	return m.stream.Page(records, cursor)
}

func (m *memberships) budgetSpent() error {
	return &oktaapi.Error{
		Reason: oktaapi.ReasonCallBudgetSpent,
		Detail: fmt.Sprintf("the memberships of this org take more than the %d requests that membership_call_budget allows one run", m.calls.of),
	}
}

// readMember reads a user object on a page of a group's members into a record of
// the membership, or returns why it can't be read.
func readMember(group string, element []byte) (plugin.Record, string) {
	var id jsonscan.Value
	isObject := jsonscan.Object(string(element), func(key string, value jsonscan.Value) {
		if key == "id" {
			id = value
		}
	})
	if problem := checkID("user", element, isObject, id); problem != "" {
		return plugin.Record{}, problem
	}
	key := group + "/" + id.Text()
	source, err := json.Marshal(membership{ID: key, Group: group, User: id.Text()})
	if err != nil {
		return plugin.Record{}, "the user's id can't be written as JSON"
	}
	return plugin.Record{ID: key, Source: source}, ""
}

// membership is the source of a record: Okta has no object for one.
type membership struct {
	ID    string `json:"id"` // of group and user, with a slash between
	Group string `json:"group"`
	User  string `json:"user"`
}
