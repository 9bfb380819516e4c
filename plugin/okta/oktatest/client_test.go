package oktatest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	allScopes = ScopeUsersRead + " " + ScopeGroupsRead + " " + ScopeUserTypesRead
	omitHint  = `application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"`
)

// client is a well-behaved client of a tenant, over plain net/http.
type client struct {
	t      *testing.T
	tenant *Tenant
	http   *http.Client
	token  string
}

// start starts a tenant that ends with the test, and a client for it.
func start(t *testing.T, settings Settings) *client {
	t.Helper()
	tenant, err := Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{ForceAttemptHTTP2: settings.HTTP2}
	if settings.TLS {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(tenant.CertPEM())
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	c := &client{t: t, tenant: tenant, http: &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second, // a hang must fail the test, not stop it
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		tenant.Close()
	})
	return c
}

// signedIn is start with a token for all scopes.
func signedIn(t *testing.T, settings Settings) *client {
	t.Helper()
	c := start(t, settings)
	c.signIn()
	return c
}

func (c *client) signIn() {
	c.t.Helper()
	got := c.postForm(c.form(c.assertion(nil, nil)))
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(got.body, &answer); err != nil || answer.AccessToken == "" {
		c.t.Fatalf("no token: %d %s", got.status, got.body)
	}
	c.token = answer.AccessToken
}

// assertion signs the claims that Okta wants, changed as a test likes. A nil
// value in claims takes that claim out.
func (c *client) assertion(claims, header map[string]any) string {
	c.t.Helper()
	return c.assertionBy(jwt.SigningMethodRS256, c.tenant.app.key, claims, header)
}

func (c *client) assertionBy(method jwt.SigningMethod, key crypto.PrivateKey, claims, header map[string]any) string {
	c.t.Helper()
	now := c.tenant.settings.Clock()
	all := jwt.MapClaims{
		"iss": c.tenant.ClientID(), "sub": c.tenant.ClientID(), "aud": c.tenant.URL() + tokenPath,
		"iat": now.Add(-30 * time.Second).Unix(), "exp": now.Add(5 * time.Minute).Unix(), "jti": newRequestID(),
	}
	for name, value := range claims {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	token := jwt.NewWithClaims(method, all)
	token.Header["kid"] = c.tenant.KeyID()
	for name, value := range header {
		token.Header[name] = value
		if value == nil {
			delete(token.Header, name)
		}
	}
	signed, err := token.SignedString(key)
	if err != nil {
		c.t.Fatal(err)
	}
	return signed
}

func (c *client) form(assertion string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {allScopes},
		"client_assertion_type": {assertionType}, "client_assertion": {assertion},
	}
}

// answer is a response with its body read.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body, or of the request
}

func (c *client) postForm(form url.Values) answer {
	return c.post(tokenPath, form.Encode(), nil)
}

func (c *client) post(path, body string, header map[string]string) answer {
	c.t.Helper()
	return c.do(http.MethodPost, c.tenant.URL()+path, body, map[string]string{
		"Content-Type": "application/x-www-form-urlencoded",
	}, header)
}

// get asks for a path, or an address, with the token and the hint.
func (c *client) get(path string) answer {
	c.t.Helper()
	return c.getWith(path, nil)
}

func (c *client) getWith(path string, header map[string]string) answer {
	c.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = c.tenant.URL() + path
	}
	return c.do(http.MethodGet, path, "", map[string]string{
		"Content-Type": omitHint, "Authorization": "Bearer " + c.token,
	}, header)
}

func (c *client) do(method, address, body string, headers ...map[string]string) answer {
	c.t.Helper()
	return c.doContext(c.t.Context(), method, address, body, headers...)
}

func (c *client) doContext(ctx context.Context, method, address, body string, headers ...map[string]string) answer {
	c.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "oktatest/1.0")
	for _, header := range headers {
		for name, value := range header {
			request.Header.Set(name, value)
		}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, read, err}
}

// next is the address of the rel="next" link, empty if there is none.
func (a answer) next() string {
	for _, line := range a.header.Values("Link") {
		if address, found := strings.CutSuffix(line, `>; rel="next"`); found {
			return strings.TrimPrefix(address, "<")
		}
	}
	return ""
}

// users are the members of the body's array.
func (a answer) users(t *testing.T) []json.RawMessage {
	t.Helper()
	var users []json.RawMessage
	if a.err != nil || a.status != http.StatusOK {
		t.Fatalf("no page: status %d, error %v, body %.200s", a.status, a.err, a.body)
	}
	if err := json.Unmarshal(a.body, &users); err != nil {
		t.Fatalf("page is not an array: %v: %.200s", err, a.body)
	}
	return users
}

// errorCode is errorCode of a management API error, or error of an OAuth one.
func (a answer) errorCode() string {
	var body struct {
		ErrorCode string `json:"errorCode"`
		Error     string `json:"error"`
	}
	_ = json.Unmarshal(a.body, &body)
	return body.ErrorCode + body.Error
}

func (a answer) String() string {
	return fmt.Sprintf("%d %.300s (error %v)", a.status, bytes.TrimSpace(a.body), a.err)
}

// walk reads a list to its end.
func (c *client) walk(path string) []json.RawMessage {
	c.t.Helper()
	var all []json.RawMessage
	for path != "" {
		page := c.get(path)
		all = append(all, page.users(c.t)...)
		path = page.next()
	}
	return all
}

func pemBlock(t *testing.T, encoded []byte) *pem.Block {
	t.Helper()
	block, rest := pem.Decode(encoded)
	if block == nil || len(rest) > 0 {
		t.Fatalf("not one PEM block: %.60q", encoded)
	}
	return block
}
