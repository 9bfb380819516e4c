package oktatest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

const (
	// DefaultDPoPNonceLifetime is how often Okta's token endpoint renews the
	// nonce that it wants in proofs. See https://developer.okta.com/docs/guides/dpop/.
	DefaultDPoPNonceLifetime = 24 * time.Hour
	// nonceGenerations is how many nonces work at a time: one is good for three
	// days after it was made.
	nonceGenerations = 3
	// maxProofAge is how old a proof may be. Okta names no limit; RFC 9449
	// section 11.1 speaks of seconds or minutes.
	maxProofAge = time.Minute
	// proofType is the typ of a proof (RFC 9449 section 4.2).
	proofType = "dpop+jwt"
)

// confirmation binds a token to a key (RFC 9449 section 6.1).
type confirmation struct {
	Thumbprint string `json:"jkt"`
}

// proofClaims are those of a DPoP proof.
type proofClaims struct {
	ID       string      `json:"jti"`
	Method   string      `json:"htm"`
	Target   string      `json:"htu"`
	IssuedAt json.Number `json:"iat"`
	Hash     string      `json:"ath"`
	Nonce    string      `json:"nonce"`
}

// Validate implements [jwt.ClaimsValidator]; the tenant checks by its own clock.
func (proofClaims) Validate() error { return nil }

