package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// theTime is the time of everything that the scripted installation shows.
var theTime = time.Date(2025, time.November, 25, 13, 0, 0, 0, time.UTC)

func ago(d time.Duration) *time.Time { return new(theTime.Add(-d)) }

// scripted is an installation that answers what a test has written down, and
// remembers what it was asked for.
type scripted struct {
	connections map[string]service.Connection
	runs        map[int64]service.Run
	people      []service.Person
	report      service.Report
	checks      []service.Check
	preview     people.Preview
	settings    people.Settings
	meddle      func()           // called before the settings are first set
	errs        map[string]error // by method

	drafts  []service.Draft
	changes []service.Change
	calls   []string

	calling sync.Mutex // guards calls
}

var _ service.Operations = (*scripted)(nil)

func (s *scripted) called(method string, args ...any) error {
	s.calling.Lock()
	defer s.calling.Unlock()
	s.calls = append(s.calls, strings.TrimSpace(method+" "+fmt.Sprintln(args...)))
	return s.errs[method]
}

func (s *scripted) find(name string) (service.Connection, error) {
	c, ok := s.connections[name]
	if !ok {
		return c, fmt.Errorf("connection %s: %w", name, store.ErrNotFound)
	}
	return c, nil
}

func (s *scripted) Connectors(context.Context) ([]service.Connector, error) {
	return []service.Connector{
		{Name: "ldap", Path: "/opt/connectors/ldap", SHA256: strings.Repeat("cd", 32), Trust: service.TrustChanged, Problem: "The file is another one than was declared trusted.", Fix: "Install it again, or trust it."},
		{Name: "okta", Title: "Okta", Version: "0.1.0", Summary: "Reads users.", Path: "/opt/connectors/okta", SHA256: strings.Repeat("ab", 32), Trust: service.TrustPinned},
	}, s.called("Connectors")
}

func (s *scripted) Form(_ context.Context, connector string) (service.Form, error) {
	return service.Form{
		Connector: connector, Title: "Okta", Version: "0.1.0", Summary: "Reads the users of an Okta org.",
		Fields: []service.Field{
			{Name: "domain", Title: "Okta domain", Type: "string", Required: true, Help: "The org's own address.", Example: "example.okta.com"},
			{Name: "client_id", Title: "Client id", Type: "string", Required: true},
			{Name: "private_key", Title: "Private key", Type: "string", Required: true, Secret: true, Multiline: true},
			{Name: "include_deprovisioned", Title: "Deactivated people, too", Type: "boolean", Group: "What is read", Default: "false"},
			{Name: "groups", Title: "Groups to read", Type: "array", Group: "What is read", Example: "Engineering"},
			{Name: "page_size", Title: "People on a page", Type: "integer", Group: "What is read", Minimum: new(1.0), Maximum: new(200.0)},
		},
		Schema: json.RawMessage(`{"type":"object"}`),
	}, s.called("Form", connector)
}

func (s *scripted) TrustConnector(_ context.Context, connector string) (service.Connector, error) {
	return service.Connector{Name: connector, Path: "/opt/connectors/" + connector, SHA256: strings.Repeat("ab", 32), Trust: service.TrustPinned}, s.called("TrustConnector", connector)
}

func (s *scripted) Test(context.Context, service.Draft) (service.Report, error) {
	return s.report, s.called("Test")
}

func (s *scripted) Add(_ context.Context, d service.Draft) (service.Connection, service.Report, error) {
	s.drafts = append(s.drafts, d)
	c := workforce()
	c.Name, c.State, c.LastRun, c.Why, c.Fix, c.LastSuccess, c.People = d.Name, store.StateNew, nil, "", "", nil, 0
	return c, s.report, s.called("Add", d.Name)
}

func (s *scripted) TestChange(_ context.Context, name string, _ service.Change) (service.Report, error) {
	if _, err := s.find(name); err != nil {
		return service.Report{}, err
	}
	return s.report, s.called("TestChange", name)
}

func (s *scripted) Change(_ context.Context, name string, change service.Change) (service.Connection, service.Report, error) {
	s.changes = append(s.changes, change)
	c, err := s.find(name)
	if err != nil {
		return c, service.Report{}, err
	}
	report := s.report
	if change.Config == nil {
		report = service.Report{}
	}
	return c, report, s.called("Change", name)
}

func (s *scripted) Connections(context.Context) ([]service.Connection, error) {
	var all []service.Connection
	for _, name := range slices.Sorted(maps.Keys(s.connections)) {
		all = append(all, s.connections[name])
	}
	return all, s.called("Connections")
}

