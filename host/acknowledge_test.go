//go:build unix

package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

// These tests read the fake tenant through Okta's connector, as it is built for
// people, and count what the tenant is asked for.

// farAhead is how long a test waits for a request that must not come: far longer
// than one takes that nothing holds back.
const farAhead = 150 * time.Millisecond

// tenants are one with pages that fit a message, and one whose pages take several.
var tenants = []struct {
	name     string
	settings oktatest.Settings
}{
	{"small pages", oktatest.Settings{Users: 70, PageLimit: 10, UsersPerMinute: oktatest.NoRateLimit}},
	{"pages in parts", oktatest.Settings{CustomUsers: largeUsers(70), PageLimit: 10, UsersPerMinute: oktatest.NoRateLimit}},
}

const tenantPages = 7

// largeUsers are people of 256 KiB each: ten are a page of several messages.
func largeUsers(n int) []json.RawMessage {
	users := make([]json.RawMessage, n)
	for i := range users {
		users[i] = fmt.Appendf(nil, `{"id":"00u%04d","status":"ACTIVE","profile":{"about":%q}}`, i, strings.Repeat("x", 256<<10))
	}
	return users
}

func TestAConnectorAsksForOnePageBeyondTheOneInHand(t *testing.T) {
	program := oktaConnector(t)
	for _, tt := range tenants {
		t.Run(tt.name, func(t *testing.T) {
			r := newOktaRig(t, program, tt.settings)
			k := &collector{}
			consumer := k.consumer()
			accept := consumer.Page
			consumer.Page = func(ctx context.Context, page Page) error {
				n := int(page.Sequence)
				r.awaitAsked(ctx, min(n+1, tenantPages))
				if n <= 3 || n == tenantPages-2 {
					r.wantNotAsked(ctx, n+2)
				}
				return accept(ctx, page)
			}
			summary, err := r.connected(nil).Sync(t.Context(), SyncRequest{Resource: "users", Window: 1}, consumer)
			if err != nil || summary.Pages != tenantPages || !slices.Equal(k.ids, slices.Collect(r.tenant.IDs())) {
				t.Errorf("%d people in %d pages, %v", len(k.ids), summary.Pages, err)
			}
		})
	}
}

// Without a window a connector runs ahead: what the tests here wait for in vain
// does come within their time.
func TestWithoutAWindowAConnectorRunsAhead(t *testing.T) {
	r := newOktaRig(t, oktaConnector(t), tenants[0].settings)
	consumer := (&collector{}).consumer()
	accept := consumer.Page
	consumer.Page = func(ctx context.Context, page Page) error {
		if page.Sequence == 1 && !r.isAsked(ctx, 3, testLimit) {
			t.Error("the third page was not asked for in advance")
		}
		return accept(ctx, page)
	}
	if _, err := r.connected(nil).Sync(t.Context(), SyncRequest{Resource: "users"}, consumer); err != nil {
		t.Error(err)
	}
}

// What a host that was killed while it stored a page finds when it starts again:
// the pages stored before, and their last cursor.
func TestAfterACrashAtMostTwoPagesAreAskedForAgain(t *testing.T) {
	program := oktaConnector(t)
	for _, tt := range tenants {
		for at := uint64(1); at <= tenantPages; at++ {
			t.Run(fmt.Sprintf("%s, in page %d", tt.name, at), func(t *testing.T) {
				r := newOktaRig(t, program, tt.settings)
				crash := errors.New("the host crashes")
				k := &collector{}
				first := r.connected(nil)
				consumer := k.consumer()
				accept := consumer.Page
				consumer.Page = func(ctx context.Context, page Page) error {
					if page.Sequence < at {
						return accept(ctx, page)
					}
					r.awaitAsked(ctx, min(int(at)+1, tenantPages))
					killProcess(t, first)
					return crash
				}
				summary, err := first.Sync(t.Context(), SyncRequest{Resource: "users", Window: 1}, consumer)
				if !errors.Is(err, crash) {
					t.Fatal(err)
				}
				second := r.connected(nil)
				if _, err := second.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: summary.Cursor, Window: 1}, k.consumer()); err != nil {
					t.Fatal(err)
				}
				r.wantRead(k, 2, min(2, tenantPages-int(at)+1))
			})
		}
	}
}

