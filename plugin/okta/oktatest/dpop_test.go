package oktatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// prover signs proofs as a well-behaved client does, changed as a test likes.
type prover struct {
	c   *client
	key *ecdsa.PrivateKey
}

func newProver(c *client) prover {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	return prover{c, key}
}

// proof proves a request. A nil value in claims or header takes it out.
func (p prover) proof(method, path string, claims, header map[string]any) string {
	p.c.t.Helper()
	all := jwt.MapClaims{"jti": newRequestID(), "htm": method, "htu": p.c.tenant.URL() + path, "iat": p.c.tenant.settings.Clock().Unix()}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, all)
	token.Header["typ"], token.Header["jwk"] = proofType, jose.JSONWebKey{Key: &p.key.PublicKey}
	for target, changes := range map[*map[string]any]map[string]any{(*map[string]any)(&all): claims, &token.Header: header} {
		for name, value := range changes {
			(*target)[name] = value
			if value == nil {
				delete(*target, name)
			}
		}
	}
	signed, err := token.SignedString(p.key)
	if err != nil {
		p.c.t.Fatal(err)
	}
	return signed
}

// ask asks for a token with a proof.
func (p prover) ask(proof string) answer {
	return p.c.post(tokenPath, p.c.form(p.c.assertion(nil, nil)).Encode(), map[string]string{"DPoP": proof})
}

