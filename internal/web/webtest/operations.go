// Package webtest has operations in memory, for tests of what stands in front
// of them: connections in every state, and a run that goes on by a page each
// time somebody looks at it.
package webtest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// Operations implement [service.Operations]. Make them with [New].
type Operations struct {
	now func() time.Time

	mu          sync.Mutex
	connections map[string]*service.Connection
	people      map[string][]service.Person
	runs        []*service.Run
	changes     map[int64][]service.PersonChange
	trust       service.TrustState
	settings    people.Settings
	// Saved are the drafts and changes that were stored, as they came.
	saved []json.RawMessage
	// holdNext makes the next run end held.
	holdNext bool
	// Err, unless nil, is what every operation fails with.
	err error
}

var _ service.Operations = (*Operations)(nil)

// pagesOfRun is how often a run has to be looked at until it ends.
const pagesOfRun = 4

// New makes empty operations; now is their clock.
func New(now func() time.Time) *Operations {
	return &Operations{
		now: now, connections: map[string]*service.Connection{}, people: map[string][]service.Person{},
		changes: map[int64][]service.PersonChange{}, trust: service.TrustUnpinned,
	}
}

// Saved are the configurations that were stored, oldest first.
func (o *Operations) Saved() []json.RawMessage {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.saved)
}

// HoldNext has the next run end held for review.
func (o *Operations) HoldNext() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.holdNext = true
}

// FailWith makes every operation fail; nil ends that.
func (o *Operations) FailWith(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

// SetWhy replaces a connection's explanation and fix.
func (o *Operations) SetWhy(name, why, fix string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.connections[name]
	c.Why, c.Fix = why, fix
}

// AddPerson adds somebody to a connection.
func (o *Operations) AddPerson(connection string, p service.Person) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.people[connection] = append(o.people[connection], p)
}

func (o *Operations) begin() (func(), error) {
	o.mu.Lock()
	return o.mu.Unlock, o.err
}

func (o *Operations) find(name string) (*service.Connection, error) {
	c, ok := o.connections[name]
	if !ok {
		return nil, fmt.Errorf("connection %q: %w", name, store.ErrNotFound)
	}
	return c, nil
}

// Connectors implements [service.Operations].
func (o *Operations) Connectors(context.Context) ([]service.Connector, error) {
	unlock, err := o.begin()
	defer unlock()
	return []service.Connector{{
		Name: "okta", Title: "Okta", Version: "1.0.0", Summary: "Reads the users of an Okta org.",
		Path: "/opt/patchbay/connector-okta", SHA256: strings.Repeat("ab", 32), Trust: o.trust,
	}}, err
}

// TrustConnector implements [service.Operations].
func (o *Operations) TrustConnector(_ context.Context, connector string) (service.Connector, error) {
	unlock, err := o.begin()
	defer unlock()
	if connector != "okta" {
		return service.Connector{}, store.ErrNotFound
	}
	o.trust = service.TrustPinned
	return service.Connector{Name: connector, Trust: o.trust}, err
}

// Form implements [service.Operations].
func (o *Operations) Form(_ context.Context, connector string) (service.Form, error) {
	unlock, err := o.begin()
	defer unlock()
	if err == nil && connector != "okta" {
		err = fmt.Errorf("connector %q: %w", connector, store.ErrNotFound)
	}
	low, high := 1.0, 100.0
	return service.Form{
		Connector: "okta", Title: "Okta", Version: "1.0.0", Summary: "Reads the users of an Okta org with a service app. It never writes.",
		Fields: []service.Field{
			{Name: "domain", Title: "Okta address", Help: "The address people sign in at, not the one ending in -admin.", Type: "string", Required: true, Example: "https://example.com"},
			{Name: "client_id", Title: "Client ID", Help: "On the General tab of the service app.", Type: "string", Required: true, MaxLength: 100},
			{Name: "private_key", Title: "Private key", Help: "PEM or JWK, pasted whole with its line ends.", Type: "string", Required: true, Secret: true, Multiline: true},
			{Name: "dpop", Title: "Proof of possession", Type: "string", Group: "Advanced", Choices: []string{"auto", "always", "never"}, Default: "auto", Help: "auto: as Okta asks."},
			{Name: "rate_share", Title: "Share of the rate limit", Type: "integer", Group: "Advanced", Default: "50", Minimum: &low, Maximum: &high, Help: "In percent. The rest is left to others."},
			{Name: "inactive", Title: "List deactivated people", Type: "boolean", Group: "Advanced", Default: "true"},
			{Name: "groups", Title: "Groups to read", Type: "array", Group: "Advanced", Example: "Engineering", Help: "Names of groups."},
			{Name: "webhook_secret", Title: "Event secret", Type: "string", Group: "Advanced", Secret: true},
		},
	}, err
}

