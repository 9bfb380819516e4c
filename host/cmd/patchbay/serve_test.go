//go:build unix

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"patchbay.example/internal/program"
	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// slow is a tenant whose list takes long enough to be interrupted.
var slow = oktatest.Settings{Users: 200, PageLimit: 10, Latency: 100 * time.Millisecond}

// runs are the runs of the rig's connection, as the commands show it.
func (r *rig) runs() []service.Run {
	r.Helper()
	var list struct {
		Runs []service.Run `json:"runs"`
	}
	text := r.ok("runs", "list", "--format", "json")
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		r.Fatalf("%q: %v", programtest.Short(text), err)
	}
	return list.Runs
}

// wantFirstRun checks that the first run has brought everybody, however often it
// was interrupted. Where it ended before sync came, there is a second one.
func (r *rig) wantFirstRun() service.Run {
	r.Helper()
	runs := r.runs()
	if len(runs) == 0 || len(runs) > 2 {
		r.Fatalf("the runs are %+v", runs)
	}
	first := runs[len(runs)-1]
	if first.Status != "promoted" || first.Records != int64(r.tenant.Listed()) || first.Added != first.Records {
		r.Fatalf("the first run is %+v", first)
	}
	return first
}

func TestAServiceIsOpenedByItsAddressOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	s := r.serve()
	visitor := browser(t)
	if status, text := get(t, visitor, s.login); status != http.StatusOK || !strings.Contains(text, "Patchbay") {
		t.Fatalf("the printed address answers %d: %s", status, programtest.Short(text))
	}
	if status, _ := get(t, visitor, s.address+"/api/v1/connections"); status != http.StatusOK {
		t.Errorf("with a session the API answers %d", status)
	}
	if status, _ := get(t, browser(t), s.address+"/api/v1/connections"); status != http.StatusUnauthorized {
		t.Errorf("without a session the API answers %d", status)
	}
	second := browser(t)
	get(t, second, s.login)
	if status, _ := get(t, second, s.address+"/api/v1/connections"); status != http.StatusUnauthorized {
		t.Errorf("the address opens a second session: %d", status)
	}
	again := strings.TrimSpace(r.ok("open"))
	if !strings.HasPrefix(again, s.address+"/login?token=") {
		t.Fatalf("open printed %q", again)
	}
	get(t, second, again)
	if status, _ := get(t, second, s.address+"/api/v1/connections"); status != http.StatusOK {
		t.Errorf("the address that open printed opens no session: %d", status)
	}
	s.end(syscall.SIGINT, wire.ExitInterrupt)
	if log := s.Stderr.Text(); strings.Contains(log, "token=") {
		t.Errorf("the log holds a token:\n%s", log)
	}
}

func TestCommandsAskTheServiceThatRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30})
	s := r.serve()
	info, err := os.Stat(filepath.Join(r.data, runtimeFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file with the token: %v, %v", info, err)
	}
	r.add()
	r.ok("sync", "workforce", "--now")
	r.wantEverybody()
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	if _, err := os.Stat(filepath.Join(r.data, runtimeFile)); !os.IsNotExist(err) {
		t.Errorf("the file with the token is left: %v", err)
	}
	r.wantEverybody() // without the service
}

func TestCommandsDoWithoutAService(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30})
	// What a service left that was killed, at an address where nobody is.
	if err := os.MkdirAll(r.data, 0o700); err != nil {
		t.Fatal(err)
	}
	r.write(filepath.Join(r.data, runtimeFile), []byte(`{"address":"http://127.0.0.1:1","token":"x","pid":1}`))
	r.command("open").Run(t).WantCode(wire.ExitOurs).WantStderr("no service runs on " + r.data)
	r.add()
	r.ok("sync", "workforce", "--now")
	r.wantEverybody()
	r.wantFirstRun()
}

func TestAKilledServiceGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, slow)
	s := r.serve()
	r.add()
	r.awaitTenant(page(4))
	s.end(syscall.SIGKILL, -1)
	s = r.serve()
	r.ok("sync", "workforce", "--now")
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	r.wantEverybody()
	if run := r.wantFirstRun(); run.Resumed == 0 {
		t.Error("the run was not resumed")
	}
}

// The lease is an hour: only a run that was given back goes on at once.
func TestATerminatedServiceGivesItsRunBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, slow)
	s := r.serve("--lease", "1h")
	r.add()
	r.awaitTenant(page(4))
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	s = r.serve("--lease", "1h")
	r.ok("sync", "workforce", "--now")
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	r.wantEverybody()
	if run := r.wantFirstRun(); run.Resumed == 0 {
		t.Error("the run was not resumed")
	}
}