func TestAfterACrashOfTheConnectorNoStoredPageIsAskedForAgain(t *testing.T) {
	program := oktaConnector(t)
	for _, tt := range tenants {
		for at := uint64(1); at < tenantPages; at++ { // the end of a last page is not confirmed: it would come again
			t.Run(fmt.Sprintf("%s, in page %d", tt.name, at), func(t *testing.T) {
				r := newOktaRig(t, program, tt.settings)
				k := &collector{}
				c := r.connected(nil)
				consumer := k.consumer()
				accept := consumer.Page
				consumer.Page = func(ctx context.Context, page Page) error {
					if page.Sequence == at {
						r.awaitAsked(ctx, int(at)+1)
						killProcess(t, c)
					}
					return accept(ctx, page)
				}
				summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Window: 1}, consumer)
				if err != nil || summary.Restarts != 1 {
					t.Fatalf("%d restarts, %v; want one", summary.Restarts, err)
				}
				r.wantRead(k, 2, 1)
			})
		}
	}
}

func TestAWindowChangesNothingOfWhatIsRead(t *testing.T) {
	program := oktaConnector(t)
	odd := slices.Insert(largeUsers(30), 12, json.RawMessage(`{"status":"ACTIVE"}`), json.RawMessage(`"nobody"`))
	odd = append(odd, json.RawMessage(`{"id":"00u0003","status":"DEPROVISIONED"}`))
	for _, tt := range []struct {
		name     string
		settings oktatest.Settings
		faults   []string
	}{
		{name: "small pages", settings: oktatest.Settings{Users: 95, PageLimit: 10}},
		{name: "pages in parts, unreadable people", settings: oktatest.Settings{CustomUsers: odd, PageLimit: 8}},
		{name: "a lost place", settings: oktatest.Settings{Users: 95, PageLimit: 10}, faults: []string{"users:page=4:cursor-lost"}},
		{name: "a place lost among deactivated people", settings: oktatest.Settings{Users: 200, PageLimit: 5}, faults: []string{"deprovisioned:page=2:cursor-lost"}},
		{name: "a person who moves", settings: oktatest.Settings{Users: 60, PageLimit: 10}, faults: []string{"users:page=3:repeat-across"}},
		{name: "an empty end", settings: oktatest.Settings{Users: 40, PageLimit: 10}, faults: []string{"users:page=4x*:next-empty"}},
		{name: "one page", settings: oktatest.Settings{Users: 5, PageLimit: 10}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.settings.UsersPerMinute = oktatest.NoRateLimit
			var told [2][]string
			var summaries [2]Summary
			for window := range uint32(2) {
				r := newOktaRig(t, program, tt.settings, tt.faults...)
				c := r.connected(map[string]any{"include_deprovisioned": true})
				var err error
				summaries[window], err = c.Sync(t.Context(), SyncRequest{Resource: "users", Window: window}, teller(&told[window]))
				if err != nil {
					t.Fatalf("with the window %d: %v", window, err)
				}
			}
			if !slices.Equal(told[0], told[1]) || len(told[0]) == 0 {
				t.Errorf("without a window %v came, with one %v", told[0], told[1])
			}
			a, b := summaries[0], summaries[1]
			if a.Pages != b.Pages || a.Records != b.Records || a.Quarantined != b.Quarantined || a.Bytes != b.Bytes || b.Restarts != 0 {
				t.Errorf("without a window %+v, with one %+v", a, b)
			}
		})
	}
}