// Test implements [service.Operations]: a key must be one.
func (o *Operations) Test(_ context.Context, d service.Draft) (service.Report, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Report{}, err
	}
	if d.Name == "" {
		return service.Report{}, &service.InputError{Field: "name", Problem: "is needed"}
	}
	return report(d.Config), nil
}

func report(config json.RawMessage) service.Report {
	var c struct {
		Domain     *string `json:"domain"`
		PrivateKey *string `json:"private_key"`
	}
	_ = json.Unmarshal(config, &c)
	checks := []service.Check{
		{Name: "config", Title: "Configuration", Status: service.CheckOK, Detail: "Address, client and key are well formed"},
		{Name: "reach", Title: "Okta is reached", Status: service.CheckOK, Detail: "TLS 1.3", TookMS: 41},
	}
	if c.PrivateKey != nil && !strings.Contains(*c.PrivateKey, "PRIVATE KEY") {
		return service.Report{Class: "CREDENTIALS_REJECTED", Checks: append(checks,
			service.Check{Name: "key", Title: "Key is accepted", Status: service.CheckFail, Reason: "KEY_UNREADABLE", Detail: "This is no private key", Fix: "Okta Admin Console › Applications › the service app › General › Public keys › Add key, then paste the private half."},
			service.Check{Name: "scopes", Title: "Scopes are granted", Status: service.CheckSkipped, Detail: "Waits for the key"})}
	}
	return service.Report{
		OK: true, Account: "Example Org", AccountURL: "https://example.com", Scopes: []string{"okta.users.read"},
		Checks: append(checks,
			service.Check{Name: "key", Title: "Key is accepted", Status: service.CheckOK, TookMS: 112},
			service.Check{Name: "user_types", Title: "User types", Status: service.CheckWarn, Detail: "Contractors can't be told apart by type", Fix: "Okta Admin Console › Applications › the service app › Okta API Scopes › okta.userTypes.read › Grant"}),
		Resources: []service.Resource{{Name: "users", Title: "Users", Interval: service.Duration(6 * time.Hour)}},
	}
}

// Add implements [service.Operations].
func (o *Operations) Add(ctx context.Context, d service.Draft) (service.Connection, service.Report, error) {
	r, err := o.Test(ctx, d)
	if err == nil && !r.OK {
		err = service.ErrTestFailed
	}
	unlock, _ := o.begin()
	defer unlock()
	if err == nil && o.connections[d.Name] != nil {
		err = store.ErrNameTaken
	}
	if err != nil {
		return service.Connection{}, r, err
	}
	c := &service.Connection{
		Name: d.Name, Connector: d.Connector, Resource: "users", HRIS: d.HRIS,
		Interval: cmp.Or(d.Interval, service.Duration(6*time.Hour)), ShrinkPercent: cmp.Or(d.ShrinkPercent, 20),
		Deadline: cmp.Or(d.Deadline, service.Duration(12*time.Hour)),
		State:    store.StateNew, NextWhy: "once: it was added", Created: o.now(), Updated: o.now(),
		Checks: r.Checks, Secrets: map[string]string{},
	}
	o.connections[d.Name] = c
	o.keep(c, d.Config)
	return *c, r, nil
}

// keep stores a configuration as the service does: without secrets.
func (o *Operations) keep(c *service.Connection, config json.RawMessage) {
	o.saved = append(o.saved, bytes.Clone(config))
	was, object := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal(c.Config, &was)
	_ = json.Unmarshal(config, &object)
	for name, value := range object {
		switch {
		case name == "private_key" || name == "webhook_secret":
			var text string
			_ = json.Unmarshal(value, &text)
			c.Secrets[name] = "sealed"
			if strings.HasPrefix(text, "env:") || strings.HasPrefix(text, "file:") {
				c.Secrets[name] = text
			}
		case string(value) == "null":
			delete(was, name)
		default:
			was[name] = value
		}
	}
	c.Config, _ = json.Marshal(was)
}

