//go:build unix

package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An attempt to launch leaves nothing behind, and says what to do.
func TestAConnectorThatCannotBeLaunchedIsNamedWithItsFault(t *testing.T) {
	tests := []struct {
		name     string
		path     func(t *testing.T) string
		settings Settings
		want     Reason
		says     string
		exit     int
	}{
		{"nothing there", inFolder("okta"), Settings{}, ConnectorNotFound, "okta", 2},
		{"a folder", func(t *testing.T) string { return t.TempDir() }, Settings{}, ConnectorNotExecutable, "mode d", 2},
		{"no right to run", file("text", 0o600), Settings{}, ConnectorNotExecutable, "-rw-------", 2},
		{"for another machine", file("\x7fELF garbage", 0o700), Settings{}, WrongArchitecture, "no program for this machine", 2},
		{"no interpreter", file("#!/nowhere/python\n", 0o700), Settings{}, WrongArchitecture, "interpreter", 2},
		{"writable by everybody", file("x", 0o777), Settings{}, ConnectorWritableByOthers, "everybody", 2},
		{"another file than pinned", named("scripted"), Settings{SHA256: strings.Repeat("ab", 32)}, ChecksumMismatch, strings.Repeat("ab", 32), 2},
		{"no checksum", named("scripted"), Settings{SHA256: "abc"}, SettingsInvalid, "64 hexadecimal", 2},
		{"no path", func(*testing.T) string { return "" }, Settings{}, SettingsInvalid, "no connector", 2},
		{"speaks first", named("chatty"), Settings{}, HandshakeGarbled, `"Welcome to the connector of example.com!\x1b[31m"`, 5},
		{"another protocol", named("newer"), Settings{}, ProtocolIncompatible, "version 2", 5},
		{"fails at once", named("fails"), Settings{}, ConnectorCrashed, "ended with exit code 3", 5},
		{"no connector at all", func(*testing.T) string { return "/bin/true" }, Settings{}, ConnectorCrashed, "exit code 0", 5},
		{"no mutual TLS", named("plain"), Settings{}, ContractBroken, "no certificate", 5},
		{"a foreign socket", named("elsewhere"), Settings{}, ContractBroken, "listens where it must not", 5},
		{"says nothing", named("silent"), Settings{Limits: Limits{StartTimeout: 200 * time.Millisecond}}, StartTimeout, "not ready after 200ms", 5},
		{"stops itself", named("stopped"), Settings{Limits: Limits{StartTimeout: time.Second, GracePeriod: 100 * time.Millisecond}}, StartTimeout, "not ready after 1s", 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.settings.Path = tt.path(t)
			tt.settings.RuntimeDir = runtimeDir(t)
			c, err := Launch(t.Context(), tt.settings)
			if err == nil {
				t.Fatalf("launched, process %d; close: %v", c.Pid(), c.Close())
			}
			if !errors.Is(err, &Fault{Reason: tt.want}) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %q, want %s and %q", err, tt.want, tt.says)
			}
			if got := ExitCode(err); got != tt.exit {
				t.Errorf("exit code %d, want %d", got, tt.exit)
			}
			if explanation, _ := Explain(err); explanation.Fix == "" {
				t.Errorf("%q says nothing of what to do", err)
			}
			wantNoFolders(t, tt.settings.RuntimeDir)
		})
	}
}

func TestAConnectorThatFailsShowsItsLog(t *testing.T) {
	_, err := Launch(t.Context(), Settings{Path: connectorNamed(t, "fails"), RuntimeDir: runtimeDir(t)})
	var fault *Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Log, "cannot read my own mind") {
		t.Errorf("fault %+v, want its last log line", fault)
	}
}

func TestAPinnedConnectorRunsAndItsPinIsCheckedAgain(t *testing.T) {
	path := copied(t, "scripted")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	c := launched(t, Settings{Path: path, SHA256: hex.EncodeToString(sum[:])})
	s := script{Misbehave: "die in ListResources"}
	if _, err := c.Connect(t.Context(), s.configuration(nil)); err != nil {
		t.Fatalf("Connect: %v", err)
	}
	if _, err := c.ListResources(t.Context()); !errors.Is(err, &Fault{Reason: ConnectorCrashed}) {
		t.Fatalf("ListResources: %v, want CONNECTOR_CRASHED", err)
	}
	if err := os.WriteFile(path+".new", append(content, 0), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ListResources(t.Context()); !errors.Is(err, &Fault{Reason: ChecksumMismatch}) {
		t.Errorf("the second start: %v, want CHECKSUM_MISMATCH", err)
	}
}

func TestALaunchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	folder := runtimeDir(t)
	c, err := Launch(ctx, Settings{Path: connectorNamed(t, "silent"), RuntimeDir: folder})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Launch = %v, %v, want the context's error", c, err)
	}
	wantNoFolders(t, folder)
}

func TestARuntimeFolderThatCannotBeUsedIsNamed(t *testing.T) {
	open := runtimeDir(t)
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, folder string
		want         Reason
		says         string
	}{
		{"too long", "/tmp/" + strings.Repeat("n", 60), SocketPathTooLong, "bytes too long"},
		{"no folder", "/dev/null", RuntimeDirUnusable, "it is no folder"},
		{"open to others", open, RuntimeDirUnusable, "must be 0700"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Launch(t.Context(), Settings{Path: connectorNamed(t, "scripted"), RuntimeDir: tt.folder})
			if !errors.Is(err, &Fault{Reason: tt.want}) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %s and %q", err, tt.want, tt.says)
			}
		})
	}
}

func inFolder(name string) func(*testing.T) string {
	return func(t *testing.T) string { return filepath.Join(t.TempDir(), name) }
}

func named(name string) func(*testing.T) string {
	return func(t *testing.T) string { return connectorNamed(t, name) }
}

func file(content string, mode os.FileMode) func(*testing.T) string {
	return func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "okta")
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
		return path
	}
}

// copied is connectorNamed with a file of its own.
func copied(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantNoFolders checks that no socket folder was left.
func wantNoFolders(t *testing.T, base string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
