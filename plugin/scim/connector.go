package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/scim/internal/scimapi"
)

// version is the connector's own; it is part of the user agent.
const version = "0.1.0"

const userAgent = "patchbay-scim/" + version

// connector is the SCIM connector.
type connector struct{}

var _ plugin.Connector = connector{}

// Describe implements [plugin.Connector].
func (connector) Describe() plugin.Description {
	return plugin.Description{
		Name: "scim", Title: "SCIM 2.0", Version: version,
		Summary: "Reads users, groups and memberships from any SCIM 2.0 service provider (RFC 7643, RFC 7644).",
		Config:  plugin.SchemaOf[config](),
		Reasons: reasons,
	}
}

// Connect implements [plugin.Connector]: it proves that the connection works by
// reading from the service, step by step, and says which step does not.
func (connector) Connect(ctx context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	a := &attempt{began: time.Now(), http: scimapi.NewHTTPClient(), checks: plugin.NewChecklist(
		plugin.Check{Name: "config", Title: "Configuration"},
		plugin.Check{Name: "address", Title: "Something answers at the base URL"},
		plugin.Check{Name: "token", Title: "Token"},
		plugin.Check{Name: "service_config", Title: "The service describes itself"},
		plugin.Check{Name: "resource_types", Title: "The service names its resource types"},
		plugin.Check{Name: "users", Title: "Users can be listed"},
		plugin.Check{Name: "groups", Title: "Groups can be listed"},
	)}
	session := a.run(ctx, configuration)
	return session, a.report(), ctx.Err()
}

// attempt is one attempt to connect.
type attempt struct {
	http    *http.Client
	checks  *plugin.Checklist
	began   time.Time
	waiting time.Duration // spent in waits

	base    *url.URL
	session session
}

// run tries one step after the other; a step whose predecessor failed is skipped.
func (a *attempt) run(ctx context.Context, configuration plugin.Configuration) plugin.Session {
	a.checks.Run("config", func() (string, error) { return a.readConfig(configuration) })
	a.checks.Run("address", func() (string, error) { return a.reach(ctx) })
	a.checks.Run("token", func() (string, error) { return a.authenticate(ctx) })
	a.checks.Run("service_config", func() (string, error) { return a.readServiceConfig(ctx) })
	a.checks.Run("resource_types", func() (string, error) { return a.readResourceTypes(ctx) })
	a.checks.Run("users", func() (string, error) { return a.listSomebody(ctx) })
	a.checks.Run("groups", func() (string, error) { return a.listGroup(ctx) })
	if a.checks.Refusal() != nil {
		return nil
	}
	return &a.session
}

func (a *attempt) report() plugin.Report {
	report := plugin.Report{Checks: a.checks.Checks(), Refusal: a.checks.Refusal()}
	if report.Refusal == nil {
		base := a.session.client.Base
		report.Account = plugin.Account{ID: base.Host + base.Path, Name: base.Host, URL: base.String()}
	}
	return report
}

func (a *attempt) readConfig(configuration plugin.Configuration) (string, error) {
	c := &a.session.config
	if err := configuration.Decode(c); err != nil {
		return "", err
	}
	var err error
	if a.base, err = c.base(); err != nil {
		return "", refuse(err)
	}
	if a.session.excluded, err = c.excluded(); err != nil {
		return "", refuse(err)
	}
	tokens, err := c.tokens(a.http)
	if err != nil {
		return "", refuse(err)
	}
	for resource, text := range configuration.ResumeCursors() {
		if text == "" {
			continue
		}
		if _, err := parseCursor(text, resource, a.session.bound()); err != nil {
			return "", err
		}
	}
	a.session.client = &scimapi.Client{Base: a.base, HTTP: a.http, Tokens: tokens, UserAgent: userAgent, Log: slog.Default()}
	return fmt.Sprintf("The base URL is %s.", a.base), nil
}

// reach asks for the service's description without a token, which RFC 7644
// section 4 lets a service require: any answer of a server will do, for some send
// whoever has no token to a sign-in page. Where there is nothing, /v2 may have been left out (section 3.13).
func (a *attempt) reach(ctx context.Context) (string, error) {
	client := *a.session.client
	client.Tokens = nil
	err := a.describe(ctx, &client)
	if errors.Is(err, &scimapi.Error{Reason: scimapi.ReasonAddressWrong}) && path.Base(client.Base.Path) != "v2" {
		client.Base = scimapi.Below(a.base, "/v2", nil)
		if v2 := a.describe(ctx, &client); a.session.service.Known || errors.Is(v2, &scimapi.Error{Reason: scimapi.ReasonTokenRejected}) {
			a.session.client.Base, err = client.Base, v2
		}
	}
	e, ok := errors.AsType[*scimapi.Error](err)
	switch {
	case err == nil, ok && answersAnyway(e):
		return fmt.Sprintf("A server answers at %s.", a.session.client.Base), nil
	default:
		return "", refuse(err)
	}
}

// answersAnyway reports whether an error shows that a server is there which may
// have users: it wants a token, or does not describe itself.
func answersAnyway(e *scimapi.Error) bool {
	switch e.Reason {
	case scimapi.ReasonTokenRejected, scimapi.ReasonAccessDenied, scimapi.ReasonAddressWrong, scimapi.ReasonRequestRefused,
		scimapi.ReasonRedirected, scimapi.ReasonNotSCIM:
		return true
	}
	return e.HTTPStatus == http.StatusInternalServerError
}

