//go:build unix

package pgserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// packaged is where distributions put the programs, by version.
	packaged = "/usr/lib/postgresql/*/bin"
	// startTimeout bounds how long the server may take to take connections.
	startTimeout = time.Minute
	// pollEvery is how often it is asked.
	pollEvery = 20 * time.Millisecond
)

// keeper is the shell that keeps the server: it tells its id, waits for the end
// of standard input, which comes however this process ends, stops the server and
// removes its folder.
const keeper = `folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
echo "$server"
read -r end
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"`

// start starts a server on a socket in a folder of its own. Where PostgreSQL is
// not installed, its URL is empty.
func start(ctx context.Context, locale string) (Server, error) {
	none := Server{Stop: func() {}}
	programs := installed()
	if programs == "" {
		return none, nil
	}
	account, err := unprivileged()
	if err != nil {
		return none, err
	}
	folder, err := os.MkdirTemp("", "patchbay-bench-pg-")
	if err != nil {
		return none, err
	}
	if account != nil {
		if err := os.Chown(folder, int(account.Uid), int(account.Gid)); err != nil {
			return none, err
		}
	}
	data := filepath.Join(folder, "data")
	initdb := as(account, folder, exec.CommandContext(ctx, filepath.Join(programs, "initdb"), //nolint:gosec // what is installed
		"-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale="+locale))
	if output, err := initdb.CombinedOutput(); err != nil {
		return none, errors.Join(fmt.Errorf("initdb: %w: %.500s", err, output), os.RemoveAll(folder))
	}
	return keep(ctx, as(account, folder, exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", keeper, "sh", folder, //nolint:gosec // what is installed
		filepath.Join(programs, "postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=")), folder)
}

// keep starts the keeper and waits until the server takes connections.
func keep(ctx context.Context, command *exec.Cmd, folder string) (Server, error) {
	command.SysProcAttr.Setpgid = true // an interrupt from the terminal is for this process
	input, err := command.StdinPipe()
	if err != nil {
		return Server{Stop: func() {}}, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return Server{Stop: func() {}}, err
	}
	if err := command.Start(); err != nil {
		return Server{Stop: func() {}}, err
	}
	s := Server{
		URL: (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: url.Values{"host": {folder}}.Encode()}).String(),
		Stop: func() {
			_ = input.Close()
			_ = command.Wait() // the shell's own code says nothing
		},
	}
	lines := bufio.NewScanner(output)
	if lines.Scan() {
		s.PID, _ = strconv.Atoi(lines.Text())
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := ping(ctx, s.URL)
		if err == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(filepath.Join(folder, "log")) //nolint:gosec // the server's; it says more, if it is there
			s.Stop()
			return s, fmt.Errorf("PostgreSQL does not start: %w: %.500s", err, text)
		case <-time.After(pollEvery):
		}
	}
}

// ping reports whether the server takes connections.
func ping(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// installed is the folder that holds PostgreSQL's programs, the newest if there
// are several, or empty.
func installed() string {
	newest := ""
	folders, _ := filepath.Glob(packaged) // the pattern is well-formed
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			newest = folder
		}
	}
	if newest == "" {
		if path, err := exec.LookPath("initdb"); err == nil {
			newest = filepath.Dir(path)
		}
	}
	return newest
}

// unprivileged is whom PostgreSQL runs as where this program is root's:
// PostgreSQL refuses root. It is nil for others.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root; name a server with -postgres: %w", err)
	}
	uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(errUID, errGID)
}

// as runs a program in a folder as an account, with an environment that names
// nothing of this process's.
func as(account *syscall.Credential, folder string, command *exec.Cmd) *exec.Cmd {
	command.Dir = folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + folder}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	return command
}
