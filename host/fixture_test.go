//go:build unix

package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// The connectors of these tests are this very test binary, under the name of
// what it does: started by a host, it finds the handshake's cookie in its
// environment, and behaves as its name says.
func TestMain(m *testing.M) {
	if os.Getenv(wire.Handshake.MagicCookieKey) != "" {
		// os.Exit would let the race detector wait for a second at each end.
		syscall.Exit(runConnector(filepath.Base(os.Args[0])))
	}
	if os.Getenv(hostVariable) != "" {
		os.Exit(runHost())
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if okta.folder != "" {
			_ = os.RemoveAll(okta.folder)
		}
		os.Exit(code)
	}))
}

// connectorNamed gives the test binary a connector's name.
func connectorNamed(t testing.TB, name string) string {
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

// script is what the connector "scripted" is told in its configuration.
type script struct {
	Pages       int    `json:"pages"`
	PerPage     int    `json:"per_page"`
	SourceBytes int    `json:"source_bytes"`
	DieAt       []int  `json:"die_at"`    // before which page the first, second, … process dies
	StopAt      []int  `json:"stop_at"`   // the same, stopping itself
	Starts      string `json:"starts"`    // file that counts processes
	Misbehave   string `json:"misbehave"` // see misbehave
	URL         string `json:"url"`       // asked before each page, with its number as path
	Refuse      string `json:"refuse"`    // reason with which Connect is refused
	Print       string `json:"print"`     // printed to standard error in Connect
	Quarantine  int    `json:"quarantine"`
	WaitSeconds int    `json:"wait_seconds"`
}

func (s script) configuration(secrets map[string]string) Configuration {
	encoded, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return Configuration{JSON: encoded, Secrets: secrets}
}

func runConnector(name string) int {
	switch name {
	case "chatty":
		fmt.Println("Welcome to the connector of example.com!\x1b[31m")
	case "fails":
		fmt.Fprintln(os.Stderr, "cannot read my own mind")
		return 3
	case "silent":
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	case "newer":
		return serveVersion(2)
	case "plain":
		fmt.Printf("1|1|unix|%s/s|grpc\n", os.Getenv("PLUGIN_UNIX_SOCKET_DIR"))
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	case "elsewhere":
		fmt.Printf("1|1|unix|/tmp/elsewhere|grpc|%s\n", strings.Repeat("A", 100))
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	case "badlog":
		fmt.Fprintln(os.Stderr, `{"@level":1}`)
		fmt.Fprintln(os.Stderr, `{"@level":"info","@message":7,"@timestamp":{}}`)
		fmt.Fprintln(os.Stderr, `{"level":"WARN","msg":"a proper line","account":"example.com","n":9007199254740993}`)
		fmt.Fprintln(os.Stderr, strings.Repeat("x", 1<<20))
		for i := range 5000 {
			fmt.Fprintln(os.Stderr, "flood", i)
		}
	case "grandparent":
		sleeper := &exec.Cmd{
			Path: "/bin/sleep", Args: []string{"sleep", "10"}, Stdout: os.Stdout, Stderr: os.Stderr,
			SysProcAttr: &syscall.SysProcAttr{Setsid: true}, // out of the group's reach
		}
		if err := sleeper.Start(); err != nil {
			fmt.Fprintln(os.Stderr, "start a grandchild:", err)
			return 1
		}
	case "sdk":
		return serveSDK()
	}
	return serveVersion(wire.ProtocolVersion)
}

func serveVersion(version int) int {
	watchParent()
	sets := wire.PluginSets(&scripted{name: filepath.Base(os.Args[0])})
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  wire.Handshake,
		VersionedPlugins: map[int]goplugin.PluginSet{version: sets[wire.ProtocolVersion]},
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.MaxSendMsgSize(64<<20))...)
		},
	})
	return 0
}

// watchParent ends the process with the host, unless its name says otherwise.
func watchParent() {
	if filepath.Base(os.Args[0]) == "deaf" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		syscall.Exit(0)
	}()
}

