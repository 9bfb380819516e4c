package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/attribute"
	"patchbay.example/plugin/ldap/internal/directory"
)

// version is the connector's own.
const version = "0.1.0"

// connector is the LDAP connector; the zero value is the one that is served.
type connector struct {
	limits limits
	log    *slog.Logger // nil for the process's
}

// limits are bounds that tests make smaller.
type limits struct {
	// quietFor is how long the host hears nothing while entries are read that it
	// has already.
	quietFor time.Duration
	// maxPeople is how many people memberships can be read for.
	maxPeople int
	// maxBatchBytes is when a page of the server's becomes several of ours.
	maxBatchBytes int
	// maxBatchRecords is likewise.
	maxBatchRecords int
	// connectFor is how long Connect may take in all.
	connectFor time.Duration
}

// defaultConnectFor is below the two minutes after which a host gives a connection
// up, and nobody would read what hung.
const defaultConnectFor = 100 * time.Second

func (l limits) orDefault() limits {
	return limits{
		quietFor:        cmp.Or(l.quietFor, defaultQuietFor),
		maxPeople:       cmp.Or(l.maxPeople, defaultMaxPeople),
		maxBatchBytes:   cmp.Or(l.maxBatchBytes, defaultMaxBatchBytes),
		maxBatchRecords: cmp.Or(l.maxBatchRecords, defaultMaxBatchRecords),
		connectFor:      cmp.Or(l.connectFor, defaultConnectFor),
	}
}

var _ plugin.Connector = connector{}

// Describe implements [plugin.Connector].
func (connector) Describe() plugin.Description {
	return plugin.Description{
		Name:    "ldap",
		Title:   "LDAP and Active Directory",
		Version: version,
		Summary: "Reads people, and groups where wanted, from OpenLDAP, Active Directory and other LDAP directories.",
		Config:  plugin.SchemaOf[config](),
		Reasons: reasons,
	}
}

// Connect implements [plugin.Connector]: it proves that the connection works by
// reading from the directory, step by step, and says which step does not.
func (c connector) Connect(ctx context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	checks := []plugin.Check{
		{Name: "config", Title: "Configuration"},
		{Name: "address", Title: "The server answers"},
		{Name: "tls", Title: "The way is protected"},
		{Name: "bind", Title: "The bind account signs in"},
		{Name: "root_dse", Title: "The server offers what is needed"},
		{Name: "base_dn", Title: "The base DN is there"},
		{Name: "users", Title: "Users can be seen"},
		{Name: "secrets", Title: "Passwords can't be read"},
	}
	if wantsGroups(configuration) {
		checks = append(checks, plugin.Check{Name: "groups", Title: "Groups and their members can be seen"})
	}
	a := &attempt{checks: plugin.NewChecklist(checks...)}
	a.session = &session{now: time.Now, limits: c.limits.orDefault(), log: cmp.Or(c.log, slog.Default())}
	limited, cancel := context.WithTimeout(ctx, a.limits.connectFor)
	defer cancel()
	a.run(limited, configuration)
	if err := ctx.Err(); err != nil {
		return nil, plugin.Report{}, err
	}
	return a.session, a.report(), nil
}

// wantsGroups reports whether the configuration, if it can be read, asks for
// groups.
func wantsGroups(configuration plugin.Configuration) bool {
	var c config
	return configuration.Decode(&c) == nil && c.Groups
}

// attempt is one attempt to connect.
type attempt struct {
	*session

	checks  *plugin.Checklist
	conn    *directory.Conn
	root    directory.RootDSE
	secrets []string // names of attributes of the user seen that nobody should see
}

// run tries one step after the other; a step whose predecessor failed is skipped.
func (a *attempt) run(ctx context.Context, configuration plugin.Configuration) {
	defer func() {
		if a.conn != nil {
			a.conn.Close()
		}
	}()
	a.check("config", func() (string, error) { return a.readConfig(configuration) })
	a.check("address", func() (string, error) { return a.reach(ctx) })
	a.check("tls", func() (string, error) { return a.secure(ctx) })
	a.check("bind", func() (string, error) { return a.bind(ctx) })
	a.check("root_dse", func() (string, error) { return a.readRoot(ctx) })
	a.check("base_dn", func() (string, error) { return a.readBases(ctx) })
	a.check("users", func() (string, error) { return a.seeSomebody(ctx) })
	a.check("secrets", a.compareSecrets)
	if a.config.Groups {
		a.check("groups", func() (string, error) { return a.seeGroups(ctx) })
	}
}

