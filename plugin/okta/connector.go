package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// version is the connector's own; it is part of the user agent.
const version = "0.1.0"

// userAgent names product and version, as Okta asks of its clients.
const userAgent = "patchbay-okta/" + version

// Scopes of the Management API. Listing users needs the first only.
const (
	scopeUsers     = "okta.users.read"
	scopeGroups    = "okta.groups.read"
	scopeUserTypes = "okta.userTypes.read"
)

// requestedScopes are asked for together; Okta grants those that an
// administrator has consented to.
var requestedScopes = []string{scopeUsers, scopeGroups, scopeUserTypes}

// Paths of the Management API.
const (
	pathUsers     = "/api/v1/users"
	pathUserTypes = "/api/v1/meta/types/user"
)

// connector is the Okta connector.
type connector struct{}

var _ plugin.Connector = connector{}

// Describe implements [plugin.Connector].
func (connector) Describe() plugin.Description {
	return plugin.Description{
		Name:    "okta",
		Title:   "Okta",
		Version: version,
		Summary: "Reads the people of an Okta org, and its groups where wanted, through an API Services app with a public/private key pair.",
		Config:  plugin.SchemaOf[config](),
		Reasons: reasons,
	}
}

// Connect implements [plugin.Connector]: it proves that the connection works by
// reading from the org, step by step, and says which step does not.
func (connector) Connect(ctx context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	checks := []plugin.Check{
		{Name: "config", Title: "Configuration"},
		{Name: "address", Title: "Okta answers at the domain"},
		{Name: "clock", Title: "Clocks agree"},
		{Name: "key", Title: "Private key"},
		{Name: "token", Title: "Okta accepts the app"},
		{Name: "scopes", Title: "Scopes granted"},
		{Name: "users", Title: "Users can be listed"},
		{Name: "user_types", Title: "User types can be read"},
		{Name: "role", Title: "Admin role sees people"},
	}
	if wantsGroups(configuration) {
		checks = append(checks, plugin.Check{Name: "groups", Title: "Groups can be listed"})
	}
	a := &attempt{began: time.Now(), http: oktaapi.NewHTTPClient(), checks: plugin.NewChecklist(checks...)}
	session := a.run(ctx, configuration)
	return session, a.report(), ctx.Err()
}

// wantsGroups reports whether the configuration, if it can be read, asks for
// groups.
func wantsGroups(configuration plugin.Configuration) bool {
	var c config
	return configuration.Decode(&c) == nil && c.IncludeGroups
}

// attempt is one attempt to connect.
type attempt struct {
	http   *http.Client
	checks *plugin.Checklist

	config  config
	creds   credentials
	org     oktaapi.Org
	allowed allowList
	token   *oktaapi.Token
	client  *oktaapi.Client
	types   map[string]string
	began   time.Time
	waiting time.Duration // spent in waits
}

// run tries one step after the other; a step whose predecessor failed is
// skipped. The key is read before anything is sent.
func (a *attempt) run(ctx context.Context, configuration plugin.Configuration) plugin.Session {
	a.checks.Run("config", func() (string, error) { return a.readConfig(configuration) })
	a.checks.Run("key", a.readKey)
	a.checks.Run("address", func() (string, error) { return a.reach(ctx) })
	a.checks.Run("clock", a.compareClocks)
	a.checks.Run("token", func() (string, error) { return a.authenticate(ctx) })
	a.checks.Run("scopes", a.compareScopes)
	if a.checks.Refusal() == nil {
		a.listSomebody(ctx)
	}
	a.checks.Run("user_types", func() (string, error) { return a.readTypes(ctx) })
	if a.config.IncludeGroups {
		a.checks.Run("groups", func() (string, error) { return a.listGroups(ctx) })
	}
	if a.checks.Refusal() != nil {
		return nil
	}
	return &session{
		config: a.config, client: a.client, log: slog.Default(), host: a.creds.base.Host, types: a.types, allowed: a.allowed,
		missing: a.token.Missing(requestedScopes),
	}
}

func (a *attempt) report() plugin.Report {
	report := plugin.Report{Checks: a.checks.Checks(), Refusal: a.checks.Refusal()}
	if a.creds.base != nil && a.token != nil {
		report.Account = plugin.Account{ID: a.org.ID, Name: a.creds.base.Host, URL: a.creds.base.String()}
		if report.Account.ID == "" {
			report.Account.ID = a.creds.base.Host
		}
		report.GrantedScopes = a.token.Scopes()
	}
	return report
}

