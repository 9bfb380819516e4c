package oktatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// wantOAuth fails the test unless the answer is exactly this refusal.
func wantOAuth(t *testing.T, got answer, want oauthError) {
	t.Helper()
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(got.body, &body); err != nil {
		t.Fatalf("got %v, want an OAuth error", got)
	}
	if got.status != want.status || body.Error != want.code || body.Description != want.description {
		t.Errorf("got %v\nwant %d %s %q", got, want.status, want.code, want.description)
	}
}

func TestTokenIsIssued(t *testing.T) {
	c := start(t, Settings{})
	got := c.postForm(c.form(c.assertion(nil, nil)))
	var body map[string]any
	if err := json.Unmarshal(got.body, &body); err != nil || got.status != http.StatusOK {
		t.Fatalf("got %v, want a token", got)
	}
	if body["token_type"] != "Bearer" || body["expires_in"] != 3600.0 || body["scope"] != allScopes {
		t.Errorf("got %s", got.body)
	}
	if cache := got.header.Get("Cache-Control"); cache != "no-cache, no-store" {
		t.Errorf("Cache-Control is %q: a token must not be cached", cache)
	}
	token, _, err := jwt.NewParser().ParseUnverified(body["access_token"].(string), jwt.MapClaims{})
	if err != nil || token.Header["typ"] != "application/okta-internal-at+jwt" {
		t.Errorf("access token has header %v (error %v)", token.Header, err)
	}
	if got := c.tenant.Stats().TokensIssued; got != 1 {
		t.Errorf("stats count %d tokens, want 1", got)
	}
}

func TestAssertionRules(t *testing.T) {
	now := time.Now()
	tests := []struct {
		name           string
		claims, header map[string]any
		want           *oauthError // nil: a token
	}{
		{name: "as Okta wants it"},
		{name: "without iat", claims: map[string]any{"iat": nil}},
		{name: "without jti", claims: map[string]any{"jti": nil}},
		{name: "without kid, one key", header: map[string]any{"kid": nil}},
		{name: "an hour long", claims: map[string]any{"exp": now.Add(time.Hour - time.Minute).Unix()}},
		{"issuer", map[string]any{"iss": "0oaOther"}, nil, &errIssuer},
		{"issuer missing", map[string]any{"iss": nil}, nil, &errIssuer},
		{"subject", map[string]any{"sub": "0oaOther"}, nil, &errSubject},
		{"audience of another host", map[string]any{"aud": "https://other.example.com" + tokenPath}, nil, &errAudience},
		{"audience without path", map[string]any{"aud": "http://127.0.0.1"}, nil, &errAudience},
		{"audience missing", map[string]any{"aud": nil}, nil, &errAudience},
		{"exp missing", map[string]any{"exp": nil}, nil, &errExpMissing},
		{"exp a fraction", map[string]any{"exp": 1.5}, nil, &errExpMissing},
		{"exp a string", map[string]any{"exp": "1893456000"}, nil, &errExpMissing},
		{"expired", map[string]any{"exp": now.Add(-time.Second).Unix()}, nil, &errAssertionExpired},
		{"exp too far", map[string]any{"exp": now.Add(time.Hour + time.Minute).Unix()}, nil, &errExpTooFar},
		{"iat ahead", map[string]any{"iat": now.Add(time.Minute).Unix()}, nil, &errIssuedInFuture},
		{"iat a string", map[string]any{"iat": "yesterday"}, nil, &errUnparsable},
		{"jti a number", map[string]any{"jti": 7}, nil, &errUnparsable},
		{"kid unknown", nil, map[string]any{"kid": "other"}, &errKid},
		{"kid a number", nil, map[string]any{"kid": 7}, &errKid},
	}
	c := start(t, Settings{TokensPerMinute: NoRateLimit})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := c.postForm(c.form(c.assertion(test.claims, test.header)))
			switch {
			case test.want != nil:
				wantOAuth(t, got, *test.want)
			case got.status != http.StatusOK:
				t.Errorf("got %v, want a token", got)
			}
		})
	}
}

