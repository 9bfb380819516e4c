package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// tired and closed are reasons that test connectors declare.
var (
	tired  = Reason{Name: "TIRED", Class: ServiceUnavailable, Title: "Tired", Fix: "Let it rest."}
	closed = Reason{Name: "CLOSED", Class: CredentialsRejected, Title: "Closed", Fix: "Ring the bell."}
)

func TestDescribeSaysEverything(t *testing.T) {
	t.Parallel()
	ours := Reason{Name: ReasonWaitBudgetSpent, Class: RateLimited, Title: "Our title", Fix: "Our fix."}
	asBuiltin := BuiltinReasons()[0] // worded as the SDK does
	r := serveScripted(t, &scripted{reasons: []Reason{tired, ours, asBuiltin}})
	d, err := r.client.Describe(r.context(), &connectorv1.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if d.GetName() != "scripted" || d.GetTitle() != "Scripted" || d.GetVersion() != "1.2.3" || d.GetSummary() == "" ||
		!strings.Contains(string(d.GetConfigSchemaJson()), `"place"`) {
		t.Errorf("described as %v", d)
	}
	titles := map[string]string{}
	for _, reason := range d.GetReasons() {
		if _, twice := titles[reason.GetReason()]; twice {
			t.Errorf("%s is declared twice", reason.GetReason())
		}
		if titles[reason.GetReason()] = reason.GetTitle(); reason.GetTitle() == "" || reason.GetFix() == "" {
			t.Errorf("%s has no title or no fix", reason.GetReason())
		}
	}
	if titles["TIRED"] != "Tired" || titles[ReasonWaitBudgetSpent] != "Our title" || titles[ReasonPanicked] == "" {
		t.Errorf("reasons %v, want the connector's, and those of the SDK that it does not declare itself", titles)
	}
}

func TestCallsOutOfOrderAreRefused(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	r := serveScripted(t, &scripted{sync: func(_ context.Context, _ SyncRequest, stream *Stream) error {
		err := stream.Page(nil, "x")
		<-release
		return err
	}})
	want := func(err error, call string) {
		t.Helper()
		if status.Code(err) != codes.FailedPrecondition {
			t.Errorf("%s: %v, want %s", call, err, codes.FailedPrecondition)
		}
		wantRefusal(t, err, ReasonCallOrder, connectorv1.Class_CLASS_CONNECTOR_FAULT)
	}
	_, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{})
	want(err, "ListResources before Connect")
	_, err = r.events(theThings())
	want(err, "Sync before Connect")
	if _, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{}); err != nil {
		t.Fatal(err)
	}
	_, err = r.client.Connect(r.context(), &connectorv1.ConnectRequest{})
	want(err, "a second Connect")
	first, err := r.client.Sync(r.context(), theThings())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Recv(); err != nil {
		t.Fatal(err)
	}
	_, err = r.events(theThings())
	want(err, "a second Sync beside the first")
	if _, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{}); err != nil {
		t.Errorf("ListResources beside a Sync: %v", err)
	}
	close(release)
	if event, err := first.Recv(); err != nil || !event.HasCompleted() {
		t.Errorf("the first Sync ended with %v, %v", event, err)
	}
}

func TestNothingIsReadThroughARefusedConnection(t *testing.T) {
	t.Parallel()
	r := serveScripted(t, &scripted{connect: func(context.Context, Configuration) (Session, Report, error) {
		return &scriptedSession{}, Report{Refusal: Refuse(ReasonConfigInvalid, "No.")}, nil
	}})
	if _, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{}); err != nil {
		t.Fatal(err)
	}
	_, err := r.events(theThings())
	wantRefusal(t, err, ReasonCallOrder, connectorv1.Class_CLASS_CONNECTOR_FAULT)
}

