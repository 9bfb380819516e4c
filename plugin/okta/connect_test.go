package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// allOK is what a usable connection's checks look like.
const allOK = "config=ok address=ok clock=ok key=ok token=ok scopes=ok users=ok user_types=ok role=ok"

// checksOf writes a response's checks in one line.
func checksOf(response *connectorv1.ConnectResponse) string {
	var checks []string
	for _, check := range response.GetChecks() {
		name := strings.ToLower(strings.TrimPrefix(check.GetStatus().String(), "CHECK_STATUS_"))
		checks = append(checks, check.GetName()+"="+name)
	}
	return strings.Join(checks, " ")
}

func checkNamed(t *testing.T, response *connectorv1.ConnectResponse, name string) *connectorv1.Check {
	t.Helper()
	i := slices.IndexFunc(response.GetChecks(), func(c *connectorv1.Check) bool { return c.GetName() == name })
	if i < 0 {
		t.Fatalf("there is no check %q among %s", name, checksOf(response))
	}
	return response.GetChecks()[i]
}

// wantFailure expects the connection to be refused because one check fails for
// a reason, and all checks after it to be skipped.
func wantFailure(t *testing.T, response *connectorv1.ConnectResponse, name, reason string, class connectorv1.Class) {
	t.Helper()
	if !response.HasRefusal() {
		t.Fatalf("the connection is usable (%s), want %s", checksOf(response), reason)
	}
	wantRefusal(t, response.GetRefusal(), reason, class)
	failed := checkNamed(t, response, name)
	if failed.GetReason() != reason || failed.GetFix() != response.GetRefusal().GetFix() || failed.GetDetail() != response.GetRefusal().GetMessage() {
		t.Errorf("the check %s fails for %s (%s), the refusal is %s (%s)", name, failed.GetReason(), failed.GetDetail(),
			response.GetRefusal().GetReason(), response.GetRefusal().GetMessage())
	}
	for _, check := range response.GetChecks() {
		switch status := check.GetStatus(); {
		case check.GetName() == name && status != connectorv1.CheckStatus_CHECK_STATUS_FAIL,
			check.GetName() != name && status == connectorv1.CheckStatus_CHECK_STATUS_FAIL,
			status == connectorv1.CheckStatus_CHECK_STATUS_SKIPPED && (check.GetDetail() != "" || check.HasTook()):
			t.Errorf("only %s should fail, and what was skipped has nothing to say: %s", name, checksOf(response))
		}
	}
}

func TestAGoodTenantConnects(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5})
	response := r.tryConnect()
	if got := checksOf(response); got != allOK {
		t.Errorf("%s, want %s", got, allOK)
	}
	for _, check := range response.GetChecks() {
		if check.GetTitle() == "" || !strings.HasSuffix(check.GetDetail(), ".") || check.GetFix() != "" || check.GetReason() != "" {
			t.Errorf("a check that holds has a title and says what was seen: %v", check)
		}
	}
	if scopes := response.GetGrantedScopes(); len(scopes) != 3 {
		t.Errorf("granted scopes %v, want all three", scopes)
	}
	if account := response.GetAccount(); account.GetId() == "" || account.GetUrl() != r.tenant.URL() {
		t.Errorf("the account reached is %v, want one at %s", account, r.tenant.URL())
	}
	if s := r.tenant.Stats(); s.TokensIssued != 1 || len(s.Violations) > 0 {
		t.Errorf("%d tokens, and what Okta asks not to do: %v", s.TokensIssued, s.Violations)
	}
}

func TestAnAppThatDemandsDPoPConnects(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 45, PageLimit: 20, DPoPRequired: true})
	if got := checksOf(r.tryConnect()); got != allOK {
		t.Errorf("%s, want %s", got, allOK)
	}
	r.sync().wantComplete().wantIDs(r.listed())
	if s := r.tenant.Stats(); s.TokensIssued != 1 || len(s.Violations) > 0 || s.Proofs == 0 {
		t.Errorf("%d tokens, %d proofs, and what Okta asks not to do: %v", s.TokensIssued, s.Proofs, s.Violations)
	}
}

func TestUsersAreListedAsAResource(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5}).connect()
	response, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	users := response.GetResources()[0]
	if users.GetName() != "users" || users.GetKind() != connectorv1.ResourceKind_RESOURCE_KIND_USERS || users.GetKeyField() != "id" ||
		users.GetSuggestedInterval().AsDuration() != 6*time.Hour || !slices.Equal(users.GetRequiredScopes(), []string{scopeUsers}) || len(users.GetMissingScopes()) > 0 {
		t.Errorf("users are described as %v", users)
	}
	if schema := string(users.GetSchemaJson()); strings.Count(schema, `"null"`) < 31 || !strings.Contains(schema, `"managerId"`) {
		t.Errorf("the schema of users describes less than the base attributes: %s", schema)
	}
}

