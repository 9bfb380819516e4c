package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"patchbay.example/plugin/scim/internal/scimapi"
	"patchbay.example/plugin/scim/scimtest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// faults are what a service does to the request for a page.
var faults = map[string]http.HandlerFunc{
	"500":           answer(500, `{"detail":"Something broke."}`),
	"502 as a page": answer(502, "<html>Bad Gateway</html>", "Content-Type", "text/html"),
	"503":           answer(503, "", "Retry-After", "1"),
	"429":           answer(429, "", "Retry-After", "1"),
	"429, no time":  answer(429, `{"detail":"Slow down."}`),
	"408":           answer(408, ""),
	"not JSON":      answer(200, `{"Resources":[{"id":`),
	"empty":         answer(200, ``),
	"cut short": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "999")
		reply(w, "{")
	},
	"connection cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
}

// faulty serves 50 people, ten a page, with a fault from the request for the third
// page on, so many times.
func faulty(t *testing.T, fault http.HandlerFunc, times int64) (*rig, []string) {
	t.Helper()
	people := scimtest.People(50)
	var struck atomic.Int64
	r, _ := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Before: func(_ *scimtest.Strict, n int, w http.ResponseWriter, r *http.Request) bool {
		if n < 4 || struck.Add(1) > times {
			return false
		}
		fault(w, r)
		return true
	}})
	return r.set("page_size", 10).connect(), idsOf(people)
}

func TestWhatMayPassLosesNobody(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, ids := faulty(t, fault, 1)
			r.sync().wantComplete().wantIDs(ids)
		})
	}
}

func TestWhatDoesNotPassEndsTheListing(t *testing.T) {
	t.Parallel()
	unavailable, misbehaved := connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, connectorv1.Class_CLASS_SERVICE_MISBEHAVED
	for name, c := range map[string]struct {
		fault  http.HandlerFunc
		reason string
		class  connectorv1.Class
	}{
		"500":            {faults["500"], scimapi.ReasonServiceUnavailable, unavailable},
		"429":            {faults["429"], scimapi.ReasonRateLimited, connectorv1.Class_CLASS_RATE_LIMITED},
		"not JSON":       {faults["not JSON"], scimapi.ReasonAnswerUnreadable, misbehaved},
		"connection cut": {faults["connection cut"], scimapi.ReasonConnectionFailed, unavailable},
		"401":            {answer(401, ""), scimapi.ReasonTokenRejected, connectorv1.Class_CLASS_CREDENTIALS_REJECTED},
		"403":            {answer(403, ""), scimapi.ReasonAccessDenied, connectorv1.Class_CLASS_PERMISSION_MISSING},
		"404":            {answer(404, ""), scimapi.ReasonAddressWrong, connectorv1.Class_CLASS_CONFIG_INVALID},
		"redirect":       {answer(307, "", "Location", "https://example.com/"), scimapi.ReasonRedirected, connectorv1.Class_CLASS_CONFIG_INVALID},
		"a web page":     {answer(200, "<html></html>"), scimapi.ReasonNotSCIM, connectorv1.Class_CLASS_CONFIG_INVALID},
		"no list":        {answer(200, "[]"), scimapi.ReasonAnswerNotList, misbehaved},
		"nobody at once": {answer(200, `{"totalResults":0}`), scimapi.ReasonNobodySeen, connectorv1.Class_CLASS_PERMISSION_MISSING},
		"too large": {func(w http.ResponseWriter, _ *http.Request) {
			reply(w, `{"Resources":[{"id":"u1","photo":%q}]}`, strings.Repeat("x", scimapi.MaxBodyBytes))
		}, scimapi.ReasonAnswerTooLarge, misbehaved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, ids := faulty(t, c.fault, 1<<40)
			got := r.syncWith(impatient(0)).wantRefused(c.reason, c.class)
			if c.reason != scimapi.ReasonNobodySeen { // where the listing begins again before
				got.wantIDs(ids[:19])
			}
		})
	}
}