// describe reads what the service says of itself.
func (a *attempt) describe(ctx context.Context, client *scimapi.Client) error {
	body, err := client.Get(ctx, pathServiceConfig, nil, a.wait)
	if err == nil {
		a.session.service = scimapi.ReadServiceConfig(body)
	}
	return err
}

func (a *attempt) authenticate(ctx context.Context) (string, error) {
	if err := a.session.client.Authenticate(ctx, a.wait); err != nil {
		return "", refuse(err)
	}
	if a.session.config.Authentication == authClientCredentials {
		return "The token endpoint gave an access token.", nil
	}
	return "A bearer token is given; whether the service takes it shows next.", nil
}

// readServiceConfig reads ServiceProviderConfig, unless it came without a token.
// Real services lack it, and can be read all the same.
func (a *attempt) readServiceConfig(ctx context.Context) (string, error) {
	service := &a.session.service
	if !service.Known {
		service.Indexes = true
		err := a.describe(ctx, a.session.client)
		switch {
		case errors.Is(err, &scimapi.Error{Reason: scimapi.ReasonTokenRejected}):
			return "", refuse(err)
		case err != nil:
			return "", &plugin.Warning{Reason: scimapi.ReasonConfigurationMissing, Detail: "The defaults of RFC 7644 are assumed. " + sentence(err.Error())}
		case !service.Known:
			return "", &plugin.Warning{Reason: scimapi.ReasonConfigurationMissing, Detail: "The defaults of RFC 7644 are assumed: what came is no ServiceProviderConfig."}
		}
	}
	if a.session.config.Filter != "" && !service.Filter {
		return "", &plugin.Warning{Reason: scimapi.ReasonFilterRefused, Detail: "The service says that it does not support filters; it may list more than the filter asks for."}
	}
	paging := "by index"
	if a.session.beginning().Mode == pagingCursor {
		paging = "by cursor"
	}
	return fmt.Sprintf("Lists are read %s, %d resources at a time.", paging, a.session.count()), nil
}

// readResourceTypes reads the names of resource types (RFC 7643 section 6). They
// are for people to see; what counts is whether users can be listed.
func (a *attempt) readResourceTypes(ctx context.Context) (string, error) {
	types, err := a.session.list(ctx, pathResourceTypes, nil, a.wait)
	if errors.Is(err, &scimapi.Error{Reason: scimapi.ReasonTokenRejected}) {
		return "", refuse(err)
	}
	if err != nil {
		return "", &plugin.Warning{Reason: scimapi.ReasonSchemasMissing, Detail: "Users are looked for at /Users. " + sentence(err.Error())}
	}
	names := resourceTypeNames(types.Elements)
	if len(names) == 0 {
		return "", &plugin.Warning{Reason: scimapi.ReasonSchemasMissing, Detail: "Users are looked for at /Users: the service names no resource type."}
	}
	return fmt.Sprintf("The service has %s.", strings.Join(names, ", ")), nil
}

// listSomebody asks for one user, in the order of ids where the service sorts.
func (a *attempt) listSomebody(ctx context.Context) (string, error) {
	s := &a.session
	s.sort = s.service.Sort
	page, err := a.first(ctx, resourceUsers)
	if e, ok := errors.AsType[*scimapi.Error](err); ok && s.sort && e.HTTPStatus == http.StatusBadRequest {
		s.sort = false // not by id, it seems
		page, err = a.first(ctx, resourceUsers)
	}
	switch {
	case err != nil:
		return "", refuse(err)
	case len(page.Elements) == 0 && page.Total <= 0:
		return "", refuse(seesNobody(s.config.Filter))
	case page.Total > 0:
		return fmt.Sprintf("The service lists users for this token, %d in all.", page.Total), nil
	}
	return "The service lists users for this token.", nil
}

func (a *attempt) listGroup(ctx context.Context) (string, error) {
	if !a.session.config.Groups {
		return "Groups are not asked for.", nil
	}
	page, err := a.first(ctx, resourceGroups)
	if err != nil {
		return "", &plugin.Warning{Reason: scimapi.ReasonGroupsUnavailable, Detail: "Users can be listed all the same. " + sentence(err.Error())}
	}
	return fmt.Sprintf("The service lists groups for this token, %d in all.", max(page.Total, len(page.Elements))), nil
}

// first asks for the first of a list as a listing does.
func (a *attempt) first(ctx context.Context, resource string) (scimapi.List, error) {
	l := a.session.listing(resource, nil)
	beginning := a.session.beginning()
	query := l.queryAt(beginning)
	maps.Copy(query, firstPage(beginning.Mode))
	query.Set("count", "1")
	return a.session.list(ctx, l.path, query, a.wait)
}

// patience is how long all waits of Connect together may take: a person is
// watching, and would rather read what the service says.
const patience = 8 * time.Second

// tryAgainWithin is how long after its beginning an attempt still repeats
// requests. One that hung until its own time limit is not repeated: with the next
// its host's patience would end, and nobody would read which check had failed.
const tryAgainWithin = 25 * time.Second

// errPatience ends an attempt that would take longer.
var errPatience = fmt.Errorf("connecting waits for %s at most", patience)

// wait is a [scimapi.Waiter] for as long as patience lasts.
func (a *attempt) wait(ctx context.Context, d time.Duration, _, _ string) error {
	if a.waiting+d > patience || time.Since(a.began) > tryAgainWithin {
		return errPatience
	}
	a.waiting += d
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
