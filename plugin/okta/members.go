package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/jsonscan"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// membersQuery is the first page's query. Okta serves up to 1,000 members on a
// page, and recommends 200 (Okta, "Groups", list all member users).
const membersQuery = "limit=200"

func membersPath(group string) string { return pathGroups + "/" + group + "/users" }

// errGroupGone says that a group was deleted after the page of groups was read.
var errGroupGone = errors.New("the group was deleted meanwhile")

// membersOf sends the members of one group from a page on. groupsPage is the
// query of the page of groups that it is on; after is the place after it.
func (m *memberships) membersOf(ctx context.Context, group memberGroup, query, groupsPage string, after cursor) error {
	for {
		err := m.pages(ctx, group, query, groupsPage, after)
		e, ok := errors.AsType[*oktaapi.Error](err)
		if ok && e.Reason == oktaapi.ReasonRecordGone {
			err = m.verifyGone(ctx, group.id, e)
		}
		switch {
		case errors.Is(err, errGroupGone):
			m.gone++
			m.log.WarnContext(ctx, "group left out, it was deleted meanwhile", slog.String("group", group.id))
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
	number := 0
	return m.client.List(ctx, membersPath(group.id), query, m.wait, m.stream.Room, func(page oktaapi.Page) error {
		number++
		if len(page.Elements) == 0 && page.Next == "" {
			if err := m.verifyEmpty(ctx, group.id, number == 1 && query == membersQuery, page.RequestID); err != nil {
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
		m.seen = m.seen || len(page.Elements) > 0
		next := after
		if page.Next != "" {
			next = m.at(groupsPage)
			next.Group, next.Members = group.id, page.Next
		}
		next.Seen = m.seen
		if len(records) == 0 && next.Query == "" {
			return nil // whether the list may end here is still looked at
		}
		return m.send(records, next.place())
	})
}

// verifyEmpty looks again when the list of a group's members ends with an empty
// page. Such a page ends a list of full pages, and is the list of a group that
// has lost its members since its page was read; but an app also gets one that may
// see groups and not who is in them. whole says that the page is all of the list.
func (m *memberships) verifyEmpty(ctx context.Context, group string, whole bool, requestID string) error {
	if !whole {
		page, err := m.client.First(ctx, membersPath(group), "limit=1", m.wait)
		if err != nil || len(page.Elements) > 0 {
			return err
		}
	}
	switch members, listed, err := m.recount(ctx, group, requestID); {
	case err != nil:
		return err
	case !listed:
		return errGroupGone
	case members < 0:
		return membersNotShown(fmt.Sprintf("Okta shows no members of the group %s, and does not say how many it has", group), requestID)
	case members > 0:
		return membersNotShown(fmt.Sprintf("Okta counts %d members of the group %s, and shows none of them", members, group), requestID)
	}
	return nil
}

// verifyGone looks whether a group that Okta does not find is gone: then it is on
// no list any more. It returns errGroupGone if so, and the refusal if not.
func (m *memberships) verifyGone(ctx context.Context, group string, refused *oktaapi.Error) error {
	_, listed, err := m.recount(ctx, group, refused.RequestID)
	switch {
	case err != nil:
		return err
	case listed:
		return membersNotShown(fmt.Sprintf("Okta lists the group %s, and does not find it when asked for its members", group), refused.RequestID)
	}
	return errGroupGone
}

// recount asks for one group anew: whether it is listed, and how many members it
// has, -1 where Okta does not say. That it is not listed is believed of an app
// that sees other groups. requestID is that of the answer in doubt.
func (m *memberships) recount(ctx context.Context, group, requestID string) (members int, listed bool, err error) {
	page, err := m.client.First(ctx, pathGroups, recountQuery(group), m.wait)
	if err != nil {
		return 0, false, err
	}
	for _, element := range page.Elements {
		if record, _ := readGroup(element); record.ID == group {
			return memberCount(element), true, nil
		}
	}
	if len(page.Elements) > 0 { // not what was asked for, so it says nothing of the group
		return -1, true, nil
	}
	return 0, false, m.verifyGroups(ctx, requestID)
}

// recountQuery asks for one group with the number of its members (Okta, "Groups",
// list all groups, filter).
func recountQuery(group string) string {
	return statsQuery + "&" + url.Values{"filter": {fmt.Sprintf("id eq %q", group)}}.Encode()
}

func membersNotShown(detail, requestID string) error {
	return &oktaapi.Error{Reason: oktaapi.ReasonMembersNotShown, RequestID: requestID, Detail: detail}
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