func TestConnectReportsWhatWasFound(t *testing.T) {
	t.Parallel()
	checks := func() *Checklist {
		list := NewChecklist(Check{Name: "door", Title: "Door"}, Check{Name: "light", Title: "Light"}, Check{Name: "bell", Title: "Bell"}, Check{Name: "key", Title: "Key"})
		list.Run("door", func() (string, error) { return "It is open.", nil })
		list.Run("light", func() (string, error) { return "", &Warning{Reason: "TIRED", Detail: "It flickers."} })
		list.Run("bell", func() (string, error) { return "", Refuse("CLOSED", "Nobody answers.") })
		list.Run("key", func() (string, error) { t.Error("a check ran after one had failed"); return "", nil })
		return list
	}
	r := serveScripted(t, &scripted{reasons: []Reason{tired, closed}, connect: func(context.Context, Configuration) (Session, Report, error) {
		list := checks()
		return nil, Report{
			Account: Account{ID: "1", Name: "House", URL: "https://house.example.com"}, GrantedScopes: []string{"look"},
			Checks: list.Checks(), Refusal: list.Refusal(),
		}, nil
	}})
	got, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if a := got.GetAccount(); a.GetId() != "1" || a.GetName() != "House" || a.GetUrl() != "https://house.example.com" || !slices.Equal(got.GetGrantedScopes(), []string{"look"}) {
		t.Errorf("account %v, scopes %v", a, got.GetGrantedScopes())
	}
	for i, want := range []string{
		"door OK  It is open. ",
		"light WARN TIRED It flickers. Let it rest.",
		"bell FAIL CLOSED Nobody answers. Ring the bell.",
		"key SKIPPED   ",
	} {
		c := got.GetChecks()[i]
		text := fmt.Sprintf("%s %s %s %s %s", c.GetName(), strings.TrimPrefix(c.GetStatus().String(), "CHECK_STATUS_"), c.GetReason(), c.GetDetail(), c.GetFix())
		if text != want {
			t.Errorf("check %q, want %q", text, want)
		}
		if skipped := i == 3; c.HasTook() == skipped {
			t.Errorf("the check %s took time: %t", c.GetName(), c.HasTook())
		}
	}
	if refusal := got.GetRefusal(); refusal.GetReason() != "CLOSED" || refusal.GetClass() != connectorv1.Class_CLASS_CREDENTIALS_REJECTED || refusal.GetFix() != "Ring the bell." {
		t.Errorf("refused as %v", refusal)
	}
}

func TestErrorsReachTheHostAsRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err     error
		reason  string
		class   connectorv1.Class
		message string
	}{
		"declared":            {Refuse("CLOSED", "Nobody is %s.", "in"), "CLOSED", connectorv1.Class_CLASS_CREDENTIALS_REJECTED, "Nobody is in."},
		"wrapped":             {fmt.Errorf("look: %w", Refuse("CLOSED", "Nobody is in.")), "CLOSED", connectorv1.Class_CLASS_CREDENTIALS_REJECTED, "Nobody is in."},
		"class of its own":    {&Refusal{Reason: "CLOSED", Message: "No.", Class: RateLimited}, "CLOSED", connectorv1.Class_CLASS_RATE_LIMITED, "No."},
		"no text":             {Refuse("CLOSED", "The door says \xff."), "CLOSED", connectorv1.Class_CLASS_CREDENTIALS_REJECTED, "The door says \uFFFD."},
		"no refusal":          {errors.New("it broke"), ReasonFailed, connectorv1.Class_CLASS_CONNECTOR_FAULT, "The connector failed: it broke"},
		"not implemented":     {ErrUnimplemented, ReasonFailed, connectorv1.Class_CLASS_CONNECTOR_FAULT, "The connector failed: " + ErrUnimplemented.Error()},
		"somebody's deadline": {context.DeadlineExceeded, ReasonFailed, connectorv1.Class_CLASS_CONNECTOR_FAULT, "The connector failed: context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := serveScripted(t, &scripted{reasons: []Reason{tired, closed}, sync: func(context.Context, SyncRequest, *Stream) error { return c.err }})
			if _, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{}); err != nil {
				t.Fatal(err)
			}
			events, err := r.events(theThings())
			refusal := wantRefusal(t, err, c.reason, c.class)
			if refusal.GetMessage() != c.message || len(events) > 0 {
				t.Errorf("%q after %d events, want %q", refusal.GetMessage(), len(events), c.message)
			}
			if log := r.log.String(); log != "" {
				t.Errorf("it was logged, too: %s", log)
			}
		})
	}
}

func TestARefusalAsErrorOfConnectIsAReport(t *testing.T) {
	t.Parallel()
	r := serveScripted(t, &scripted{reasons: []Reason{closed}, connect: func(context.Context, Configuration) (Session, Report, error) {
		return nil, Report{}, fmt.Errorf("connect: %w", &Refusal{
			Reason: "CLOSED", Message: "Nobody is in.", RetryAfter: time.Minute, Metadata: map[string]string{"door": "front"},
		})
	}})
	got, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{})
	if err != nil {
		t.Fatal(err)
	}
	refusal := got.GetRefusal()
	if refusal.GetReason() != "CLOSED" || refusal.GetRetryAfter().AsDuration() != time.Minute || refusal.GetMetadata()["door"] != "front" {
		t.Errorf("refused as %v", refusal)
	}
}

func TestASessionOrARefusalIsWanted(t *testing.T) {
	t.Parallel()
	r := serveScripted(t, &scripted{connect: func(context.Context, Configuration) (Session, Report, error) { return nil, Report{}, nil }})
	_, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{})
	wantRefusal(t, err, ReasonFailed, connectorv1.Class_CLASS_CONNECTOR_FAULT)
}

