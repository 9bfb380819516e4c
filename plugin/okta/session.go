package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// Names of the resources.
const (
	resourceUsers       = "users"
	resourceUserTypes   = "user_types"
	resourceGroups      = "groups"
	resourceMemberships = "memberships"
)

// listingInterval is how often a resource is worth listing in full: Okta offers
// no incremental listing that also tells of deletions.
const listingInterval = 6 * time.Hour

// session is a connection to an org.
type session struct {
	plugin.UnimplementedSession

	config  config
	client  *oktaapi.Client
	log     *slog.Logger
	host    string
	types   map[string]string // names of user types by id
	allowed allowList
	missing []string // of the requested scopes
}

var _ plugin.Session = (*session)(nil)

// ListResources implements [plugin.Session].
func (s *session) ListResources(context.Context) ([]plugin.Resource, error) {
	resources := []plugin.Resource{
		{Name: resourceUsers, Title: "Users", Kind: plugin.KindUsers, KeyField: "id", Schema: userSchema, RequiredScopes: []string{scopeUsers}},
		{Name: resourceUserTypes, Title: "User types", Kind: plugin.KindOther, KeyField: "id", Schema: userTypeSchema, RequiredScopes: []string{scopeUserTypes}},
	}
	if s.config.IncludeGroups {
		resources = append(resources,
			plugin.Resource{Name: resourceGroups, Title: "Groups", Kind: plugin.KindGroups, KeyField: "id", Schema: groupSchema, RequiredScopes: []string{scopeGroups}},
			plugin.Resource{Name: resourceMemberships, Title: "Memberships", Kind: plugin.KindOther, KeyField: "id", Schema: membershipSchema, RequiredScopes: []string{scopeGroups}})
	}
	for i := range resources {
		resources[i].SuggestedInterval = listingInterval
		for _, scope := range resources[i].RequiredScopes {
			if slices.Contains(s.missing, scope) {
				resources[i].MissingScopes = append(resources[i].MissingScopes, scope)
			}
		}
	}
	return resources, nil
}

// Sync implements [plugin.Session].
func (s *session) Sync(ctx context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	run := s.listingOf(request.Resource, stream)
	from := run.beginning()
	if request.Cursor != "" {
		var err error
		if from, err = s.config.parseCursor(request.Cursor, s.host, request.Resource); err != nil {
			return refuse(err)
		}
	}
	if slices.Contains(s.missing, run.scope()) {
		return refuse(&oktaapi.Error{
			Reason: oktaapi.ReasonScopeMissing, Scope: run.scope(),
			Detail: fmt.Sprintf("the scope %s is not granted, without which Okta does not list %s", run.scope(), request.Resource),
		})
	}
	return restarting(ctx, run, from, stream)
}

// lister lists one resource.
type lister interface {
	// scope is what Okta wants granted for it.
	scope() string
	// beginning is the place where the resource begins.
	beginning() cursor
	// list reads from a place to the end.
	list(ctx context.Context, from cursor) error
}

// listingOf returns the listing of a resource that ListResources names.
func (s *session) listingOf(resource string, stream *plugin.Stream) lister {
	l := listing{session: s, client: s.client, stream: stream}
	switch resource {
	case resourceGroups:
		return &groups{listing: l}
	case resourceMemberships:
		return newMemberships(l)
	case resourceUserTypes:
		return userTypes{listing: l}
	default:
		return users{listing: l}
	}
}

// maxRestarts is how often one listing may begin again because Okta lost its
// place. No lifetime of Okta's cursors is documented; one that is lost a fourth
// time will be lost a fifth.
const maxRestarts = 3

// restarting reads from a place to the end, and begins again where Okta loses
// the place.
func restarting(ctx context.Context, run lister, from cursor, stream *plugin.Stream) error {
	for restarts := 0; ; restarts++ {
		err := run.list(ctx, from)
		e, ok := errors.AsType[*oktaapi.Error](err)
		if !ok || e.Retry != oktaapi.RetryFromStart {
			return refuse(err)
		}
		if restarts == maxRestarts {
			return refuse(lostTooOften(e, "the list of "+from.Resource, restarts+1))
		}
		if err := stream.Restart(oktaapi.ReasonCursorLost, sentence(e.Error())); err != nil {
			return err
		}
		from = run.beginning()
	}
}

// lostTooOften is the error of a list whose place Okta lost again and again.
func lostTooOften(e *oktaapi.Error, list string, times int) *oktaapi.Error {
	return &oktaapi.Error{
		Reason: oktaapi.ReasonCursorLostTooOften, RequestID: e.RequestID, Cause: e,
		Detail: fmt.Sprintf("Okta lost our place in %s %d times in one run", list, times),
	}
}

// listing is what the listings of all resources have in common.
type listing struct {
	*session
	client *oktaapi.Client // the session's, or one that counts requests
	stream *plugin.Stream
}

// wait is an [oktaapi.Waiter]; people are told in a sentence.
func (l *listing) wait(ctx context.Context, d time.Duration, reason, message string) error {
	return l.stream.Wait(ctx, d, reason, sentence(message))
}

// records reads the elements of a page. One that can't be read is reported, and
// the page goes on; where names the page in that report.
func (l *listing) records(page oktaapi.Page, where string, read func(element []byte) (plugin.Record, string)) ([]plugin.Record, error) {
	records := make([]plugin.Record, 0, len(page.Elements))
	for i, element := range page.Elements {
		record, problem := read(element)
		if problem == "" {
			records = append(records, record)
			continue
		}
		location := fmt.Sprintf("%s, element %d", where, i+1)
		if err := l.stream.Quarantine("", location, oktaapi.ReasonRecordUnreadable, sentence(problem)); err != nil {
			return nil, err
		}
	}
	return records, nil
}
