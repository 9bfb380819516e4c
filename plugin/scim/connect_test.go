package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"patchbay.example/plugin/scim/internal/scimapi"
	"patchbay.example/plugin/scim/scimtest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// checksOf writes a response's checks in one line.
func checksOf(response *connectorv1.ConnectResponse) string {
	var checks []string
	for _, check := range response.GetChecks() {
		name := strings.ToLower(strings.TrimPrefix(check.GetStatus().String(), "CHECK_STATUS_"))
		checks = append(checks, check.GetName()+"="+name)
	}
	return strings.Join(checks, " ")
}

// wantFailure expects the connection to be refused because one check fails for a
// reason, and no other.
func wantFailure(t *testing.T, response *connectorv1.ConnectResponse, name, reason string, class connectorv1.Class) {
	t.Helper()
	if !response.HasRefusal() {
		t.Fatalf("the connection is usable (%s), want %s", checksOf(response), reason)
	}
	wantRefusal(t, response.GetRefusal(), reason, class)
	failed := check(t, response, name)
	if failed.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_FAIL || failed.GetReason() != reason || failed.GetDetail() != response.GetRefusal().GetMessage() {
		t.Errorf("the check %s is %v; all: %s", name, failed, checksOf(response))
	}
	if n := strings.Count(checksOf(response), "=fail"); n != 1 {
		t.Errorf("%d checks fail: %s", n, checksOf(response))
	}
}

const allOK = "config=ok address=ok token=ok service_config=ok resource_types=ok users=ok groups=ok"

func TestAGoodServiceConnects(t *testing.T) {
	t.Parallel()
	r, server := company(t, scimtest.Settings{Users: scimtest.People(5), Groups: []scimtest.Group{{ID: "g1", Name: "One"}}})
	response := r.set("groups", true).tryConnect()
	if got := checksOf(response); got != allOK {
		t.Errorf("%s, want %s", got, allOK)
	}
	for _, c := range response.GetChecks() {
		if !strings.HasSuffix(c.GetDetail(), ".") || c.GetReason() != "" {
			t.Errorf("a check that holds says what was seen: %v", c)
		}
	}
	if account := response.GetAccount(); account.GetUrl() != server.URL() || account.GetId() == "" {
		t.Errorf("the account reached is %v, want one at %s", account, server.URL())
	}
}

func TestABaseURLIsTakenAsItIsPasted(t *testing.T) {
	t.Parallel()
	_, server := company(t, scimtest.Settings{Users: scimtest.People(3)})
	for _, pasted := range []string{
		server.URL(), server.URL() + "/", server.URL() + "/Users", server.URL() + "/ServiceProviderConfig",
		strings.TrimSuffix(server.URL(), "/v2"), // the library serves both
		"  " + server.URL() + "/Users?count=5 ",
	} {
		newRig(t, pasted).connect().sync().wantComplete().wantIDs([]string{"u00001", "u00002", "u00003"})
	}
	// A service that has nothing but v2.
	strictly, v2 := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(scimtest.People(3))})
	response := strictly.set("base_url", strings.TrimSuffix(v2.URL(), "/v2")).tryConnect()
	if response.HasRefusal() || response.GetAccount().GetUrl() != v2.URL() {
		t.Errorf("without /v2: %v, at %s", response.GetRefusal(), response.GetAccount().GetUrl())
	}
}

func TestAServiceThatDoesNotDescribeItselfConnects(t *testing.T) {
	t.Parallel()
	users := scimtest.UserObjects(scimtest.People(3))
	for name, settings := range map[string]scimtest.StrictSettings{
		"nothing there": {Users: users, Config: json.RawMessage{}},
		"another thing": {Users: users, Config: json.RawMessage(`{"hello":"world"}`)},
	} {
		r, _ := strict(t, settings)
		response := r.tryConnect()
		if got, want := checksOf(response), strings.Replace(allOK, "service_config=ok", "service_config=warn", 1); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if c := check(t, response, "service_config"); c.GetReason() != scimapi.ReasonConfigurationMissing || c.GetFix() == "" {
			t.Errorf("%s: %v", name, c)
		}
		r.sync().wantComplete()
	}
	r, _ := strict(t, scimtest.StrictSettings{Users: users, Config: json.RawMessage(`{"filter":{"supported":false},"patch":{}}`)})
	if c := check(t, r.set("filter", "active eq true").tryConnect(), "service_config"); c.GetReason() != scimapi.ReasonFilterRefused {
		t.Errorf("a filter that is not supported: %v", c)
	}
}

// serve serves one handler on loopback and a connector for it.
func serve(t *testing.T, handler http.HandlerFunc) *rig {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newRig(t, server.URL+"/scim/v2")
}

// answer answers everything with a status, a body and headers.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		reply(w, "%s", body)
	}
}

// reply writes a body. A client that has gone does not read it.
func reply(w http.ResponseWriter, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}