// TestChange implements [service.Operations].
func (o *Operations) TestChange(_ context.Context, name string, change service.Change) (service.Report, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Report{}, err
	}
	c, err := o.find(name)
	if err != nil {
		return service.Report{}, err
	}
	r := report(change.Config)
	if change.Config == nil {
		now := o.now()
		c.Checks, c.Checked = r.Checks, &now
	}
	return r, nil
}

// Change implements [service.Operations].
func (o *Operations) Change(ctx context.Context, name string, change service.Change) (service.Connection, service.Report, error) {
	r, err := o.TestChange(ctx, name, change)
	if err == nil && !r.OK {
		err = service.ErrTestFailed
	}
	if err != nil {
		return service.Connection{}, r, err
	}
	unlock, _ := o.begin()
	defer unlock()
	c := o.connections[name]
	if change.Config != nil {
		o.keep(c, change.Config)
	}
	if change.HRIS != nil {
		if other := o.markedBut(name); *change.HRIS && other != "" {
			return service.Connection{}, r, &service.InputError{Field: "hris", Problem: "is the mark of another connection, " + other}
		}
		c.HRIS = *change.HRIS
	}
	if change.Interval != nil {
		c.Interval = *change.Interval
	}
	if change.ShrinkPercent != nil {
		c.ShrinkPercent = *change.ShrinkPercent
	}
	if change.Deadline != nil {
		c.Deadline = *change.Deadline
	}
	return *c, r, nil
}

// Connections implements [service.Operations].
func (o *Operations) Connections(context.Context) ([]service.Connection, error) {
	unlock, err := o.begin()
	defer unlock()
	all := []service.Connection{}
	for _, c := range o.connections {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b service.Connection) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// Connection implements [service.Operations].
func (o *Operations) Connection(_ context.Context, name string) (service.Connection, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Connection{}, err
	}
	c, err := o.find(name)
	if err != nil {
		return service.Connection{}, err
	}
	return *c, nil
}

// Pause implements [service.Operations].
func (o *Operations) Pause(_ context.Context, name string) (service.Connection, error) {
	return o.set(name, func(c *service.Connection) {
		c.State, c.NextRun, c.NextWhy = store.StatePaused, nil, "it is paused"
	})
}

// Resume implements [service.Operations].
func (o *Operations) Resume(_ context.Context, name string) (service.Connection, error) {
	return o.set(name, func(c *service.Connection) {
		next := o.now().Add(6 * time.Hour)
		c.State, c.NextRun, c.NextWhy = store.StateActive, &next, "every 6 h"
	})
}

func (o *Operations) set(name string, change func(*service.Connection)) (service.Connection, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Connection{}, err
	}
	c, err := o.find(name)
	if err != nil {
		return service.Connection{}, err
	}
	change(c)
	return *c, nil
}

// Remove implements [service.Operations].
func (o *Operations) Remove(_ context.Context, name string) error {
	unlock, err := o.begin()
	defer unlock()
	if err == nil {
		_, err = o.find(name)
	}
	if err == nil {
		delete(o.connections, name)
	}
	return err
}

// SyncNow implements [service.Operations]: the run begins at once, and goes on
// by a page whenever it is looked at.
func (o *Operations) SyncNow(_ context.Context, name string, plan bool) (service.Connection, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Connection{}, err
	}
	c, err := o.find(name)
	switch {
	case err != nil:
		return service.Connection{}, err
	case c.State == store.StatePaused:
		return service.Connection{}, service.ErrPaused
	case c.State == store.StateSyncing:
		return service.Connection{}, store.ErrRunning
	}
	run := &service.Run{
		ID: int64(len(o.runs) + 1), Connection: name, Status: store.RunRunning, Trigger: store.WhyManual, Started: o.now(),
		Step: "stage", Expected: max(c.People, 800), Pass: 1, Connector: "1.0.0",
	}
	if plan {
		run.Trigger = store.WhyPlan
	}
	o.runs = append(o.runs, run)
	c.State, c.LastRun, c.Why, c.Fix = store.StateSyncing, run, "", ""
	return *c, nil
}