func TestExpOneSecondTooFar(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 900_000_000, time.UTC)
	c := start(t, Settings{Clock: func() time.Time { return now }})
	if got := c.postForm(c.form(c.assertion(map[string]any{"exp": now.Unix() + 3600}, nil))); got.status != http.StatusOK {
		t.Errorf("exp exactly an hour ahead: got %v, want a token", got)
	}
	wantOAuth(t, c.postForm(c.form(c.assertion(map[string]any{"exp": now.Unix() + 3601}, nil))), errExpTooFar)
	wantOAuth(t, c.postForm(c.form(c.assertion(map[string]any{"exp": now.Unix()}, nil))), errAssertionExpired)
}

func TestAssertionWorksOnce(t *testing.T) {
	c := start(t, Settings{})
	form := c.form(c.assertion(map[string]any{"jti": "once"}, nil))
	if got := c.postForm(form); got.status != http.StatusOK {
		t.Fatalf("first use: got %v", got)
	}
	wantOAuth(t, c.postForm(form), errAssertionUsed)
	other := c.form(c.assertion(map[string]any{"jti": "Once"}, nil))
	if got := c.postForm(other); got.status != http.StatusOK {
		t.Errorf("a jti in another case is another one: got %v", got)
	}
	s := c.tenant.Stats()
	if s.AssertionsReplayed != 1 || s.Violations[AssertionReused] != 1 {
		t.Errorf("got %d replays and %d reuses, want 1 and 1", s.AssertionsReplayed, s.Violations[AssertionReused])
	}
}

func TestAssertionReuseIsSeenAfterARefusal(t *testing.T) {
	c := start(t, Settings{Faults: []Fault{{Endpoint: EndpointToken, First: 1, Kind: "temporarily_unavailable"}}})
	form := c.form(c.assertion(nil, nil))
	if got := c.postForm(form); got.errorCode() != "temporarily_unavailable" {
		t.Fatalf("got %v", got)
	}
	if got := c.postForm(form); got.status != http.StatusOK {
		t.Errorf("Okta never took the first one: got %v, want a token", got)
	}
	if n := c.tenant.Stats().Violations[AssertionReused]; n != 1 {
		t.Errorf("got %d reuses, want 1", n)
	}
}

func TestAssertionThatCannotBeRead(t *testing.T) {
	c := start(t, Settings{})
	good := strings.Split(c.assertion(nil, nil), ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for assertion, want := range map[string]oauthError{
		"nonsense":                         errUnparsable,
		"a.b.c":                            errUnparsable,
		good[0] + "." + encode("[]") + ".": errUnparsable,
		encode(`{"alg":"XY256"}`) + "." + good[1] + "." + good[2]: errAlgorithm,
		encode(`{"alg":"none"}`) + "." + good[1] + ".":            errAlgorithm,
		good[0] + "." + good[1] + "." + encode("forged"):          errSignature,
	} {
		t.Run(want.name, func(t *testing.T) { wantOAuth(t, c.postForm(c.form(assertion)), want) })
	}
}

func TestAlgorithmsAndKeys(t *testing.T) {
	c := start(t, Settings{TokensPerMinute: NoRateLimit})
	try := func(method jwt.SigningMethod, key any, kid string) answer {
		return c.postForm(c.form(c.assertionBy(method, key, nil, map[string]any{"kid": kid})))
	}
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodRS512} {
		if got := try(method, c.tenant.app.key, c.tenant.KeyID()); got.status != http.StatusOK {
			t.Errorf("%s: got %v", method.Alg(), got)
		}
	}
	wantOAuth(t, try(jwt.SigningMethodPS256, c.tenant.app.key, c.tenant.KeyID()), errAlgorithm)
	wantOAuth(t, try(jwt.SigningMethodHS256, []byte("a secret of the client's, long enough"), c.tenant.KeyID()), errAlgorithm)
	curves := map[elliptic.Curve]*jwt.SigningMethodECDSA{
		elliptic.P256(): jwt.SigningMethodES256, elliptic.P384(): jwt.SigningMethodES384, elliptic.P521(): jwt.SigningMethodES512,
	}
	for curve, method := range curves {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		kid := "key for " + method.Alg()
		if err := c.tenant.RegisterKey(mustJSON(jose.JSONWebKey{Key: key.Public(), KeyID: kid})); err != nil {
			t.Fatal(err)
		}
		if got := try(method, key, kid); got.status != http.StatusOK {
			t.Errorf("%s: got %v", method.Alg(), got)
		}
		wantOAuth(t, try(method, key, c.tenant.KeyID()), errAlgorithm)
	}
	// Each ES algorithm belongs to one curve.
	otherCurve := strings.Split(c.assertion(nil, nil), ".")
	otherCurve[0] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":"key for ES384"}`))
	wantOAuth(t, c.postForm(c.form(strings.Join(otherCurve, "."))), errAlgorithm)
	// With several keys the kid decides, so it must be there.
	wantOAuth(t, c.postForm(c.form(c.assertion(nil, map[string]any{"kid": nil}))), errKid)
	stranger, err := rsa.GenerateKey(rand.Reader, clientKeyBits)
	if err != nil {
		t.Fatal(err)
	}
	wantOAuth(t, try(jwt.SigningMethodRS256, stranger, c.tenant.KeyID()), errSignature)
}

