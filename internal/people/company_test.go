package people

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// noon is when the tests' clock stands.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// who is somebody as a service lists them.
type who struct {
	id, given, family, display string
	title, department, kind    string
	city, number, nick         string
	login, email               string
	managerID, manager         string
	mobile, street, second     string
	custom                     map[string]any
	deprovisioned, suspended   bool
}

func (w who) user() *connectorv1.User {
	status, kind := "ACTIVE", connectorv1.UserStatus_USER_STATUS_ACTIVE
	switch {
	case w.deprovisioned:
		status, kind = "DEPROVISIONED", connectorv1.UserStatus_USER_STATUS_DEPROVISIONED
	case w.suspended:
		status, kind = "SUSPENDED", connectorv1.UserStatus_USER_STATUS_SUSPENDED
	}
	b := connectorv1.User_builder{
		UserName: cmp.Or(w.login, w.id+"@example.com"), DisplayName: w.display, NickName: w.nick,
		Name:  connectorv1.Name_builder{Given: w.given, Family: w.family}.Build(),
		Title: w.title, Department: w.department, UserType: w.kind, EmployeeNumber: w.number,
		Status: status, StatusKind: kind, Address: connectorv1.Address_builder{Locality: w.city, StreetAddress: w.street}.Build(),
		Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: cmp.Or(w.email, w.id+"@example.com"), Type: "work", Primary: true}.Build()},
	}
	if w.second != "" {
		b.Emails = append(b.Emails, connectorv1.Email_builder{Value: w.second, Type: "other"}.Build())
	}
	if w.mobile != "" {
		b.PhoneNumbers = append(b.PhoneNumbers, connectorv1.PhoneNumber_builder{Value: w.mobile, Type: "mobile"}.Build())
	}
	if w.managerID != "" {
		b.Managers = append(b.Managers, connectorv1.ManagerReference_builder{Attribute: "managerId", Value: w.managerID}.Build())
	}
	if w.manager != "" {
		b.Managers = append(b.Managers, connectorv1.ManagerReference_builder{Attribute: "manager", Value: w.manager}.Build())
	}
	return b.Build()
}

func (w who) record(t testing.TB) store.StagedRecord {
	t.Helper()
	view, err := proto.MarshalOptions{Deterministic: true}.Marshal(w.user())
	if err != nil {
		t.Fatal(err)
	}
	profile := map[string]any{"managerId": w.managerID, "manager": w.manager, "displayName": w.display}
	maps.Copy(profile, w.custom)
	source, err := json.Marshal(map[string]any{"id": w.id, "profile": profile, "credentials": map[string]any{"password": map[string]string{"value": "canary-password"}}})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(append(bytes.Clone(view), source...))
	return store.StagedRecord{ID: w.id, SourceHash: sum[:store.HashBytes], Version: func() store.Version {
		return store.Version{
			Visible: sum[:store.HashBytes], Name: cmp.Or(w.display, w.given+" "+w.family), Title: w.title, Department: w.department,
			Status: w.user().GetStatus(), Access: !w.deprovisioned, View: view, Source: source,
		}
	}}
}

// company is a directory over a store of its own, with a connection that is
// marked as the HRIS.
type company struct {
	testing.TB
	store      *sqlite.Store
	directory  *Directory
	connection store.Connection
	log        bytes.Buffer
}

func newCompany(t testing.TB) *company {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "people.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := &company{TB: t, store: s}
	t.Cleanup(func() { _ = s.Close() })
	r.directory = &Directory{Store: s, Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&r.log, nil))}
	t.Cleanup(r.directory.Close)
	r.connection = r.add("workforce", true)
	return r
}

func (r *company) add(name string, hris bool) store.Connection {
	r.Helper()
	_, err := r.store.AddConnection(r.Context(), store.Connection{
		Name: name, Connector: "okta", Resource: "users", Config: []byte(`{}`), HRIS: hris, Interval: 6 * time.Hour,
		ShrinkPercent: 20, Deadline: time.Hour, Created: noon, Updated: noon,
	})
	c, readErr := r.store.Connection(r.Context(), name)
	if err != nil || readErr != nil {
		r.Fatal(err, readErr)
	}
	return c
}

// sync makes people the directory, by a run that ends at a time.
func (r *company) sync(c store.Connection, at time.Time, people ...who) {
	r.Helper()
	ctx := context.WithoutCancel(r.Context())
	run, err := r.store.BeginRun(ctx, store.Begin{ConnectionID: c.ID, Trigger: "manual", ConfigHash: []byte("c"), ConnectorVersion: "1", Now: at, LeaseUntil: at.Add(time.Hour)})
	if err != nil {
		r.Fatal(err)
	}
	f := store.Fence{Run: run.ID, Epoch: run.Epoch}
	for len(people) > 0 {
		n := min(len(people), store.MaxPeople)
		page := store.StagedPage{LeaseUntil: at.Add(time.Hour)}
		for _, w := range people[:n] {
			page.Records = append(page.Records, w.record(r))
		}
		if err := r.store.StagePage(ctx, f, page); err != nil {
			r.Fatal(err)
		}
		people = people[n:]
	}
	if _, err := r.store.Promote(ctx, f, at); err != nil {
		r.Fatal(err)
	}
}

// snapshot is the one of now: what is on its way is waited for.
func (r *company) snapshot() *Snapshot {
	r.Helper()
	if err := r.directory.Warm(r.Context()); err != nil {
		r.Fatal(err)
	}
	s, err := r.directory.Snapshot(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// set changes the settings.
func (r *company) set(change func(*Settings)) {
	r.Helper()
	s, err := r.directory.Settings(r.Context())
	if err == nil {
		change(&s)
		_, err = r.directory.SetSettings(r.Context(), s)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// of is a snapshot of people without a store.
func of(settings Settings, people ...who) *Snapshot {
	r := newReader(settings)
	all := &roll{columns: r.columns, census: newCensus()}
	for _, w := range people {
		view, _ := proto.Marshal(w.user())
		source, _ := json.Marshal(map[string]any{"profile": w.custom})
		all.entries = append(all.entries, r.entry(&store.Person{ID: w.id, Version: store.Version{Access: !w.deprovisioned, View: view, Source: source}}, &all.census))
	}
	s := assemble(all, settings)
	s.divide()
	s.find()
	s.examine()
	return s
}