func (a *attempt) readConfig(configuration plugin.Configuration) (string, error) {
	if err := configuration.Decode(&a.config); err != nil {
		return "", err
	}
	var err error
	if a.creds, err = a.config.credentials(); err != nil {
		return "", refuse(err)
	}
	if a.allowed, err = newAllowList(a.config.GroupAllowList); err != nil {
		return "", err
	}
	for resource, text := range configuration.ResumeCursors() {
		if _, err := a.config.parseCursor(text, a.creds.base.Host, resource); err != nil {
			return "", refuse(err)
		}
	}
	return fmt.Sprintf("Client %s at %s.", a.creds.clientID, a.creds.base.Host), nil
}

func (a *attempt) readKey() (string, error) {
	var err error
	if a.creds.key, err = oktaapi.ParsePrivateKey(a.config.PrivateKey.Reveal(), a.config.KeyID); err != nil {
		return "", refuse(err)
	}
	return sentence(a.creds.key.String()), nil
}

func (a *attempt) reach(ctx context.Context) (string, error) {
	var err error
	if a.org, err = oktaapi.ReadOrg(ctx, a.http, a.creds.base, userAgent, time.Now); err != nil {
		return "", refuse(err)
	}
	if a.org.ID == "" {
		return fmt.Sprintf("Okta answers at %s.", a.creds.base), nil
	}
	return fmt.Sprintf("Okta answers at %s, org %s.", a.creds.base, a.org.ID), nil
}

// tolerableSkew is what assertions allow for by themselves: they are dated back
// by as much.
const tolerableSkew = 30 * time.Second

func (a *attempt) compareClocks() (string, error) {
	skew := a.org.Skew.Round(time.Second)
	switch {
	case !a.org.SkewKnown:
		return "Okta's answer has no date to compare with.", nil
	case skew.Abs() <= tolerableSkew:
		return fmt.Sprintf("This machine's clock and Okta's differ by %s at most.", max(skew.Abs(), time.Second)), nil
	}
	direction := "behind"
	if skew < 0 {
		direction = "ahead of"
	}
	return "", &plugin.Warning{
		Reason: oktaapi.ReasonClockDiffers,
		Detail: fmt.Sprintf("This machine's clock is %s %s Okta's. The connector allows for it.", skew.Abs(), direction),
	}
}

func (a *attempt) authenticate(ctx context.Context) (string, error) {
	tokens := oktaapi.NewTokenSource(oktaapi.TokenSettings{
		Base: a.creds.base, ClientID: a.creds.clientID, Key: a.creds.key, Scopes: requestedScopes,
		HTTP: a.http, UserAgent: userAgent, Log: slog.Default(),
	})
	var err error
	if a.token, err = tokens.Token(ctx, a.wait); err != nil {
		return "", refuse(err)
	}
	a.client = oktaapi.NewClient(oktaapi.ClientSettings{
		Base: a.creds.base, HTTP: a.http, Tokens: tokens, UserAgent: userAgent,
		Share: float64(a.config.RateLimitShare) / 100, Log: slog.Default(),
	})
	return fmt.Sprintf("Okta gave an access token for %s.", strings.Join(a.token.Scopes(), ", ")), nil
}

func (a *attempt) compareScopes() (string, error) {
	missing := a.token.Missing(requestedScopes)
	if len(missing) == 0 {
		return "All three scopes are granted.", nil
	}
	if slices.Contains(missing, scopeUsers) {
		return "", refuse(&oktaapi.Error{Reason: oktaapi.ReasonScopeMissing, Detail: "the scope " + scopeUsers + " is not granted", Scope: scopeUsers})
	}
	return "", &plugin.Warning{
		Reason: oktaapi.ReasonScopeMissing,
		Detail: fmt.Sprintf("Not granted: %s. Users can be listed all the same.", strings.Join(missing, ", ")),
	}
}

// listSomebody asks for one user. What comes of it belongs to the check "role"
// where Okta shows the lack of one, in either of its two forms, and to "users"
// otherwise.
func (a *attempt) listSomebody(ctx context.Context) {
	began := time.Now()
	page, err := a.client.First(ctx, pathUsers, "limit=1", a.wait)
	took := time.Since(began)
	if err == nil && len(page.Elements) == 0 {
		err = seesNobody(page.RequestID)
	}
	switch {
	case errors.Is(err, &oktaapi.Error{Reason: oktaapi.ReasonRoleMissing}), errors.Is(err, &oktaapi.Error{Reason: oktaapi.ReasonRoleSeesNobody}):
		a.checks.Record("role", took, "", refuse(err))
	case err != nil:
		a.checks.Record("users", took, "", refuse(err))
	default:
		a.checks.Record("users", took, "Okta lists users for this app.", nil)
		a.checks.Record("role", took, "The app's admin role lets it see people.", nil)
	}
}