// scripted is a connector that does what its script says.
type scripted struct {
	connectorv1.UnimplementedConnectorServiceServer
	name   string
	script script
	start  int // the number of this process, from 1
	busy   chan struct{}
}

func (s *scripted) Describe(context.Context, *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	if s.name == "stopped" {
		stopSelf()
	}
	var capabilities []string
	if s.name == "boasting" || s.name == "surly" {
		capabilities = []string{connectorv1.CapabilityAcknowledge}
	}
	name, title := "scripted", "Scripted"
	switch s.name {
	case "coloured":
		title += colour
	case "misnamed":
		name += colour
	}
	return connectorv1.DescribeResponse_builder{Name: name, Title: title, Version: "0.1.0", Capabilities: capabilities}.Build(), nil
}

// colour is what a terminal obeys.
const colour = "\x1b[31m"

// Acknowledge is refused by "surly" for no reason of the contract's; any other
// does not implement it.
func (s *scripted) Acknowledge(ctx context.Context, request *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
	if s.name == "surly" {
		return nil, status.Error(codes.Internal, "what do I care")
	}
	return s.UnimplementedConnectorServiceServer.Acknowledge(ctx, request)
}

func (s *scripted) Connect(_ context.Context, request *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	if err := json.Unmarshal(request.GetConfigJson(), &s.script); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	s.start = s.countStart()
	s.busy = make(chan struct{}, 1)
	if s.script.Print != "" {
		fmt.Fprintln(os.Stderr, s.script.Print)
		for name, secret := range request.GetSecrets() {
			fmt.Fprintln(os.Stderr, "the secret", name, "is", secret)
			fmt.Println("printed:", secret)
		}
	}
	if s.script.Misbehave == "leak" {
		return nil, status.Errorf(codes.Internal, "bad key %s", request.GetSecrets()["private_key"])
	}
	if s.script.Misbehave == "die in Connect" {
		killSelf()
	}
	response := connectorv1.ConnectResponse_builder{
		Account: connectorv1.Account_builder{Id: "example.com", Name: "Example"}.Build(),
		Checks:  []*connectorv1.Check{connectorv1.Check_builder{Name: "config", Status: connectorv1.CheckStatus_CHECK_STATUS_OK}.Build()},
	}.Build()
	if s.name == "coloured" {
		response.GetAccount().SetId("example.com" + colour)
		response.SetGrantedScopes([]string{"read" + colour})
		response.GetChecks()[0].SetName("config" + colour)
	}
	if s.script.Refuse != "" {
		response.SetRefusal(connectorv1.Refusal_builder{
			Class: connectorv1.Class_CLASS_PERMISSION_MISSING, Reason: s.script.Refuse,
			Message: "The app may not read people.", Fix: "Grant the scope.", Metadata: map[string]string{"request_id": "r-1"},
		}.Build())
	}
	return response, nil
}

func (s *scripted) ListResources(context.Context, *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
	switch s.script.Misbehave {
	case "die in ListResources":
		killSelf()
	case "hang in ListResources":
		stopSelf()
	}
	users := connectorv1.Resource_builder{Name: "users", Title: "Users", Kind: connectorv1.ResourceKind_RESOURCE_KIND_USERS, KeyField: "id"}.Build()
	if s.name == "coloured" {
		users.SetTitle("Users" + colour)
	}
	return connectorv1.ListResourcesResponse_builder{Resources: []*connectorv1.Resource{users}}.Build(), nil
}