func TestALimitIsWaitedForAndTold(t *testing.T) {
	t.Parallel()
	r, ids := faulty(t, answer(429, "", "Retry-After", "2"), 1)
	before := time.Now()
	got := r.sync().wantComplete().wantIDs(ids)
	if len(got.waits) == 0 {
		t.Fatal("nobody was told of the wait")
	}
	wait := got.waits[0]
	if wait.GetReason() != scimapi.ReasonRateLimited || wait.GetUntil().AsTime().Sub(before) < 2*time.Second || wait.GetMessage() != sentence(wait.GetMessage()) {
		t.Errorf("the wait was told as %v", wait)
	}
	patient, _ := faulty(t, answer(429, "", "Retry-After", "90"), 1)
	refused := patient.syncWith(impatient(time.Minute)).wantRefused(scimapi.ReasonRateLimited, connectorv1.Class_CLASS_RATE_LIMITED)
	if retry := refused.refusal.GetRetryAfter().AsDuration(); retry != 90*time.Second {
		t.Errorf("trying again makes sense after %s, want the service's 90 s", retry)
	}
}

func TestTheListIsEmptyOnlyWhenAskedAgain(t *testing.T) {
	t.Parallel()
	for _, cursors := range []bool{false, true} {
		people := scimtest.People(5)
		r, _ := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Cursors: cursors, Before: func(_ *scimtest.Strict, n int, w http.ResponseWriter, _ *http.Request) bool {
			if n == 2 {
				reply(w, `{"totalResults":0,"Resources":[]}`)
			}
			return n == 2
		}})
		got := r.connect().sync().wantComplete().wantIDs(idsOf(people))
		if len(got.restarts) != 1 {
			t.Errorf("cursors %t: it began again %d times, want once", cursors, len(got.restarts))
		}
		gone, server := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Cursors: cursors})
		gone.connect()
		server.SetUsers(nil)
		gone.sync().wantRefused(scimapi.ReasonNobodySeen, connectorv1.Class_CLASS_PERMISSION_MISSING)
	}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	people := scimtest.People(30)
	t.Run("in the header and in the body", func(t *testing.T) {
		t.Parallel()
		for _, method := range []string{"client_secret_basic", "client_secret_post"} {
			r, server := company(t, scimtest.Settings{Users: people})
			r.useClientCredentials(server.TokenURL()).set("client_authentication", method).set("scope", scimtest.Scope).set("page_size", 10)
			if got := checksOf(r.tryConnect()); got != allOK {
				t.Errorf("%s: %s", method, got)
			}
			r.sync().wantComplete().wantIDs(idsOf(people))
			if n := server.TokensGiven(); n != 1 {
				t.Errorf("%s: %d tokens were asked for, want one", method, n)
			}
		}
	})
	t.Run("a token that is revoked meanwhile", func(t *testing.T) {
		t.Parallel()
		r, server := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Before: func(s *scimtest.Strict, n int, w http.ResponseWriter, _ *http.Request) bool {
			if n != 3 {
				return false
			}
			s.RevokeTokens()
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}})
		r.useClientCredentials(server.TokenURL()).set("page_size", 10).connect().sync().wantComplete().wantIDs(idsOf(people))
		if n := server.TokensGiven(); n != 2 {
			t.Errorf("%d tokens were asked for, want two", n)
		}
	})
	t.Run("a service that refuses every token", func(t *testing.T) {
		t.Parallel()
		r, server := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Before: func(_ *scimtest.Strict, n int, w http.ResponseWriter, _ *http.Request) bool {
			if n > 2 {
				w.WriteHeader(http.StatusUnauthorized)
			}
			return n > 2
		}})
		r.useClientCredentials(server.TokenURL()).set("page_size", 10).connect().sync().wantRefused(scimapi.ReasonTokenRejected, connectorv1.Class_CLASS_CREDENTIALS_REJECTED)
		if n := server.TokensGiven(); n != 2 {
			t.Errorf("%d tokens were asked for, want two", n)
		}
	})
	t.Run("a token that ends soon", func(t *testing.T) {
		t.Parallel()
		r, server := company(t, scimtest.Settings{Users: people, TokenLifetime: 10})
		r.useClientCredentials(server.TokenURL()).set("page_size", 10).connect().sync().wantComplete()
		if n := server.TokensGiven(); n < 4 {
			t.Errorf("%d tokens were asked for, each of which is about to end", n)
		}
	})
}

