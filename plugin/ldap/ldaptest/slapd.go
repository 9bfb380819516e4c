package ldaptest

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/internal/needtest"
)

// Server is a slapd of the test's own.
type Server struct {
	settings Settings
	folder   string
	// CA is the authority's certificate in PEM; empty without TLS.
	CA string
	// plain and secure are addresses of the two listeners; secure only with TLS.
	plain, secure string

	command *exec.Cmd
	ended   chan struct{} // closed when the process is gone and all it said is read
}

// Where Debian puts things.
const (
	slapdProgram  = "/usr/sbin/slapd"
	slapdSchemas  = "/etc/ldap/schema"
	slapdModules  = "/usr/lib/ldap"
	startAttempts = 5 // another program may take a port between our look and slapd's
)

//go:embed ad.schema
var adSchema []byte

// Start starts a slapd with the settings' entries on loopback, and stops it when
// the test ends.
func Start(t testing.TB, settings Settings) *Server {
	t.Helper()
	if _, err := os.Stat(slapdProgram); err != nil {
		needtest.Missing(t, "slapd", err)
	}
	s := &Server{settings: settings, folder: t.TempDir()}
	if settings.TLS {
		s.CA = writeCertificate(t, s.folder, settings.Certificate)
	}
	s.write(t, "ad.schema", adSchema)
	s.write(t, "root.ldif", []byte("dn:\nsupportedCapabilities: 1.2.840.113556.1.4.800\ndefaultNamingContext: "+BaseDN+"\n"))
	s.write(t, "slapd.conf", []byte(s.configuration()))
	s.write(t, "people.ldif", []byte(settings.ldif()))
	if err := os.Mkdir(filepath.Join(s.folder, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	load := exec.CommandContext(t.Context(), slapdProgram, "-Tadd", "-q", "-f", s.file("slapd.conf"), "-l", s.file("people.ldif"))
	endWithTest(load)
	if output, err := load.CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, output)
	}
	t.Cleanup(s.Stop)
	s.Restart(t)
	return s
}

// Restart starts the server, again at the same addresses if it ran before, after
// stopping it.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop()
	var said string
	for range startAttempts {
		if s.plain == "" {
			s.plain, s.secure = freeAddress(t), freeAddress(t)
		}
		var started bool
		if started, said = s.launch(t); started {
			return
		}
		s.plain = ""
	}
	t.Fatalf("slapd did not start:\n%s", said)
}

// Stop ends the server at once.
func (s *Server) Stop() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Kill() // it may be gone already
	<-s.ended
	s.command = nil
}

// URL is the address of the listener without TLS, which also takes StartTLS.
func (s *Server) URL() string { return "ldap://" + s.plain }

// SecureURL is the address of the listener with TLS.
func (s *Server) SecureURL() string { return "ldaps://" + s.secure }

// Config is a configuration of the connector's for this server, without its secret,
// and Secrets that.
func (s *Server) Config() map[string]any {
	return map[string]any{"url": s.URL(), "bind_dn": BindDN, "base_dn": BaseDN}
}

// Secrets are the secret properties of such a configuration.
func (s *Server) Secrets() map[string]string { return map[string]string{"bind_password": BindPassword} }

// Add adds an entry of attributes by name.
func (s *Server) Add(t testing.TB, dn string, attributes map[string][]string) {
	t.Helper()
	request := ldap.NewAddRequest(dn, nil)
	for name, values := range attributes {
		request.Attribute(name, values)
	}
	s.change(t, func(conn *ldap.Conn) error { return conn.Add(request) })
}

// Delete removes an entry.
func (s *Server) Delete(t testing.TB, dn string) {
	t.Helper()
	s.change(t, func(conn *ldap.Conn) error { return conn.Del(ldap.NewDelRequest(dn, nil)) })
}

func (s *Server) change(t testing.TB, change func(*ldap.Conn) error) {
	t.Helper()
	conn, err := ldap.DialURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Bind(rootDN, rootPassword); err != nil {
		t.Fatal(err)
	}
	if err := change(conn); err != nil {
		t.Fatal(err)
	}
}

// launch starts the process and waits until it says that it listens.
func (s *Server) launch(t testing.TB) (started bool, said string) {
	t.Helper()
	listeners := "ldap://" + s.plain
	if s.settings.TLS {
		listeners += " ldaps://" + s.secure
	}
	// It lives until Stop: a test's context ends before its clean-up.
	command := exec.CommandContext(context.WithoutCancel(t.Context()), slapdProgram, "-d", "none", "-h", listeners, "-f", s.file("slapd.conf"))
	endWithTest(command)
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s.command, s.ended = command, make(chan struct{})
	listening := make(chan bool, 1)
	var log bytes.Buffer
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			fmt.Fprintln(&log, lines.Text())
			if strings.Contains(lines.Text(), "slapd starting") {
				listening <- true
				break
			}
		}
		_, _ = io.Copy(io.Discard, stderr) // a full pipe would hold it up
		_ = command.Wait()                 // killed
		listening <- false
	}()
	if <-listening && s.accepts(t) {
		return true, ""
	}
	<-s.ended
	s.command = nil
	return false, log.String()
}

// knockInterval is how often a server that has started is tried: it says so a
// moment before it listens, and nothing after that.
const knockInterval = time.Millisecond

// accepts waits until the server takes connections, or is gone.
func (s *Server) accepts(t testing.TB) bool {
	t.Helper()
	knocks := time.NewTicker(knockInterval)
	defer knocks.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.plain)
		if err == nil {
			_ = conn.Close() // it carried nothing
			return true
		}
		select {
		case <-s.ended:
			return false
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-knocks.C:
		}
	}
}

// configuration is slapd.conf(5).
func (s *Server) configuration() string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, schema := range []string{"core", "cosine", "inetorgperson", "nis"} {
		put("include %s/%s.schema", slapdSchemas, schema)
	}
	put("include %s", s.file("ad.schema"))
	put("modulepath %s", slapdModules)
	put("moduleload back_mdb")
	put("moduleload ppolicy")
	put("pidfile %s", s.file("slapd.pid"))
	put("threads 2")
	if s.settings.ActiveDirectory {
		put("rootDSE %s", s.file("root.ldif"))
	}
	if s.settings.TLS {
		put("TLSCertificateFile %s", s.file("cert.pem"))
		put("TLSCertificateKeyFile %s", s.file("key.pem"))
	}
	put("%s", strings.Join(s.settings.Global, "\n"))
	put("database mdb")
	put("suffix %q", BaseDN)
	put("rootdn %q", rootDN)
	put("rootpw %s", rootPassword)
	put("directory %s", s.file("db"))
	put("maxsize 268435456") // bytes of address space, not of disk
	put("dbnosync")
	put("index objectClass,uid,entryUUID eq")
	limits := s.settings.Limits
	if limits == "" {
		limits = "size=unlimited"
	}
	put("limits dn.exact=%q %s", BindDN, limits)
	put("%s", strings.Join(s.settings.Access, "\n"))
	put("access to attrs=userPassword,unicodePwd by anonymous auth by * none")
	put("access to * by dn.exact=%q read by * none", BindDN)
	put("%s", strings.Join(s.settings.Database, "\n"))
	return b.String()
}

func (s *Server) file(name string) string { return filepath.Join(s.folder, name) }

func (s *Server) write(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(s.file(name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// freeAddress finds a port that nobody listens at.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
