//go:build unix

package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const (
	// packaged is where distributions put the programs, by version.
	packaged = "/usr/lib/postgresql/*/bin"
	// pollEvery is how often a starting server is asked whether it takes
	// connections: it has no other way to say so.
	pollEvery = 20 * time.Millisecond
)

// keeper is the shell that keeps the server: it runs the server, waits for the
// end of standard input, stops the server at once, for nothing in it is worth
// saving, and removes its folder.
const keeper = `folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
read -r end
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"`

// pipe is held open for as long as the process lives. It is never read: the
// system closes it.
var pipe *os.File

// startServer starts the process's own server and returns the URL of its
// database postgres.
func startServer(ctx context.Context) (string, error) {
	programs, err := findPrograms()
	if err != nil {
		return "", err
	}
	account, err := unprivileged()
	if err != nil {
		return "", err
	}
	folder, err := ownFolder(account)
	if err != nil {
		return "", err
	}
	data := filepath.Join(folder, "data")
	initdb := command(exec.CommandContext(ctx, filepath.Join(programs, "initdb"),
		"-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"), folder, account)
	if output, err := initdb.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("initdb: %w: %.500s", err, output), os.RemoveAll(folder))
	}
	if err := keep(ctx, filepath.Join(programs, "postgres"), folder, data, account); err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	address := (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: url.Values{"host": {folder}}.Encode()}).String()
	return address, awaitServer(ctx, address, folder)
}

// findPrograms is the folder that holds initdb and postgres.
func findPrograms() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	folders, err := filepath.Glob(packaged)
	if err != nil {
		return "", err
	}
	// The newest version; 9.6 would sort above 15, but is not taken any more.
	slices.Sort(folders)
	for _, folder := range slices.Backward(folders) {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("neither initdb on the PATH nor %s is there: install PostgreSQL, or name a server in %s", packaged, serverVariable)
}

// unprivileged is whom PostgreSQL runs as where the test is root's: PostgreSQL
// refuses root. It is nil for others.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody: run the tests as another user")
}

// ownFolder is a folder that PostgreSQL's user owns. It is not t.TempDir's: it
// outlives the test that came first, and a socket's path must be short.
func ownFolder(account *syscall.Credential) (string, error) {
	folder, err := os.MkdirTemp("", "patchbay-pg-")
	if err != nil {
		return "", err
	}
	if account != nil {
		if err := os.Chown(folder, int(account.Uid), int(account.Gid)); err != nil {
			return "", errors.Join(err, os.Remove(folder))
		}
	}
	return folder, nil
}

// keep starts the keeper with the server.
func keep(ctx context.Context, postgres, folder, data string, account *syscall.Credential) error {
	reading, writing, err := os.Pipe()
	if err != nil {
		return err
	}
	defer reading.Close()
	// The keeper outlives whoever starts it, and ends with the pipe.
	cmd := command(exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", keeper, "sh", folder,
		postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "synchronous_commit=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB"), folder, account)
	cmd.Stdin = reading
	// A group of its own: an interrupt from the terminal is for the test, whose
	// end the keeper notices.
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("start PostgreSQL: %w", err), writing.Close())
	}
	pipe = writing
	return cmd.Process.Release()
}

// command runs a program in the folder as the account, with an environment that
// names nothing of the test's.
func command(cmd *exec.Cmd, folder string, account *syscall.Credential) *exec.Cmd {
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + folder}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	return cmd
}

// awaitServer waits until the server takes connections.
func awaitServer(ctx context.Context, address, folder string) error {
	for {
		err := execute(ctx, address, `SELECT 1`)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(folder, "log")) // says more, if it is there
			return fmt.Errorf("PostgreSQL does not start: %w: %.500s", err, log)
		case <-time.After(pollEvery):
		}
	}
}