// advance moves a running run on by a page.
func (o *Operations) advance(run *service.Run) {
	if run.Status != store.RunRunning || run.Trigger == store.WhySchedule {
		return
	}
	run.Pages++
	run.Records += run.Expected / pagesOfRun
	run.Bytes += 200 << 10
	run.Log = append(run.Log, service.LogLine{At: o.now(), Text: fmt.Sprintf("page %d stored", run.Pages)})
	if run.Pages < pagesOfRun {
		return
	}
	now, c := o.now(), o.connections[run.Connection]
	run.Finished, run.Step = &now, "done"
	if o.holdNext || run.Trigger == store.WhyPlan {
		o.holdNext = false
		o.hold(run, c)
		return
	}
	o.promote(run, c)
}

func (o *Operations) promote(run *service.Run, c *service.Connection) {
	now := o.now()
	next := now.Add(6 * time.Hour)
	run.Status, run.Added = store.RunPromoted, 12
	c.State, c.Why, c.Fix, c.LastSuccess, c.NextRun, c.NextWhy = store.StateActive, "", "", &now, &next, "every 6 h"
	c.People, c.WithAccess = run.Records, run.Records
}

func (o *Operations) hold(run *service.Run, c *service.Connection) {
	run.Status, run.Reason, run.Removed, run.Added, run.Changed = store.RunHeld, "SHRINK_LIMIT", 250, 6, 18
	run.Plan = plan(c.People, 250)
	run.Message, run.Fix = run.Plan.Headline, "Look at what the service shows, then approve or discard."
	c.State, c.Why, c.Fix, c.NextRun, c.NextWhy = store.StateHeldForReview, run.Plan.Headline, run.Fix, nil, "it waits for your decision"
}

func plan(stands, removed int64) *syncer.Plan {
	stands = max(stands, removed)
	return &syncer.Plan{
		Headline: fmt.Sprintf("This run would remove %d of %d people. Nothing was changed.", removed, stands),
		Cause:    "Probably the service ended its list early, or what the connection may see was limited there, such as an admin role to some groups.",
		Stands:   stands, Seen: stands - removed, StandsWithAccess: stands, WithAccess: stands - removed,
		Added: 6, Changed: 18, Unchanged: stands - removed - 18, Removed: removed, Grouped: int(removed),
		Departments: []syncer.Group{{Name: "Depots South", People: int(removed / 2)}, {Name: "Depots North", People: int(removed / 4)}, {Name: "", People: int(removed / 8)}, {Others: true, People: int(removed / 8)}},
		Statuses:    []syncer.Group{{Name: "ACTIVE", People: int(removed)}},
		Samples: []syncer.Sample{
			{ID: "00u1", Name: "Sample Person One", Title: "Shift lead", Department: "Depots South", Status: "ACTIVE"},
			{ID: "00u2", Name: "عينة شخص", Title: "Dock coordinator", Department: "Depots South", Status: "ACTIVE"},
			{ID: "00u3", Name: "サンプル", Title: "Picker", Department: "Depots North", Status: "ACTIVE"},
			{ID: "00u4", Name: "Sample Person Four-With-A-Rather-Long-Double-Name", Title: "Agent", Department: "Customer Service", Status: "SUSPENDED"},
		},
	}
}

// Runs implements [service.Operations].
func (o *Operations) Runs(_ context.Context, name string, before int64, limit int) ([]service.Run, error) {
	unlock, err := o.begin()
	defer unlock()
	out := []service.Run{}
	for _, run := range slices.Backward(o.runs) {
		if (name == "" || run.Connection == name) && (before == 0 || run.ID < before) && len(out) < limit {
			shown := *run
			shown.Plan, shown.Log = nil, nil
			out = append(out, shown)
		}
	}
	return out, err
}

// Run implements [service.Operations].
func (o *Operations) Run(_ context.Context, id int64) (service.Run, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Run{}, err
	}
	run, err := o.run(id)
	if err != nil {
		return service.Run{}, err
	}
	before := *run
	before.Log = slices.Clone(run.Log)
	o.advance(run)
	return before, nil
}