func TestTokenEndpointsThatRefuse(t *testing.T) {
	t.Parallel()
	invalid, credentials := connectorv1.Class_CLASS_CONFIG_INVALID, connectorv1.Class_CLASS_CREDENTIALS_REJECTED
	for name, c := range map[string]struct {
		refuse http.HandlerFunc
		change func(r *rig)
		reason string
		class  connectorv1.Class
	}{
		"another secret":    {nil, func(r *rig) { r.secrets["client_secret"] = "synthetic-wrong-secret" }, scimapi.ReasonClientRejected, credentials},
		"another scope":     {nil, func(r *rig) { r.set("scope", "scim.write") }, scimapi.ReasonScopeRefused, connectorv1.Class_CLASS_PERMISSION_MISSING},
		"another grant":     {answer(400, `{"error":"unsupported_grant_type"}`, "Content-Type", "application/json"), nil, scimapi.ReasonTokenRequestRefused, credentials},
		"a web page":        {answer(200, "<html></html>", "Content-Type", "text/html"), nil, scimapi.ReasonTokenAddressWrong, invalid},
		"nothing":           {answer(404, "<html></html>", "Content-Type", "text/html"), nil, scimapi.ReasonTokenAddressWrong, invalid},
		"no token":          {answer(200, `{}`, "Content-Type", "application/json"), nil, scimapi.ReasonTokenAddressWrong, invalid},
		"an odd token":      {answer(200, `{"access_token":"a\nb"}`, "Content-Type", "application/json"), nil, scimapi.ReasonTokenAddressWrong, invalid},
		"a redirect":        {answer(302, "", "Location", "https://example.com/"), nil, scimapi.ReasonRedirected, invalid},
		"401 without words": {answer(401, ""), nil, scimapi.ReasonClientRejected, credentials},
		"limited":           {answer(429, "", "Retry-After", "60"), nil, scimapi.ReasonRateLimited, connectorv1.Class_CLASS_RATE_LIMITED},
		"out of service":    {answer(503, "", "Retry-After", "60"), nil, scimapi.ReasonServiceUnavailable, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE},
		"nobody listens":    {nil, func(r *rig) { r.set("token_url", "http://127.0.0.1:1/token") }, scimapi.ReasonConnectionFailed, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, server := company(t, scimtest.Settings{Users: scimtest.People(3)})
			r.useClientCredentials(server.TokenURL())
			if c.refuse != nil {
				server.RefuseTokens(c.refuse)
			}
			if c.change != nil {
				c.change(r)
			}
			wantFailure(t, r.tryConnect(), "token", c.reason, c.class)
		})
	}
}

func TestCancellingASyncStopsTheRequestInFlight(t *testing.T) {
	t.Parallel()
	arrived, ended := make(chan struct{}), make(chan struct{})
	people := scimtest.People(50)
	r, _ := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Before: func(_ *scimtest.Strict, n int, _ http.ResponseWriter, r *http.Request) bool {
		if n == 4 {
			close(arrived)
			<-r.Context().Done()
			close(ended)
		}
		return n == 4
	}})
	r.set("page_size", 10).connect()
	ctx, cancel := context.WithCancel(r.context())
	stream, err := r.client.Sync(ctx, syncRequest(""))
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	cancel()
	for err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Canceled {
		t.Errorf("the stream ends with %v, want it cancelled", err)
	}
	select {
	case <-ended:
	case <-r.context().Done():
		t.Fatal("the request in flight goes on")
	}
	for { // until the cancelled Sync has ended, which its caller is not told
		got := r.sync()
		if status.Code(got.err) != codes.FailedPrecondition {
			got.wantComplete().wantIDs(idsOf(people))
			return
		}
	}
}

