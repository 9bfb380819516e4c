package scimtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/schema"
)

// Settings are a company to serve.
type Settings struct {
	Users  []Person
	Groups []Group
	// PageLimit is the largest page; 0 means 100.
	PageLimit int
	// TokenLifetime is how long tokens for client credentials last, in seconds; 0
	// means that the answer does not say.
	TokenLifetime int
}

// Server is a company behind a public SCIM server library. Its base URL ends in
// /scim/v2.
type Server struct {
	endpoint
	requests atomic.Int64
}

const mount = "/scim"

// Start serves a company on loopback until Close.
func Start(settings Settings) (*Server, error) {
	users := &handler{}
	for _, p := range settings.Users {
		users.resources = append(users.resources, p.resource())
	}
	groups := &handler{}
	for _, g := range settings.Groups {
		groups.resources = append(groups.resources, g.resource())
	}
	server, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{MaxResults: settings.PageLimit, SupportFiltering: true},
		ResourceTypes: []scim.ResourceType{
			{
				Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(), Handler: users,
				SchemaExtensions: []scim.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}},
			},
			{Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(), Handler: groups},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make a SCIM server: %w", err)
	}
	s := &Server{endpoint: endpoint{access: access{expires: settings.TokenLifetime}}}
	if err := s.start(http.StripPrefix(mount, s.guard(server))); err != nil {
		return nil, err
	}
	return s, nil
}

// URL is the SCIM base URL.
func (s *Server) URL() string { return s.base + mount + "/v2" }

// Requests counts requests so far, without those for tokens.
func (s *Server) Requests() int { return int(s.requests.Load()) }

// guard wants a token, except for the service's description (RFC 7644 section 4).
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if !strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig") && !s.allows(r) {
			scimError(w, http.StatusUnauthorized, "", "a valid token is needed")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// handler serves resources that do not change.
type handler struct {
	resources []scim.Resource
}

var _ scim.ResourceHandler = (*handler)(nil)

// GetAll implements [scim.ResourceHandler].
func (h *handler) GetAll(r *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	matching := make([]scim.Resource, 0, len(h.resources))
	for _, resource := range h.resources {
		if params.FilterValidator == nil || params.FilterValidator.PassesFilter(resource.Attributes) == nil {
			matching = append(matching, resource)
		}
	}
	first := min(params.StartIndex-1, len(matching))
	page := slices.Clone(matching[first:min(first+params.Count, len(matching))])
	if strings.Contains(r.URL.Query().Get("excludedAttributes"), "members") {
		for i := range page {
			page[i].Attributes = map[string]any{"displayName": page[i].Attributes["displayName"]}
		}
	}
	return scim.Page{TotalResults: len(matching), Resources: page}, nil
}

// Get implements [scim.ResourceHandler].
func (h *handler) Get(_ *http.Request, id string) (scim.Resource, error) {
	for _, resource := range h.resources {
		if resource.ID == id {
			return resource, nil
		}
	}
	return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
}

// readOnly refuses what would change the company.
var readOnly = errors.ScimError{Status: http.StatusNotImplemented, Detail: "this server is for reading"}

// Create implements [scim.ResourceHandler].
func (*handler) Create(*http.Request, scim.ResourceAttributes) (scim.Resource, error) {
	return scim.Resource{}, readOnly
}

// Replace implements [scim.ResourceHandler].
func (*handler) Replace(*http.Request, string, scim.ResourceAttributes) (scim.Resource, error) {
	return scim.Resource{}, readOnly
}

// Delete implements [scim.ResourceHandler].
func (*handler) Delete(*http.Request, string) error { return readOnly }

// Patch implements [scim.ResourceHandler].
func (*handler) Patch(*http.Request, string, []scim.PatchOperation) (scim.Resource, error) {
	return scim.Resource{}, readOnly
}