func (o *Operations) run(id int64) (*service.Run, error) {
	for _, run := range o.runs {
		if run.ID == id {
			return run, nil
		}
	}
	return nil, fmt.Errorf("run %d: %w", id, store.ErrNotFound)
}

// Changes implements [service.Operations].
func (o *Operations) Changes(_ context.Context, run int64, after string, limit int) ([]service.PersonChange, error) {
	unlock, err := o.begin()
	defer unlock()
	out := []service.PersonChange{}
	for _, c := range o.changes[run] {
		if c.ID > after && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, err
}

// Approve implements [service.Operations].
func (o *Operations) Approve(_ context.Context, id int64) (service.Run, error) {
	return o.decide(id, func(run *service.Run, c *service.Connection) {
		o.promote(run, c)
		if run.Plan != nil {
			c.People = run.Plan.Stands - run.Plan.Removed + run.Plan.Added
		}
	})
}

// Discard implements [service.Operations].
func (o *Operations) Discard(_ context.Context, id int64) (service.Run, error) {
	return o.decide(id, func(run *service.Run, c *service.Connection) {
		run.Status, c.State, c.Why, c.Fix = store.RunDiscarded, store.StateActive, "", ""
	})
}

func (o *Operations) decide(id int64, decide func(*service.Run, *service.Connection)) (service.Run, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Run{}, err
	}
	run, err := o.run(id)
	if err != nil {
		return service.Run{}, err
	}
	if run.Status != store.RunHeld {
		return service.Run{}, store.ErrNotHeld
	}
	decide(run, o.connections[run.Connection])
	return *run, nil
}

// People implements [service.Operations].
func (o *Operations) People(_ context.Context, name string, q service.PeopleQuery) ([]service.Person, error) {
	unlock, err := o.begin()
	defer unlock()
	if err == nil {
		_, err = o.find(name)
	}
	out := []service.Person{}
	for _, p := range o.people[name] {
		if p.ID > q.After && matches(p, q.Search) && len(out) < q.Limit {
			p.Source = nil
			out = append(out, p)
		}
	}
	return out, err
}

func matches(p service.Person, search string) bool {
	words := strings.Fields(strings.ToLower(p.Name + " " + p.Email + " " + p.UserName))
	for asked := range strings.FieldsSeq(strings.ToLower(search)) {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, asked) }) {
			return false
		}
	}
	return true
}

// Person implements [service.Operations].
func (o *Operations) Person(_ context.Context, name, id string) (service.Person, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return service.Person{}, err
	}
	for _, p := range o.people[name] {
		if p.ID == id {
			return p, nil
		}
	}
	return service.Person{}, store.ErrNotFound
}

// Export implements [service.Operations].
func (o *Operations) Export(_ context.Context, name, format string, w io.Writer) error {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return err
	}
	if format == "csv" {
		_, err = io.WriteString(w, "id,name\r\n")
	}
	for _, p := range o.people[name] {
		line, _ := json.Marshal(p)
		if format == "csv" {
			line = fmt.Appendf(nil, "%q,%q\r", p.ID, p.Name)
		}
		_, writeErr := w.Write(append(line, '\n'))
		err = errors.Join(err, writeErr)
	}
	return err
}

// Forget implements [service.Operations].
func (o *Operations) Forget(context.Context, string, string) error { return nil }

// Diagnose implements [service.Operations].
func (o *Operations) Diagnose(context.Context) ([]service.Check, error) {
	unlock, err := o.begin()
	defer unlock()
	return []service.Check{
		{Name: "store", Title: "Store", Status: service.CheckOK, Detail: "SQLite, schema 4, 12 MB", TookMS: 3},
		{Name: "sealing_key", Title: "Sealing key", Status: service.CheckOK, Detail: "Readable by its owner only"},
		{Name: "connectors", Title: "Connectors", Status: service.CheckWarn, Detail: "okta is not declared", Fix: "patchbay connectors trust okta"},
		{Name: "schedule", Title: "Schedule", Status: service.CheckOK, Detail: "6 connections, none late"},
		{Name: "notifications", Title: "Notifications", Status: service.CheckFail, Detail: "1 could not be delivered: connection refused", Fix: "Check the address of the webhook."},
	}, err
}
