package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// resourceUsers is the name of the resource of people.
const resourceUsers = "users"

// usersInterval is how often people are worth listing in full: Okta offers no
// incremental listing that also tells of deletions.
const usersInterval = 6 * time.Hour

// session is a connection to an org.
type session struct {
	plugin.UnimplementedSession

	config  config
	client  *oktaapi.Client
	host    string
	types   map[string]string // names of user types by id
	missing []string          // of the requested scopes
}

var _ plugin.Session = (*session)(nil)

// ListResources implements [plugin.Session].
func (s *session) ListResources(context.Context) ([]plugin.Resource, error) {
	users := plugin.Resource{
		Name: resourceUsers, Title: "Users", Kind: plugin.KindUsers, KeyField: "id",
		Schema: userSchema, SuggestedInterval: usersInterval,
		RequiredScopes: []string{scopeUsers},
	}
	for _, scope := range s.missing {
		if scope == scopeUsers {
			users.MissingScopes = append(users.MissingScopes, scope)
		}
	}
	return []plugin.Resource{users}, nil
}

// Sync implements [plugin.Session].
func (s *session) Sync(ctx context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	l := listing{session: s, stream: stream}
	if request.Cursor != "" {
		at, err := s.config.parseCursor(request.Cursor, s.host, request.Resource)
		if err != nil {
			return refuse(err)
		}
		return l.run(ctx, at)
	}
	return l.run(ctx, s.beginning())
}

// beginning is the first page of a listing.
func (s *session) beginning() cursor { return s.at(passListed, passListed.query()) }

func (s *session) at(p pass, query string) cursor {
	return cursor{Host: s.host, Resource: resourceUsers, Pass: p, Query: query}
}

// maxRestarts is how often one listing may begin again because Okta lost its
// place. No lifetime of Okta's cursors is documented; one that is lost a fourth
// time will be lost a fifth.
const maxRestarts = 3

// listing is one run over the people of an org.
type listing struct {
	*session
	stream *plugin.Stream
}

// run reads from a place to the end, and begins again where Okta loses the
// place.
func (l *listing) run(ctx context.Context, from cursor) error {
	for restarts := 0; ; restarts++ {
		err := l.passes(ctx, from)
		e, ok := errors.AsType[*oktaapi.Error](err)
		if !ok || e.Retry != oktaapi.RetryFromStart {
			return refuse(err)
		}
		if restarts == maxRestarts {
			return refuse(&oktaapi.Error{
				Reason: oktaapi.ReasonCursorLostTooOften, RequestID: e.RequestID, Cause: err,
				Detail: fmt.Sprintf("Okta lost our place in the list of users %d times in one run", restarts+1),
			})
		}
		if err := l.stream.Restart(oktaapi.ReasonCursorLost, sentence(e.Error())); err != nil {
			return err
		}
		from = l.beginning()
	}
}

// passes reads the list at the cursor, and the one after it.
func (l *listing) passes(ctx context.Context, from cursor) error {
	if err := l.pass(ctx, from); err != nil {
		return err
	}
	if from.Pass == passListed && l.config.IncludeDeprovisioned {
		return l.pass(ctx, l.at(passDeprovisioned, passDeprovisioned.query()))
	}
	return nil
}

func (l *listing) pass(ctx context.Context, from cursor) error {
	number := 0
	return l.client.List(ctx, pathUsers, from.Query, l.wait, l.stream.Room, func(page oktaapi.Page) error {
		number++
		if len(page.Elements) == 0 && page.Next == "" {
			if err := l.verifyEnd(ctx, page.RequestID); err != nil {
				return err
			}
		}
		return l.page(page, from.Pass, number)
	})
}

// wait is an [oktaapi.Waiter]; people are told in a sentence.
func (l *listing) wait(ctx context.Context, d time.Duration, reason, message string) error {
	return l.stream.Wait(ctx, d, reason, sentence(message))
}

// verifyEnd looks again whether the app sees anybody, when a list ends with an
// empty page: that is how a list of full pages may end, and the list of an org
// that has deactivated nobody, and also how any list ends when the app's role
// is taken away meanwhile.
func (l *listing) verifyEnd(ctx context.Context, requestID string) error {
	page, err := l.client.First(ctx, pathUsers, "limit=1", l.wait)
	if err == nil && len(page.Elements) == 0 {
		return seesNobody(requestID)
	}
	return err
}

// page sends one page. An element that can't be read is reported, and the page
// goes on.
func (l *listing) page(page oktaapi.Page, p pass, number int) error {
	records := make([]plugin.Record, 0, len(page.Elements))
	for i, element := range page.Elements {
		record, problem := readUser(element, l.types)
		if problem == "" {
			records = append(records, record)
			continue
		}
		location := fmt.Sprintf("%s users, page %d, element %d", p, number, i+1)
		if err := l.stream.Quarantine("", location, oktaapi.ReasonRecordUnreadable, sentence(problem)); err != nil {
			return err
		}
	}
	return l.stream.Page(records, l.after(page, p))
}

// after is the cursor after a page: empty when nothing follows.
func (l *listing) after(page oktaapi.Page, p pass) string {
	switch {
	case page.Next != "":
		return l.at(p, page.Next).String()
	case p == passListed && l.config.IncludeDeprovisioned:
		return l.at(passDeprovisioned, passDeprovisioned.query()).String()
	default:
		return ""
	}
}

// userSchema describes a user object. Custom attributes and whatever Okta adds
// are further properties.
var userSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Okta user",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": "string"},
    "status": {"type": "string"},
    "created": {"type": ["string", "null"], "format": "date-time"},
    "activated": {"type": ["string", "null"], "format": "date-time"},
    "statusChanged": {"type": ["string", "null"], "format": "date-time"},
    "lastLogin": {"type": ["string", "null"], "format": "date-time"},
    "lastUpdated": {"type": ["string", "null"], "format": "date-time"},
    "passwordChanged": {"type": ["string", "null"], "format": "date-time"},
    "transitioningToStatus": {"type": ["string", "null"]},
    "realmId": {"type": ["string", "null"]},
    "type": {"type": "object", "properties": {"id": {"type": "string"}}},
    "profile": {"type": "object", "properties": {` + baseProperties() + `}}
  }
}`)

// baseProperties are the 31 base attributes of a profile.
func baseProperties() string {
	names := strings.Fields(`login firstName lastName middleName honorificPrefix honorificSuffix email title
		displayName nickName profileUrl secondEmail mobilePhone primaryPhone streetAddress city state zipCode
		countryCode postalAddress preferredLanguage locale timezone userType employeeNumber costCenter
		organization division department managerId manager`)
	properties := make([]string, len(names))
	for i, name := range names {
		properties[i] = fmt.Sprintf("%q: {\"type\": [\"string\", \"null\"]}", name)
	}
	return strings.Join(properties, ", ")
}
