package main

import (
	"context"
	"fmt"
	"log/slog"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/jsonscan"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// pathGroups is the list of groups; the members of each are below it.
const pathGroups = "/api/v1/groups"

// groupsQuery is the first page's query. Okta serves up to 10,000 groups on a
// page, and recommends 200 (Okta, "Groups", list all groups).
const groupsQuery = "limit=200"

// groups is one run over the groups of an org, or those of them that the
// configuration allows.
type groups struct {
	listing
	found bool            // one that is allowed, in this run or before its cursor
	met   map[string]bool // entries of the allow-list; nil where the run begins at a cursor
}

func (*groups) scope() string { return scopeGroups }

func (g *groups) beginning() cursor { return g.at(groupsQuery) }

func (g *groups) at(query string) cursor {
	return cursor{Host: g.host, Resource: resourceGroups, Query: query, Allowed: g.allowed.digest(), Found: g.found}
}

func (g *groups) list(ctx context.Context, from cursor) error {
	g.found, g.met = from.Found, nil
	if from == g.beginning() {
		g.met = map[string]bool{}
	}
	number := 0
	return g.client.List(ctx, pathGroups, from.Query, g.wait, g.stream.Room, func(page oktaapi.Page) error {
		number++
		return g.page(ctx, page, number)
	})
}

// page sends the groups of a page that are allowed.
func (g *groups) page(ctx context.Context, page oktaapi.Page, number int) error {
	records, err := g.records(page, fmt.Sprintf("groups, page %d", number), readGroup)
	if err != nil {
		return err
	}
	allowed := records[:0]
	for _, record := range records {
		entry, ok := g.allowed.allows(record.ID, record.Group.Name)
		if !ok {
			continue
		}
		allowed = append(allowed, record)
		if g.met != nil {
			g.met[entry] = true
		}
	}
	g.found = g.found || len(allowed) > 0
	if page.Next != "" {
		return g.stream.Page(allowed, g.at(page.Next).String())
	}
	if err := g.verifyEnd(ctx, page, g.found); err != nil {
		return err
	}
	g.warnOfMissed(ctx, g.met)
	return g.stream.Page(allowed, "")
}

// warnOfMissed tells of the entries of the allow-list that were not met in a run
// from the beginning to the end; met is nil in any other.
func (l *listing) warnOfMissed(ctx context.Context, met map[string]bool) {
	if missed := l.allowed.without(met); met != nil && len(missed) > 0 {
		l.log.WarnContext(ctx, "group_allow_list names groups that are not there", slog.Any("entries", missed))
	}
}

// verifyEnd looks at the last page of the list of groups: whether the list is
// empty because the app may not see groups, and whether the configuration allows
// groups that are not there. Taken for all, nothing would be left of the others.
func (l *listing) verifyEnd(ctx context.Context, last oktaapi.Page, found bool) error {
	if len(last.Elements) == 0 {
		if err := l.verifyGroups(ctx, last.RequestID); err != nil {
			return err
		}
	}
	if !found && len(l.allowed) > 0 {
		return &oktaapi.Error{
			Reason: oktaapi.ReasonGroupsNotFound, RequestID: last.RequestID,
			Detail: "none of the groups that group_allow_list names is in the org, or the app may not see them",
		}
	}
	return nil
}

// verifyGroups looks whether the app sees any group: an org always has one, with
// all its users.
func (l *listing) verifyGroups(ctx context.Context, requestID string) error {
	page, err := l.client.First(ctx, pathGroups, "limit=1", l.wait)
	if err == nil && len(page.Elements) == 0 {
		return seesNoGroups(requestID)
	}
	return err
}

// seesNoGroups is the error of a list of groups that holds none.
func seesNoGroups(requestID string) error {
	return &oktaapi.Error{
		Reason: oktaapi.ReasonRoleSeesNoGroups, RequestID: requestID,
		Detail: "Okta answered with an empty list of groups, which is what an app gets whose admin role sees none",
	}
}

// readGroup reads a group object (Okta, "Groups", Group object) into a record
// with its typed view, or returns why it can't be read.
func readGroup(element []byte) (plugin.Record, string) {
	group := &plugin.Group{}
	var id jsonscan.Value
	isObject := jsonscan.Object(string(element), func(key string, value jsonscan.Value) {
		switch key {
		case "id":
			id = value
		case "type":
			group.Type = value.Text()
		case "created":
			group.Created = timestamp(value)
		case "lastUpdated":
			group.LastUpdated = timestamp(value)
		case "lastMembershipUpdated":
			group.LastMembershipUpdated = timestamp(value)
		case "profile":
			jsonscan.Object(string(value), func(key string, value jsonscan.Value) {
				switch key {
				case "name":
					group.Name = value.Text()
				case "description":
					group.Description = value.Text()
				}
			})
		}
	})
	if problem := checkID("group", element, isObject, id); problem != "" {
		return plugin.Record{}, problem
	}
	return plugin.Record{ID: id.Text(), Group: group, Source: element}, ""
}