func TestCancellingEndsAStreamThatIsHeldBack(t *testing.T) {
	r := newOktaRig(t, oktaConnector(t), tenants[0].settings)
	c := r.connected(nil)
	pid := c.Pid()
	ctx, cancel := context.WithCancel(t.Context())
	consumer := (&collector{}).consumer()
	accept := consumer.Page
	consumer.Page = func(_ context.Context, page Page) error {
		if page.Sequence == 2 {
			r.awaitAsked(ctx, 3)
			cancel()
			return context.Cause(ctx)
		}
		return accept(ctx, page)
	}
	summary, err := c.Sync(ctx, SyncRequest{Resource: "users", Window: 1}, consumer)
	if !errors.Is(err, context.Canceled) || summary.Pages != 1 {
		t.Fatalf("%d pages, %v; want one and %v", summary.Pages, err, context.Canceled)
	}
	// A process that did not end its stream would be replaced.
	k := &collector{}
	if _, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: summary.Cursor, Window: 1}, k.consumer()); err != nil || c.Pid() != pid {
		t.Errorf("the next Sync: %v in process %d after %d", err, c.Pid(), pid)
	}
	if got, want := len(k.ids), r.tenant.Listed()-10; got != want {
		t.Errorf("%d people after the first page, want %d", got, want)
	}
}

// "scripted" refuses a window, for it says that it knows of none; "boasting" is
// sent one, and then implements no Acknowledge.
func TestAConnectorThatKnowsNoAcknowledgementsWorks(t *testing.T) {
	for _, name := range []string{"scripted", "boasting"} {
		t.Run(name, func(t *testing.T) {
			s := script{Pages: 5, PerPage: 3, DieAt: []int{3}, Starts: t.TempDir() + "/starts"}
			c := launched(t, Settings{Path: connectorNamed(t, name), Limits: Limits{Backoff: time.Millisecond}})
			if _, err := c.Connect(t.Context(), s.configuration(nil)); err != nil {
				t.Fatal(err)
			}
			k := &collector{}
			if _, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Window: 1}, k.consumer()); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(k.ids, idsOf(s)) {
				t.Errorf("ids %v, want each once", k.ids)
			}
		})
	}
}

// Such a connector would hold its pages back for ever.
func TestAConnectorThatTakesNoAcknowledgementEndsTheStream(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/3") {
			<-r.Context().Done()
		}
	}))
	defer service.Close()
	c := launched(t, Settings{Path: connectorNamed(t, "surly")})
	if _, err := c.Connect(t.Context(), script{Pages: 5, PerPage: 3, URL: service.URL}.configuration(nil)); err != nil {
		t.Fatal(err)
	}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Window: 1}, (&collector{}).consumer())
	if !errors.Is(err, &Fault{Reason: ConnectorFailed}) || !strings.Contains(err.Error(), "what do I care") || summary.Restarts != 0 {
		t.Errorf("%v after %d restarts, want %s at once", err, summary.Restarts, ConnectorFailed)
	}
}

// A connector on the SDK that asks for a page when the last is sent: it is held
// back without knowing of it, in each process anew.
func TestAConnectorThatDoesNotReadAheadIsHeldBackToo(t *testing.T) {
	c := launched(t, Settings{Path: connectorNamed(t, "sdk"), Limits: Limits{Backoff: time.Millisecond}})
	if _, err := c.Connect(t.Context(), Configuration{JSON: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	k := &collector{}
	consumer := k.consumer()
	accept := consumer.Page
	consumer.Page = func(ctx context.Context, page Page) error {
		if page.Sequence == 3 {
			killProcess(t, c)
		}
		return accept(ctx, page)
	}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Window: 1}, consumer)
	if err != nil || summary.Restarts != 1 || !slices.Equal(k.sequences, []uint64{1, 2, 3, 4, 5}) {
		t.Errorf("pages %v after %d restarts, %v; want each once after one", k.sequences, summary.Restarts, err)
	}
}

// teller is a consumer that notes what it is told, without cursors, which name
// the tenant.
func teller(told *[]string) Consumer {
	tell := func(format string, arguments ...any) error {
		*told = append(*told, fmt.Sprintf(format, arguments...))
		return nil
	}
	return Consumer{
		Page: func(_ context.Context, page Page) error {
			var ids []string
			for _, record := range page.Records {
				ids = append(ids, record.GetId())
			}
			return tell("page %d, last %t: %v", page.Sequence, page.Cursor == "", ids)
		},
		Restarted:   func(_ context.Context, restarted Restarted) error { return tell("restarted: %s", restarted.Reason) },
		Quarantined: func(_ context.Context, q Quarantined) error { return tell("quarantined: %s %s", q.Location, q.Reason) },
	}
}

