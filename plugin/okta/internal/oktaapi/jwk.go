package oktaapi

import (
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
)

// jwkFields are the members of a JWK (RFC 7517 section 4, RFC 7518 section 6) that decide what kind of key it is. A
// member is a raw message where only its presence matters.
type jwkFields struct {
	KeyType   string          `json:"kty"`
	KeyID     string          `json:"kid"`
	Use       string          `json:"use"`
	Algorithm string          `json:"alg"`
	Curve     string          `json:"crv"`
	Private   json.RawMessage `json:"d"`
	Symmetric json.RawMessage `json:"k"`
}

// readJWK reads a JWK, a JWK set, or a bare array of JWKs.
func readJWK(text string) (parsedKey, error) {
	document, ok := compactJSON(text)
	if !ok {
		return parsedKey{}, unreadableKey("it begins like a JWK but is not JSON; copy it whole, from the first brace to the last")
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
		Type json.RawMessage   `json:"kty"`
	}
	if document[0] == '[' {
		document = append(append([]byte(`{"keys":`), document...), '}')
	}
	if err := json.Unmarshal(document, &set); err != nil {
		return parsedKey{}, unreadableKey("it is JSON but not a JWK")
	}
	if set.Keys == nil && set.Type != nil {
		return readOneJWK(document)
	}
	if set.Keys == nil {
		return parsedKey{}, unreadableKey("it is JSON but not a JWK: it has neither “kty” nor “keys”")
	}
	return readJWKSet(set.Keys)
}

func readJWKSet(keys []json.RawMessage) (parsedKey, error) {
	var private []json.RawMessage
	for _, key := range keys {
		var fields jwkFields
		if json.Unmarshal(key, &fields) == nil && (fields.Private != nil || fields.Symmetric != nil) {
			private = append(private, key)
		}
	}
	switch {
	case len(keys) == 0:
		return parsedKey{}, keyError(ReasonKeySetEmpty, "the JWK set holds no key")
	case len(private) == 1:
		return readOneJWK(private[0])
	case len(private) > 1:
		return parsedKey{}, severalKeys()
	}
	return readOneJWK(keys[0])
}

func readOneJWK(document []byte) (parsedKey, error) {
	var fields jwkFields
	if err := json.Unmarshal(document, &fields); err != nil {
		return parsedKey{}, unreadableKey("it is JSON but not a JWK")
	}
	if err := checkJWK(fields); err != nil {
		return parsedKey{}, err
	}
	keyID, err := checkKeyID(fields.KeyID)
	if err != nil {
		return parsedKey{}, err
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(document); err != nil || !key.Valid() {
		return parsedKey{}, unreadableKey("it is a JWK whose numbers are incomplete or damaged; copy it again, whole")
	}
	return parsedKey{key: key.Key, keyID: keyID, algorithm: fields.Algorithm}, nil
}

// checkJWK names the mistakes that the members betray before the numbers are looked at.
func checkJWK(fields jwkFields) error {
	switch {
	case fields.KeyType == "oct":
		return keyError(ReasonKeySymmetric, "the JWK is a shared secret (kty “oct”) and not a private key; Okta takes RSA and EC keys")
	case fields.KeyType == "OKP":
		return edwardsKey()
	case fields.KeyType != "RSA" && fields.KeyType != "EC":
		return keyError(ReasonKeyTypeUnsupported, "the JWK is neither an RSA nor an EC key, and Okta takes no other")
	case fields.Private == nil:
		return publicKey()
	case fields.Use != "" && fields.Use != "sig":
		return keyError(ReasonKeyUse, "the JWK is meant for encryption (its “use” is not “sig”): make a key for signatures")
	case fields.KeyType == "EC" && fields.Curve != "P-256" && fields.Curve != "P-384" && fields.Curve != "P-521":
		return unsupportedCurve("")
	}
	return nil
}
