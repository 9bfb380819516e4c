package oktaapi

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/golang-jwt/jwt/v5"
)

// minRSABits is the shortest RSA key that Okta accepts for private_key_jwt
// (https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/).
const minRSABits = 2048

// maxKeyIDLength bounds a configured key id. Okta's own have 43 characters at most; the rest is for customers' own.
const maxKeyIDLength = 255

// PrivateKey signs client assertions. It prints its kind, size and key id, never key material, whatever the format.
// It is safe for concurrent use. The zero value cannot sign; [ParsePrivateKey] makes one that can.
type PrivateKey struct {
	signer crypto.Signer
	method jwt.SigningMethod
	kind   string
	keyID  string
}

// ParsePrivateKey reads a private key in the forms in which Okta's console and key tools give it: PEM with PKCS#8,
// PKCS#1 (RSA) or SEC 1 (EC) inside, a JWK (RFC 7517), or a JWK set with exactly one private key. It puts right what
// copying does to them: literal \n pairs, CRLF, a byte order mark, quotation marks, blanks and indentation, and line
// ends that became blanks.
//
// keyID is the id of the public key in Okta's console; where it is empty the JWK's "kid" is used, and a PEM key goes
// without. Two that contradict each other are refused. The algorithm is RS256 for RSA unless the JWK's "alg" says
// RS384 or RS512, and follows from the curve for EC: ES256, ES384 or ES512.
//
// Errors are of type *[Error] with a reason that begins with KEY_; they never quote the text.
func ParsePrivateKey(text, keyID string) (*PrivateKey, error) {
	keyID, err := checkKeyID(keyID)
	if err != nil {
		return nil, err
	}
	parsed, err := readKeyText(text)
	if err != nil {
		return nil, err
	}
	switch {
	case keyID == "":
		keyID = parsed.keyID
	case parsed.keyID != "" && parsed.keyID != keyID:
		return nil, keyError(ReasonKeyIDContradiction, "the key id that was given and the “kid” inside the private key differ: leave the key id empty, or paste the key that belongs to it")
	}
	return newPrivateKey(parsed, keyID)
}

// KeyID returns the key id that is sent as the assertion's kid; empty when none is known.
func (k *PrivateKey) KeyID() string { return k.keyID }

// Algorithm returns the JWS algorithm (RFC 7518 section 3.1): RS256, RS384, RS512, ES256, ES384 or ES512.
func (k *PrivateKey) Algorithm() string {
	if k.method == nil {
		return ""
	}
	return k.method.Alg()
}

// String describes the key without key material, for example "RSA 2048-bit private key, RS256, key id abc".
func (k *PrivateKey) String() string {
	if k == nil || k.method == nil {
		return "no private key"
	}
	if k.keyID == "" {
		return fmt.Sprintf("%s private key, %s, no key id", k.kind, k.Algorithm())
	}
	return fmt.Sprintf("%s private key, %s, key id %s", k.kind, k.Algorithm(), shortKeyID(k.keyID))
}

// shortKeyID leaves of a long key id what tells it from another: the rest stands in a JWK beside the key material, and
// who looks for pieces of that in a log should find none.
func shortKeyID(id string) string {
	const whole, shown = 16, 8
	if len(id) <= whole {
		return id
	}
	return id[:shown] + "…"
}

// GoString is [PrivateKey.String].
func (k *PrivateKey) GoString() string { return k.String() }