// The rest of jwt.Claims: a proof has none of these.
func (proofClaims) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil } //nolint:nilnil // absent
func (proofClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil } //nolint:nilnil // checked by the tenant
func (proofClaims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil } //nolint:nilnil // absent
func (proofClaims) GetIssuer() (string, error)                   { return "", nil }
func (proofClaims) GetSubject() (string, error)                  { return "", nil }
func (proofClaims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// bind decides whether the token that a request asks for is bound to a key: by
// the thumbprint of the key, empty for a Bearer token. Where the app does not
// require DPoP, Okta passes over a proof (okta/okta-sdk-golang issue 598).
func (t *Tenant) bind(x *exchange) (string, *oauthError) {
	if !t.settings.DPoPRequired && !t.settings.DPoPOffered {
		return "", nil
	}
	if len(x.r.Header.Values("DPoP")) == 0 {
		if !t.settings.DPoPRequired {
			return "", nil
		}
		return "", &errDPoPMissing
	}
	thumbprint, claims, refusal := t.checkProof(x, "")
	if refusal != nil {
		return "", refusal
	}
	if !slices.Contains(t.nonces(), claims.Nonce) {
		return "", &errDPoPNonce
	}
	return thumbprint, nil
}

// checkProof checks the request's proof as RFC 9449 section 4.3 says, all but
// its nonce. accessToken is the token that goes with it, empty at the token
// endpoint.
func (t *Tenant) checkProof(x *exchange, accessToken string) (thumbprint string, claims proofClaims, refusal *oauthError) {
	proofs := x.r.Header.Values("DPoP")
	switch {
	case len(proofs) == 0:
		return "", claims, &errDPoPMissing
	case len(proofs) > 1:
		return "", claims, proofError("There is more than one DPoP proof JWT header.")
	}
	key, refusal := readProof(proofs[0], &claims)
	if refusal != nil {
		return "", claims, refusal
	}
	if thumbprint, refusal = keyThumbprint(key); refusal != nil {
		return "", claims, refusal
	}
	switch {
	case claims.Method != x.r.Method:
		return "", claims, wrongClaim("htm")
	case claims.Target != x.origin()+x.r.URL.Path:
		return "", claims, wrongClaim("htu")
	case accessToken != "" && claims.Hash != tokenHash(accessToken):
		return "", claims, wrongClaim("ath")
	case claims.ID == "":
		return "", claims, wrongClaim("jti")
	}
	return thumbprint, claims, t.checkProofTime(claims)
}

// readProof checks the proof's form and its signature, by the key that it names
// itself.
func readProof(proof string, claims *proofClaims) (jose.JSONWebKey, *oauthError) {
	var key jose.JSONWebKey
	parser := jwt.NewParser(jwt.WithValidMethods(assertionAlgorithms), jwt.WithoutClaimsValidation(), jwt.WithJSONNumber())
	_, err := parser.ParseWithClaims(proof, claims, func(token *jwt.Token) (any, error) {
		if token.Header["typ"] != proofType {
			return nil, fmt.Errorf("typ is %v", token.Header["typ"])
		}
		document, err := json.Marshal(token.Header["jwk"])
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		if err := json.Unmarshal(document, &key); err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		if !key.IsPublic() || !algorithmFits(token.Method, key.Key) {
			return nil, fmt.Errorf("the key does not fit %s", token.Method.Alg())
		}
		return key.Key, nil
	})
	if err != nil {
		return key, proofError("The DPoP proof JWT is invalid.")
	}
	return key, nil
}

func keyThumbprint(key jose.JSONWebKey) (string, *oauthError) {
	sum, err := thumbprint(key)
	if err != nil {
		return "", proofError("The DPoP proof JWT is invalid.")
	}
	return sum, nil
}

// checkProofTime checks that the proof is of now, and that it comes for the first
// time.
func (t *Tenant) checkProofTime(claims proofClaims) *oauthError {
	seconds, err := claims.IssuedAt.Int64()
	now := t.settings.Clock()
	issued := time.Unix(seconds, 0)
	if err != nil || issued.After(now) || now.Sub(issued) > maxProofAge {
		return wrongClaim("iat")
	}
	fresh, room := t.app.remember(t.app.proofs, claims.ID, issued.Add(maxProofAge+time.Second), now)
	switch {
	case !fresh:
		t.stats.count(func(s *Stats) { s.ProofsReplayed++ })
		return wrongClaim("jti")
	case !room:
		return &errUnavailable
	}
	t.stats.count(func(s *Stats) { s.Proofs++ })
	return nil
}

// proveAccess checks a token that is bound to a key, in a request to the
// management API. If it may not pass the request has been answered.
func (x *exchange) proveAccess(signed, scheme string, bound confirmation) bool {
	if scheme != "DPoP" {
		x.refuseProof(http.StatusBadRequest, &oauthError{code: "invalid_request", description: "The resource request must use the DPoP authentication scheme."})
		return false
	}
	thumbprint, claims, refusal := x.t.checkProof(x, signed)
	if refusal == nil && thumbprint != bound.Thumbprint {
		refusal = proofError("The DPoP proof JWT is signed by another key than the one that the access token is bound to.")
	}
	if refusal != nil {
		x.refuseProof(http.StatusBadRequest, refusal)
		return false
	}
	if x.t.settings.DPoPNonceForAPI && claims.Nonce != x.t.apiNonces()[0] {
		x.w.Header().Set("DPoP-Nonce", x.t.apiNonces()[0])
		x.refuseProof(http.StatusUnauthorized, &oauthError{code: errDPoPNonce.code, description: "Resource server requires nonce in DPoP proof."})
		return false
	}
	return true
}

// refuseProof answers without a body, as Okta was seen to
// (okta/okta-sdk-golang issue 468).
func (x *exchange) refuseProof(status int, refusal *oauthError) {
	x.resetRates()
	x.challenge("DPoP", neededScope(x.endpoint), refusal.code, refusal.description)
	x.empty(status)
}

// nonces are those that the token endpoint takes now, the newest first.
func (t *Tenant) nonces() []string { return t.noncesOf("token") }

// apiNonces are those of the management API.
func (t *Tenant) apiNonces() []string { return t.noncesOf("api") }

// noncesOf derives nonces from the seed and the time, so that none has to be
// remembered.
func (t *Tenant) noncesOf(server string) []string {
	generation := t.settings.Clock().UnixNano() / int64(t.settings.DPoPNonceLifetime)
	nonces := make([]string, nonceGenerations)
	for i := range nonces {
		mac := hmac.New(sha256.New, binary.BigEndian.AppendUint64([]byte(server), t.settings.Seed))
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(generation-int64(i))))
		nonces[i] = base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
	}
	return nonces
}

// tokenHash is a token's ath (RFC 9449 section 4.2).
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func proofError(description string) *oauthError {
	return &oauthError{"", http.StatusBadRequest, errDPoPMissing.code, description}
}

// wrongClaim is worded as Okta's refusal of a wrong htu.
func wrongClaim(name string) *oauthError {
	return proofError("'" + name + "' claim in the DPoP proof JWT is invalid.")
}

// credentialsOf are scheme and value of an Authorization header.
func credentialsOf(r *http.Request) (scheme, value string) {
	scheme, value, _ = strings.Cut(r.Header.Get("Authorization"), " ")
	return scheme, value
}
