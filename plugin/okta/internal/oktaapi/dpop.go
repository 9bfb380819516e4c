package oktaapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// A proof goes with every token request, whether the app demands DPoP or not. An app that does not demand it gets a
// Bearer token all the same: Okta passes over the proof (okta/okta-sdk-golang issue 598, whose change sends it first too).
// The other order, a request without a proof and then one with it, would leave a failed grant in the org's System Log for
// each token. What the answer says of the token's type decides how it is used.

// proofBackdate is how far proofs are dated back, so that a clock that is fast by as much does no harm. Servers accept a
// proof for seconds or minutes after its time (RFC 9449 section 11.1), so it can't be much.
const proofBackdate = 5 * time.Second

// maxNonce bounds the nonce that a server wants in proofs, in bytes. Okta's have 32.
const maxNonce = 512

// prover makes DPoP proofs (RFC 9449 section 4.2) with a key pair that lives as long as the process and is never stored:
// a token that leaks is of no use without it. It is safe for concurrent use.
type prover struct {
	key func() (*ecdsa.PrivateKey, error) // the pair, made when it is first needed
	now func() time.Time                  // as the service takes it
}

func newProver(now func() time.Time) *prover {
	return &prover{now: now, key: sync.OnceValues(func() (*ecdsa.PrivateKey, error) {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	})}
}

// proof returns a proof for one request. accessToken is the token that goes with it, empty at the token endpoint; nonce
// is the server's, or empty.
func (p *prover) proof(method string, target *url.URL, accessToken, nonce string) (string, error) {
	key, err := p.key()
	if err != nil {
		return "", fmt.Errorf("make a DPoP key: %w", err)
	}
	claims := jwt.MapClaims{
		"jti": rand.Text(),
		"htm": method,
		"htu": proofTarget(target),
		"iat": p.now().Add(-proofBackdate).Unix(),
	}
	if accessToken != "" {
		sum := sha256.Sum256([]byte(accessToken))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["typ"] = "dpop+jwt"
	token.Header["jwk"] = jose.JSONWebKey{Key: &key.PublicKey}
	signed, err := token.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign a DPoP proof: %w", err)
	}
	return signed, nil
}

// proofTarget is the URL of a request as its proof names it: without query and fragment. Okta refuses the second page of
// a list whose proof has the query (okta/okta-sdk-golang issue 468).
func proofTarget(target *url.URL) string { return target.Scheme + "://" + target.Host + target.Path }

// nonce is what one server wants to find in proofs, from the last response that named one. The token endpoint and the
// Management API each have one: a nonce is for the server that gave it (RFC 9449 section 8.2).
type nonce struct {
	mu    sync.Mutex // guards value
	value string
}

func (n *nonce) current() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.value
}

// adopt takes the nonce that a response names; any response may, also one with status 200.
func (n *nonce) adopt(header http.Header) {
	value := header.Get("DPoP-Nonce")
	if value == "" || len(value) > maxNonce || strings.ContainsFunc(value, notInNonce) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.value = value
}

// notInNonce reports whether a character may not be in a nonce (RFC 9449 section 8.1).
func notInNonce(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }

// proofRefused reads invalid_dpop_proof and use_dpop_nonce, which the token endpoint answers in a body and the Management
// API in WWW-Authenticate, with HTTP 400.
func (r refusal) proofRefused() *Error {
	switch {
	case r.oauthError == "use_dpop_nonce":
		return r.newError(ReasonDPoPNonceRequired, "Okta wants a nonce of its own in the DPoP proof", RetryWithNewProof)
	case r.says("header", "missing"): // not so of a claim that is missing in a proof that came
		return r.proofLost()
	case r.says("'iat'"), r.says("iat claim"), r.says("expired"), r.says("too old"), r.says("future"):
		return r.newError(ReasonClockSkew, "Okta does not accept the time in the DPoP proof: this machine's clock and Okta's differ", RetryWithServiceTime)
	case r.says("'jti'"), r.says("already", "used"), r.says("replay"):
		return r.newError(ReasonDPoPProofRefused, "Okta has seen the DPoP proof before", RetryWithNewProof)
	}
	return r.newError(ReasonDPoPProofRefused, "Okta does not accept the DPoP proof", RetryNever)
}

// proofLost is the refusal of a request that had a proof when it was sent.
func (r refusal) proofLost() *Error {
	return r.newError(ReasonDPoPRequired, "the app demands DPoP, and the proof that was sent did not reach Okta", RetryNever)
}
