package ldaptest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// heldVariable makes the test below the one that is killed.
const heldVariable = "PATCHBAY_TEST_HOLDS_SLAPD"

// A test that is killed cleans nothing up, and still leaves no server behind.
func TestAServerEndsWithAKilledTest(t *testing.T) {
	if os.Getenv(heldVariable) != "" {
		server := Start(t, Settings{})
		if _, err := os.Stdout.WriteString("\n" + server.plain + "\n"); err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this program
	command.Env = append(os.Environ(), heldVariable+"=1", "TMPDIR="+t.TempDir())
	address := start(t, command)
	if address == "" {
		t.Skip("the test that holds a server skipped itself")
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // killed
	// The server's end of the connection is open for as long as it lives.
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server at %s lives on", address)
	}
}

// start starts the held test and returns the address of its server, empty where it
// has none. Its standard input stays open until it is killed.
func start(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	if _, err := command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if _, _, err := net.SplitHostPort(lines.Text()); err == nil {
			return lines.Text()
		}
	}
	return ""
}
