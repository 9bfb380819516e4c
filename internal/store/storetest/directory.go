package storetest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

// noon is when the suite's first runs begin; nothing reads the clock.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// lease is how long the suite's runs are owned.
const lease = time.Minute

// tenant is a connection of the store under test.
type tenant struct {
	t    *testing.T
	s    store.Store
	name string
	id   int64
	now  time.Time // moves on a minute with each run
}

// newTenant adds a connection.
func newTenant(t *testing.T, s store.Store, name string) *tenant {
	t.Helper()
	id, err := s.AddConnection(t.Context(), connectionNamed(name))
	if err != nil {
		t.Fatal(err)
	}
	return &tenant{t: t, s: s, name: name, id: id, now: noon}
}

func connectionNamed(name string) store.Connection {
	return store.Connection{
		Name: name, Connector: "okta", Resource: "users", Config: []byte(`{"domain":"example.com"}`),
		Secrets:  map[string][]byte{"key": []byte("env:KEY")},
		Interval: 6 * time.Hour, ShrinkPercent: 20, Deadline: time.Hour, Created: noon, Updated: noon,
	}
}

// member is a person as a service would list it.
type member struct {
	id, name   string
	department string
	noise      string    // changes the source, but nothing that people see
	login      time.Time // volatile
	gone       bool      // deprovisioned: without access
}

// version is what members of this state are stored as.
func (m member) version() store.Version {
	status := "ACTIVE"
	if m.gone {
		status = "DEPROVISIONED"
	}
	return store.Version{
		Visible:  hash(m.name, m.department, status),
		UserName: m.id + "@example.com", Name: m.name, Email: m.id + "@example.com", Title: "Engineer", Department: m.department,
		Status: status, Access: !m.gone,
		View: []byte("view of " + m.name), Source: []byte(`{"name":"` + m.name + `","noise":"` + m.noise + `"}`),
	}
}

func (m member) record() store.StagedRecord {
	return store.StagedRecord{
		ID:         m.id,
		SourceHash: hash(m.name, m.department, m.noise, m.login.String(), fmt.Sprint(m.gone)),
		Times:      store.Times{LastLogin: m.login},
		Version:    m.version,
	}
}

func hash(parts ...string) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return sum[:store.HashBytes]
}

// run is a run of a tenant's.
type run struct {
	*tenant
	store.Run
}