// signIn gets a token that is bound to the key.
func (p prover) signIn() string {
	p.c.t.Helper()
	nonce := p.ask(p.proof(http.MethodPost, tokenPath, nil, nil)).header.Get("DPoP-Nonce")
	got := p.ask(p.proof(http.MethodPost, tokenPath, map[string]any{"nonce": nonce}, nil))
	var body struct {
		Kind  string `json:"token_type"`
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(got.body, &body); err != nil || body.Kind != "DPoP" {
		p.c.t.Fatalf("got %v, want a token of type DPoP", got)
	}
	return body.Token
}

func TestDPoPRequired(t *testing.T) {
	c := start(t, Settings{DPoPRequired: true})
	wantOAuth(t, c.postForm(c.form(c.assertion(nil, nil))), errDPoPMissing)
	p := newProver(c)
	got := p.ask(p.proof(http.MethodPost, tokenPath, nil, nil))
	wantOAuth(t, got, errDPoPNonce)
	if got.header.Get("DPoP-Nonce") == "" {
		t.Error("no DPoP-Nonce header")
	}
	p.signIn()
}

func TestBadProofsForATokenAreRefused(t *testing.T) {
	c := start(t, Settings{DPoPRequired: true})
	p := newProver(c)
	now := time.Now()
	nonce := c.tenant.nonces()[0]
	for name, proof := range map[string]string{
		"other type":     p.proof(http.MethodPost, tokenPath, nil, map[string]any{"typ": "JWT"}),
		"no key":         p.proof(http.MethodPost, tokenPath, nil, map[string]any{"jwk": nil}),
		"private key":    p.proof(http.MethodPost, tokenPath, nil, map[string]any{"jwk": jose.JSONWebKey{Key: p.key}}),
		"another's key":  p.proof(http.MethodPost, tokenPath, nil, map[string]any{"jwk": jose.JSONWebKey{Key: &newProver(c).key.PublicKey}}),
		"other method":   p.proof(http.MethodGet, tokenPath, nil, nil),
		"other address":  p.proof(http.MethodPost, "/oauth2/default/v1/token", nil, nil),
		"with a query":   p.proof(http.MethodPost, tokenPath+"?a=b", nil, nil),
		"no time":        p.proof(http.MethodPost, tokenPath, map[string]any{"iat": nil}, nil),
		"of the future":  p.proof(http.MethodPost, tokenPath, map[string]any{"iat": now.Add(time.Minute).Unix()}, nil),
		"of the past":    p.proof(http.MethodPost, tokenPath, map[string]any{"iat": now.Add(-2 * maxProofAge).Unix()}, nil),
		"no id":          p.proof(http.MethodPost, tokenPath, map[string]any{"jti": nil}, nil),
		"not a JWT":      "proof",
		"changed":        strings.Replace(p.proof(http.MethodPost, tokenPath, nil, nil), ".", ".A", 1),
		"unsigned (alg)": p.proof(http.MethodPost, tokenPath, nil, map[string]any{"alg": "none"}),
	} {
		if got := p.ask(proof); got.status != http.StatusBadRequest || !strings.Contains(string(got.body), `"invalid_dpop_proof"`) {
			t.Errorf("%s: got %v, want 400 invalid_dpop_proof", name, got)
		}
	}
	twice := p.proof(http.MethodPost, tokenPath, map[string]any{"nonce": nonce}, nil)
	if got := p.ask(twice); got.status != http.StatusOK {
		t.Fatalf("a good proof: got %v", got)
	}
	if got := p.ask(twice); got.status != http.StatusBadRequest || c.tenant.Stats().ProofsReplayed != 1 {
		t.Errorf("the same proof again: got %v", got)
	}
}

func TestNoncesOfTheTokenEndpointWorkForThreeLifetimes(t *testing.T) {
	now := time.Now()
	c := start(t, Settings{DPoPRequired: true, Clock: func() time.Time { return now }})
	p := newProver(c)
	nonce := c.tenant.nonces()[0]
	for _, step := range []struct {
		ahead time.Duration
		want  int
	}{{0, 200}, {2 * DefaultDPoPNonceLifetime, 200}, {DefaultDPoPNonceLifetime, 400}} {
		now = now.Add(step.ahead)
		if got := p.ask(p.proof(http.MethodPost, tokenPath, map[string]any{"nonce": nonce}, nil)); got.status != step.want || got.header.Get("DPoP-Nonce") == "" {
			t.Errorf("after another %s: got %v, want %d with the new nonce", step.ahead, got, step.want)
		}
	}
}

func TestBoundTokensNeedAProofForEachRequest(t *testing.T) {
	const path = "/api/v1/users"
	c := start(t, Settings{Users: 3, DPoPRequired: true})
	p := newProver(c)
	token := p.signIn()
	ath := map[string]any{"ath": tokenHash(token)}
	good := p.proof(http.MethodGet, path, ath, nil)
	for _, test := range []struct {
		name, scheme, proof string
		status              int
		challenge           string
	}{
		{"good", "DPoP", good, 200, ""},
		{"the same again", "DPoP", good, 400, "'jti' claim"},
		{"as Bearer", "Bearer", p.proof(http.MethodGet, path, ath, nil), 400, `error="invalid_request"`},
		{"no proof", "DPoP", "", 400, "is missing"},
		{"another's proof", "DPoP", newProver(c).proof(http.MethodGet, path, ath, nil), 400, "another key"},
		{"no hash", "DPoP", p.proof(http.MethodGet, path, nil, nil), 400, "'ath' claim"},
		{"with the query", "DPoP", p.proof(http.MethodGet, path+"?limit=2", ath, nil), 400, "'htu' claim"},
	} {
		header := map[string]string{"Authorization": test.scheme + " " + token}
		if test.proof != "" {
			header["DPoP"] = test.proof
		}
		got := c.getWith(path+"?limit=2", header)
		challenge := got.header.Get("WWW-Authenticate")
		if got.status != test.status || !strings.Contains(challenge, test.challenge) || test.status != 200 && !strings.HasPrefix(challenge, "DPoP algs=") {
			t.Errorf("%s: got %v with the challenge %q, want %d %s", test.name, got, challenge, test.status, test.challenge)
		}
	}
}

func TestTheAPIMayDemandANonceOfItsOwn(t *testing.T) {
	const path = "/api/v1/users"
	c := start(t, Settings{Users: 3, DPoPRequired: true, DPoPNonceForAPI: true})
	p := newProver(c)
	token := p.signIn()
	claims := map[string]any{"ath": tokenHash(token), "nonce": c.tenant.nonces()[0]}
	ask := func() answer {
		return c.getWith(path, map[string]string{"Authorization": "DPoP " + token, "DPoP": p.proof(http.MethodGet, path, claims, nil)})
	}
	got := ask()
	if got.status != http.StatusUnauthorized || !strings.Contains(got.header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) {
		t.Errorf("with the token endpoint's nonce: got %v", got)
	}
	claims["nonce"] = got.header.Get("DPoP-Nonce")
	if got := ask(); got.status != http.StatusOK {
		t.Errorf("with the API's: got %v", got)
	}
}

func TestProofsOfAppsThatDoNotRequireThemArePassedOver(t *testing.T) {
	c := start(t, Settings{})
	p := newProver(c)
	if got := p.ask("nonsense"); got.status != http.StatusOK || !strings.Contains(string(got.body), `"token_type":"Bearer"`) {
		t.Errorf("got %v, want a Bearer token", got)
	}
}