func TestKidRequired(t *testing.T) {
	c := start(t, Settings{KidRequired: true})
	wantOAuth(t, c.postForm(c.form(c.assertion(nil, map[string]any{"kid": nil}))), errKid)
}

func TestRegisterKeyRefuses(t *testing.T) {
	c := start(t, Settings{})
	short := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}
	for name, jwk := range map[string][]byte{
		"nonsense":  []byte("{"),
		"private":   c.tenant.PrivateKeyJWK(),
		"symmetric": mustJSON(jose.JSONWebKey{Key: []byte("secret"), KeyID: "s"}),
		"short":     mustJSON(jose.JSONWebKey{Key: short, KeyID: "short"}),
		"taken kid": mustJSON(jose.JSONWebKey{Key: c.tenant.app.key.Public(), KeyID: c.tenant.KeyID()}),
	} {
		err := c.tenant.RegisterKey(jwk)
		if err == nil {
			t.Fatalf("%s: registered", name)
		}
		var private struct{ D string }
		if json.Unmarshal(jwk, &private) == nil && private.D != "" && strings.Contains(err.Error(), private.D) {
			t.Errorf("%s: the error shows the private key", name)
		}
	}
}

func TestFormRules(t *testing.T) {
	change := func(name, value string) func(url.Values) {
		return func(form url.Values) { form.Set(name, value) }
	}
	remove := func(name string) func(url.Values) { return func(form url.Values) { form.Del(name) } }
	tests := []struct {
		name   string
		change func(url.Values)
		header map[string]string
		query  string
		want   oauthError
	}{
		{"grant type missing", remove("grant_type"), nil, "", errInvalidRequest},
		{"grant type of users", change("grant_type", "authorization_code"), nil, "", errUnauthorizedClient},
		{"grant type unknown", change("grant_type", "magic"), nil, "", errUnsupportedGrant},
		{"assertion type", change("client_assertion_type", "jwt"), nil, "", errInvalidRequest},
		{"no credentials", remove("client_assertion"), nil, "", errNoCredentials},
		{"client id of nobody", func(form url.Values) {
			form.Del("client_assertion")
			form.Set("client_id", "0oaOther")
		}, nil, "", errUnknownClient},
		{"other client id beside the assertion", change("client_id", "0oaOther"), nil, "", errUnknownClient},
		{"secret", func(form url.Values) {
			form.Del("client_assertion")
			form.Set("client_secret", "secret")
		}, nil, "", errSecretAuth},
		{"basic", remove("client_assertion"), map[string]string{"Authorization": "Basic eDp5"}, "", errSecretAuth},
		{"secret and assertion", change("client_secret", "secret"), nil, "", errMultipleAuth},
		{"repeated", func(form url.Values) { form.Add("scope", ScopeUsersRead) }, nil, "", errRepeated},
		{"in the query", func(url.Values) {}, nil, "?client_assertion=x", errInQuery},
		{"JSON", func(url.Values) {}, map[string]string{"Content-Type": "application/json"}, "", errInvalidRequest},
		{"too large", change("padding", strings.Repeat("x", maxFormBytes)), nil, "", errInvalidRequest},
		{"no scope", remove("scope"), nil, "", errNoScopes},
		{"blank scope", change("scope", "  "), nil, "", errNoScopes},
		{"openid", change("scope", "openid"), nil, "", errInvalidScope},
		{"unknown scope", change("scope", ScopeUsersRead+" users"), nil, "", errInvalidScope},
		{"scope never granted", change("scope", "okta.apps.read"), nil, "", errConsentRequired},
	}
	c := start(t, Settings{TokensPerMinute: NoRateLimit})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form := c.form(c.assertion(nil, nil))
			test.change(form)
			wantOAuth(t, c.post(tokenPath+test.query, form.Encode(), test.header), test.want)
		})
	}
	if got := c.get(tokenPath); got.status != http.StatusMethodNotAllowed || got.errorCode() != "E0000022" {
		t.Errorf("GET: got %v, want 405 E0000022", got)
	}
	if got := c.post("/oauth2/default/v1/token", c.form(c.assertion(nil, nil)).Encode(), nil); got.status != http.StatusUnauthorized || got.errorCode() != "E0000015" {
		t.Errorf("custom authorization server: got %v, want 401 E0000015", got)
	}
}

