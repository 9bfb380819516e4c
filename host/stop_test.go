//go:build unix

package host

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"
)

func TestCloseStopsAWillingConnectorAndRemovesItsFolder(t *testing.T) {
	folder := runtimeDir(t)
	c, err := Launch(t.Context(), Settings{Path: connectorNamed(t, "scripted"), RuntimeDir: folder})
	if err != nil {
		t.Fatal(err)
	}
	process := c.current()
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Errorf("Close: %v", err)
	}
	if exit := process.run.Exit(); exit.Ours || exit.Code != 0 {
		t.Errorf("the process %s, want it to end by itself", exit)
	}
	wantNoFolders(t, folder)
	if _, err := c.ListResources(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("a call after Close: %v, want ErrClosed", err)
	}
}

// Each of these would hold up go-plugin's own Kill for ever.
func TestCloseIsBoundedWhateverTheProcessDoes(t *testing.T) {
	for _, name := range []string{"stopped later", "deaf", "grandparent"} {
		t.Run(name, func(t *testing.T) {
			folder := runtimeDir(t)
			settings := Settings{Path: connectorNamed(t, name), RuntimeDir: folder, Limits: Limits{GracePeriod: 200 * time.Millisecond}}
			c, err := Launch(t.Context(), settings)
			if err != nil {
				t.Fatal(err)
			}
			pid := c.Pid()
			if name == "stopped later" {
				if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("process %d is still there: %v", pid, err)
			}
			wantNoFolders(t, folder)
		})
	}
}

func TestCloseEndsASyncInFlight(t *testing.T) {
	c := connected(t, Settings{}, script{Pages: 3, PerPage: 1, Misbehave: "ignores the budget", WaitSeconds: 60})
	consumer := (&collector{}).consumer()
	closed := make(chan error, 1)
	consumer.Wait = func(Wait) { go func() { closed <- c.Close() }() }
	if _, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer); !errors.Is(err, ErrClosed) {
		t.Errorf("Sync: %v, want ErrClosed", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestTheCallersCauseIsKept(t *testing.T) {
	lease := errors.New("the lease was lost")
	c := connected(t, Settings{}, script{Pages: 3, PerPage: 1, Misbehave: "ignores the budget", WaitSeconds: 60})
	ctx, cancel := context.WithCancelCause(t.Context())
	consumer := (&collector{}).consumer()
	consumer.Wait = func(Wait) { cancel(lease) }
	_, err := c.Sync(ctx, SyncRequest{Resource: "users"}, consumer)
	if !errors.Is(err, lease) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the cause and context.Canceled", err)
	}
}
