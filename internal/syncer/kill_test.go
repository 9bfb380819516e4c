//go:build unix

package syncer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/killpoint"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/syncer"
	"patchbay.example/internal/syncer/internal/workertest"
	"patchbay.example/plugin/okta/oktatest"
)

// mortal is a worker, a program of its own that runs one connection and can be
// killed at the points of a run.
var mortal = program{
	from: "internal/syncer/internal/workertest/worker", tags: "killpoints",
	rooms: []string{"internal/killpoint", "internal/syncer/internal"},
}

// release is the service's program as it is built for everybody.
var release = program{from: "host/cmd/patchbay", rooms: []string{"host", "internal"}}

func TestAReleaseHasNoKillPoints(t *testing.T) {
	t.Parallel()
	for p, want := range map[*program]bool{&mortal: true, &release: false} {
		text, err := os.ReadFile(p.path(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, trace := range []string{killpoint.Variable, "StagePage.compared"} {
			if bytes.Contains(text, []byte(trace)) != want {
				t.Errorf("whether %s, built with the tags %q, holds %q is not %t", p.from, p.tags, trace, want)
			}
		}
	}
}

// TestAKillAtAnyPointOfARunChangesNothing: whoever is killed wherever, the
// directory becomes that of an undisturbed run. Each tenth point, from the
// fifth on, is tried here, and all of them under -tags soak.
func TestAKillAtAnyPointOfARunChangesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, faults := range [][]string{nil, {"users:page=4:cursor-lost"}} {
			name := engine
			if faults != nil {
				name += ", the place lost once"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				undisturbed := newMortalRig(t, engine, faults)
				points := undisturbed.points()
				want := undisturbed.outcome()
				if len(points) < 20 || len(want.People) == 0 || len(want.Changes) == 0 {
					t.Fatalf("an undisturbed run comes by the points %q, and ends as %+v", points, want)
				}
				for _, victim := range []string{workertest.Host, workertest.Connector} {
					for i, point := range points {
						if !soak && i%10 != 4 {
							continue
						}
						t.Run(victim+" at "+point, func(t *testing.T) {
							r := newMortalRig(t, engine, faults)
							r.work(point, victim)
							for r.unfinished() {
								r.work("", "")
							}
							if diff := cmp.Diff(want, r.outcome()); diff != "" {
								t.Errorf("the directory is another one (-undisturbed +disturbed):\n%s", diff)
							}
							asked := undisturbed.asked()
							if got := r.asked(); got > asked+mostAgain {
								t.Errorf("%d pages were asked for, and %d without disturbance: more than %d again", got, asked, mostAgain)
							}
						})
					}
				}
			})
		}
	}
}

// mostAgain is how many pages a crash has asked for again at most: the one that
// is being stored, and the one that is read ahead.
const mostAgain = 2

// mortalRig is a connection that was synced once, and a tenant that has changed
// since.
type mortalRig struct {
	*testing.T
	engine   store.Store
	tenant   *oktatest.Tenant
	order    workertest.Order
	standing int64 // the generation before
}