func TestScopesAreCutDownToGrants(t *testing.T) {
	c := start(t, Settings{Grants: []string{ScopeUsersRead}})
	got := c.postForm(c.form(c.assertion(nil, nil)))
	var body struct {
		Scope string `json:"scope"`
	}
	if err := json.Unmarshal(got.body, &body); err != nil || body.Scope != ScopeUsersRead {
		t.Errorf("got %v, want scope %s only", got, ScopeUsersRead)
	}
	none := start(t, Settings{Grants: []string{}})
	wantOAuth(t, none.postForm(none.form(none.assertion(nil, nil))), errConsentRequired)
}

func TestTokenRateLimit(t *testing.T) {
	c := start(t, Settings{TokensPerMinute: 1})
	c.signIn()
	if got := c.postForm(c.form(c.assertion(nil, nil))); got.status != http.StatusTooManyRequests || got.errorCode() != "E0000047" {
		t.Errorf("got %v, want 429 E0000047", got)
	}
}

// FuzzTokenForm sends any form: the tenant must always answer with a token or
// with one of Okta's errors, and issue no token that was not earned.
func FuzzTokenForm(f *testing.F) {
	f.Add("grant_type=client_credentials&scope=okta.users.read")
	f.Add("grant_type=client_credentials&client_assertion=a.b.c&client_assertion_type=" + url.QueryEscape(assertionType))
	f.Add("%zz&;=&&a=b;c")
	f.Add("client_id=x&client_secret=y")
	tenant, err := Start(Settings{TokensPerMinute: NoRateLimit})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(tenant.Close)
	f.Fuzz(func(t *testing.T, body string) {
		c := &client{t: t, tenant: tenant, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
		got := c.post(tokenPath, body, nil)
		if got.err != nil || got.errorCode() == "" || got.status < 400 || got.status >= 500 {
			t.Errorf("got %v, want a refusal", got)
		}
	})
}

// FuzzAssertion feeds the check of assertions anything: nothing but an assertion
// signed by the client's key may pass, and nothing may crash it.
func FuzzAssertion(f *testing.F) {
	tenant, err := Start(Settings{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(tenant.Close)
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":"x","exp":1e99}`, tenant.ClientID(), tenant.ClientID())
	f.Add("", "", "")
	f.Add(`{"alg":"RS256"}`, claims, "signature")
	f.Add(`{"alg":"ES256","kid":"k"}`, claims, "")
	f.Add(`{"alg":"none"}`, claims, "")
	f.Add(`{"alg":"RS256","kid":["k"]}`, `{"iss":null,"exp":{}}`, "\x00")
	f.Fuzz(func(t *testing.T, header, claims, signature string) {
		assertion := encode([]byte(header)) + "." + encode([]byte(claims)) + "." + encode([]byte(signature))
		tenant.noteAssertion(assertion)
		if refusal := tenant.checkAssertion(assertion, "x"); refusal == nil {
			t.Errorf("accepted %s.%s.%q", header, claims, signature)
		}
	})
}