// butUsers answers as a good service does, except for users.
func butUsers(users http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/Users"):
			users(w, r)
		case strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig"):
			reply(w, `{"patch":{"supported":true},"filter":{"supported":true},"sort":{"supported":true}}`)
		default:
			reply(w, `{"totalResults":1,"Resources":[{"name":"User"}]}`)
		}
	}
}

func TestRefusedConnectionsSayWhichCheckFailsAndWhy(t *testing.T) {
	t.Parallel()
	invalid, credentials, permission := connectorv1.Class_CLASS_CONFIG_INVALID, connectorv1.Class_CLASS_CREDENTIALS_REJECTED, connectorv1.Class_CLASS_PERMISSION_MISSING
	limited, unavailable, misbehaved := connectorv1.Class_CLASS_RATE_LIMITED, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, connectorv1.Class_CLASS_SERVICE_MISBEHAVED
	scimError := func(scimType string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"` + scimType + `","detail":"Some words of the service."}`
	}
	page := `<!DOCTYPE html><html><body>Sign in</body></html>`
	for name, c := range map[string]struct {
		handler       http.HandlerFunc
		check, reason string
		class         connectorv1.Class
	}{
		"a web site":             {answer(200, page, "Content-Type", "text/html"), "users", scimapi.ReasonNotSCIM, invalid},
		"not JSON":               {answer(200, `hello`), "address", scimapi.ReasonAnswerUnreadable, misbehaved},
		"a redirect":             {answer(302, "", "Location", "https://sign-in.example.com/?session=1"), "users", scimapi.ReasonRedirected, invalid},
		"out of service":         {answer(503, page, "Content-Type", "text/html", "Retry-After", "30"), "address", scimapi.ReasonServiceUnavailable, unavailable},
		"limited at once":        {answer(429, "", "Retry-After", "45"), "address", scimapi.ReasonRateLimited, limited},
		"nothing there":          {answer(404, page, "Content-Type", "text/html"), "users", scimapi.ReasonAddressWrong, invalid},
		"token refused":          {answer(401, scimError("")), "service_config", scimapi.ReasonTokenRejected, credentials},
		"token refused later":    {butUsers(answer(401, scimError(""))), "users", scimapi.ReasonTokenRejected, credentials},
		"no permission":          {butUsers(answer(403, scimError(""))), "users", scimapi.ReasonAccessDenied, permission},
		"users not there":        {butUsers(answer(404, scimError(""))), "users", scimapi.ReasonAddressWrong, invalid},
		"users at a web site":    {butUsers(answer(200, page)), "users", scimapi.ReasonNotSCIM, invalid},
		"a form that is no list": {butUsers(answer(200, `{"users":[]}`)), "users", scimapi.ReasonAnswerNotList, misbehaved},
		"users too many":         {butUsers(answer(400, scimError("tooMany"))), "users", scimapi.ReasonTooMany, invalid},
		"a filter refused":       {butUsers(answer(400, scimError("invalidFilter"))), "users", scimapi.ReasonFilterRefused, invalid},
		"a value refused":        {butUsers(answer(400, scimError("invalidValue"))), "users", scimapi.ReasonRequestRefused, misbehaved},
		"not implemented":        {butUsers(answer(501, scimError(""))), "users", scimapi.ReasonRequestRefused, misbehaved},
		"users limited":          {butUsers(answer(429, "", "Retry-After", "45")), "users", scimapi.ReasonRateLimited, limited},
		"nobody":                 {butUsers(answer(200, `{"totalResults":0,"Resources":[]}`)), "users", scimapi.ReasonNobodySeen, permission},
		"nobody, and no total":   {butUsers(answer(200, `{"Resources":[]}`)), "users", scimapi.ReasonNobodySeen, permission},
		"users elsewhere":        {butUsers(answer(301, "", "Location", "/v3/Users")), "users", scimapi.ReasonRedirected, invalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := serve(t, c.handler).tryConnect()
			wantFailure(t, response, c.check, c.reason, c.class)
			refusal := response.GetRefusal()
			if c.class == limited && refusal.GetRetryAfter().AsDuration() != 45*time.Second {
				t.Errorf("trying again makes sense after %s, want the service's 45 s", refusal.GetRetryAfter().AsDuration())
			}
			if strings.Contains(name, "refused") && c.reason != scimapi.ReasonTokenRejected && !strings.Contains(refusal.GetMessage(), "Some words of the service.") {
				t.Errorf("the message %q has not the service's words", refusal.GetMessage())
			}
			if strings.Contains(refusal.GetMessage(), "session=1") {
				t.Errorf("the message %q repeats a session", refusal.GetMessage())
			}
		})
	}
}

func TestAFilterThatMatchesNobodyIsRefused(t *testing.T) {
	t.Parallel()
	r, _ := company(t, scimtest.Settings{Users: scimtest.People(3)})
	wantFailure(t, r.set("filter", `userName eq "nobody"`).tryConnect(), "users", scimapi.ReasonFilterMatchesNobody, connectorv1.Class_CLASS_CONFIG_INVALID)
	other, _ := company(t, scimtest.Settings{Users: scimtest.People(3)})
	wantFailure(t, other.set("filter", `userName is "nobody"`).tryConnect(), "users", scimapi.ReasonFilterRefused, connectorv1.Class_CLASS_CONFIG_INVALID)
}

func TestSettingsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(r *rig)
		reason string
	}{
		"no address":           {func(r *rig) { r.set("base_url", "https://") }, scimapi.ReasonAddressInvalid},
		"an address in clear":  {func(r *rig) { r.set("base_url", "http://example.com/scim") }, scimapi.ReasonAddressPlainHTTP},
		"credentials in it":    {func(r *rig) { r.set("base_url", "https://me:secret@example.com/scim") }, scimapi.ReasonAddressHasCredentials},
		"no token":             {func(r *rig) { r.secrets = nil }, scimapi.ReasonTokenMissing},
		"a token with a blank": {func(r *rig) { r.secrets["token"] = "a b" }, scimapi.ReasonTokenInvalid},
		"no client secret":     {func(r *rig) { r.useClientCredentials("https://example.com/token"); r.secrets = nil }, scimapi.ReasonClientIncomplete},
		"no token URL":         {func(r *rig) { r.useClientCredentials("") }, scimapi.ReasonClientIncomplete},
		"an odd token URL":     {func(r *rig) { r.useClientCredentials("ldap://example.com") }, scimapi.ReasonTokenAddressInvalid},
		"an odd attribute":     {func(r *rig) { r.set("exclude_attributes", []string{"a&b"}) }, scimapi.ReasonAttributeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, server := company(t, scimtest.Settings{Users: scimtest.People(3)})
			c.change(r)
			wantFailure(t, r.tryConnect(), "config", c.reason, connectorv1.Class_CLASS_CONFIG_INVALID)
			if server.Requests() != 0 {
				t.Errorf("%d requests were sent", server.Requests())
			}
		})
	}
}

func TestNetworksThatDoNotLeadThere(t *testing.T) {
	t.Parallel()
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	_ = closed.Close()
	plain := httptest.NewServer(answer(200, "{}"))
	t.Cleanup(plain.Close)
	untrusted := httptest.NewUnstartedServer(answer(200, "{}"))
	untrusted.Config.ErrorLog = nil
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	unavailable := connectorv1.Class_CLASS_SERVICE_UNAVAILABLE
	for address, want := range map[string]struct {
		reason string
		class  connectorv1.Class
	}{
		"http://" + nobody: {scimapi.ReasonConnectionFailed, unavailable},
		untrusted.URL:      {scimapi.ReasonCertificateRefused, unavailable},
		"https://" + plain.Listener.Addr().String(): {scimapi.ReasonTLSFailed, connectorv1.Class_CLASS_CONFIG_INVALID},
	} {
		t.Run(want.reason, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, newRig(t, address).tryConnect(), "address", want.reason, want.class)
		})
	}
}

func TestASignInPageForThoseWithoutATokenIsNoObstacle(t *testing.T) {
	t.Parallel()
	for _, signIn := range []http.HandlerFunc{answer(302, "", "Location", "/login"), answer(200, "<html>Sign in</html>", "Content-Type", "text/html")} {
		users := butUsers(answer(200, `{"totalResults":1,"Resources":[{"id":"u1"}]}`))
		r := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				signIn(w, r)
				return
			}
			users(w, r)
		})
		if got := checksOf(r.tryConnect()); got != allOK {
			t.Errorf("%s, want %s", got, allOK)
		}
	}
	// A service that describes itself to everybody, and takes the token nowhere else.
	open := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig") {
			butUsers(nil)(w, r)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	wantFailure(t, open.tryConnect(), "resource_types", scimapi.ReasonTokenRejected, connectorv1.Class_CLASS_CREDENTIALS_REJECTED)
}

func TestGroupsThatCannotBeReadAreAWarning(t *testing.T) {
	t.Parallel()
	r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/Users") {
			reply(w, `{"totalResults":1,"Resources":[{"id":"u1"}]}`)
			return
		}
		answer(403, `{"detail":"No groups for you."}`)(w, r)
	})
	response := r.set("groups", true).tryConnect()
	if response.HasRefusal() {
		t.Fatal(response.GetRefusal())
	}
	for name, reason := range map[string]string{"groups": scimapi.ReasonGroupsUnavailable, "resource_types": scimapi.ReasonSchemasMissing, "service_config": scimapi.ReasonConfigurationMissing} {
		if c := check(t, response, name); c.GetReason() != reason || c.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || c.GetFix() == "" {
			t.Errorf("the check %s is %v", name, c)
		}
	}
	r.syncWith(syncOf(resourceGroups, "")).wantRefused(scimapi.ReasonAccessDenied, connectorv1.Class_CLASS_PERMISSION_MISSING)
	r.sync().wantComplete().wantIDs([]string{"u1"})
}