func (s *scripted) Connection(_ context.Context, name string) (service.Connection, error) {
	c, err := s.find(name)
	return c, errors.Join(err, s.called("Connection", name))
}

func (s *scripted) Pause(_ context.Context, name string) (service.Connection, error) {
	c, err := s.find(name)
	c.State, c.NextRun, c.NextWhy = store.StatePaused, nil, "paused; waits for somebody to resume it"
	return c, errors.Join(err, s.called("Pause", name))
}

func (s *scripted) Resume(_ context.Context, name string) (service.Connection, error) {
	c, err := s.find(name)
	c.State, c.NextRun, c.NextWhy = store.StateActive, &theTime, "resumed, then every 6 h"
	return c, errors.Join(err, s.called("Resume", name))
}

func (s *scripted) Remove(_ context.Context, name string) error { return s.called("Remove", name) }

func (s *scripted) SyncNow(_ context.Context, name string, plan bool) (service.Connection, error) {
	c, err := s.find(name)
	c.NextRun, c.NextWhy = &theTime, "somebody asked for it"
	return c, errors.Join(err, s.called("SyncNow", name, plan))
}

func (s *scripted) Runs(_ context.Context, name string, before int64, limit int) ([]service.Run, error) {
	if name != "" {
		if _, err := s.find(name); err != nil {
			return nil, err
		}
	}
	var runs []service.Run
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(s.runs))) {
		if (before == 0 || id < before) && len(runs) < limit {
			runs = append(runs, s.runs[id])
		}
	}
	return runs, s.called("Runs", name, before, limit)
}

func (s *scripted) Run(_ context.Context, id int64) (service.Run, error) {
	r, ok := s.runs[id]
	if !ok {
		return r, fmt.Errorf("run %d: %w", id, store.ErrNotFound)
	}
	return r, s.called("Run", id)
}

func (s *scripted) Changes(_ context.Context, run int64, _ string, _ int) ([]service.PersonChange, error) {
	return []service.PersonChange{
		{ID: "u1", Kind: store.Joined, Name: "Person One", After: &service.PersonVersion{Name: "Person One", Title: "Engineer", Department: "Research"}},
		{ID: "u2", Kind: store.Changed, Name: "Person Two", Before: &service.PersonVersion{Name: "Person Two", Title: "Clerk", Department: "Sales"}, After: &service.PersonVersion{Name: "Person Two", Title: "Lead", Department: "Sales"}},
		{ID: "u3", Kind: store.Left, Name: "Person Three", Before: &service.PersonVersion{Name: "Person Three", Department: "Sales"}},
	}, s.called("Changes", run)
}

func (s *scripted) Approve(ctx context.Context, run int64) (service.Run, error) {
	r, err := s.Run(ctx, run)
	r.Status = store.RunPromoted
	return r, errors.Join(err, s.called("Approve", run))
}

func (s *scripted) Discard(ctx context.Context, run int64) (service.Run, error) {
	r, err := s.Run(ctx, run)
	r.Status = store.RunDiscarded
	return r, errors.Join(err, s.called("Discard", run))
}

func (s *scripted) People(_ context.Context, name string, q service.PeopleQuery) ([]service.Person, error) {
	var found []service.Person
	for _, p := range s.people {
		if strings.Contains(strings.ToLower(p.Name), strings.ToLower(q.Search)) && p.ID > q.After && len(found) < q.Limit {
			found = append(found, p)
		}
	}
	return found, s.called("People", name)
}

func (s *scripted) Person(_ context.Context, name, id string) (service.Person, error) {
	for _, p := range s.people {
		if p.ID == id {
			p.Source = json.RawMessage(`{"id":"u1","number":12345678901234567890}`)
			return p, s.called("Person", name, id)
		}
	}
	return service.Person{}, fmt.Errorf("that person of %s: %w", name, store.ErrNotFound)
}

func (s *scripted) Export(_ context.Context, name, format string, w io.Writer) error {
	if err := s.called("Export", name, format); err != nil {
		_, _ = io.WriteString(w, "half a li")
		return err
	}
	_, err := io.WriteString(w, "exported as "+format+"\n")
	return err
}

func (s *scripted) Forget(_ context.Context, name, id string) error {
	return s.called("Forget", name, id)
}

func (s *scripted) PreviewPeople(_ context.Context, name string) (people.Preview, error) {
	return s.preview, s.called("PreviewPeople", name)
}

func (s *scripted) PeopleSettings(context.Context) (people.Settings, error) {
	copied := s.settings
	copied.Hidden, copied.Attributes = slices.Clone(copied.Hidden), slices.Clone(copied.Attributes)
	return copied, s.called("PeopleSettings")
}