// hanging is a tenant that never answers a request in the midst of its list.
func hanging(t *testing.T) *rig {
	t.Helper()
	fault, err := oktatest.ParseFault("users:6:hang-headers")
	if err != nil {
		t.Fatal(err)
	}
	return newRig(t, oktatest.Settings{Users: 200, PageLimit: 10, Faults: []oktatest.Fault{fault}})
}

func struck(s oktatest.Stats) bool { return s.Struck > 0 }

// The lease is an hour: the run was given back, though the page in hand never
// came.
func TestATerminatedServiceDoesNotWaitForWhatHangs(t *testing.T) {
	t.Parallel()
	r := hanging(t)
	s := r.serve("--lease", "1h")
	r.add()
	r.awaitTenant(struck)
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	s.WantStderr("the service has stopped")
	r.serve("--lease", "1h")
	r.ok("sync", "workforce", "--now")
	r.wantEverybody()
	r.wantFirstRun()
}

func TestASecondSignalEndsTheServiceAtOnce(t *testing.T) {
	t.Parallel()
	r := hanging(t)
	s := r.serve()
	r.add()
	r.awaitTenant(struck)
	s.Signal(syscall.SIGTERM)
	s.Stderr.Await(s.Execution, "the service is stopping")
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	if strings.Contains(s.Stderr.Text(), "the service has stopped") {
		t.Error("it ended in order")
	}
	r.serve()
	r.ok("sync", "workforce", "--now")
	r.wantEverybody()
	r.wantFirstRun()
}

// Several services share a database, and commands use it themselves.
func TestServicesShareADatabase(t *testing.T) {
	t.Parallel()
	database := postgrestest.Start(t)
	r := newRig(t, oktatest.Settings{Users: 30})
	r.env = []string{"DATABASE_URL=" + database}
	first, second := r.serve(), r.serve()
	r.add()
	r.ok("sync", "workforce", "--now")
	r.wantEverybody()
	r.wantFirstRun()
	for _, s := range []*running{first, second} {
		visitor := browser(t)
		get(t, visitor, s.login)
		if status, text := get(t, visitor, s.address+"/api/v1/connections/workforce"); status != http.StatusOK || !strings.Contains(text, `"people":30`) {
			t.Errorf("%s answers %d: %s", s.address, status, programtest.Short(text))
		}
	}
	if opened := r.ok("open"); !strings.HasPrefix(opened, first.address) {
		t.Errorf("open printed %q, want the first that was started, %s", opened, first.address)
	}
	said := r.ok("backup", "--output", t.TempDir())
	programtest.WantTexts(t, "standard output", said, "pg_dump")
	second.end(syscall.SIGTERM, wire.ExitTerminated)
	first.end(syscall.SIGTERM, wire.ExitTerminated)
}

func TestASecondServiceIsToldOfTheFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	s := r.serve()
	r.command("serve", "--listen", "127.0.0.1:0").Run(t).WantCode(wire.ExitOurs).WantNoStdout().
		WantStderr(s.address, "To fix: Open it with: patchbay open")
	if status, _ := get(t, browser(t), s.address+"/healthz"); status != http.StatusOK {
		t.Errorf("the first answers %d", status)
	}
}

func TestRefusesToStartHalf(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, c := range map[string]struct {
		prepare func(t *testing.T, r *rig)
		args    []string
		env     []string
		code    int
		want    []string
	}{
		"an address that others may reach": {args: []string{"--listen", "0.0.0.0:7788"}, code: wire.ExitUsage, want: []string{"other machines may reach"}},
		"the same in the environment":      {env: []string{"PATCHBAY_LISTEN=[::]:7788"}, code: wire.ExitUsage, want: []string{"PATCHBAY_LISTEN", "other machines may reach"}},
		"a port in use":                    {args: []string{"--listen", taken.Addr().String()}, code: wire.ExitOurs, want: []string{taken.Addr().String() + " is in use", "--listen 127.0.0.1:0"}},
		"an address of nobody here":        {args: []string{"--listen", "127.0.0.1:99999"}, code: wire.ExitUsage, want: []string{"0 to 65535"}},
		"an unknown variable":              {env: []string{"PATCHBAY_DATABSE=x"}, code: wire.ExitUsage, want: []string{"PATCHBAY_DATABSE", "PATCHBAY_DATABASE"}},
		"a folder that is a file":          {prepare: func(_ *testing.T, r *rig) { r.write(r.data, nil) }, code: wire.ExitOurs, want: []string{"the data folder", "can't be written", "--data"}},
		"a file that is no database": {prepare: func(_ *testing.T, r *rig) {
			r.write(r.database(), []byte(strings.Repeat("this is a diary, and no database\n", 100)))
		}, code: wire.ExitOurs, want: []string{databaseFile, "no Patchbay database"}},
		"a damaged database": {prepare: func(_ *testing.T, r *rig) { r.damage() }, code: wire.ExitOurs, want: []string{databaseFile, "damaged", "Move what is in the data folder away"}},
		"a newer schema":     {prepare: func(_ *testing.T, r *rig) { r.ageBy(1000) }, code: wire.ExitOurs, want: []string{"a newer version of Patchbay has written this database"}},
		"a sealing key that is none": {prepare: func(_ *testing.T, r *rig) {
			r.write(filepath.Join(r.data, sealingKeyFile), []byte("{}"))
		}, code: wire.ExitOurs, want: []string{"sealing key", "holds no key"}},
		"a database server that is not there": {env: []string{"DATABASE_URL=postgres://u:pw-canary@127.0.0.1:1/x"}, code: wire.ExitOurs, want: []string{"PostgreSQL can't be reached", "127.0.0.1:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 1})
			if c.prepare != nil && name != "a folder that is a file" {
				r.ok("connections", "list") // makes the folder, and a database
			}
			if c.prepare != nil {
				c.prepare(t, r)
			}
			start := r.command(append([]string{"serve"}, c.args...)...)
			if c.args == nil {
				start.Args = append(start.Args, "--listen", "127.0.0.1:0")
			}
			if strings.HasPrefix(name, "the same") {
				start = r.command("serve")
			}
			start.Env, start.Secrets = c.env, append(start.Secrets, "pw-canary")
			start.Run(t).WantCode(c.code).WantNoStdout().WantStderr(c.want...)
			if _, err := os.Stat(filepath.Join(r.data, runtimeFile)); err == nil {
				t.Error("it left word of a service")
			}
		})
	}
}