func (s *scripted) Sync(request *connectorv1.SyncRequest, stream grpc.ServerStreamingServer[connectorv1.SyncResponse]) error {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	default:
		return status.Error(codes.FailedPrecondition, "another Sync is running")
	}
	if s.name == "bulk" {
		return s.bulk(stream)
	}
	if s.name == "scripted" && request.GetWindow() != 0 {
		return status.Error(codes.InvalidArgument, "a window is nothing that I know")
	}
	done := 0
	if request.GetCursor() != "" {
		if _, err := fmt.Sscanf(request.GetCursor(), "after-%d", &done); err != nil {
			refusal := connectorv1.Refusal_builder{Class: connectorv1.Class_CLASS_CONFIG_INVALID, Reason: "CURSOR_INVALID", Message: "This is no cursor of mine."}.Build()
			return wire.StatusOf(refusal).Err()
		}
	}
	p := &playing{scripted: s, stream: stream, limits: request.GetLimits()}
	for number := done + 1; number <= s.script.Pages; number++ {
		if err := p.page(number); errors.Is(err, errSilent) {
			return nil
		} else if err != nil {
			return err
		}
	}
	if planned(s.script.DieAt, s.start) == s.script.Pages+1 {
		if err := p.ask(s.script.Pages + 1); err != nil {
			return err
		}
		killSelf()
	}
	for i := range s.script.Quarantine {
		q := connectorv1.Quarantined_builder{Id: fmt.Sprintf("q%d", i), Location: "page 1", Reason: "RECORD_UNREADABLE", Message: "No id."}.Build()
		if err := stream.Send(connectorv1.SyncResponse_builder{Quarantined: q}.Build()); err != nil {
			return err
		}
		p.totals.quarantined++
	}
	return p.complete()
}

// errSilent ends a stream with status OK and without Completed.
var errSilent = errors.New("silent end")

// playing is one Sync of a scripted connector.
type playing struct {
	*scripted
	stream grpc.ServerStreamingServer[connectorv1.SyncResponse]
	limits *connectorv1.SyncLimits
	totals streamCounts
}

func (p *playing) page(number int) error {
	if err := p.ask(number); err != nil {
		return err
	}
	if planned(p.script.DieAt, p.start) == number {
		killSelf()
	}
	if planned(p.script.StopAt, p.start) == number {
		stopSelf()
	}
	p.totals.pages++
	page := connectorv1.Page_builder{Records: p.records(number, p.script.PerPage), Sequence: p.totals.pages}.Build()
	if number < p.script.Pages {
		page.SetCursor(fmt.Sprintf("after-%d", number))
	}
	p.totals.records += uint64(len(page.GetRecords()))
	if number == 2 && p.script.Misbehave != "" {
		return p.misbehave(page)
	}
	return p.send(page)
}

// misbehave does in place of the second page what the script names.
func (p *playing) misbehave(page *connectorv1.Page) error {
	switch p.script.Misbehave {
	case "oversize message":
		page.GetRecords()[0].SetSource(make([]byte, wire.MaxMessageBytes))
	case "oversize page":
		for range 9 {
			records := p.records(2, 1)
			records[0].SetId(fmt.Sprintf("u2-%d", p.totals.records))
			p.totals.records++
			records[0].SetSource(make([]byte, 2<<20))
			part := connectorv1.Page_builder{Records: records, Sequence: 2, MoreParts: true}.Build()
			if err := p.send(part); err != nil {
				return err
			}
		}
	case "parts":
		all := page.GetRecords()
		for _, record := range all[:len(all)-1] {
			part := connectorv1.Page_builder{Records: []*connectorv1.Record{record}, Sequence: 2, MoreParts: true}.Build()
			if err := p.send(part); err != nil {
				return err
			}
		}
		page.SetRecords(all[len(all)-1:])
	case "parts left open":
		page.SetMoreParts(true)
		page.SetCursor("")
		return errors.Join(p.send(page), p.complete())
	case "cursor on a part":
		page.SetMoreParts(true)
	case "odd cursor":
		page.SetCursor("a b")
	case "sequence":
		page.SetSequence(7)
	case "repeated id":
		page.GetRecords()[1].SetId(page.GetRecords()[0].GetId())
	case "no id":
		page.GetRecords()[0].SetId("")
	case "other resource":
		page.GetRecords()[0].SetResource("groups")
	case "page after the last":
		page.SetCursor("")
	case "skipped page":
		return nil
	case "silent end":
		return errSilent
	case "wrong totals":
		p.totals.records++
	case "completed twice":
		return errors.Join(p.send(page), p.complete(), p.complete())
	case "restarted":
		return p.restarted()
	case "restarted for ever":
		for {
			event := connectorv1.Restarted_builder{Reason: "CURSOR_LOST", Message: "Lost our place."}.Build()
			if err := p.stream.Send(connectorv1.SyncResponse_builder{Restarted: event}.Build()); err != nil {
				return err
			}
		}
	case "bare error":
		return status.Error(codes.Unknown, "something broke")
	case "refuses":
		return wire.StatusOf(connectorv1.Refusal_builder{
			Class: connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, Reason: "SERVICE_DOWN", Message: "The service is down.", Fix: "Wait.",
		}.Build()).Err()
	case "panic":
		panic("an author's mistake")
	case "wait":
		return errors.Join(p.wait(), p.send(page))
	case "deaf to cancel":
		_ = p.send(page)
		select {}
	case "ignores the budget":
		_ = p.wait()
		<-p.stream.Context().Done()
		return nil
	}
	return p.send(page)
}

