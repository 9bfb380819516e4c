package api

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// scripted answers each operation with a full value, or with its error, and
// remembers what it was asked.
type scripted struct {
	err    error
	report service.Report // comes with err
	bare   bool           // a change that had not to be tested
	export string
	until  func(ctx context.Context) // what Test waits for

	mu  sync.Mutex
	got []any
}

var _ service.Operations = (*scripted)(nil)

func (s *scripted) asked(call ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, call)
}

func give[T any](s *scripted, value T) (T, error) {
	if s.err != nil {
		var none T
		return none, s.err
	}
	return value, nil
}

var (
	aTime  = time.Date(2026, 3, 1, 6, 0, 0, 123e6, time.UTC)
	number = func(n float64) *float64 { return &n }
)

func aConnector() service.Connector {
	return service.Connector{
		Name: "okta", Title: "Okta", Version: "1.2.3", Summary: "Lists people.", Path: "/opt/patchbay/okta", SHA256: "ab12",
		Trust: service.TrustChanged, Problem: "It is another one.", Fix: "Trust it.",
	}
}

func aReport(ok bool) service.Report {
	return service.Report{
		OK: ok, Class: "CREDENTIALS_REJECTED", Account: "Example <Ltd> & Co", AccountURL: "https://example.com", Scopes: []string{"users.read"},
		Checks:    []service.Check{{Name: "token", Title: "A token", Status: service.CheckFail, Reason: "CLIENT_UNKNOWN", Detail: "No such client.", Fix: "Check the id.", TookMS: 12}},
		Resources: []service.Resource{{Name: "users", Title: "Users", Interval: service.Duration(6 * time.Hour), MissingScopes: []string{"logs.read"}}},
	}
}

func aRun() service.Run {
	return service.Run{
		ID: 42, Connection: "workforce", Status: store.RunHeld, Trigger: store.WhyCatchUp, Started: aTime, Finished: &aTime, Step: "guard",
		Expected: 100, Resumed: 1, Pass: 2, Pages: 3, Records: 4, Bytes: 5, Quarantined: 6, Waited: service.Duration(7 * time.Second),
		Added: 8, Changed: 9, Unchanged: 10, Removed: 11, Connector: "1.2.3", Class: "SERVICE_UNAVAILABLE", Reason: "SHRUNK", Message: "Fewer people.", Fix: "Look.",
		Plan: &syncer.Plan{
			Headline: "Many would go.", Cause: "A role.", Stands: 100, Seen: 50, Removed: 50, Grouped: 50, ConfigurationChanged: true,
			Departments: []syncer.Group{{Name: "Sales", People: 50}}, Statuses: []syncer.Group{}, Samples: []syncer.Sample{{ID: "a/b", Name: "One"}},
		},
		Log: []service.LogLine{{At: aTime, Warning: true, Text: "It waited."}},
	}
}

func aConnection() service.Connection {
	run := aRun()
	return service.Connection{
		Name: "workforce", Connector: "okta", Resource: "users", Config: json.RawMessage(`{"domain":"example.com","big":12345678901234567890}`),
		Secrets: map[string]string{"private_key": "sealed"}, HRIS: true, Interval: service.Duration(6 * time.Hour), ShrinkPercent: 20,
		Deadline: service.Duration(12 * time.Hour), State: store.StateHeldForReview, Why: "Held.", Fix: "Look.", People: 100, WithAccess: 90,
		LastSuccess: &aTime, NextRun: &aTime, NextWhy: "The interval.", Failures: 2, LastRun: &run, Checks: aReport(true).Checks, Checked: &aTime,
		Created: aTime, Updated: aTime,
	}
}

func aPerson() service.Person {
	return service.Person{
		ID: oddID, PersonVersion: aVersion(), LastLogin: &aTime, Stale: true,
		Source: json.RawMessage(`{"id":9007199254740993,"note":"<b>&\u2028"}`),
	}
}

// oddID is an id as no service should have it and any may.
const oddID = "a/../b?c#d%2Fe &+;=\x00\n\u00e9\u202e"

func aVersion() service.PersonVersion {
	return service.PersonVersion{
		UserName: "one@example.com", Name: "One <1>", Email: "one@example.com", Title: "Engineer", Department: "R&D", Status: "ACTIVE", Access: true,
	}
}

func (s *scripted) Connectors(context.Context) ([]service.Connector, error) {
	s.asked("Connectors")
	return give(s, []service.Connector{aConnector()})
}

func (s *scripted) Form(_ context.Context, connector string) (service.Form, error) {
	s.asked("Form", connector)
	return give(s, service.Form{
		Connector: "okta", Title: "Okta", Version: "1.2.3", Summary: "Lists people.", Schema: json.RawMessage(`{"type":"object"}`),
		Fields: []service.Field{{
			Name: "domain", Title: "Domain", Help: "Where.", Type: "string", Group: "More", Required: true, Secret: true, Multiline: true,
			Choices: []string{"a"}, Default: "a", Example: "b", Minimum: number(1), Maximum: number(2.5), MaxLength: 3,
		}},
	})
}

func (s *scripted) TrustConnector(_ context.Context, connector string) (service.Connector, error) {
	s.asked("TrustConnector", connector)
	return give(s, aConnector())
}

func (s *scripted) Test(ctx context.Context, d service.Draft) (service.Report, error) {
	s.asked("Test", d)
	if s.until != nil {
		s.until(ctx)
		if err := ctx.Err(); err != nil {
			return service.Report{}, err
		}
	}
	return give(s, aReport(false))
}