func newMortalRig(t *testing.T, engine string, faults []string) *mortalRig {
	t.Helper()
	folder := t.TempDir()
	r := &mortalRig{T: t, order: workertest.Order{
		Engine: engine, URL: filepath.Join(folder, "patchbay.db"),
		Connector: connectorPath(t), RuntimeDir: filepath.Join(built.folder, "run"),
	}}
	if engine == "postgres" {
		r.order.URL = postgrestest.Start(t)
	}
	var err error
	if r.engine, err = workertest.Open(t.Context(), engine, r.order.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.engine.Close() })
	_, err = r.engine.AddConnection(t.Context(), store.Connection{
		Name: "acme", Connector: "okta", Resource: "users", Config: []byte(`{}`), Interval: 6 * time.Hour,
		Created: time.Now(), Updated: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.serve(company(40), nil)
	r.work("", "")
	r.standing = r.connection().Generation
	r.serve(companyAfter(40), faults)
	return r
}

// company are people of whom nothing is known but what is needed. Many of their
// pages would fit what the process boundary holds: that a connector is not several
// pages ahead is not for want of room.
func company(n int) []json.RawMessage {
	people := make([]json.RawMessage, n)
	for i := range people {
		people[i] = somebody(i, "Engineer", "2026-01-02T03:04:05.000Z")
	}
	return people
}

// companyAfter is the company later: some have left, some have another title,
// some have signed in since, and some have joined.
func companyAfter(n int) []json.RawMessage {
	var people []json.RawMessage
	for i := range n + 3 {
		title, login := "Engineer", "2026-01-02T03:04:05.000Z"
		switch {
		case i%13 == 5:
			continue
		case i%7 == 3:
			title = "Lead"
		case i%2 == 0:
			login = "2026-02-03T04:05:06.000Z"
		}
		people = append(people, somebody(i, title, login))
	}
	return people
}

func somebody(i int, title, login string) json.RawMessage {
	return fmt.Appendf(nil, `{"id":"00u%04d","status":"ACTIVE","lastLogin":%q,"profile":{"login":"u%d@example.com","displayName":"Person %d","title":%q}}`, i, login, i, i, title)
}

func (r *mortalRig) serve(people []json.RawMessage, faults []string) {
	r.Helper()
	if r.tenant != nil {
		r.tenant.Close()
	}
	var err error
	r.tenant, err = oktatest.Start(oktatest.Settings{
		CustomUsers: people, PageLimit: pageSize, UsersPerMinute: oktatest.NoRateLimit, Faults: parseFaults(r.T, faults),
	})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(r.tenant.Close)
	r.order.Domain, r.order.ClientID, r.order.KeyID = r.tenant.URL(), r.tenant.ClientID(), r.tenant.KeyID()
	r.order.PrivateKey = string(r.tenant.PrivateKeyPEM())
}

// points has a worker run the connection undisturbed, and returns the kill
// points that it came by.
func (r *mortalRig) points() []string {
	r.Helper()
	list := filepath.Join(r.TempDir(), "points")
	r.work("", "", killpoint.ListVariable+"="+list)
	text, err := os.ReadFile(list)
	if err != nil {
		r.Fatal(err)
	}
	return strings.Fields(string(text))
}

// work has a worker run the connection, and victim killed at the point, which
// are empty to kill nobody.
func (r *mortalRig) work(point, victim string, environment ...string) {
	r.Helper()
	r.order.Victim = victim
	r.order.Ahead += 2 * syncer.DefaultLease
	text, err := json.Marshal(r.order)
	if err != nil {
		r.Fatal(err)
	}
	path := filepath.Join(r.TempDir(), "order.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), endLimit)
	defer cancel()
	worker := exec.CommandContext(ctx, mortal.path(r.T), path) //nolint:gosec // the program built above
	worker.Env = slices.Concat(os.Environ(), environment, []string{killpoint.Variable + "=" + point})
	var said strings.Builder
	worker.Stderr = &said
	err = worker.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && victim == workertest.Host && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL && ctx.Err() == nil {
		return
	}
	if err != nil && victim == workertest.Connector && strings.Contains(said.String(), "CONNECTOR_CRASHED") {
		return // it died before it was connected: that run has failed, and the next one is another
	}
	if err != nil || victim == workertest.Host {
		r.Fatalf("the worker of which %q was to be killed at %s ended with %v:\n%s", victim, point, err, said.String())
	}
}

func (r *mortalRig) connection() store.Connection {
	r.Helper()
	c, err := r.engine.Connection(r.Context(), "acme")
	if err != nil {
		r.Fatal(err)
	}
	return c
}

// unfinished reports whether the second run is still to be promoted.
func (r *mortalRig) unfinished() bool { return r.connection().Generation == r.standing }

// asked is how many pages of people the tenant was asked for, but the first:
// each worker asks for that when it connects.
func (r *mortalRig) asked() int { return r.tenant.Stats().UsersContinued }

// outcome is what a run has made, without what differs between two of the same.
type outcome struct {
	People  []string
	Changes []string
	Totals  store.Totals
	Status  store.RunStatus
	Pages   int64
}

func (r *mortalRig) outcome() outcome {
	r.Helper()
	c := r.connection()
	run, err := r.engine.Run(r.Context(), c.Generation)
	if err != nil {
		r.Fatal(err)
	}
	run.Waited = 0
	o := outcome{Totals: run.Totals, Status: run.Status, Pages: run.Pages}
	people, err := r.engine.People(r.Context(), store.PeopleQuery{ConnectionID: c.ID})
	if err != nil {
		r.Fatal(err)
	}
	for _, p := range people {
		o.People = append(o.People, fmt.Sprintf("%s %s %x %s %v", p.ID, p.Name, sha256.Sum256(p.Source), p.Times.LastLogin.UTC().Format(time.RFC3339), p.Stale))
	}
	changes, err := r.engine.Changes(r.Context(), run.ID, "", store.MaxPeople)
	if err != nil {
		r.Fatal(err)
	}
	for _, change := range changes {
		o.Changes = append(o.Changes, string(change.Kind)+" "+change.ID)
	}
	slices.Sort(o.Changes)
	return o
}