func (p *playing) restarted() error {
	event := connectorv1.Restarted_builder{Reason: "CURSOR_LOST", Message: "Lost our place."}.Build()
	if err := p.stream.Send(connectorv1.SyncResponse_builder{Restarted: event}.Build()); err != nil {
		return err
	}
	p.totals = streamCounts{}
	p.script.Misbehave = ""
	for number := 1; number < 2; number++ {
		if err := p.page(number); err != nil {
			return err
		}
	}
	return p.page(2)
}

func (p *playing) wait() error {
	event := connectorv1.Wait_builder{
		Until:  timestamppb.New(time.Now().Add(time.Duration(p.script.WaitSeconds) * time.Second)),
		Reason: "RATE_LIMITED", Message: "The service asks for patience.",
	}.Build()
	return p.stream.Send(connectorv1.SyncResponse_builder{Wait: event}.Build())
}

func (p *playing) complete() error {
	totals := connectorv1.Completed_builder{Pages: p.totals.pages, Records: p.totals.records, Quarantined: p.totals.quarantined}.Build()
	return p.stream.Send(connectorv1.SyncResponse_builder{Completed: totals}.Build())
}

func (p *playing) send(page *connectorv1.Page) error {
	return p.stream.Send(connectorv1.SyncResponse_builder{Page: page}.Build())
}

func (p *playing) records(page, count int) []*connectorv1.Record {
	records := make([]*connectorv1.Record, count)
	for i := range records {
		source := fmt.Appendf(nil, `{"id":"u%d-%d","pad":"%s"}`, page, i, strings.Repeat("x", p.script.SourceBytes))
		records[i] = connectorv1.Record_builder{
			Resource: "users", Id: fmt.Sprintf("u%d-%d", page, i), Source: source,
			User: connectorv1.User_builder{
				UserName: "person@example.com", DisplayName: "Person", Department: "Sales", Title: "Clerk", Status: "ACTIVE",
				Name:   connectorv1.Name_builder{Given: "Some", Family: "Person"}.Build(),
				Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: "person@example.com", Primary: true}.Build()},
			}.Build(),
		}.Build()
	}
	return records
}

// ask asks the service for a page, if there is one.
func (p *playing) ask(number int) error {
	if p.script.URL == "" {
		return nil
	}
	request, err := http.NewRequestWithContext(p.stream.Context(), http.MethodGet, fmt.Sprintf("%s/%d", p.script.URL, number), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// countStart numbers the processes of a test, in a file.
func (s *scripted) countStart() int {
	if s.script.Starts == "" {
		return 1
	}
	file, err := os.OpenFile(s.script.Starts, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	_, _ = file.WriteString(".")
	info, err := file.Stat()
	if err != nil {
		panic(err)
	}
	return int(info.Size())
}

// planned is what the plan says for a process; 0 when it says nothing.
func planned(plan []int, start int) int {
	if start <= len(plan) {
		return plan[start-1]
	}
	return 0
}

func killSelf() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func stopSelf() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	select {} // another thread may run on for a moment
}
