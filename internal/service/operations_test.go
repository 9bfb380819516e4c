//go:build unix

package service_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

func TestPauseStopsTheScheduleAndResumeBeginsAtOnce(t *testing.T) {
	r := newRig(t, 3)
	r.add("acme")
	c, err := r.Pause(t.Context(), "acme")
	if err != nil || c.State != store.StatePaused || c.NextRun != nil {
		t.Fatalf("paused: %v; %+v", err, c)
	}
	if _, err := r.SyncNow(t.Context(), "acme", false); !errors.Is(err, service.ErrPaused) {
		t.Errorf("a paused connection is synced: %v", err)
	}
	c, err = r.Resume(t.Context(), "acme")
	if err != nil || c.NextRun == nil || !c.NextRun.Equal(r.now) {
		t.Errorf("resumed: %v; %+v", err, c)
	}
}

func TestAHeldRunIsShownAndDecided(t *testing.T) {
	r := newRig(t, 60)
	r.add("acme")
	r.sync("acme", store.RunPromoted)
	c, err := r.SyncNow(t.Context(), "acme", true)
	if err != nil || c.NextRun == nil || !c.NextRun.Equal(r.now) {
		t.Fatalf("a plan was asked for: %v; %+v", err, c)
	}
	held := r.sync("acme", store.RunHeld)
	run, err := r.Run(t.Context(), held.ID)
	if err != nil || run.Plan == nil || run.Plan.Unchanged != 60 || run.Plan.Headline == "" {
		t.Fatalf("the held run is shown as %+v (%v)", run, err)
	}
	c, err = r.Connection(t.Context(), "acme")
	if err != nil || c.State != store.StateHeldForReview || c.Why == "" || c.Fix == "" || c.People != 60 {
		t.Errorf("its connection is shown as %+v (%v)", c, err)
	}
	if run, err = r.Discard(t.Context(), held.ID); err != nil || run.Status != store.RunDiscarded {
		t.Errorf("discarded: %v; %+v", err, run)
	}
	if _, err := r.Approve(t.Context(), held.ID); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("a discarded run was approved: %v", err)
	}
	runs, err := r.Runs(t.Context(), "", 0, 0)
	if err != nil || len(runs) != 2 || runs[0].ID != held.ID || runs[1].Connection != "acme" {
		t.Errorf("the runs are %+v (%v)", runs, err)
	}
}

func TestPeopleAreFoundShownExportedAndForgotten(t *testing.T) {
	r := newRig(t, 30)
	r.add("acme")
	r.sync("acme", store.RunPromoted)
	people, err := r.People(t.Context(), "acme", service.PeopleQuery{Limit: 10})
	if err != nil || len(people) != 10 || people[0].Source != nil {
		t.Fatalf("the first page has %d people (%v)", len(people), err)
	}
	one, err := r.Person(t.Context(), "acme", people[3].ID)
	if err != nil || one.Name != people[3].Name || !json.Valid(one.Source) || !strings.Contains(string(one.Source), one.ID) {
		t.Errorf("one of them is %+v (%v)", one, err)
	}
	found, err := r.People(t.Context(), "acme", service.PeopleQuery{Search: one.Email})
	if err != nil || !slices.ContainsFunc(found, func(p service.Person) bool { return p.ID == one.ID }) {
		t.Errorf("searching for an e-mail finds %d people (%v)", len(found), err)
	}

	var lines, rows bytes.Buffer
	if err := errors.Join(r.Export(t.Context(), "acme", "jsonl", &lines), r.Export(t.Context(), "acme", "csv", &rows)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(lines.String(), "\n"); n != 30 {
		t.Errorf("the export has %d lines", n)
	}
	table, err := csv.NewReader(&rows).ReadAll()
	if err != nil || len(table) != 31 {
		t.Errorf("the table has %d rows (%v)", len(table), err)
	}
	if err := r.Export(t.Context(), "acme", "xlsx", &rows); err == nil {
		t.Error("a format that is none was taken")
	}

	if err := r.Forget(t.Context(), "acme", one.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Person(t.Context(), "acme", one.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a forgotten person is found: %v", err)
	}
	if strings.Contains(r.log.String(), one.ID) {
		t.Error("the log remembers who was forgotten")
	}
}

func TestADeclaredConnectorIsTheOnlyOneThatRuns(t *testing.T) {
	r := newRig(t, 3)
	folder := t.TempDir()
	path := filepath.Join(folder, "okta")
	program, err := os.ReadFile(filepath.Join(connectors(t), "okta"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, program, 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	r.ConnectorFolder, r.RequirePin = folder, true
	if _, err := r.Form(t.Context(), "okta"); !errors.Is(err, &host.Fault{Reason: host.ConnectorUndeclared}) {
		t.Errorf("a connector that nobody has declared runs: %v", err)
	}
	c, err := r.TrustConnector(t.Context(), "okta")
	if err != nil || c.Trust != service.TrustPinned || c.Title != "Okta" {
		t.Fatalf("declared: %v; %+v", err, c)
	}
	r.add("acme")
	if err := os.WriteFile(path, append(program, 0), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	all, err := r.Connectors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(c service.Connector) bool { return c.Name == "okta" })
	if i < 0 || all[i].Trust != service.TrustChanged || all[i].Problem == "" || !strings.Contains(all[i].Fix, "connectors trust okta") {
		t.Errorf("a connector that was replaced is shown as %+v", all)
	}
	r.sync("acme", store.RunFailed)
}

func TestDiagnoseNamesWhatIsWrong(t *testing.T) {
	r := newRig(t, 3)
	r.add("acme")
	checks, err := r.Diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Status != service.CheckOK {
			t.Errorf("in an installation that is in order: %+v", c)
		}
	}
	another, err := connection.OpenSealer(filepath.Join(t.TempDir(), "other.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckSealingKey(t.Context()); err != nil {
		t.Errorf("with the right sealing key: %v", err)
	}
	r.Sealer = another
	if err := r.CheckSealingKey(t.Context()); !errors.Is(err, service.ErrSealingKey) || !strings.Contains(err.Error(), "acme") {
		t.Errorf("with another sealing key: %v", err)
	}
	if checks, err = r.Diagnose(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := failed(service.Report{Checks: checks}); got.Name != "secrets" || !strings.Contains(got.Fix, "same sealing key") {
		t.Errorf("with another sealing key: %+v", got)
	}
}
