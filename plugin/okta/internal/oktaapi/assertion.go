package oktaapi

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Times of a client assertion. Okta documents no leeway: exp may be 3600 s ahead of its clock at most, and iat not after
// it. A client one second fast already fails with an exp of one hour (okta/okta-sdk-python issue 382).
const (
	// assertionLifetime outlasts a slow clock and a slow network, far from the limit of an hour.
	assertionLifetime = 5 * time.Minute
	// assertionBackdate lets a clock be fast by as much.
	assertionBackdate = 30 * time.Second
)

// assertionType is the client_assertion_type of RFC 7523 section 2.2.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// tokenURL returns the token endpoint of the org authorization server, the only one that issues okta.* scopes. It is the
// assertion's audience too, character by character.
func tokenURL(base *url.URL) string { return base.Scheme + "://" + base.Host + "/oauth2/v1/token" }

// newAssertion makes a client assertion for one attempt. The jti makes it single use, so each attempt needs a new one.
func newAssertion(key *PrivateKey, clientID, audience string, now time.Time) (string, error) {
	return key.sign(jwt.MapClaims{
		"iss": clientID,
		"sub": clientID,
		"aud": audience,
		"iat": now.Add(-assertionBackdate).Unix(),
		"exp": now.Add(assertionLifetime).Unix(),
		"jti": rand.Text(),
	})
}

// tokenForm is the body of a token request. Nothing of it may go into the URL: Okta refuses credentials in a query.
func tokenForm(scope, assertion string) url.Values {
	return url.Values{
		"grant_type":            {"client_credentials"},
		"scope":                 {scope},
		"client_assertion_type": {assertionType},
		"client_assertion":      {assertion},
	}
}

// describeSkew says for people how far a clock is off; skew is the service's clock minus ours.
func describeSkew(skew time.Duration) string {
	switch skew = skew.Round(time.Second); {
	case skew > 0:
		return fmt.Sprintf("this machine's clock is %s behind Okta's", skew)
	case skew < 0:
		return fmt.Sprintf("this machine's clock is %s ahead of Okta's", -skew)
	}
	return "this machine's clock and Okta's agree to the second"
}