func TestScopesThatAreNotGrantedAreNamed(t *testing.T) {
	t.Parallel()
	const ok, warn = "=ok", "=warn"
	for name, c := range map[string]struct{ grants, scopes, types string }{
		"user types missing": {scopeUsers + " " + scopeGroups, warn, warn},
		"groups missing":     {scopeUsers + " " + scopeUserTypes, warn, ok},
		"users only":         {scopeUsers, warn, warn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 5, Grants: strings.Fields(c.grants)})
			response := r.tryConnect()
			want := strings.NewReplacer("scopes=ok", "scopes"+c.scopes, "user_types=ok", "user_types"+c.types).Replace(allOK)
			if got := checksOf(response); got != want || response.HasRefusal() {
				t.Errorf("%s, want %s and no refusal", got, want)
			}
			scopes := checkNamed(t, response, "scopes")
			for _, scope := range requestedScopes {
				if missing := !strings.Contains(c.grants, scope); missing != strings.Contains(scopes.GetDetail(), scope+",") && missing != strings.Contains(scopes.GetDetail(), scope+".") {
					t.Errorf("%s is missing: %t, and the check says %q", scope, missing, scopes.GetDetail())
				}
			}
			if scopes.GetReason() != oktaapi.ReasonScopeMissing || scopes.GetFix() == "" {
				t.Errorf("the check warns for %q with the fix %q", scopes.GetReason(), scopes.GetFix())
			}
			r.sync().wantComplete().wantIDs(r.listed())
		})
	}
}

func TestRefusedConnectionsSayWhichCheckFailsAndWhy(t *testing.T) {
	t.Parallel()
	credentials, permission := connectorv1.Class_CLASS_CREDENTIALS_REJECTED, connectorv1.Class_CLASS_PERMISSION_MISSING
	for name, c := range map[string]struct {
		settings oktatest.Settings
		faults   []string
		change   func(r *rig)
		check    string
		reason   string
		class    connectorv1.Class
	}{
		"users not granted":         {oktatest.Settings{Grants: []string{scopeGroups}}, nil, nil, "scopes", oktaapi.ReasonScopeMissing, permission},
		"nothing granted":           {oktatest.Settings{Grants: []string{}}, nil, nil, "token", oktaapi.ReasonConsentMissing, permission},
		"DPoP proof lost":           {oktatest.Settings{}, []string{"token:*:invalid_dpop_proof"}, nil, "token", oktaapi.ReasonDPoPRequired, credentials},
		"DPoP nonce without end":    {oktatest.Settings{}, []string{"token:*:use_dpop_nonce"}, nil, "token", oktaapi.ReasonDPoPNonceRequired, credentials},
		"DPoP proof not accepted":   {oktatest.Settings{DPoPRequired: true}, []string{"users:*:400-dpop=htu"}, nil, "users", oktaapi.ReasonDPoPProofRefused, credentials},
		"no role, as a refusal":     {oktatest.Settings{Role: oktatest.RoleMissing403}, nil, nil, "role", oktaapi.ReasonRoleMissing, permission},
		"no role, as an empty list": {oktatest.Settings{Role: oktatest.RoleMissingEmpty}, nil, nil, "role", oktaapi.ReasonRoleSeesNobody, permission},
		"wrong key":                 {oktatest.Settings{}, nil, func(r *rig) { r.secrets["private_key"] = newKey256(r.T) }, "token", oktaapi.ReasonAssertionAlgorithmRejected, credentials},
		"wrong key id":              {oktatest.Settings{}, nil, func(r *rig) { r.secrets["private_key"], r.config["key_id"] = string(r.tenant.PrivateKeyPEM()), "other" }, "token", oktaapi.ReasonKeyIDUnknown, credentials},
		"wrong client":              {oktatest.Settings{}, nil, func(r *rig) { r.config["client_id"] = "0oaAnother" }, "token", oktaapi.ReasonAssertionIssuerRejected, credentials},
		"scope refused by the API":  {oktatest.Settings{}, []string{"users:*:scope-missing"}, nil, "users", oktaapi.ReasonScopeMissing, permission},
		"endpoint closed":           {oktatest.Settings{}, []string{"users:*:error=E0000005"}, nil, "users", oktaapi.ReasonTokenKindNotAllowed, permission},
		"network zone":              {oktatest.Settings{}, []string{"token:*:access_denied"}, nil, "token", oktaapi.ReasonNetworkZoneBlocked, credentials},
		"portal at the address":     {oktatest.Settings{}, []string{"other:*:portal"}, nil, "address", oktaapi.ReasonCaptivePortal, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE},
		"portal at the token":       {oktatest.Settings{}, []string{"token:*:portal"}, nil, "token", oktaapi.ReasonCaptivePortal, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE},
		"redirect":                  {oktatest.Settings{}, []string{"other:*:redirect"}, nil, "address", oktaapi.ReasonRedirected, connectorv1.Class_CLASS_SERVICE_MISBEHAVED},
		"token limit":               {oktatest.Settings{}, []string{"token:*:429=45s"}, nil, "token", oktaapi.ReasonTokenRateLimited, connectorv1.Class_CLASS_RATE_LIMITED},
		"users limit":               {oktatest.Settings{}, []string{"users:*:429=45s"}, nil, "users", oktaapi.ReasonRateLimited, connectorv1.Class_CLASS_RATE_LIMITED},
		"org deactivated":           {oktatest.Settings{}, []string{"users:*:error=E0000260"}, nil, "users", oktaapi.ReasonOrgDeactivated, credentials},
		"list is no list":           {oktatest.Settings{}, []string{"users:*:body-object"}, nil, "users", oktaapi.ReasonPageNotArray, connectorv1.Class_CLASS_SERVICE_MISBEHAVED},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.settings.Users = 5
			r := newRig(t, c.settings, c.faults...)
			if c.change != nil {
				c.change(r)
			}
			response := r.tryConnect()
			wantFailure(t, response, c.check, c.reason, c.class)
			if s := r.tenant.Stats(); s.Elsewhere > 0 {
				t.Errorf("another host got %d requests", s.Elsewhere)
			}
			if c.class == connectorv1.Class_CLASS_RATE_LIMITED && response.GetRefusal().GetRetryAfter().AsDuration() < 30*time.Second {
				t.Errorf("trying again makes sense after %s, want about 45 s", response.GetRefusal().GetRetryAfter().AsDuration())
			}
			if c.check == "role" {
				if users := checkNamed(t, response, "users").GetStatus(); users != connectorv1.CheckStatus_CHECK_STATUS_SKIPPED {
					t.Errorf("without a role the check users is %s", users)
				}
			}
		})
	}
}

