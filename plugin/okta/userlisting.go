package main

import (
	"context"
	"fmt"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// users is one run over the people of an org.
type users struct{ listing }

func (users) scope() string { return scopeUsers }

func (u users) beginning() cursor { return u.at(passListed, passListed.query()) }

func (u users) at(p pass, query string) cursor {
	return cursor{Host: u.host, Resource: resourceUsers, Pass: p, Query: query}
}

// list reads the list at the cursor, and the one after it.
func (u users) list(ctx context.Context, from cursor) error {
	if err := u.pass(ctx, from); err != nil {
		return err
	}
	if from.Pass == passListed && u.config.IncludeDeprovisioned {
		return u.pass(ctx, u.at(passDeprovisioned, passDeprovisioned.query()))
	}
	return nil
}

func (u users) pass(ctx context.Context, from cursor) error {
	number := 0
	return u.client.List(ctx, pathUsers, from.Query, u.wait, u.stream.Room, func(page oktaapi.Page) error {
		number++
		if len(page.Elements) == 0 && page.Next == "" {
			if err := u.verifyEnd(ctx, page.RequestID); err != nil {
				return err
			}
		}
		return u.page(page, from.Pass, number)
	})
}

// verifyEnd looks again whether the app sees anybody, when a list ends with an
// empty page: that is how a list of full pages may end, and the list of an org
// that has deactivated nobody, and also how any list ends when the app's role
// is taken away meanwhile.
func (u users) verifyEnd(ctx context.Context, requestID string) error {
	page, err := u.client.First(ctx, pathUsers, "limit=1", u.wait)
	if err == nil && len(page.Elements) == 0 {
		return seesNobody(requestID)
	}
	return err
}

// page sends one page.
func (u users) page(page oktaapi.Page, p pass, number int) error {
	records, err := u.records(page, fmt.Sprintf("%s users, page %d", p, number), func(element []byte) (plugin.Record, string) {
		return readUser(element, u.types)
	})
	if err != nil {
		return err
	}
	return u.stream.Page(records, u.after(page, p))
}

// after is the cursor after a page: empty when nothing follows.
func (u users) after(page oktaapi.Page, p pass) string {
	switch {
	case page.Next != "":
		return u.at(p, page.Next).String()
	case p == passListed && u.config.IncludeDeprovisioned:
		return u.at(passDeprovisioned, passDeprovisioned.query()).String()
	default:
		return ""
	}
}