// Format prints [PrivateKey.String] for every verb.
func (k *PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue is [PrivateKey.String].
func (k *PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON gives [PrivateKey.String] as a JSON string.
func (k *PrivateKey) MarshalJSON() ([]byte, error) { return json.Marshal(k.String()) }

// sign returns a compact JWS of the claims.
func (k *PrivateKey) sign(claims jwt.Claims) (string, error) {
	token := jwt.NewWithClaims(k.method, claims)
	if k.keyID != "" {
		token.Header["kid"] = k.keyID
	}
	signed, err := token.SignedString(k.signer)
	if err != nil {
		return "", fmt.Errorf("sign the client assertion with the %s: %w", k, err)
	}
	return signed, nil
}

// parsedKey is what a text held, before it was judged.
type parsedKey struct {
	key       any
	keyID     string
	algorithm string // the JWK's alg, or empty
}

func newPrivateKey(parsed parsedKey, keyID string) (*PrivateKey, error) {
	k := &PrivateKey{keyID: keyID}
	switch key := parsed.key.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < minRSABits {
			return nil, keyError(ReasonKeyTooShort, fmt.Sprintf("the private key is an RSA key of %d bits, and Okta takes no fewer than %d", bits, minRSABits))
		}
		k.signer, k.kind = key, fmt.Sprintf("RSA %d-bit", key.N.BitLen())
		k.method = rsaMethod(parsed.algorithm)
	case *ecdsa.PrivateKey:
		k.signer, k.kind = key, "EC "+key.Curve.Params().Name
		if k.method = ecMethod(key.Curve); k.method == nil {
			return nil, unsupportedCurve(key.Curve.Params().Name)
		}
		if parsed.algorithm != "" && parsed.algorithm != k.method.Alg() {
			k.method = nil
		}
	default:
		return nil, keyError(ReasonKeyTypeUnsupported, "the private key is neither an RSA nor an EC key, and Okta takes no other")
	}
	if k.method == nil {
		return nil, keyError(ReasonKeyAlgorithmUnsupported, "the JWK's “alg” is not a signature algorithm that Okta takes for this kind of key: RS256, RS384 or RS512 for RSA, ES256, ES384 or ES512 for EC by curve")
	}
	if err := k.prove(); err != nil {
		return nil, err
	}
	return k, nil
}

func rsaMethod(algorithm string) jwt.SigningMethod {
	switch algorithm {
	case "", "RS256":
		return jwt.SigningMethodRS256
	case "RS384":
		return jwt.SigningMethodRS384
	case "RS512":
		return jwt.SigningMethodRS512
	}
	return nil
}

func ecMethod(curve elliptic.Curve) jwt.SigningMethod {
	switch curve {
	case elliptic.P256():
		return jwt.SigningMethodES256
	case elliptic.P384():
		return jwt.SigningMethodES384
	case elliptic.P521():
		return jwt.SigningMethodES512
	}
	return nil
}

// prove signs and verifies once, so that a key whose halves do not belong together is found here and not as an
// "invalid signature" of Okta's, which has another fix.
func (k *PrivateKey) prove() error {
	const probe = "patchbay"
	signature, err := k.method.Sign(probe, k.signer)
	if err == nil {
		err = k.method.Verify(probe, signature, k.signer.Public())
	}
	if err != nil {
		return keyError(ReasonKeyInconsistent, "the private key is damaged: what it signs cannot be verified with its own public half")
	}
	return nil
}

func checkKeyID(keyID string) (string, error) {
	keyID = trimPasted(keyID)
	if len(keyID) > maxKeyIDLength {
		return "", keyError(ReasonKeyIDInvalid, fmt.Sprintf("the key id is longer than %d characters; paste the KID that Okta's console shows beside the public key", maxKeyIDLength))
	}
	for _, c := range []byte(keyID) {
		if c <= ' ' || c > '~' {
			return "", keyError(ReasonKeyIDInvalid, "the key id holds a blank or a character outside ASCII; paste the KID that Okta's console shows beside the public key")
		}
	}
	return keyID, nil
}

func unsupportedCurve(name string) *Error {
	if name != "" {
		name = " (" + name + ")"
	}
	return keyError(ReasonKeyCurveUnsupported, "the private key is on an elliptic curve"+name+" that Okta does not take: P-256, P-384 and P-521 are the ones it takes")
}

func keyError(reason, detail string) *Error { return &Error{Reason: reason, Detail: detail} }