func (r *rig) database() string { return filepath.Join(r.data, databaseFile) }

// damage overwrites the middle of the database.
func (r *rig) damage() {
	r.Helper()
	file, err := os.OpenFile(r.database(), os.O_RDWR, 0)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.WriteAt([]byte(strings.Repeat("\xff", 64<<10)), 100); err != nil { // after the header
		r.Fatal(err)
	}
}

// ageBy makes the schema one of a later version.
func (r *rig) ageBy(versions int) {
	r.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: r.database()}).String())
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const next = `INSERT INTO goose_db_version (version_id, is_applied) SELECT max(version_id) + ?, 1 FROM goose_db_version`
	if _, err := db.ExecContext(r.Context(), next, versions); err != nil {
		r.Fatal(err)
	}
}

func TestTheServiceManagerIsToldHowItStands(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 1})
	socket := filepath.Join(shortFolder(t), "notify")
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	states := make(chan string, 4)
	go func() {
		for buffer := make([]byte, 64); ; {
			n, _, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			states <- string(buffer[:n])
		}
	}()
	c := r.command("serve", "--listen", "127.0.0.1:0")
	c.Env = []string{"NOTIFY_SOCKET=" + socket, "INVOCATION_ID=x"}
	p := c.Start(t)
	await := func(want string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), programtest.EndLimit)
		defer cancel()
		select {
		case got := <-states:
			if got != want {
				t.Errorf("the service manager was told %q, want %q", got, want)
			}
		case <-ctx.Done():
			t.Fatalf("the service manager was not told %q", want)
		}
	}
	await("READY=1")
	if said := p.Stdout.Await(p, "patchbay open"); strings.Contains(said, "token=") {
		t.Errorf("a token goes into the journal: %s", said)
	}
	p.Signal(syscall.SIGTERM)
	await("STOPPING=1")
	p.Wait().WantCode(wire.ExitTerminated)
}

// shortFolder is a folder whose path fits into the address of a socket.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func TestAnAddressThatCannotBeListenedOnIsNamedOnce(t *testing.T) {
	t.Parallel()
	const foreign = "192.0.2.1:1" // RFC 5737: nobody's
	listener, err := listen(t.Context(), foreign)
	if err == nil {
		t.Fatal("it listens", listener.Close())
	}
	if e := program.ExplanationOf(err); strings.Count(e.What, foreign) != 1 || !strings.Contains(e.Fix, "--listen") {
		t.Errorf("%+v", e)
	}
}

// Only a damaged file is to be replaced by a backup: one that found no room is
// whole.
func TestAFullDiskIsNotTakenForDamage(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{sqliteFull: "Make room", sqliteCorrupt: "restore", sqliteNotADatabase: "restore", 11 | 2<<8: "restore", 5: ""} {
		fix := program.ExplanationOf(storeError(fmt.Errorf("open: %w", codeError(code)))).Fix
		if !strings.Contains(fix, want) || want == "" && fix != "" {
			t.Errorf("of %d: %q, want %q", code, fix, want)
		}
	}
}

// codeError is an error as SQLite's driver makes them.
type codeError int

func (e codeError) Error() string { return "sqlite" }
func (e codeError) Code() int     { return int(e) }
