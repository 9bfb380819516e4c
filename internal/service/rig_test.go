//go:build unix

package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/needtest"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// built is a folder with the real Okta connector, built when the first test
// needs it.
var built struct {
	once   sync.Once
	folder string
	err    error
}

func connectors(t *testing.T) string {
	t.Helper()
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// cmd/go notes which folders a test reads, and takes no earlier result for
	// that of a connector that has changed.
	for _, room := range []string{"plugin", "proto", "internal/wire"} {
		if err := filepath.WalkDir(filepath.Join(module, room), func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
			t.Fatal(err)
		}
	}
	built.once.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "service-test-"); built.err != nil {
			return
		}
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", built.folder+"/", "./plugin/okta")
		build.Dir = module
		if output, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build okta: %w\n%s", err, output)
		}
	})
	if errors.Is(built.err, exec.ErrNotFound) {
		needtest.Missing(t, "subprocess", built.err)
	}
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.folder
}

// rig is a service on a real store, with the real connector and a fake tenant.
type rig struct {
	t *testing.T
	*service.Service
	tenant  *oktatest.Tenant
	planned int // how often the schedule was said to have changed
	now     time.Time
	log     logged
}

// logged keeps what is logged, by connectors' own goroutines as well.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements [io.Writer].
func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newRig(t *testing.T, users int) *rig {
	t.Helper()
	folder := t.TempDir()
	tenant, err := oktatest.Start(oktatest.Settings{Users: users, PageLimit: 10, UsersPerMinute: oktatest.NoRateLimit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	stored, err := sqlite.Open(t.Context(), filepath.Join(folder, "patchbay.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := connection.OpenSealer(filepath.Join(folder, "sealing.key"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, tenant: tenant, now: time.Now().Truncate(time.Millisecond)}
	r.Service = service.New(service.Config{
		Store: stored, Sealer: sealer, ConnectorFolder: connectors(t), HostName: "service-test/1",
		RuntimeDir: filepath.Join(built.folder, "run"),
		Planned:    func() { r.planned++ },
		Now:        func() time.Time { return r.now },
		Log:        slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	t.Cleanup(func() {
		if err := errors.Join(r.Close(), stored.Close()); err != nil {
			t.Error(err)
		}
		if strings.Contains(r.log.String(), r.keyLine()) {
			t.Error("the private key is in the log")
		}
	})
	return r
}

// keyLine is a line of the tenant's private key that no other key has.
func (r *rig) keyLine() string {
	return strings.Split(string(r.tenant.PrivateKeyPEM()), "\n")[4]
}

// config is a configuration that works, with some members changed; nil takes
// one away.
func (r *rig) config(changes map[string]any) json.RawMessage {
	members := map[string]any{
		"domain": r.tenant.URL(), "client_id": r.tenant.ClientID(), "key_id": r.tenant.KeyID(),
		"private_key": string(r.tenant.PrivateKeyPEM()),
	}
	for name, value := range changes {
		if members[name] = value; value == nil {
			delete(members, name)
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		r.t.Fatal(err)
	}
	return text
}

// add adds a connection that works.
func (r *rig) add(name string) service.Connection {
	r.t.Helper()
	c, report, err := r.Add(r.t.Context(), service.Draft{Name: name, Connector: "okta", Config: r.config(nil)})
	if err != nil || !report.OK {
		r.t.Fatalf("a connection that works was not added: %v; %+v", err, report)
	}
	return c
}

// sync runs a connection once, as the schedule would.
func (r *rig) sync(name string, want store.RunStatus) store.Run {
	r.t.Helper()
	c, err := r.Store.Connection(r.t.Context(), name)
	if err != nil {
		r.t.Fatal(err)
	}
	s := syncer.Syncer{Store: r.Store, Launch: r.Launch, Configure: r.Configure, Connected: r.Connected, Now: func() time.Time { return r.now }, Worker: "test"}
	run, err := s.Run(r.t.Context(), syncer.Job{Connection: c, Trigger: c.Schedule.Why})
	if run.Status != want {
		r.t.Fatalf("the run ended as %q (%v), want %q", run.Status, err, want)
	}
	return run
}

// failed is the check of a report that failed.
func failed(report service.Report) service.Check {
	for _, c := range report.Checks {
		if c.Status == service.CheckFail {
			return c
		}
	}
	return service.Check{}
}