func TestEveryRefusalOfATokenHasAReasonAndAFix(t *testing.T) {
	t.Parallel()
	for _, kind := range oktatest.FaultKinds() {
		// Those of OAuth strike the token endpoint only; scope-reduced refuses nothing.
		if !slices.Equal(kind.Endpoints, []oktatest.Endpoint{oktatest.EndpointToken}) || kind.Name == "scope-reduced" {
			continue
		}
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			switch kind.Name {
			case "temporarily_unavailable", "server_error", "jwks-fetch":
				t.Skip("waits that may help: see the tests of oktaapi")
			}
			r := newRig(t, oktatest.Settings{Users: 5}, "token:*:"+kind.Name)
			response := r.tryConnect()
			if !response.HasRefusal() {
				t.Fatalf("%s: %s", kind.Help, checksOf(response))
			}
			refusal := response.GetRefusal()
			wantFailure(t, response, "token", refusal.GetReason(), refusal.GetClass())
			if reason := refusal.GetReason(); reason == plugin.ReasonFailed || reason == oktaapi.ReasonTokenRefused {
				t.Errorf("%s: refused as %s", kind.Help, reason)
			}
			if refusal.GetMetadata()["okta_request_id"] == "" {
				t.Errorf("the refusal does not name Okta's request: %v", refusal.GetMetadata())
			}
		})
	}
}

// newKey256 is a private key that no app knows, in PEM.
func newKey256(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func TestNobodyAtTheAddress(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, oktatest.Settings{Users: 5})
	r.config["domain"] = "http://" + listener.Addr().String()
	response := r.tryConnect()
	wantFailure(t, response, "address", oktaapi.ReasonConnectionRefused, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE)
	if n := r.requests(oktatest.EndpointToken); n > 0 {
		t.Errorf("%d requests for tokens", n)
	}
}

func TestUserTypesThatCannotBeReadAreMissed(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5}, "usertypes:*:error=E0000007")
	response := r.tryConnect()
	if got, want := checksOf(response), strings.Replace(allOK, "user_types=ok", "user_types=warn", 1); got != want || response.HasRefusal() {
		t.Errorf("%s, want %s and no refusal", got, want)
	}
	r.sync().wantComplete().wantIDs(r.listed())
}