func (c *tenant) begin() *run {
	c.t.Helper()
	c.now = c.now.Add(time.Minute)
	r, err := c.s.BeginRun(c.t.Context(), store.Begin{
		ConnectionID: c.id, Trigger: "manual", ConfigHash: []byte("config"), ConnectorVersion: "1.2.3",
		Now: c.now, LeaseUntil: c.now.Add(lease),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return &run{tenant: c, Run: r}
}

func (r *run) fence() store.Fence { return store.Fence{Run: r.ID, Epoch: r.Epoch} }

// page stages members; the cursor is empty for the last page.
func (r *run) page(cursor string, members ...member) {
	r.t.Helper()
	if err := r.tryPage(cursor, members...); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) tryPage(cursor string, members ...member) error {
	p := store.StagedPage{Cursor: cursor, LeaseUntil: r.now.Add(lease)}
	for _, m := range members {
		p.Records = append(p.Records, m.record())
		p.Bytes += int64(len(m.version().Source))
	}
	return r.s.StagePage(r.t.Context(), r.fence(), p)
}

func (r *run) quarantine(id string) {
	r.t.Helper()
	if err := r.s.Quarantine(r.t.Context(), r.fence(), store.Quarantine{ID: id, LeaseUntil: r.now.Add(lease)}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) restart() {
	r.t.Helper()
	if err := r.s.Restart(r.t.Context(), r.fence()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) compare() store.Comparison {
	r.t.Helper()
	got, err := r.s.Compare(r.t.Context(), r.fence())
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func (r *run) promote() store.Run {
	r.t.Helper()
	got, err := r.s.Promote(r.t.Context(), r.fence(), r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func (r *run) finish(status store.RunStatus) {
	r.t.Helper()
	end := store.Finish{Status: status, Class: "CLASS", Reason: "reason", Message: "what happened", Fix: "what to do", Now: r.now}
	if status == store.RunHeld {
		end.Plan = []byte(`{"leavers":3}`)
	}
	if err := r.s.Finish(r.t.Context(), r.fence(), end); err != nil {
		r.t.Fatal(err)
	}
}

// hold stages one page of members and holds the run.
func (c *tenant) hold(members ...member) *run {
	c.t.Helper()
	r := c.begin()
	r.page("", members...)
	r.finish(store.RunHeld)
	return r
}

// sync stages one page of members and promotes it.
func (c *tenant) sync(members ...member) store.Run {
	c.t.Helper()
	r := c.begin()
	r.page("", members...)
	return r.promote()
}

func (c *tenant) stored(id int64) store.Run {
	c.t.Helper()
	r, err := c.s.Run(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *tenant) connection() store.Connection {
	c.t.Helper()
	got, err := c.s.Connection(c.t.Context(), c.name)
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

// people are all whom readers see.
func (c *tenant) people() []store.Person {
	c.t.Helper()
	got, err := c.s.People(c.t.Context(), store.PeopleQuery{ConnectionID: c.id})
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

func (c *tenant) person(id string) store.Person {
	c.t.Helper()
	got, err := c.s.Person(c.t.Context(), c.id, id)
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

// want says whom readers must see, each as id=Name, in order.
func (c *tenant) want(want ...string) {
	c.t.Helper()
	got := []string{}
	access := int64(0)
	for _, p := range c.people() {
		got = append(got, p.ID+"="+p.Name)
		if p.Access {
			access++
		}
	}
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("people of %s (-want +got):\n%s", c.name, diff)
	}
	if at := c.connection(); at.People != int64(len(got)) || at.WithAccess != access {
		c.t.Errorf("the connection counts %d people, %d with access; there are %d and %d", at.People, at.WithAccess, len(got), access)
	}
}

// changes are what a run did, each as "joined id" or "changed id: Before to
// After".
func (c *tenant) changes(run int64) []string {
	c.t.Helper()
	all, err := c.s.Changes(c.t.Context(), run, "", 0)
	if err != nil {
		c.t.Fatal(err)
	}
	lines := []string{}
	for _, change := range all {
		if change.Run != run {
			c.t.Errorf("a change of run %d among those of run %d", change.Run, run)
		}
		lines = append(lines, changeLine(change))
	}
	return lines
}

func changeLine(change store.Change) string {
	line := string(change.Kind) + " " + change.ID + ":"
	if change.Before != nil {
		line += " from " + change.Before.Name
	}
	if change.After != nil {
		line += " to " + change.After.Name
	}
	return line
}

// wantHistory says what promoted runs must have done to somebody, newest first,
// each as the run and then as [tenant.changes].
func (c *tenant) wantHistory(id string, want ...string) {
	c.t.Helper()
	all, err := c.s.History(c.t.Context(), c.id, id, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	var got []string
	for _, change := range all {
		got = append(got, fmt.Sprintf("%d %s", change.Run, changeLine(change)))
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("history of %s: %q, want %q", id, got, want)
	}
}

// departed are all who left, each as id=Name.
func (c *tenant) departed() []string {
	c.t.Helper()
	var got []string
	for after := ""; ; {
		part, err := c.s.Departed(c.t.Context(), c.id, after, 3)
		if err != nil {
			c.t.Fatal(err)
		}
		if len(part) == 0 {
			return got
		}
		for _, p := range part {
			got, after = append(got, p.ID+"="+p.Name), p.ID
		}
	}
}

func (c *tenant) wantDeparted(want ...string) {
	c.t.Helper()
	if got := c.departed(); !slices.Equal(got, want) {
		c.t.Errorf("departed of %s: %q, want %q", c.name, got, want)
	}
}

func (c *tenant) wantChanges(run int64, want ...string) {
	c.t.Helper()
	if got := c.changes(run); !slices.Equal(got, want) {
		c.t.Errorf("changes of run %d: %q, want %q", run, got, want)
	}
}
