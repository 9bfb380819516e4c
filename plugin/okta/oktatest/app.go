package oktatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// clientKeyBits is what the console's "Generate new key" makes.
	clientKeyBits = 2048
	// maxKeys is how many public keys Okta lets an app register.
	maxKeys = 50
)

// app is the API Services app that clients authenticate as.
type app struct {
	clientID string
	key      crypto.Signer // the client's own pair, to hand out
	keyID    string
	signer   *rsa.PrivateKey // of access tokens

	mu      sync.Mutex           // guards all below
	keys    []jose.JSONWebKey    // registered public keys
	used    map[string]time.Time // jti of accepted assertions, until they expire
	seen    map[string]time.Time // jti of any assertion, likewise
	proofs  map[string]time.Time // jti of accepted DPoP proofs, likewise
	refused map[string]bool      // access tokens that a fault revoked
}

// madeKey is made once per process: a pair takes a good part of a second, and a
// test starts many tenants. The client's and the tenant's own are two.
var (
	madeKey   = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, clientKeyBits) })
	signerKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, clientKeyBits) })
)

func newApp(s Settings) (*app, error) {
	signer, err := signerKey()
	if err != nil {
		return nil, fmt.Errorf("make the tenant's signing key: %w", err)
	}
	key := s.ClientKey
	if key == nil {
		if key, err = madeKey(); err != nil {
			return nil, fmt.Errorf("make the client's key: %w", err)
		}
	}
	a := &app{
		clientID: string(appendID(nil, "0oa", s.Seed, 0)),
		key:      key,
		signer:   signer,
		used:     map[string]time.Time{},
		seen:     map[string]time.Time{},
		proofs:   map[string]time.Time{},
		refused:  map[string]bool{},
	}
	public := jose.JSONWebKey{Key: key.Public()}
	if a.keyID, err = thumbprint(public); err != nil {
		return nil, err
	}
	public.KeyID, public.Use = a.keyID, "sig"
	return a, a.register(public)
}

// ClientID is the app's client id: 0oa and 17 characters.
func (t *Tenant) ClientID() string { return t.app.clientID }

// KeyID is the kid under which the client's public key is registered.
func (t *Tenant) KeyID() string { return t.app.keyID }

// PrivateKeyPEM is the client's private key as the console shows it: PKCS#8 in
// PEM. It is a secret of this tenant only.
func (t *Tenant) PrivateKeyPEM() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(t.app.key)
	if err != nil {
		return nil // newApp admits RSA and ECDSA pairs only, which PKCS#8 takes
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// PrivateKeyJWK is the same key as JSON Web Key with its kid.
func (t *Tenant) PrivateKeyJWK() []byte {
	return mustJSON(jose.JSONWebKey{Key: t.app.key, KeyID: t.app.keyID, Use: "sig"})
}

// RegisterKey registers a further public key, a JSON Web Key with or without
// kid; without one its RFC 7638 thumbprint becomes the kid. From the second key
// on, assertions must name their kid. It returns an error for what Okta would
// not take: private, symmetric or short keys, a kid that is taken, more than 50.
func (t *Tenant) RegisterKey(jwk []byte) error {
	var key jose.JSONWebKey
	if err := json.Unmarshal(jwk, &key); err != nil {
		return fmt.Errorf("register key: parse JSON Web Key: %w", err)
	}
	if key.KeyID == "" {
		kid, err := thumbprint(key)
		if err != nil {
			return fmt.Errorf("register key: %w", err)
		}
		key.KeyID = kid
	}
	if err := t.app.register(key); err != nil {
		return fmt.Errorf("register key %q: %w", key.KeyID, err)
	}
	return nil
}

func (a *app) register(key jose.JSONWebKey) error {
	if !key.IsPublic() {
		return errors.New("not a public key: register the part without \"d\"")
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() < clientKeyBits {
			return fmt.Errorf("RSA key of %d bits: Okta takes %d and more", public.N.BitLen(), clientKeyBits)
		}
	case *ecdsa.PublicKey:
	default:
		return fmt.Errorf("key of type %T: Okta takes RSA and EC keys", key.Key)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.keys) >= maxKeys {
		return fmt.Errorf("the app has %d keys already, which is Okta's limit", maxKeys)
	}
	for _, other := range a.keys {
		if other.KeyID == key.KeyID {
			return errors.New("its kid is taken; each key of an app needs its own")
		}
	}
	a.keys = append(a.keys, key)
	return nil
}

// keyFor finds the public key of an assertion by its kid. Without a kid the
// app's only key is meant, unless the tenant insists on one.
func (a *app) keyFor(kid string, kidRequired bool) (jose.JSONWebKey, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if kid == "" {
		return a.keys[0], !kidRequired && len(a.keys) == 1
	}
	for _, key := range a.keys {
		if key.KeyID == kid {
			return key, true
		}
	}
	return jose.JSONWebKey{}, false
}

func thumbprint(key jose.JSONWebKey) (string, error) {
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("compute the key's id: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}
