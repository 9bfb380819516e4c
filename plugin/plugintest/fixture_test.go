//go:build unix

package plugintest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
)

// The connectors of these tests are this very test binary, under the name of
// what it is: started with the handshake's cookie, or by such a name, it behaves
// as that says.
func TestMain(m *testing.M) {
	switch name := filepath.Base(os.Args[0]); {
	case name == "library":
		plugin.Serve(library{})
	case strings.HasPrefix(name, "odd-"):
		os.Exit(runOdd(strings.TrimPrefix(name, "odd-")))
	}
	os.Exit(m.Run())
}

// named gives the test binary another name.
func named(t testing.TB, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// library is a sound connector on the SDK. Its people exist by number only.
type library struct{}

type libraryConfig struct {
	Place  string        `json:"place" title:"Place" required:"true" enum:"town,village"`
	Pages  int           `json:"pages" title:"Pages" default:"5" min:"0"`
	Bytes  int           `json:"bytes" title:"Bytes of each source" default:"0" min:"0"`
	Ticket plugin.Secret `json:"ticket" title:"Ticket" required:"true"`
}

// libraryTicket is the only secret that the library takes.
const libraryTicket = "synthetic-ticket-0123456789-abcdefghij"

const perPage = 7

func libraryTarget(t testing.TB, config string) Target {
	t.Helper()
	return Target{Path: named(t, "library"), Config: []byte(config), Secrets: map[string]string{"ticket": libraryTicket}}
}

func (library) Describe() plugin.Description {
	return plugin.Description{
		Name: "library", Title: "Library", Version: "0.1.0", Summary: "Lists synthetic people.",
		Config: plugin.SchemaOf[libraryConfig](),
		Reasons: []plugin.Reason{
			{Name: "TICKET_REFUSED", Class: plugin.CredentialsRejected, Title: "Ticket refused", Fix: "Ask the library for a new ticket."},
		},
	}
}

func (library) Connect(_ context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	s := &librarySession{}
	checks := plugin.NewChecklist(plugin.Check{Name: "config", Title: "Configuration"}, plugin.Check{Name: "ticket", Title: "Ticket"})
	checks.Run("config", func() (string, error) {
		if err := configuration.Decode(&s.config); err != nil {
			return "", err
		}
		for resource, cursor := range configuration.ResumeCursors() {
			if _, err := readPlace(resource, cursor); err != nil {
				return "", err
			}
		}
		return "It is complete.", nil
	})
	checks.Run("ticket", func() (string, error) {
		if s.config.Ticket.Reveal() != libraryTicket {
			return "", plugin.Refuse("TICKET_REFUSED", "The library does not take this ticket.")
		}
		return "The library takes it.", nil
	})
	slog.Default().Debug("connected", slog.Any("ticket", s.config.Ticket))
	return s, plugin.Report{Account: plugin.Account{ID: s.config.Place, Name: "The library"}, Checks: checks.Checks(), Refusal: checks.Refusal()}, nil
}

type librarySession struct {
	plugin.UnimplementedSession
	config libraryConfig
}

func (s *librarySession) ListResources(context.Context) ([]plugin.Resource, error) {
	schema := []byte(`{"type":"object"}`)
	return []plugin.Resource{
		{Name: "users", Title: "Readers", Kind: plugin.KindUsers, KeyField: "card.number", Schema: schema},
		{Name: "groups", Title: "Reading circles", Kind: plugin.KindGroups, KeyField: "card.number", Schema: schema},
		{Name: "books", Title: "Books", Kind: plugin.KindOther, KeyField: "card.number", Schema: schema, RequiredScopes: []string{"shelf"}, MissingScopes: []string{"shelf"}},
	}, nil
}

func (s *librarySession) Sync(_ context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	number := 0
	if request.Cursor != "" {
		var err error
		if number, err = readPlace(request.Resource, request.Cursor); err != nil {
			return err
		}
	}
	for ; number < s.config.Pages; number++ {
		cursor := ""
		if number+1 < s.config.Pages {
			cursor = writePlace(request.Resource, number+1)
		}
		if err := stream.Page(s.page(request.Resource, number), cursor); err != nil {
			return err
		}
	}
	if request.Resource == "users" {
		return stream.Quarantine("", "the last page, element 1", plugin.ReasonRecordUnreadable, "The reader has no card.")
	}
	return nil
}

func (s *librarySession) page(resource string, number int) []plugin.Record {
	records := make([]plugin.Record, perPage)
	for i := range records {
		id := fmt.Sprintf("%s-%d", resource, number*perPage+i)
		source, _ := json.Marshal(map[string]any{"card": map[string]string{"number": id}, "notes": strings.Repeat("x", s.config.Bytes)})
		records[i] = plugin.Record{ID: id, Source: source}
		if resource == "users" {
			records[i].User = &plugin.User{DisplayName: id, Emails: []plugin.Email{{Value: id + "@example.com", Primary: true}}}
		} else {
			records[i].Group = &plugin.Group{Name: id}
		}
	}
	return records
}

const placePrefix = "library1."

// writePlace makes a cursor with a checksum.
func writePlace(resource string, page int) string {
	payload := resource + "/" + strconv.Itoa(page)
	return placePrefix + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s/%08x", payload, crc32.ChecksumIEEE([]byte(payload))))
}

func readPlace(resource, cursor string) (int, error) {
	refusal := plugin.Refuse(plugin.ReasonCursorInvalid, "This is no cursor of this library's %s.", resource)
	encoded, ok := strings.CutPrefix(cursor, placePrefix)
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	fields := strings.Split(string(decoded), "/")
	if !ok || err != nil || len(fields) != 3 || fields[0] != resource {
		return 0, refusal
	}
	page, err := strconv.Atoi(fields[1])
	if err != nil || writePlace(resource, page) != cursor {
		return 0, refusal
	}
	return page, nil
}

// runOdd is a program that is no connector, or hardly one.
func runOdd(name string) int {
	if os.Getenv(wire.Handshake.MagicCookieKey) == "" && name != "hang" {
		fmt.Fprintln(os.Stderr, "This is an odd program.")
		return 1
	}
	switch name {
	case "chatty":
		fmt.Println("Welcome!")
	case "fails":
		fmt.Fprintln(os.Stderr, "cannot read my own mind")
		return 3
	case "endless":
		_, _ = os.Stdout.WriteString(strings.Repeat("x", 1<<20))
	case "plain":
		fmt.Printf("1|1|unix|%s/s|grpc\n", os.Getenv("PLUGIN_UNIX_SOCKET_DIR"))
	case "elsewhere":
		fmt.Printf("1|1|unix|/elsewhere|grpc|%s\n", strings.Repeat("A", 100))
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
	return 0
}