// SetPeopleSettings is refused once where somebody else changes them first.
func (s *scripted) SetPeopleSettings(_ context.Context, asked people.Settings) (people.Settings, error) {
	if err := s.called("SetPeopleSettings"); err != nil {
		return people.Settings{}, err
	}
	if s.meddle != nil {
		s.meddle()
		s.meddle = nil
	}
	if asked.Revision != s.settings.Revision {
		return people.Settings{}, store.ErrMoved
	}
	s.settings = asked
	s.settings.Revision++
	return s.settings, nil
}

func (s *scripted) Diagnose(context.Context) ([]service.Check, error) {
	return s.checks, s.called("Diagnose")
}

// workforce is a connection in order.
func workforce() service.Connection {
	return service.Connection{
		Name: "workforce", Connector: "okta", Resource: "users", Config: json.RawMessage(`{"client_id":"0oa1example","domain":"example.okta.com"}`),
		Secrets: map[string]string{"private_key": "file:/etc/okta.pem"}, HRIS: true, Interval: service.Duration(6 * time.Hour), ShrinkPercent: 20,
		Deadline: service.Duration(12 * time.Hour), State: store.StateActive, People: 18204, WithAccess: 17900,
		LastSuccess: ago(time.Hour), NextRun: new(theTime.Add(5 * time.Hour)), NextWhy: "every 6 h",
		LastRun: new(done()), Checks: report().Checks, Checked: ago(time.Hour), Created: *ago(48 * time.Hour), Updated: *ago(48 * time.Hour),
	}
}

// broken is a connection whose credentials were refused.
func broken() service.Connection {
	c := workforce()
	c.Name, c.HRIS, c.State, c.People, c.WithAccess = "sandbox", false, store.StateCredentialsExpired, 12, 12
	c.Why, c.Fix = "Okta has refused the key since yesterday 20:01.", "Give it a new key: patchbay connections set."
	c.LastSuccess, c.NextRun, c.NextWhy, c.Failures = ago(17*time.Hour), nil, "none is planned; sync it now to go on", 3
	c.LastRun = new(refused())
	return c
}

func done() service.Run {
	return service.Run{
		ID: 41, Connection: "workforce", Status: store.RunPromoted, Trigger: store.WhySchedule, Started: *ago(61 * time.Minute), Finished: ago(time.Hour), Step: "done",
		Pass: 1, Pages: 92, Records: 18204, Bytes: 54_000_000, Waited: service.Duration(12 * time.Second), Added: 3, Changed: 12, Unchanged: 18189, Removed: 1, Connector: "0.1.0",
		Log: []service.LogLine{{At: *ago(61 * time.Minute), Text: "Connected to Example."}, {At: *ago(60 * time.Minute), Warning: true, Text: "Okta asked to wait.\x1b[31m"}},
	}
}

func refused() service.Run {
	return service.Run{
		ID: 39, Connection: "sandbox", Status: store.RunFailed, Trigger: store.WhyProbe, Started: *ago(17 * time.Hour), Finished: ago(17 * time.Hour), Step: "done", Pass: 1, Connector: "0.1.0",
		Class: "CREDENTIALS_REJECTED", Reason: "KEY_UNKNOWN", Message: "Okta knows no such key.", Fix: "Register the public key.",
	}
}

func held() service.Run {
	return service.Run{
		ID: 42, Connection: "workforce", Status: store.RunHeld, Trigger: store.WhySchedule, Started: *ago(2 * time.Minute), Finished: ago(time.Minute), Step: "done", Pass: 1, Pages: 63, Records: 12504, Bytes: 37_000_000, Removed: 5700, Unchanged: 12504, Connector: "0.1.0",
		Reason: "SHRINK_LIMIT", Message: "This run would remove 5,700 of 18,204 people. Nothing was changed.", Fix: "Look at the plan, and approve or discard it.",
		Plan: &syncer.Plan{
			Headline: "This run would remove 5,700 of 18,204 people. Nothing was changed.", Cause: "Probably the service ended its list early.",
			Stands: 18204, Seen: 12504, StandsWithAccess: 17900, WithAccess: 12200, Unchanged: 12504, Removed: 5700, Grouped: 5700,
			Departments: []syncer.Group{{Name: "Sales", People: 5000}, {Others: true, People: 650}, {People: 50}}, Statuses: []syncer.Group{{Name: "ACTIVE", People: 5700}},
			Samples: []syncer.Sample{{ID: "u1", Name: "Person One", Title: "Engineer", Department: "Sales", Status: "ACTIVE"}},
		},
	}
}

