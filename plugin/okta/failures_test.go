package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestWhatMayPassLosesNobody(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{
		"status=500", "status=502", "error=E0000009", "error=E0000010", "html=502", "html=503", "html=504", "empty=503",
		"429=1s", "429-no-headers", "429-odd-headers", "429-concurrency", "429-retry-after=1s",
		"401-expired", "401-invalid-token", "reset", "close", "delay=300ms",
		"broken-json", "body-html", "body-empty", "reset-body", "truncate-chunked", "truncate-length", "truncate-gzip", "drip=10ms",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 50, PageLimit: 10}, "users:page=3:"+kind).connect()
			r.sync().wantComplete().wantIDs(r.listed())
			if r.tenant.Stats().Struck == 0 {
				t.Error("nothing went wrong, so the test says nothing")
			}
		})
	}
}

func TestWhatDoesNotPassEndsTheListing(t *testing.T) {
	t.Parallel()
	permission, misbehaved := connectorv1.Class_CLASS_PERMISSION_MISSING, connectorv1.Class_CLASS_SERVICE_MISBEHAVED
	unavailable, limited := connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, connectorv1.Class_CLASS_RATE_LIMITED
	for kind, want := range map[string]struct {
		reason string
		class  connectorv1.Class
	}{
		"role-missing":      {oktaapi.ReasonRoleMissing, permission},
		"scope-missing":     {oktaapi.ReasonScopeMissing, permission},
		"401-expired":       {oktaapi.ReasonAccessTokenRejected, connectorv1.Class_CLASS_CREDENTIALS_REJECTED},
		"401-invalid-token": {oktaapi.ReasonAccessTokenRejected, connectorv1.Class_CLASS_CREDENTIALS_REJECTED},
		"401-feature":       {oktaapi.ReasonFeatureUnavailable, permission},
		"error=E0000005":    {oktaapi.ReasonTokenKindNotAllowed, permission},
		"error=E0000260":    {oktaapi.ReasonOrgDeactivated, connectorv1.Class_CLASS_CREDENTIALS_REJECTED},
		"body-object":       {oktaapi.ReasonPageNotArray, misbehaved},
		"body-null":         {oktaapi.ReasonPageNotArray, misbehaved},
		"portal":            {oktaapi.ReasonCaptivePortal, unavailable},
		"redirect":          {oktaapi.ReasonRedirected, misbehaved},
		// What follows may pass, and is given up because no wait is allowed.
		"error=E0000009":   {oktaapi.ReasonServiceError, unavailable},
		"error=E0000010":   {oktaapi.ReasonReadOnlyMode, unavailable},
		"html=502":         {oktaapi.ReasonServiceUnavailable, unavailable},
		"empty=503":        {oktaapi.ReasonServiceUnavailable, unavailable},
		"429=50s":          {oktaapi.ReasonRateLimited, limited},
		"429-concurrency":  {oktaapi.ReasonConcurrencyLimited, limited},
		"429-no-headers":   {oktaapi.ReasonRateLimited, limited},
		"broken-json":      {oktaapi.ReasonPageUnreadable, misbehaved},
		"body-html":        {oktaapi.ReasonCaptivePortal, unavailable},
		"body-empty":       {oktaapi.ReasonPageUnreadable, misbehaved},
		"truncate-chunked": {oktaapi.ReasonPageUnreadable, misbehaved},
		"truncate-length":  {oktaapi.ReasonPageUnreadable, misbehaved},
		"truncate-gzip":    {oktaapi.ReasonPageUnreadable, misbehaved},
		"reset-body":       {oktaapi.ReasonPageUnreadable, misbehaved},
		"reset":            {oktaapi.ReasonConnectionReset, unavailable},
		"close":            {oktaapi.ReasonConnectionReset, unavailable},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 50, PageLimit: 10}, "users:page=3+:"+kind).connect()
			got := r.syncWith(impatient(0)).wantRefused(want.reason, want.class).wantIDs(r.listed()[:20])
			if byOkta := regexp.MustCompile(`^(error|role|scope|401|429)`); byOkta.MatchString(kind) && got.refusal.GetMetadata()["okta_request_id"] == "" {
				t.Errorf("the refusal does not name Okta's request: %v", got.refusal.GetMetadata())
			}
			// The connection is as good as before.
			if _, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestALimitIsWaitedForAndTold(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2:429=2s").connect()
	before := time.Now()
	got := r.sync().wantComplete().wantIDs(r.listed())
	if len(got.waits) == 0 {
		t.Fatal("nobody was told of the wait")
	}
	wait := got.waits[0]
	if wait.GetReason() != oktaapi.ReasonRateLimited || !wait.GetUntil().AsTime().After(before) || wait.GetMessage() != sentence(wait.GetMessage()) {
		t.Errorf("the wait was told as %v", wait)
	}
	if violations := r.tenant.Stats().Violations; len(violations) > 0 {
		t.Errorf("Okta asks its clients not to do this: %v", violations)
	}
}

func TestTheShareOfALimitIsKept(t *testing.T) {
	t.Parallel()
	// 20 a minute, of which half are ours. Connect takes one.
	r := newRig(t, oktatest.Settings{Users: 300, PageLimit: 10, UsersPerMinute: 20})
	r.config["rate_limit_share"] = 50
	got := r.connect().syncWith(impatient(0)).wantRefused("WAIT_BUDGET_SPENT", connectorv1.Class_CLASS_RATE_LIMITED)
	if n := r.requests(oktatest.EndpointUsers); n != 10 {
		t.Errorf("%d requests in a window of 20, half of which are ours", n)
	}
	if retry := got.refusal.GetRetryAfter().AsDuration(); retry < 30*time.Second || retry > 75*time.Second {
		t.Errorf("trying again makes sense after %s, want the rest of the window", retry)
	}
	got.wantIDs(r.listed()[:90])
}

