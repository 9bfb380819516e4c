package oktatest

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// maxAssertionLife is how far ahead of Okta's clock exp may lie.
	maxAssertionLife = time.Hour
	// maxRememberedAssertions bounds the memory for single use. At the token
	// endpoint's rate an hour brings 9,000.
	maxRememberedAssertions = 100_000
)

// assertionAlgorithms are those of private_key_jwt at Okta. HS* belong to
// client_secret_jwt.
var assertionAlgorithms = []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}

// checkAssertion checks a client assertion (RFC 7523 section 3) by Okta's rules:
// https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/.
// Whose key is to be used follows from the client, so that comes first.
func (t *Tenant) checkAssertion(assertion, endpoint string) *oauthError {
	claims := jwt.MapClaims{}
	token, _, err := jwt.NewParser(jwt.WithJSONNumber()).ParseUnverified(assertion, claims)
	if errors.Is(err, jwt.ErrTokenUnverifiable) {
		return &errAlgorithm // an alg that nobody knows
	}
	if err != nil {
		return &errUnparsable
	}
	switch {
	case claims["iss"] != t.app.clientID:
		return &errIssuer
	case claims["sub"] != t.app.clientID:
		return &errSubject
	}
	if refusal := t.checkSignature(assertion, token); refusal != nil {
		return refusal
	}
	if claims["aud"] != endpoint {
		return &errAudience // also for an array: Okta documents a string
	}
	expires, refusal := t.checkTimes(claims)
	if refusal != nil {
		return refusal
	}
	return t.checkSingleUse(claims, expires)
}

func (t *Tenant) checkSignature(assertion string, token *jwt.Token) *oauthError {
	kid, isString := token.Header["kid"].(string)
	if token.Header["kid"] != nil && !isString {
		return &errKid
	}
	key, found := t.app.keyFor(kid, t.settings.KidRequired)
	if !found {
		return &errKid
	}
	if !algorithmFits(token.Method, key.Key) || key.Algorithm != "" && key.Algorithm != token.Method.Alg() {
		return &errAlgorithm
	}
	parser := jwt.NewParser(jwt.WithValidMethods(assertionAlgorithms), jwt.WithoutClaimsValidation(), jwt.WithJSONNumber())
	if _, err := parser.Parse(assertion, func(*jwt.Token) (any, error) { return key.Key, nil }); err != nil {
		return &errSignature
	}
	return nil
}

// algorithmFits tells whether a key can have made a signature of this kind: each
// ES algorithm belongs to one curve (RFC 7518 section 3.4).
func algorithmFits(method jwt.SigningMethod, key any) bool {
	switch method := method.(type) {
	case *jwt.SigningMethodRSA:
		_, ok := key.(*rsa.PublicKey)
		return ok
	case *jwt.SigningMethodECDSA:
		public, ok := key.(*ecdsa.PublicKey)
		return ok && public.Curve.Params().BitSize == method.CurveBits
	}
	return false
}

// checkTimes checks exp and iat against the tenant's clock, without leeway.
func (t *Tenant) checkTimes(claims jwt.MapClaims) (expires time.Time, refusal *oauthError) {
	now := t.settings.Clock().Truncate(time.Second)
	exp, ok := wholeSeconds(claims["exp"])
	switch {
	case !ok:
		return expires, &errExpMissing
	case !exp.After(now):
		return expires, &errAssertionExpired
	case exp.After(now.Add(maxAssertionLife)):
		return expires, &errExpTooFar
	}
	if claims["iat"] == nil {
		return exp, nil
	}
	iat, ok := wholeSeconds(claims["iat"])
	switch {
	case !ok:
		return expires, &errUnparsable
	case iat.After(now):
		return expires, &errIssuedInFuture
	}
	return exp, nil
}

func wholeSeconds(claim any) (time.Time, bool) {
	number, ok := claim.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Int64()
	return time.Unix(seconds, 0), err == nil
}

// checkSingleUse lets each jti pass once.
func (t *Tenant) checkSingleUse(claims jwt.MapClaims, expires time.Time) *oauthError {
	if claims["jti"] == nil {
		return nil
	}
	jti, ok := claims["jti"].(string)
	if !ok {
		return &errUnparsable
	}
	fresh, room := t.app.remember(t.app.used, jti, expires, t.settings.Clock())
	switch {
	case !fresh:
		t.stats.count(func(s *Stats) { s.AssertionsReplayed++ })
		return &errAssertionUsed
	case !room:
		return &errUnavailable
	}
	return nil
}

// noteAssertion counts assertions that come twice, also when the first was
// refused: each attempt should carry its own.
func (t *Tenant) noteAssertion(assertion string) {
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(assertion, claims); err != nil {
		return
	}
	jti, ok := claims["jti"].(string)
	if !ok {
		return
	}
	now := t.settings.Clock()
	if fresh, _ := t.app.remember(t.app.seen, jti, now.Add(maxAssertionLife), now); !fresh {
		t.stats.violation(AssertionReused)
	}
}

// remember notes a jti until it expires. fresh is false if it was there already,
// room if it could not be noted.
func (a *app) remember(memory map[string]time.Time, jti string, expires, now time.Time) (fresh, room bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if until, known := memory[jti]; known && until.After(now) {
		return false, true
	}
	if len(memory) >= maxRememberedAssertions {
		maps.DeleteFunc(memory, func(_ string, until time.Time) bool { return !until.After(now) })
	}
	if len(memory) >= maxRememberedAssertions {
		return true, false
	}
	memory[jti] = expires
	return true, true
}