func (a *attempt) check(name string, step func() (string, error)) {
	a.checks.Run(name, func() (string, error) {
		detail, err := step()
		if _, ok := errors.AsType[*directory.Error](err); !ok && errors.Is(err, context.DeadlineExceeded) {
			err = &directory.Error{
				Reason: directory.ReasonTimedOut, Cause: err,
				Detail: fmt.Sprintf("%s had not answered when the %s were over that connecting may take", a.settings.Address, a.limits.connectFor),
			}
		}
		return detail, refuse(err)
	})
}

func (a *attempt) report() plugin.Report {
	report := plugin.Report{Checks: a.checks.Checks(), Refusal: a.checks.Refusal()}
	if a.base != "" {
		base := a.printable(a.base)
		report.Account = plugin.Account{ID: base, Name: base + " at " + a.settings.Address.Host}
	}
	return report
}

func (a *attempt) readConfig(configuration plugin.Configuration) (string, error) {
	if err := configuration.Decode(&a.config); err != nil {
		return "", err
	}
	var err error
	if a.settings, err = a.config.settings(); err != nil {
		return "", err
	}
	if err := a.config.checkNames(); err != nil {
		return "", err
	}
	for resource, text := range configuration.ResumeCursors() {
		if _, err := parseCursor(text, a.identity(resource, place{})); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s at %s.", a.settings.BindName, a.settings.Address), nil
}

func (a *attempt) reach(ctx context.Context) (string, error) {
	var err error
	if a.conn, err = directory.Dial(ctx, a.settings); err != nil {
		return "", err
	}
	return fmt.Sprintf("A server answers at %s.", a.settings.Address), nil
}

func (a *attempt) secure(ctx context.Context) (string, error) {
	if err := a.conn.Secure(ctx); err != nil {
		return "", err
	}
	switch at := a.settings.Address; {
	case at.StartTLS:
		return fmt.Sprintf("StartTLS is in force, with a certificate for %s.", at.Host), nil
	case at.TLS:
		return fmt.Sprintf("TLS is in force, with a certificate for %s.", at.Host), nil
	}
	return "The server is on this machine, and nothing leaves it; TLS is not in force.", nil
}

func (a *attempt) bind(ctx context.Context) (string, error) {
	if err := a.conn.Bind(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("The server takes %s for who it says it is.", a.settings.BindName), nil
}

// Reasons of the checks.
const (
	reasonRootDSEHidden     = "ROOT_DSE_HIDDEN"
	reasonBaseDNMissing     = "BASE_DN_MISSING"
	reasonPasswordsReadable = "PASSWORDS_READABLE"
)

func (a *attempt) readRoot(ctx context.Context) (string, error) {
	var err error
	if a.root, err = a.conn.ReadRootDSE(ctx); err != nil {
		return "", err
	}
	a.chooseDialect()
	switch {
	case a.root.Hidden:
		return "", &plugin.Warning{
			Reason: reasonRootDSEHidden,
			Detail: fmt.Sprintf("The server does not show what it offers; it is taken for one with paged results and the schema %q.", a.dialect.name),
		}
	case !a.root.Paging:
		return "", &directory.Error{Reason: directory.ReasonPagingUnsupported, Detail: a.settings.Address.String() + " does not offer paged results (1.2.840.113556.1.4.319)"}
	}
	vendor := a.root.Vendor
	if vendor == "" {
		vendor = "The server"
	}
	return fmt.Sprintf("%s offers paged results; its schema is read as %q, and it keeps %s.", vendor, a.dialect.name, list(a.printables(a.root.NamingContexts))), nil
}

// chooseDialect takes the configured schema, or the one that the server's
// capabilities tell of.
func (a *attempt) chooseDialect() {
	name := a.config.Schema
	if name == schemaAuto {
		name = schemaOpenLDAP
		if a.root.ActiveDirectory {
			name = schemaAD
		}
	}
	a.dialect = dialects[name]
	a.userFilter, a.groupFilter = a.dialect.userFilter, a.dialect.groupFilter
	if a.config.UserFilter != "" {
		a.userFilter = a.config.UserFilter
	}
	if a.config.GroupFilter != "" {
		a.groupFilter = a.config.GroupFilter
	}
}

func (a *attempt) readBases(ctx context.Context) (string, error) {
	base := strings.TrimSpace(a.config.BaseDN)
	switch {
	case base != "":
	case isBase(a.root.DefaultNamingContext):
		base = a.root.DefaultNamingContext
	case len(a.root.NamingContexts) == 1 && isBase(a.root.NamingContexts[0]):
		base = a.root.NamingContexts[0]
	default:
		return "", plugin.Refuse(reasonBaseDNMissing, "No base DN is given, and the server names %d of its own: %s.", len(a.root.NamingContexts), list(a.printables(a.root.NamingContexts)))
	}
	groupBase := strings.TrimSpace(a.config.GroupBaseDN)
	if groupBase == "" || !a.config.Groups {
		groupBase = base
	}
	for _, dn := range slices.Compact([]string{base, groupBase}) {
		// 1.1 asks for no attribute (RFC 4511 §4.5.1.8).
		if _, ok, err := a.conn.Read(ctx, dn, "1.1"); err != nil {
			return "", err
		} else if !ok {
			return "", &directory.Error{Reason: directory.ReasonBaseNotFound, Detail: fmt.Sprintf("%s shows no entry %q to the bind account", a.settings.Address, a.printable(dn))}
		}
	}
	a.base, a.groupBase = base, groupBase
	return fmt.Sprintf("People are looked for below %s.", a.printable(base)), nil
}

// maxBaseBytes is what may be entered as a base DN.
const maxBaseBytes = 1024

// isBase reports whether what a server names as the root of its entries can be one.
func isBase(dn string) bool {
	_, err := ldap.ParseDN(dn)
	return err == nil && dn != "" && len(dn) <= maxBaseBytes && isText([]byte(dn))
}

// errSeen ends a listing when somebody was seen.
var errSeen = errors.New("somebody was seen")

func (a *attempt) seeSomebody(ctx context.Context) (string, error) {
	var seen *ldap.Entry
	search := directory.Search{Base: a.base, Filter: a.userFilter, Attributes: a.dialect.userAttributes(), PageSize: 1}
	_, err := a.conn.List(ctx, search, func(e *ldap.Entry) error {
		seen = e
		return errSeen
	}, func(bool) error { return nil })
	switch {
	case err != nil && !errors.Is(err, errSeen):
		return "", err
	case seen == nil:
		return "", a.nobodySeen()
	}
	if err := a.chooseID(readEntry(seen)); err != nil {
		return "", err
	}
	for _, attr := range seen.Attributes {
		if attribute.Secret(attr.Name) && len(attr.ByteValues) > 0 {
			a.secrets = append(a.secrets, attr.Name)
		}
	}
	return fmt.Sprintf("The bind account sees people who match %s.", a.userFilter), nil
}

// chooseID settles which attribute is everybody's id: the one that the person seen
// has.
func (a *attempt) chooseID(e entry) error {
	for _, name := range a.dialect.ids {
		if e.first(strings.ToLower(name)) != "" {
			a.dialect.ids = []string{name}
			return nil
		}
	}
	return &directory.Error{Reason: reasonIDHidden, Detail: fmt.Sprintf("the entry %q has no %s that the bind account may read", a.printable(e.dn), strings.Join(a.dialect.ids, " or "))}
}

func (a *attempt) compareSecrets() (string, error) {
	if len(a.secrets) == 0 {
		return "The bind account sees no password of the person looked at.", nil
	}
	return "", &plugin.Warning{
		Reason: reasonPasswordsReadable,
		Detail: fmt.Sprintf("The bind account can read %s. The connector throws it away, and has no need to see it.", list(a.printables(a.secrets))),
	}
}