func report() service.Report {
	return service.Report{
		OK: true, Account: "Example", AccountURL: "https://example.okta.com",
		Checks: []service.Check{{Name: "domain", Title: "Domain", Status: service.CheckOK, Detail: "example.okta.com answers."}, {Name: "token", Title: "Token", Status: service.CheckOK, Detail: "Okta gave one.", TookMS: 120}},
	}
}

// failing is a report of a class.
func failing(class, reason string) service.Report {
	return service.Report{Class: class, Checks: []service.Check{
		{Name: "domain", Title: "Domain", Status: service.CheckOK, Detail: "example.okta.com answers."},
		{Name: "token", Title: "Token", Status: service.CheckFail, Reason: reason, Detail: "Okta gave none.", Fix: "Look at the app's page in the console."},
		{Name: "users", Title: "Users", Status: service.CheckSkipped},
	}}
}

// preview is what the People view would show of the connection sandbox.
func preview() people.Preview {
	known := people.Card{ID: "u1", Name: "Person One", Title: "Engineer", Department: "Research", Manager: "Person Two", ManagerID: "u2"}
	least := people.Card{ID: "u3", Name: "three@example.com"}
	return people.Preview{
		Connection: "sandbox", Synced: true, People: 1204, Active: 1190, Contractors: 41, WithManager: 1151, Attribute: "profile.managerId", Key: "employee_number",
		SetAside: []people.Aside{{Card: people.Card{ID: "u9", Name: "Backup\x1b[31m"}, Why: "It has neither a first nor a last name."}}, SetAsideTotal: 3,
		Shown:  []people.Attribute{{Name: "title", Label: "Title", Allowed: true, People: 1180}, {Name: "department", Label: "Department", Allowed: true, People: 1201}},
		Hidden: []people.Attribute{{Name: "profile.mobilePhone", Label: "Mobile phone", Custom: true, Private: true, People: 870}, {Name: "profile.badge", Label: "Badge", Custom: true, People: 12}},
		Samples: []people.Sample{
			{Card: known, Link: people.Link{Reason: "resolved", Text: "Named by the employee number."}},
			{Card: least, Link: people.Link{Reason: "blank", Text: "No manager is on file."}, Worst: true, Missing: []string{"title", "department"}},
		},
	}
}

// standing is an installation with two connections and three runs.
func standing() *scripted {
	return &scripted{
		connections: map[string]service.Connection{"workforce": workforce(), "sandbox": broken()},
		runs:        map[int64]service.Run{39: refused(), 41: done(), 42: held()},
		people: []service.Person{
			{ID: "u1", PersonVersion: service.PersonVersion{UserName: "one@example.com", Name: "Person One", Email: "one@example.com", Title: "Engineer", Department: "Research", Status: "ACTIVE", Access: true}, LastLogin: ago(26 * time.Hour)},
			{ID: "u2", PersonVersion: service.PersonVersion{UserName: "two@example.com", Name: "人物 二", Email: "two@example.com", Title: "Clerk", Department: "Sales", Status: "SUSPENDED"}, Stale: true},
		},
		report: report(), preview: preview(), errs: map[string]error{},
		checks: []service.Check{{Name: "store", Title: "Store", Status: service.CheckOK, Detail: "patchbay.db, schema 2."}, {Name: "sealing_key", Title: "Sealing key", Status: service.CheckWarn, Detail: "Another user can read it.", Fix: "chmod 600 it."}},
	}
}

// alone is an installation with one connection only.
func alone() *scripted {
	s := standing()
	delete(s.connections, "sandbox")
	return s
}

// invocation is a command that was run in this process.
type invocation struct {
	app            *app
	stdin          string
	stdout, stderr bytes.Buffer
	code           int
}

// invoke runs a command on a scripted installation.
func invoke(t *testing.T, ops service.Operations, i *invocation, args ...string) *invocation {
	t.Helper()
	if i == nil {
		i = &invocation{}
	}
	if i.app == nil {
		i.app = &app{}
	}
	i.app.stdin, i.app.stdout, i.app.stderr = strings.NewReader(i.stdin), &i.stdout, &i.stderr
	i.app.now, i.app.zone = func() time.Time { return theTime }, time.UTC
	if i.app.opener == nil {
		i.app.opener = func(context.Context) (opened, error) {
			return opened{ops: ops, close: func() error { return nil }}, nil
		}
	}
	root := i.app.command()
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	i.code = program.ExitCode(t.Context(), err)
	program.Explain(t.Context(), &i.stderr, programName, err)
	return i
}