func killProcess(t *testing.T, c *Connector) {
	t.Helper()
	if err := syscall.Kill(c.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// testLimit ends a test that waits for what never comes.
const testLimit = 30 * time.Second

// oktaRig is a fake tenant and the program of its connector.
type oktaRig struct {
	*testing.T
	tenant  *oktatest.Tenant
	program string
}

func newOktaRig(t *testing.T, program string, settings oktatest.Settings, faults ...string) *oktaRig {
	t.Helper()
	for _, text := range faults {
		fault, err := oktatest.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		settings.Faults = append(settings.Faults, fault)
	}
	tenant, err := oktatest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	return &oktaRig{T: t, tenant: tenant, program: program}
}

// connected launches the connector and connects it with the tenant.
func (r *oktaRig) connected(options map[string]any) *Connector {
	r.Helper()
	c := launched(r.T, Settings{Path: r.program, Limits: Limits{Backoff: time.Millisecond}})
	config := map[string]any{"domain": r.tenant.URL(), "client_id": r.tenant.ClientID(), "rate_limit_share": 100}
	maps.Copy(config, options)
	encoded, err := json.Marshal(config)
	if err != nil {
		r.Fatal(err)
	}
	secrets := map[string]string{"private_key": string(r.tenant.PrivateKeyJWK())}
	if _, err := c.Connect(r.Context(), Configuration{JSON: encoded, Secrets: secrets}); err != nil {
		r.Fatal(err)
	}
	return c
}

// isAsked waits until the tenant is asked for a page, at most that long.
func (r *oktaRig) isAsked(ctx context.Context, page int, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := r.tenant.Await(ctx, func(s oktatest.Stats) bool { return s.LastPage >= page })
	return err == nil
}

func (r *oktaRig) awaitAsked(ctx context.Context, page int) {
	r.Helper()
	if !r.isAsked(ctx, page, testLimit) {
		r.Fatalf("page %d was never asked for", page)
	}
}

func (r *oktaRig) wantNotAsked(ctx context.Context, page int) {
	r.Helper()
	if r.isAsked(ctx, page, farAhead) {
		r.Errorf("page %d was asked for while page %d was in the consumer's hands", page, page-2)
	}
}

// wantRead checks that everybody came once, and that of the pages exactly so
// many were asked for a second time. Each process asks for one user to connect.
func (r *oktaRig) wantRead(k *collector, processes, again int) {
	r.Helper()
	if !slices.Equal(k.ids, slices.Collect(r.tenant.IDs())) {
		r.Errorf("%d people came, want each of the %d once and in order", len(k.ids), r.tenant.Listed())
	}
	if got := r.tenant.Stats().Requests[oktatest.EndpointUsers] - processes - tenantPages; got != again {
		r.Errorf("%d pages were asked for again, want %d", got, again)
	}
}

// okta is the program of Okta's connector, built when the first test needs it.
var okta struct {
	once   sync.Once
	folder string
	err    error
}

// oktaConnector is the path of that program.
func oktaConnector(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	// cmd/go must not take an earlier result for that of a program that has
	// changed: it notes what a test reads.
	for _, room := range []string{"plugin", "internal/wire", "proto"} {
		err := filepath.WalkDir(filepath.Join(root, room), func(_ string, _ os.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	okta.once.Do(func() {
		if okta.folder, okta.err = os.MkdirTemp("", "okta-test-"); okta.err != nil {
			return
		}
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", okta.folder+"/", "./plugin/okta")
		build.Dir = root
		if output, err := build.CombinedOutput(); err != nil {
			okta.err = fmt.Errorf("build the connector: %w\n%s", err, output)
		}
	})
	if okta.err != nil {
		t.Fatal(okta.err)
	}
	return filepath.Join(okta.folder, "okta")
}