func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	shown := &strings.Builder{}
	show := func(r *rig) {
		response := r.tryConnect()
		fmt.Fprintf(shown, "%v %+v %#v\n", response, response, response)
		if response.HasRefusal() {
			return
		}
		got := r.sync()
		fmt.Fprintf(shown, "%v %v %v %v\n", got.err, got.refusal, got.waits, got.records())
		for _, page := range got.pages {
			fmt.Fprintln(shown, page.cursor)
		}
	}
	people := scimtest.UserObjects(scimtest.People(15))
	echo := func(_ *scimtest.Strict, n int, w http.ResponseWriter, r *http.Request) bool {
		if n < 3 {
			return false
		}
		// A service that repeats what it was sent.
		answer(400, fmt.Sprintf(`{"detail":"what is %s?","scimType":%q}`, r.Header.Get("Authorization"), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")),
			"X-Request-Id", strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))(w, r)
		return true
	}
	r, _ := strict(t, scimtest.StrictSettings{Users: people, Before: echo})
	show(r.set("page_size", 10))
	other, server := strict(t, scimtest.StrictSettings{Users: people, Before: echo})
	show(other.set("page_size", 10).useClientCredentials(server.TokenURL()))
	wrong, server := strict(t, scimtest.StrictSettings{Users: people})
	wrong.useClientCredentials(server.TokenURL())
	wrong.secrets["client_secret"] = "synthetic-wrong-secret-6Yt" // which the endpoint repeats
	show(wrong)
	refused, _ := strict(t, scimtest.StrictSettings{Users: people})
	refused.secrets["token"] = "synthetic-wrong-token-3Pm" // which the service repeats
	show(refused)

	// Services that repeat the token in other ways.
	const token = "canary+tok/en=1"
	for _, repeat := range []func(w http.ResponseWriter, r *http.Request){
		func(w http.ResponseWriter, r *http.Request) { answer(302, "", "Location", "/login/"+token)(w, r) },
		func(w http.ResponseWriter, r *http.Request) {
			answer(302, "", "Location", "https://"+token+".example.com/")(w, r)
		},
		func(w http.ResponseWriter, r *http.Request) {
			answer(403, `{"detail":"`+url.QueryEscape(token)+` `+url.PathEscape(token)+` canary\u200b+tok/en=1 and `+strings.Repeat("x ", 5000)+token+`"}`)(w, r)
		},
		func(w http.ResponseWriter, r *http.Request) {
			answer(403, `{"detail":"`+base64.StdEncoding.EncodeToString([]byte(token))+` `+hex.EncodeToString([]byte(token))+`"}`)(w, r)
		},
	} {
		r := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			repeat(w, r)
		})
		r.secrets["token"] = token
		show(r)
	}

	for _, canary := range []string{"canary", "Y2FuYXJ5", "63616e617279", scimtest.Token, scimtest.ClientSecret, "synthetic-access", "synthetic-wrong", "4Hn8", "c3ludGhldGlj"} {
		for where, text := range map[string]string{"what the host was told": shown.String(), "the log": logged.String()} {
			if strings.Contains(text, canary) {
				i := strings.Index(text, canary)
				t.Errorf("%s holds %s: …%s", where, canary, text[max(0, i-60):min(len(text), i+40)])
			}
		}
	}
	if !strings.Contains(shown.String(), "[redacted]") {
		t.Error("no service repeated a secret, so the test says nothing")
	}
}