func TestATokenThatEndsSoonIsRenewedInTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 100, PageLimit: 5, TokenLifetime: 2 * time.Second, Latency: 150 * time.Millisecond}).connect()
	r.sync().wantComplete().wantIDs(r.listed())
	s := r.tenant.Stats()
	if s.TokensIssued < 2 {
		t.Errorf("%d tokens of 2 s for 20 pages of 150 ms each", s.TokensIssued)
	}
	if s.Violations[oktatest.RefusedTokenReused] > 0 {
		t.Errorf("a refused token was used again: %v", s.Violations)
	}
}

func TestMembersThatCannotBeReadAreQuarantined(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		reason, says string
		id           bool
	}{
		"member-not-object": {oktaapi.ReasonRecordUnreadable, "a JSON string came instead.", false},
		"member-null":       {oktaapi.ReasonRecordUnreadable, "null came instead.", false},
		"member-no-id":      {oktaapi.ReasonRecordUnreadable, "The user has no id.", false},
		"member-id-number":  {oktaapi.ReasonRecordUnreadable, "not a string", false},
		"member-huge":       {oktaapi.ReasonRecordTooLarge, "at most 3145728 are allowed.", true},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2:"+kind).connect()
			listed := r.listed()
			got := r.sync().wantComplete().wantIDs(append(listed[:10:10], listed[11:]...))
			if len(got.quarantined) != 1 || got.completed.GetQuarantined() != 1 {
				t.Fatalf("%d in quarantine, %d counted; want one", len(got.quarantined), got.completed.GetQuarantined())
			}
			q := got.quarantined[0]
			if q.GetReason() != want.reason || !strings.Contains(q.GetLocation(), "page 2, element 1") || (q.GetId() == listed[10]) != want.id || !strings.Contains(q.GetMessage(), want.says) {
				t.Errorf("quarantined as %v, want %s at page 2, element 1, saying %q", q, want.reason, want.says)
			}
		})
	}
}

func TestAPageThatNoHostCouldJoinIsRefused(t *testing.T) {
	t.Parallel()
	huge := make([]string, 7) // of 2.5 MiB each
	for i := range huge {
		huge[i] = fmt.Sprintf(`{"id":"00u%d","profile":{"picture":%q}}`, i, strings.Repeat("x", 5<<19))
	}
	r := newRig(t, oktatest.Settings{CustomUsers: rawUsers(huge...)}).connect()
	got := r.sync().wantRefused(oktaapi.ReasonPageTooLarge, connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
	if fix := got.refusal.GetFix(); !strings.Contains(fix, "custom attributes") {
		t.Errorf("the fix %q does not say where to look", fix)
	}
}

func TestCancellingASyncStopsTheRequestInFlight(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 50, PageLimit: 10}, "users:page=3:hang-headers").connect()
	ctx, cancel := context.WithCancel(r.context())
	stream, err := r.client.Sync(ctx, syncRequest(""))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := stream.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.tenant.Await(r.context(), func(s oktatest.Stats) bool { return s.LastPage == 3 && s.InFlight == 1 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := stream.Recv(); status.Code(err) != codes.Canceled {
		t.Errorf("the stream ends with %v, want it cancelled", err)
	}
	if _, err := r.tenant.Await(r.context(), func(s oktatest.Stats) bool { return s.InFlight == 0 }); err != nil {
		t.Errorf("the request in flight goes on: %v", err)
	}
	r.syncWhenFree().wantComplete().wantIDs(r.listed())
}

// syncWhenFree lists everybody as soon as a cancelled Sync has ended, which its
// caller is not told.
func (r *rig) syncWhenFree() *run {
	r.Helper()
	for {
		got := r.sync()
		if status.Code(got.err) != codes.FailedPrecondition {
			return got
		}
	}
}

func TestASlowConsumerHoldsNoRequestOpen(t *testing.T) {
	t.Parallel()
	// Pages of more than gRPC's window, so that sending blocks.
	huge := make([]string, 12)
	for i := range huge {
		huge[i] = fmt.Sprintf(`{"id":"00u%d","profile":{"note":%q}}`, i, strings.Repeat("x", 1<<20))
	}
	r := newRig(t, oktatest.Settings{CustomUsers: rawUsers(huge...), PageLimit: 2}).connect()
	stream, err := r.client.Sync(r.context(), syncRequest(""))
	if err != nil {
		t.Fatal(err)
	}
	// Nothing is received: one page is being sent, one read ahead.
	s, err := r.tenant.Await(r.context(), func(s oktatest.Stats) bool { return s.LastPage == 2 && s.InFlight == 0 })
	if err != nil {
		t.Fatalf("%v: %+v", err, s)
	}
	got := collect(t, stream).wantComplete()
	if len(got.records()) != len(huge) {
		t.Errorf("%d people, want %d", len(got.records()), len(huge))
	}
}

func TestAStreamThatFailsHasNoCompleted(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=3x*:role-missing").connect()
	stream, err := r.client.Sync(r.context(), syncRequest(""))
	if err != nil {
		t.Fatal(err)
	}
	for {
		event, err := stream.Recv()
		if err != nil {
			if err == io.EOF { //nolint:errorlint // gRPC documents io.EOF itself
				t.Error("the stream ended as if it were complete")
			}
			return
		}
		if event.HasCompleted() {
			t.Error("a stream that fails said that it is complete")
		}
	}
}
