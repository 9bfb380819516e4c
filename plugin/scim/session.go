package main

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/scim/internal/scimapi"
)

// The resources.
const (
	resourceUsers       = "users"
	resourceGroups      = "groups"
	resourceMemberships = "memberships"
)

// Endpoints (RFC 7644 section 3.2).
const (
	pathUsers         = "/Users"
	pathGroups        = "/Groups"
	pathServiceConfig = "/ServiceProviderConfig"
	pathResourceTypes = "/ResourceTypes"
)

// listInterval is how often a list is worth reading in full: SCIM has no listing
// of what has changed that also tells of deletions.
const listInterval = 6 * time.Hour

// session is a connection to a service provider.
type session struct {
	plugin.UnimplementedSession

	config   config
	excluded []string
	client   *scimapi.Client
	service  scimapi.ServiceConfig
	sort     bool // lists are asked for in the order of ids
}

var _ plugin.Session = (*session)(nil)

// ListResources implements [plugin.Session].
func (s *session) ListResources(context.Context) ([]plugin.Resource, error) {
	resources := []plugin.Resource{{
		Name: resourceUsers, Title: "Users", Kind: plugin.KindUsers, KeyField: "id", Schema: userSchema, SuggestedInterval: listInterval,
	}}
	if s.config.Groups {
		resources = append(resources, plugin.Resource{
			Name: resourceGroups, Title: "Groups", Kind: plugin.KindGroups, KeyField: "id", Schema: groupSchema, SuggestedInterval: listInterval,
		}, plugin.Resource{
			Name: resourceMemberships, Title: "Memberships", Kind: plugin.KindOther, KeyField: "id", Schema: membershipSchema, SuggestedInterval: listInterval,
		})
	}
	return resources, nil
}

// Sync implements [plugin.Session].
func (s *session) Sync(ctx context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	l := s.listing(request.Resource, stream)
	if l == nil {
		return plugin.Refuse(plugin.ReasonResourceUnknown, "There is no resource %q.", request.Resource)
	}
	if request.Cursor == "" {
		return l.run(ctx, s.beginning())
	}
	at, err := parseCursor(request.Cursor, request.Resource, l.bound)
	if err != nil {
		return err
	}
	return l.run(ctx, at)
}

// beginning is the first page of a listing. Cursors are chosen where the service
// has them: what changes meanwhile moves nothing.
func (s *session) beginning() place {
	if s.config.Paging == pagingCursor || s.config.Paging == pagingAuto && s.service.Cursors {
		return place{Mode: pagingCursor}
	}
	return place{Mode: pagingIndex, Sorted: s.sort}
}

// Pages of groups with their members are smaller than others: a group may have as
// many members as there are people.
const maxGroupsWithMembers = 20

// listing prepares the reading of a resource; nil for one that is not offered.
func (s *session) listing(resource string, stream *plugin.Stream) *listing {
	l := &listing{
		session: s, stream: stream, resource: resource, bound: s.bound(), count: s.count(),
		query: url.Values{}, follow: s.config.Paging == pagingAuto, sorted: s.sort,
	}
	switch {
	case resource == resourceUsers:
		l.path = pathUsers
		if s.config.Filter != "" {
			l.query.Set("filter", s.config.Filter)
		}
		if len(s.excluded) > 0 {
			l.query.Set("excludedAttributes", strings.Join(s.excluded, ","))
		}
		l.read = func(element []byte) (iter.Seq[plugin.Record], string) { return alone(readUser(element)) }
	case resource == resourceGroups && s.config.Groups:
		l.path = pathGroups
		l.query.Set("excludedAttributes", "members") // they are a resource of their own
		l.read = func(element []byte) (iter.Seq[plugin.Record], string) { return alone(readGroup(element)) }
	case resource == resourceMemberships && s.config.Groups:
		l.path, l.count = pathGroups, min(l.count, maxGroupsWithMembers)
		l.query.Set("attributes", "members") // some services send them only when asked
		l.read = readMemberships
	default:
		return nil
	}
	return l
}

// alone is a sequence of one record.
func alone(record plugin.Record, problem string) (iter.Seq[plugin.Record], string) {
	return func(yield func(plugin.Record) bool) { yield(record) }, problem
}

// bound is what cursors of this connection are bound to. It is known before the
// service is reached.
func (s *session) bound() string { return boundTo(s.config) }

func boundTo(c config) string {
	base, err := c.base()
	if err != nil {
		return ""
	}
	return binding(base.String(), c.Filter, c.ExcludeAttributes...)
}

// minCount leaves room for somebody new in a page that begins with the anchor.
const minCount = 2

// count is how many resources to ask for at once: no more than the service gives
// (RFC 7643 section 5, RFC 9865 section 4, whose services may refuse more).
func (s *session) count() int {
	count := s.config.PageSize
	for _, most := range []int{s.service.MaxResults, s.service.MaxPageSize} {
		if most > 0 {
			count = min(count, most)
		}
	}
	return max(count, minCount)
}

// list reads one page of a list.
func (s *session) list(ctx context.Context, path string, query url.Values, wait scimapi.Waiter) (scimapi.List, error) {
	body, err := s.client.Get(ctx, path, query, wait)
	if err != nil {
		return scimapi.List{}, err
	}
	list, err := scimapi.ReadList(body)
	if e, ok := errors.AsType[*scimapi.Error](err); ok {
		e.Detail = s.client.Base.Host + " answers, but " + e.Detail
	}
	return list, err
}

// refuse makes a refusal of a [scimapi.Error]; class and fix are those of the
// declared reason. Any other error stays as it is.
func refuse(err error) error {
	e, ok := errors.AsType[*scimapi.Error](err)
	if !ok {
		return err
	}
	refusal := &plugin.Refusal{Reason: e.Reason, Message: sentence(e.Error()), RetryAfter: e.RetryAfter, Cause: err, Metadata: map[string]string{}}
	for key, value := range map[string]string{"request_id": e.RequestID, "scim_type": e.Code} {
		if value != "" {
			refusal.Metadata[key] = value
		}
	}
	return refusal
}