func TestAPanicIsAFaultOfTheConnector(t *testing.T) {
	t.Parallel()
	fall := func() { panic("canary-7f3a: a secret") }
	r := serveScripted(t, &scripted{
		sync: func(context.Context, SyncRequest, *Stream) error { fall(); return nil },
		list: func(context.Context) ([]Resource, error) { fall(); return nil, nil },
	})
	if _, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the process lives on, and so does the connection
		_, err := r.events(theThings())
		refusal := wantRefusal(t, err, ReasonPanicked, connectorv1.Class_CLASS_CONNECTOR_FAULT)
		if strings.Contains(refusal.GetMessage(), "canary") {
			t.Errorf("the refusal shows what the panic held: %s", refusal.GetMessage())
		}
	}
	_, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{})
	wantRefusal(t, err, ReasonPanicked, connectorv1.Class_CLASS_CONNECTOR_FAULT)
	if log := r.log.String(); !strings.Contains(log, "server_test.go") || strings.Contains(log, "canary") {
		t.Errorf("the log should hold the stack and not what the panic held: %s", log)
	}

	r = serveScripted(t, &scripted{connect: func(context.Context, Configuration) (Session, Report, error) { fall(); return nil, Report{}, nil }})
	_, err = r.client.Connect(r.context(), &connectorv1.ConnectRequest{})
	wantRefusal(t, err, ReasonPanicked, connectorv1.Class_CLASS_CONNECTOR_FAULT)
}

func TestAReasonThatIsNotDeclaredIsLogged(t *testing.T) {
	t.Parallel()
	r := connected(t, func(context.Context, SyncRequest, *Stream) error {
		return &Refusal{Reason: "SURPRISE", Message: "No.", Fix: "Think."}
	})
	_, err := r.events(theThings())
	wantRefusal(t, err, "SURPRISE", connectorv1.Class_CLASS_CONNECTOR_FAULT)
	if log := r.log.String(); !strings.Contains(log, "SURPRISE") || !strings.Contains(log, `"ERROR"`) {
		t.Errorf("the log says %q", log)
	}
}

func TestSyncPassesOnWhatTheHostAsksFor(t *testing.T) {
	t.Parallel()
	r := connected(t, func(ctx context.Context, request SyncRequest, stream *Stream) error {
		if request != (SyncRequest{Resource: "things", Cursor: "here"}) {
			t.Errorf("asked for %+v", request)
		}
		return stream.Wait(ctx, time.Hour, ReasonWaitBudgetSpent, "It is busy.")
	})
	_, err := r.events(connectorv1.SyncRequest_builder{
		Resource: "things", Cursor: "here", Limits: connectorv1.SyncLimits_builder{WaitBudget: durationpb.New(time.Minute)}.Build(),
	}.Build())
	refusal := wantRefusal(t, err, ReasonWaitBudgetSpent, connectorv1.Class_CLASS_RATE_LIMITED)
	if refusal.GetRetryAfter().AsDuration() != time.Hour {
		t.Errorf("trying again makes sense after %s, want an hour", refusal.GetRetryAfter().AsDuration())
	}
}

func TestARefusalOfEveryClassSurvivesTheWire(t *testing.T) {
	t.Parallel()
	for class := ConfigInvalid; class <= ConnectorFault; class++ {
		sent := &Refusal{
			Reason: "REASON", Message: "What happened.", Class: class, Fix: "What to do.", RetryAfter: 90 * time.Second,
			Metadata: map[string]string{"okta_request_id": "abc"},
		}
		want := declarations{}.toRefusal(sent)
		got, ok := wire.RefusalOf(wire.StatusOf(want))
		if !ok {
			t.Fatalf("class %d is lost on the wire", class)
		}
		if got.GetClass() != connectorv1.Class(class) || got.GetReason() != sent.Reason || got.GetMessage() != sent.Message || got.GetFix() != sent.Fix ||
			got.GetRetryAfter().AsDuration() != sent.RetryAfter || got.GetMetadata()["okta_request_id"] != "abc" || len(got.GetMetadata()) != 1 {
			t.Errorf("sent %v, got %v", want, got)
		}
	}
}

// The doc of SyncRequest says that its resource is one that ListResources gave:
// an author who has one resource need not look.
func TestAResourceThatIsNotListedIsRefused(t *testing.T) {
	r := connected(t, func(context.Context, SyncRequest, *Stream) error { return nil })
	_, err := r.events(connectorv1.SyncRequest_builder{Resource: "thing"}.Build())
	refusal, ok := wire.RefusalOf(status.Convert(err))
	if !ok || refusal.GetReason() != ReasonResourceUnknown || !strings.Contains(refusal.GetMessage(), "things") {
		t.Errorf("got %v, want %s naming what there is", err, ReasonResourceUnknown)
	}
}
