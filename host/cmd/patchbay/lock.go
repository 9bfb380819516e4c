package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
)

// One process at a time has the SQLite file open for writing: it holds an
// operating system's lock on a file beside it, which ends with the process,
// however that ends. A service says in a second file, for its owner's eyes only,
// where it listens, so that commands ask it instead.
const (
	lockFile    = "patchbay.lock"
	runtimeFile = "patchbay.run.json"
)

const (
	// claimLimit bounds the wait for the lock: a command in a terminal holds it for
	// a moment, and a service says where it listens within seconds.
	claimLimit = 10 * time.Second
	// claimEvery is how often one looks meanwhile.
	claimEvery = 50 * time.Millisecond
	// answerLimit bounds the wait for a service of this machine to say that it
	// lives.
	answerLimit = 2 * time.Second
	// maxRuntimeBytes bounds the runtime file, which has some 200 bytes.
	maxRuntimeBytes = 4 << 10
	// folderMode keeps personal data, and the token with which one reads it, to
	// their owner.
	folderMode = 0o700
)

// announcement is what a service says of itself to its owner's commands.
type announcement struct {
	Address string `json:"address"` // the printed one, http://127.0.0.1:PORT
	Token   string `json:"token"`   // for Authorization: Bearer
	PID     int    `json:"pid"`
	Version string `json:"version"`
}

func (r announcement) base() (*url.URL, error) { return url.Parse(r.Address) }

// lock is a held lock on a data folder.
type lock struct {
	file    *flock.Flock
	runtime string // path
}

// claim takes the lock of a data folder, or finds the service that holds it.
// Exactly one of lock, service and error is returned.
func claim(ctx context.Context, data string) (*lock, *announcement, error) {
	if err := makeFolder(data); err != nil {
		return nil, nil, err
	}
	l := newLock(data)
	ctx, cancel := context.WithTimeoutCause(ctx, claimLimit, errHeld)
	defer cancel()
	for {
		held, err := l.file.TryLock()
		if err != nil {
			return nil, nil, folderError(data, err)
		}
		if held {
			_ = os.Remove(l.runtime) // of a service that was killed
			return l, nil, nil
		}
		running, err := readRuntime(l.runtime)
		if err == nil && answers(ctx, running) {
			_ = l.file.Close()
			return nil, &running, nil
		}
		select {
		case <-time.After(claimEvery):
		case <-ctx.Done():
			_ = l.file.Close()
			return nil, nil, heldError(ctx, data, running)
		}
	}
}

// tryClaim takes the lock if it is free; nil where it is not.
func tryClaim(data string) (*lock, error) {
	if err := makeFolder(data); err != nil {
		return nil, err
	}
	l := newLock(data)
	held, err := l.file.TryLock()
	switch {
	case err != nil:
		return nil, folderError(data, err)
	case !held:
		return nil, nil //nolint:nilnil // no lock is an answer
	}
	_ = os.Remove(l.runtime)
	return l, nil
}

func newLock(data string) *lock {
	return &lock{file: flock.New(filepath.Join(data, lockFile), flock.SetPermissions(0o600)), runtime: runtimePath(data)}
}

func runtimePath(data string) string { return filepath.Join(data, runtimeFile) }

// errHeld is the cause of a claim that was given up.
var errHeld = errors.New("the data folder is in use")

func heldError(ctx context.Context, data string, running announcement) error {
	cause := context.Cause(ctx)
	switch {
	case !errors.Is(cause, errHeld):
		return cause
	case running.PID != 0:
		return &program.Error{
			Err:    fmt.Errorf("%w: the service (process %d, %s) that has %s does not answer", errHeld, running.PID, running.Address, data),
			Reason: "SERVICE_SILENT", Fix: fmt.Sprintf("Look at its log; stop it with: kill %d", running.PID), Code: wire.ExitOurs,
		}
	default:
		return &program.Error{
			Err:    fmt.Errorf("%w: another patchbay command is at work on %s", errHeld, data),
			Reason: "DATA_IN_USE", Fix: "Wait for it to end. While patchbay serve runs, commands don't wait for one another.", Code: wire.ExitOurs,
		}
	}
}

// announce tells commands where the service listens.
func (l *lock) announce(r announcement) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return program.WriteFile(l.runtime, append(text, '\n')) // mode 0600
}

// release gives the lock back. The file stays: whoever removed it could take a
// lock away that somebody has got on it meanwhile.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	err := os.Remove(l.runtime)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close())
}

func readRuntime(path string) (announcement, error) {
	file, err := os.Open(path) //nolint:gosec // in the data folder
	if err != nil {
		return announcement{}, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxRuntimeBytes))
	if err != nil {
		return announcement{}, err
	}
	var r announcement
	if err := json.Unmarshal(text, &r); err != nil {
		return announcement{}, err
	}
	return r, checkAddress(r)
}

// checkAddress keeps the token on this machine, whatever the file says.
func checkAddress(r announcement) error {
	base, err := r.base()
	if err != nil {
		return err
	}
	if base.Scheme != "http" {
		return fmt.Errorf("the address %q is none of a service", r.Address)
	}
	return checkListen(base.Host)
}

// answers reports whether a service lives at the address. It shows no token.
func answers(ctx context.Context, r announcement) bool {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Address+"/healthz", nil)
	if err != nil {
		return false
	}
	response, err := loopback.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// loopback speaks to services of this machine: never through a proxy, to which
// it would show a token.
var loopback = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// makeFolder makes the data folder, for its owner only.
func makeFolder(data string) error {
	if err := os.MkdirAll(data, folderMode); err != nil {
		return folderError(data, err)
	}
	return nil
}

func folderError(data string, err error) error {
	return &program.Error{
		Err:    fmt.Errorf("the data folder %s can't be written: %w", data, reasonOfPath(err)),
		Reason: "DATA_UNWRITABLE", Fix: "Give this user the right to write there and room on the disk, or name another folder with --data.", Code: wire.ExitOurs,
	}
}

// reasonOfPath is an error of a file without the path, which the sentence has.
func reasonOfPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
