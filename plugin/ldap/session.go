package main

import (
	"context"
	"log/slog"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// The resources.
const (
	resourceUsers       = "users"
	resourceGroups      = "groups"
	resourceMemberships = "memberships"
)

// interval is how often a full read is sensible: LDAP has no way to tell of changes
// that every server offers.
const interval = 6 * time.Hour

// session is a directory that could be read. It keeps no connection: each Sync
// makes its own.
type session struct {
	plugin.UnimplementedSession

	config   config
	settings directory.Settings
	dialect  dialect
	now      func() time.Time
	limits   limits
	log      *slog.Logger

	base, groupBase         string
	userFilter, groupFilter string
}

var _ plugin.Session = (*session)(nil)

// ListResources implements [plugin.Session].
func (s *session) ListResources(context.Context) ([]plugin.Resource, error) {
	key := s.dialect.ids[0]
	resources := []plugin.Resource{{
		Name: resourceUsers, Title: "Users", Kind: plugin.KindUsers, KeyField: key,
		Schema: userSchema, SuggestedInterval: interval,
	}}
	if s.config.Groups {
		resources = append(resources, plugin.Resource{
			Name: resourceGroups, Title: "Groups", Kind: plugin.KindGroups, KeyField: key,
			Schema: groupSchema, SuggestedInterval: interval,
		}, plugin.Resource{
			Name: resourceMemberships, Title: "Members of groups", Kind: plugin.KindOther, KeyField: "id",
			Schema: membershipSchema, SuggestedInterval: interval,
		})
	}
	return resources, nil
}

// Sync implements [plugin.Session].
func (s *session) Sync(ctx context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	l := listing{session: s, stream: stream, resource: request.Resource}
	var from place
	if request.Cursor != "" {
		var err error
		if from, err = parseCursor(request.Cursor, s.identity(request.Resource, place{})); err != nil {
			return refuse(err)
		}
	}
	return refuse(l.run(ctx, from))
}

// identity is the cursor of a place.
func (s *session) identity(resource string, at place) cursor {
	return s.config.cursor(s.settings.Address, resource, at)
}

func (c config) cursor(at directory.Address, resource string, behind place) cursor {
	return cursor{Server: at.String(), Resource: resource, Scope: c.scope(resource), Count: behind.count, Hash: behind.hash[:]}
}

// What entries look like. The attributes are those of the directory's own schema;
// a few that most have are named.
var (
	userSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "LDAP entry of a person",
  "type": "object",
  "required": ["dn"],
  "properties": {
    "dn": {"type": "string", "description": "distinguished name"},
    "entryUUID": {"type": "string"}, "objectGUID": {"type": "string"}, "objectClass": {"type": ["string", "array"]},
    "cn": {"type": ["string", "array"]}, "sn": {"type": ["string", "array"]}, "givenName": {"type": ["string", "array"]},
    "mail": {"type": ["string", "array"]}, "title": {"type": ["string", "array"]}, "manager": {"type": ["string", "array"]}
  },
  "additionalProperties": {"type": ["string", "array"], "items": {"type": "string"}}
}`)
	groupSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "LDAP entry of a group, without its members",
  "type": "object",
  "required": ["dn"],
  "properties": {
    "dn": {"type": "string", "description": "distinguished name"},
    "entryUUID": {"type": "string"}, "objectGUID": {"type": "string"}, "cn": {"type": ["string", "array"]}
  },
  "additionalProperties": {"type": ["string", "array"], "items": {"type": "string"}}
}`)
	membershipSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "A user in a group",
  "type": "object",
  "required": ["id", "group", "user"],
  "properties": {
    "id": {"type": "string"},
    "group": {"type": "string", "description": "id of the group"},
    "user": {"type": "string", "description": "id of the user"}
  }
}`)
)