// seesNobody is the error of a listing that holds nobody: an org always has at
// least one user, so this is a missing role.
func seesNobody(requestID string) error {
	return &oktaapi.Error{
		Reason: oktaapi.ReasonRoleSeesNobody, RequestID: requestID,
		Detail: "Okta answered with an empty list of users, which is what an app without an admin role gets",
	}
}

func (a *attempt) readTypes(ctx context.Context) (string, error) {
	if len(a.token.Missing([]string{scopeUserTypes})) > 0 {
		return "", &plugin.Warning{
			Reason: oktaapi.ReasonUserTypesNotGranted,
			Detail: "The scope " + scopeUserTypes + " is not granted; users come without the names of their types.",
		}
	}
	page, err := a.client.First(ctx, pathUserTypes, "", a.wait)
	if err == nil && len(page.Elements) == 0 {
		err = seesNoUserTypes(page.RequestID)
	}
	if err != nil {
		return "", &plugin.Warning{
			Reason: oktaapi.ReasonUserTypesUnavailable,
			Detail: "Users come without the names of their types. " + sentence(err.Error()),
		}
	}
	a.types = readUserTypes(page.Elements)
	return fmt.Sprintf("The org has %d user types.", len(a.types)), nil
}

// listGroups asks for one group. Whatever is wrong, people can be listed all the
// same.
func (a *attempt) listGroups(ctx context.Context) (string, error) {
	if len(a.token.Missing([]string{scopeGroups})) > 0 {
		return "", &plugin.Warning{Reason: oktaapi.ReasonScopeMissing, Detail: "The scope " + scopeGroups + " is not granted; groups and memberships can't be listed."}
	}
	page, err := a.client.First(ctx, pathGroups, "limit=1", a.wait)
	if err == nil && len(page.Elements) == 0 {
		err = seesNoGroups(page.RequestID)
	}
	if err != nil {
		reason := oktaapi.ReasonGroupsUnavailable
		if errors.Is(err, &oktaapi.Error{Reason: oktaapi.ReasonRoleSeesNoGroups}) {
			reason = oktaapi.ReasonRoleSeesNoGroups
		}
		return "", &plugin.Warning{Reason: reason, Detail: "Groups and memberships can't be listed. " + sentence(err.Error())}
	}
	return "Okta lists groups for this app.", nil
}

// patience is how long all waits of Connect together may take: a person is
// watching, and would rather read what Okta says.
const patience = 8 * time.Second

// tryAgainWithin is how long after its beginning an attempt still repeats
// requests. One that hung until its own time limit is not repeated: with the
// next its host's patience, two minutes, would end, and nobody would read which
// check had failed.
const tryAgainWithin = 25 * time.Second

// errPatience ends an attempt that would take longer.
var errPatience = fmt.Errorf("connecting waits for %s at most", patience)

// wait is an [oktaapi.Waiter] for as long as patience lasts. A wait that is no
// consequence of a failure, for a rate limit's next window, has only this
// refusal to say what is wrong.
func (a *attempt) wait(ctx context.Context, d time.Duration, _, message string) error {
	if a.waiting+d > patience || time.Since(a.began) > tryAgainWithin {
		return &plugin.Refusal{
			Reason: oktaapi.ReasonWaitBudgetSpent, RetryAfter: d, Cause: errPatience,
			Message: fmt.Sprintf("%s The next request could be sent in %s, and %v.", sentence(message), d.Round(time.Second), errPatience),
		}
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

// refuse makes a refusal of an [oktaapi.Error]; class and fix are those of the
// declared reason. Any other error stays as it is.
func refuse(err error) error {
	e, ok := errors.AsType[*oktaapi.Error](err)
	if !ok {
		return err
	}
	refusal := &plugin.Refusal{Reason: e.Reason, Message: sentence(e.Error()), RetryAfter: e.RetryAfter, Cause: err, Metadata: map[string]string{}}
	for key, value := range map[string]string{"okta_request_id": e.RequestID, "okta_error": e.Code, "scope": e.Scope} {
		if value != "" {
			refusal.Metadata[key] = value
		}
	}
	return refusal
}

// sentence gives a text a capital letter and a full stop. A host name at its
// beginning stays as it is.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if word, _, _ := strings.Cut(text, " "); !strings.Contains(word, ".") {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