func (s *scripted) Add(_ context.Context, d service.Draft) (service.Connection, service.Report, error) {
	s.asked("Add", d)
	return s.tested()
}

func (s *scripted) tested() (service.Connection, service.Report, error) {
	report := aReport(true)
	switch {
	case s.err != nil:
		report = s.report
	case s.bare:
		report = service.Report{}
	}
	c, err := give(s, aConnection())
	return c, report, err
}

func (s *scripted) TestChange(_ context.Context, name string, c service.Change) (service.Report, error) {
	s.asked("TestChange", name, c)
	return give(s, aReport(true))
}

func (s *scripted) Change(_ context.Context, name string, c service.Change) (service.Connection, service.Report, error) {
	s.asked("Change", name, c)
	return s.tested()
}

func (s *scripted) Connections(context.Context) ([]service.Connection, error) {
	s.asked("Connections")
	return give(s, []service.Connection{aConnection()})
}

func (s *scripted) Connection(_ context.Context, name string) (service.Connection, error) {
	s.asked("Connection", name)
	return give(s, aConnection())
}

func (s *scripted) Pause(_ context.Context, name string) (service.Connection, error) {
	s.asked("Pause", name)
	return give(s, aConnection())
}

func (s *scripted) Resume(_ context.Context, name string) (service.Connection, error) {
	s.asked("Resume", name)
	return give(s, aConnection())
}

func (s *scripted) Remove(_ context.Context, name string) error {
	s.asked("Remove", name)
	return s.err
}

func (s *scripted) SyncNow(_ context.Context, name string, plan bool) (service.Connection, error) {
	s.asked("SyncNow", name, plan)
	return give(s, aConnection())
}

func (s *scripted) Runs(_ context.Context, name string, before int64, limit int) ([]service.Run, error) {
	s.asked("Runs", name, before, limit)
	return give(s, []service.Run{aRun(), aRun()})
}

func (s *scripted) Run(_ context.Context, id int64) (service.Run, error) {
	s.asked("Run", id)
	return give(s, aRun())
}

func (s *scripted) Changes(_ context.Context, run int64, after string, limit int) ([]service.PersonChange, error) {
	s.asked("Changes", run, after, limit)
	before, then := aVersion(), aVersion()
	then.Access = false
	return give(s, []service.PersonChange{
		{ID: oddID, Kind: store.Changed, Name: "One", Before: &before, After: &then}, {ID: "2", Kind: store.Joined, Name: "Two", After: &then},
	})
}

func (s *scripted) Approve(_ context.Context, run int64) (service.Run, error) {
	s.asked("Approve", run)
	return give(s, aRun())
}

func (s *scripted) Discard(_ context.Context, run int64) (service.Run, error) {
	s.asked("Discard", run)
	return give(s, aRun())
}

func (s *scripted) People(_ context.Context, name string, q service.PeopleQuery) ([]service.Person, error) {
	s.asked("People", name, q)
	return give(s, []service.Person{aPerson()})
}

func (s *scripted) Person(_ context.Context, name, id string) (service.Person, error) {
	s.asked("Person", name, id)
	return give(s, aPerson())
}

func (s *scripted) Export(_ context.Context, name, format string, w io.Writer) error {
	s.asked("Export", name, format)
	if s.export != "" {
		if _, err := io.WriteString(w, s.export); err != nil {
			return err
		}
	}
	return s.err
}

func (s *scripted) Forget(_ context.Context, name, id string) error {
	s.asked("Forget", name, id)
	return s.err
}

func (s *scripted) PreviewPeople(_ context.Context, name string) (people.Preview, error) {
	s.asked("PreviewPeople", name)
	return give(s, people.Preview{
		Connection: "workforce", Synced: true, People: 4, Active: 3, Contractors: 1, WithManager: 2, Attribute: "managerId", Key: reporting.KeyEmail,
		SetAside: []people.Aside{{Card: aCard(), Why: "Its type is Service account.", Decided: true}}, SetAsideTotal: 1,
		Shown:   []people.Attribute{{Name: "title", Label: "Title", Allowed: true, People: 3}},
		Hidden:  []people.Attribute{{Name: "profile.birthday", Label: "Birthday", Custom: true, Private: true, People: 1}},
		Samples: []people.Sample{{Card: aCard(), Link: people.Link{Reason: reporting.Blank, Text: "No manager is on file."}, Worst: true, Missing: []string{"title"}}},
		Other:   "contractors",
	})
}

func (s *scripted) PeopleSettings(context.Context) (people.Settings, error) {
	s.asked("PeopleSettings")
	return give(s, people.Settings{Revision: 3})
}

func (s *scripted) SetPeopleSettings(_ context.Context, settings people.Settings) (people.Settings, error) {
	s.asked("SetPeopleSettings", settings)
	return give(s, settings)
}

func aCard() people.Card {
	return people.Card{
		ID: oddID, Name: "One <1>", Initials: "O1", Tone: 3, Title: "Engineer", Department: "R&D", City: "Göteborg", Country: "SE", Zone: "Europe/Stockholm",
		Telling: "R&D", Contractor: true, Inactive: true, Status: "SUSPENDED", Direct: 1, Total: 2, Contractors: 1, Manager: "Two", ManagerID: "2",
	}
}

func (s *scripted) Diagnose(context.Context) ([]service.Check, error) {
	s.asked("Diagnose")
	return give(s, aReport(true).Checks)
}
