package oktaapi

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// testKeys are made once: an RSA key takes a tenth of a second.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	keys := map[string]crypto.Signer{}
	for name, bits := range map[string]int{"rsa1024": 1024, "rsa2048": 2048, "rsa2048b": 2048, "rsa3072": 3072} {
		keys[name] = must(rsa.GenerateKey(rand.Reader, bits))
	}
	for name, curve := range map[string]elliptic.Curve{"p224": elliptic.P224(), "p256": elliptic.P256(), "p256b": elliptic.P256(), "p384": elliptic.P384(), "p521": elliptic.P521()} {
		keys[name] = must(ecdsa.GenerateKey(curve, rand.Reader))
	}
	_, keys["ed25519"], _ = ed25519Key()
	return keys
})

func ed25519Key() (ed25519.PublicKey, ed25519.PrivateKey, error) {
	return ed25519.GenerateKey(rand.Reader)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func pkcs8(name string) string {
	return pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(testKeys()[name])))
}

func pkcs1(name string) string {
	return pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testKeys()[name].(*rsa.PrivateKey)))
}

func sec1(name string) string {
	return pemOf("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(testKeys()[name].(*ecdsa.PrivateKey))))
}

// jwk returns the key as a JWK with the given members set; a nil value deletes one.
func jwk(name string, members map[string]any) string {
	fields := jwkMembers(name)
	for member, value := range members {
		if fields[member] = value; value == nil {
			delete(fields, member)
		}
	}
	return string(must(json.Marshal(fields)))
}

func jwkMembers(name string) map[string]any {
	fields := map[string]any{}
	if err := json.Unmarshal(must(json.Marshal(jose.JSONWebKey{Key: testKeys()[name]})), &fields); err != nil {
		panic(err)
	}
	return fields
}

func publicJWK(name string) string {
	return string(must(json.Marshal(jose.JSONWebKey{Key: testKeys()[name].Public(), KeyID: "public"})))
}

func sampleFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/keys/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func indent(text, prefix string) string { return prefix + strings.ReplaceAll(text, "\n", "\n"+prefix) }

func TestParsePrivateKeyReadsWhatPeoplePaste(t *testing.T) {
	base := pkcs8("rsa2048")
	body := strings.Join(strings.Split(strings.TrimSpace(base), "\n")[1:], "")
	body = strings.TrimSuffix(body, "-----END PRIVATE KEY-----")
	whole := jwk("rsa2048", map[string]any{"kid": "kid-1", "alg": "RS384", "use": "sig"})
	for name, c := range map[string]struct{ text, keyID, algorithm, kind, wantKeyID string }{
		"PKCS#8":                   {base, "", "RS256", "RSA 2048-bit", ""},
		"PKCS#8 with a key id":     {base, " kid-9 ", "RS256", "RSA 2048-bit", "kid-9"},
		"PKCS#1":                   {pkcs1("rsa3072"), "", "RS256", "RSA 3072-bit", ""},
		"PKCS#1 under PKCS#8 name": {strings.ReplaceAll(pkcs1("rsa2048"), "RSA PRIVATE", "PRIVATE"), "", "RS256", "RSA 2048-bit", ""},
		"SEC 1 P-256":              {sec1("p256"), "", "ES256", "EC P-256", ""},
		"SEC 1 P-384":              {sec1("p384"), "", "ES384", "EC P-384", ""},
		"SEC 1 P-521":              {sec1("p521"), "", "ES512", "EC P-521", ""},
		"SEC 1 with parameters":    {"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + sec1("p256"), "", "ES256", "EC P-256", ""},
		"PKCS#8 EC":                {pkcs8("p256"), "", "ES256", "EC P-256", ""},
		"literal line ends":        {strings.ReplaceAll(base, "\n", `\n`), "", "RS256", "RSA 2048-bit", ""},
		"literal CRLF":             {strings.ReplaceAll(base, "\n", `\r\n`), "", "RS256", "RSA 2048-bit", ""},
		"CRLF":                     {strings.ReplaceAll(base, "\n", "\r\n"), "", "RS256", "RSA 2048-bit", ""},
		"byte order mark":          {"\ufeff" + base, "", "RS256", "RSA 2048-bit", ""},
		"double quotes":            {`"` + strings.ReplaceAll(base, "\n", `\n`) + `"`, "", "RS256", "RSA 2048-bit", ""},
		"single quotes":            {"'" + base + "'", "", "RS256", "RSA 2048-bit", ""},
		"indented":                 {indent(base, "    "), "", "RS256", "RSA 2048-bit", ""},
		"on one line":              {strings.ReplaceAll(base, "\n", " "), "", "RS256", "RSA 2048-bit", ""},
		"line ends lost":           {strings.ReplaceAll(base, "\n", ""), "", "RS256", "RSA 2048-bit", ""},
		"text around it":           {"key for the app:\n" + base + "\nend\n", "", "RS256", "RSA 2048-bit", ""},
		"without its frame":        {body, "", "RS256", "RSA 2048-bit", ""},
		"beside its public key":    {base + pemOf("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(testKeys()["rsa2048"].Public()))), "", "RS256", "RSA 2048-bit", ""},
		"JWK":                      {whole, "", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK with the same key id": {whole, "kid-1", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK RS512":                {jwk("rsa2048", map[string]any{"alg": "RS512"}), "", "RS512", "RSA 2048-bit", ""},
		"JWK EC":                   {jwk("p521", map[string]any{"kid": "e"}), "", "ES512", "EC P-521", "e"},
		"JWK in quotes":            {string(must(json.Marshal(whole))), "", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK escaped":              {strings.ReplaceAll(whole, `,`, `,\n  `), "", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK with CRLF and mark":   {"\ufeff" + strings.ReplaceAll(whole, `,`, ",\r\n\t") + "\r\n", "", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK set":                  {`{"keys":[` + whole + `]}`, "", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK set with public keys": {`{"keys":[` + publicJWK("p256") + "," + whole + `]}`, "", "RS384", "RSA 2048-bit", "kid-1"},
		"JWK array":                {`[` + whole + `]`, "", "RS384", "RSA 2048-bit", "kid-1"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ParsePrivateKey(c.text, c.keyID)
			if err != nil {
				t.Fatal(err)
			}
			if key.Algorithm() != c.algorithm || key.KeyID() != c.wantKeyID || !strings.HasPrefix(key.String(), c.kind+" private key") {
				t.Errorf("got %s, key id %q, %s; want %s, key id %q, %s", key.Algorithm(), key.KeyID(), key, c.algorithm, c.wantKeyID, c.kind)
			}
			checkSigns(t, key)
		})
	}
}

// checkSigns verifies an assertion with the public key, as Okta would.
func checkSigns(t *testing.T, key *PrivateKey) {
	t.Helper()
	now := time.Now()
	assertion, err := newAssertion(key, "0oa1", "https://example.okta.com/oauth2/v1/token", now)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Parse(assertion, func(*jwt.Token) (any, error) { return key.signer.Public(), nil },
		jwt.WithValidMethods([]string{key.Algorithm()}), jwt.WithIssuer("0oa1"), jwt.WithSubject("0oa1"),
		jwt.WithAudience("https://example.okta.com/oauth2/v1/token"), jwt.WithIssuedAt(), jwt.WithExpirationRequired())
	if err != nil {
		t.Fatal(err)
	}
	if kid, _ := token.Header["kid"].(string); kid != key.KeyID() {
		t.Errorf("the assertion's kid is %q, want %q", kid, key.KeyID())
	}
}

func TestParsePrivateKeyNamesTheMistake(t *testing.T) {
	base := pkcs8("rsa2048")
	rsaPublic := must(x509.MarshalPKIXPublicKey(testKeys()["rsa2048"].Public()))
	x25519 := must(x509.MarshalPKCS8PrivateKey(must(ecdh.X25519().GenerateKey(rand.Reader))))
	other := must(x509.MarshalPKCS8PrivateKey(testKeys()["p256"]))
	for name, c := range map[string]struct{ text, keyID, want string }{
		"empty":                     {"", "", ReasonKeyMissing},
		"blank":                     {" \n\t\ufeff", "", ReasonKeyMissing},
		"quotes only":               {`""`, "", ReasonKeyMissing},
		"garbage":                   {"not a key at all", "", ReasonKeyUnreadable},
		"name of a file":            {"keys/okta.pem", "", ReasonKeyUnreadable},
		"far too long":              {strings.Repeat("A", 1<<20), "", ReasonKeyUnreadable},
		"other PEM":                 {pemOf("MESSAGE", []byte("hello")), "", ReasonKeyUnreadable},
		"not base64":                {"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----", "", ReasonKeyUnreadable},
		"not DER":                   {pemOf("PRIVATE KEY", []byte("hello there")), "", ReasonKeyUnreadable},
		"parameters only":           {"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----", "", ReasonKeyUnreadable},
		"cut off at the end":        {base[:len(base)/2], "", ReasonKeyTruncated},
		"cut off at the start":      {base[len(base)/2:], "", ReasonKeyTruncated},
		"middle lost":               {base[:300] + base[500:], "", ReasonKeyUnreadable},
		"public PEM":                {pemOf("PUBLIC KEY", rsaPublic), "", ReasonKeyPublic},
		"public PKCS#1":             {pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(testKeys()["rsa2048"].Public().(*rsa.PublicKey))), "", ReasonKeyPublic},
		"public JWK":                {publicJWK("rsa2048"), "", ReasonKeyPublic},
		"public EC JWK":             {publicJWK("p256"), "", ReasonKeyPublic},
		"set of public keys":        {`{"keys":[` + publicJWK("rsa2048") + "," + publicJWK("p256") + `]}`, "", ReasonKeyPublic},
		"encrypted PKCS#8":          {sampleFile(t, "encrypted-pkcs8"), "", ReasonKeyEncrypted},
		"encrypted PKCS#1":          {sampleFile(t, "encrypted-pkcs1"), "", ReasonKeyEncrypted},
		"512 bits":                  {sampleFile(t, "rsa512"), "", ReasonKeyTooShort},
		"1024 bits":                 {pkcs8("rsa1024"), "", ReasonKeyTooShort},
		"1024 bits PKCS#1":          {pkcs1("rsa1024"), "", ReasonKeyTooShort},
		"1024 bits JWK":             {jwk("rsa1024", nil), "", ReasonKeyTooShort},
		"P-224":                     {sec1("p224"), "", ReasonKeyCurveUnsupported},
		"secp256k1 SEC 1":           {sampleFile(t, "ec-secp256k1-sec1"), "", ReasonKeyCurveUnsupported},
		"secp256k1 PKCS#8":          {sampleFile(t, "ec-secp256k1-pkcs8"), "", ReasonKeyCurveUnsupported},
		"secp256k1 JWK":             {`{"kty":"EC","crv":"secp256k1","d":"AA","x":"AA","y":"AA"}`, "", ReasonKeyCurveUnsupported},
		"Ed25519":                   {pkcs8("ed25519"), "", ReasonKeyEdDSA},
		"Ed25519 JWK":               {jwk("ed25519", nil), "", ReasonKeyEdDSA},
		"Ed448":                     {sampleFile(t, "ed448"), "", ReasonKeyEdDSA},
		"X25519":                    {pemOf("PRIVATE KEY", x25519), "", ReasonKeyEdDSA},
		"DSA PKCS#8":                {sampleFile(t, "dsa-pkcs8"), "", ReasonKeyTypeUnsupported},
		"DSA":                       {pemOf("DSA PRIVATE KEY", []byte("x")), "", ReasonKeyTypeUnsupported},
		"RSA-PSS":                   {sampleFile(t, "rsa-pss"), "", ReasonKeyTypeUnsupported},
		"JWK of unknown kind":       {`{"kty":"XYZ","d":"AA"}`, "", ReasonKeyTypeUnsupported},
		"symmetric JWK":             {`{"kty":"oct","k":"c2VjcmV0","kid":"a"}`, "", ReasonKeySymmetric},
		"symmetric JWK in a set":    {`{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`, "", ReasonKeySymmetric},
		"client secret":             {"Zk3nR8sT1vX5yB7dF9hJ2lN4pQ6rS8tV0wX2zA4cE6gI8kM0oQ", "", ReasonKeyClientSecret},
		"certificate":               {sampleFile(t, "certificate"), "", ReasonKeyCertificate},
		"certificate request":       {sampleFile(t, "request"), "", ReasonKeyCertificateRequest},
		"OpenSSH key":               {sampleFile(t, "openssh"), "", ReasonKeySSH},
		"OpenSSH public key":        {sampleFile(t, "openssh-public"), "", ReasonKeySSH},
		"PuTTY key":                 {"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "", ReasonKeySSH},
		"empty set":                 {`{"keys":[]}`, "", ReasonKeySetEmpty},
		"empty array":               {`[]`, "", ReasonKeySetEmpty},
		"set with several":          {`{"keys":[` + jwk("rsa2048", nil) + "," + jwk("p256", nil) + `]}`, "", ReasonKeySetSeveral},
		"two PEM keys":              {base + pemOf("PRIVATE KEY", other), "", ReasonKeySetSeveral},
		"JSON without a key":        {`{"type":"service_account"}`, "", ReasonKeyUnreadable},
		"JSON of another kind":      {`{"kty":7}`, "", ReasonKeyUnreadable},
		"JSON cut off":              {jwk("rsa2048", nil)[:200], "", ReasonKeyUnreadable},
		"JWK without primes":        {jwk("rsa2048", map[string]any{"p": nil, "q": nil}), "", ReasonKeyUnreadable},
		"JWK with a wrong d":        {jwk("p256", map[string]any{"d": jwkMembers("p256b")["d"]}), "", ReasonKeyInconsistent},
		"JWK with a wrong modulus":  {jwk("rsa2048", map[string]any{"n": jwkMembers("rsa2048b")["n"]}), "", ReasonKeyUnreadable},
		"JWK for encryption":        {jwk("rsa2048", map[string]any{"use": "enc"}), "", ReasonKeyUse},
		"JWK for PS256":             {jwk("rsa2048", map[string]any{"alg": "PS256"}), "", ReasonKeyAlgorithmUnsupported},
		"JWK for another curve":     {jwk("p256", map[string]any{"alg": "ES384"}), "", ReasonKeyAlgorithmUnsupported},
		"JWK for HS256":             {jwk("rsa2048", map[string]any{"alg": "HS256"}), "", ReasonKeyAlgorithmUnsupported},
		"contradicting key ids":     {jwk("rsa2048", map[string]any{"kid": "one"}), "two", ReasonKeyIDContradiction},
		"key id with a blank":       {base, "a b", ReasonKeyIDInvalid},
		"key id with a line feed":   {base, "a\nb", ReasonKeyIDInvalid},
		"key id far too long":       {base, strings.Repeat("k", 300), ReasonKeyIDInvalid},
		"JWK's key id far too long": {jwk("rsa2048", map[string]any{"kid": strings.Repeat("k", 300)}), "", ReasonKeyIDInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ParsePrivateKey(c.text, c.keyID)
			if ReasonOf(err) != c.want {
				t.Fatalf("got %v, %q (%s); want the reason %s", key, err, ReasonOf(err), c.want)
			}
			if strings.HasSuffix(err.Error(), ".") || len(err.Error()) < 20 {
				t.Errorf("%q is not a sentence without full stop", err)
			}
		})
	}
}

func FuzzParsePrivateKey(f *testing.F) {
	for _, name := range []string{"encrypted-pkcs8", "ec-secp256k1-sec1", "ed448", "rsa512", "certificate", "openssh", "openssh-public", "dsa-pkcs8"} {
		f.Add(sampleFile(f, name), "")
	}
	for _, seed := range []string{pkcs8("p256"), sec1("p384"), jwk("p256", map[string]any{"kid": "a"}), `{"keys":[` + jwk("p256", nil) + `]}`, `[]`, `{"kty":"RSA","d":1}`, `"\n"`, "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----"} {
		f.Add(seed, "kid")
	}
	f.Fuzz(func(t *testing.T, text, keyID string) {
		key, err := ParsePrivateKey(text, keyID)
		if err == nil {
			if key.Algorithm() == "" || len(key.KeyID()) > maxKeyIDLength {
				t.Fatalf("an unusable key: %s", key)
			}
			return
		}
		if key != nil || ReasonOf(err) == "" {
			t.Fatalf("got %v and an error without a reason: %v", key, err)
		}
		if long := longestRun(text); len(long) >= 24 && strings.Contains(err.Error(), long) {
			t.Fatalf("the error repeats what was pasted: %v", err)
		}
	})
}

// longestRun returns the longest piece of base64 in a text, the kind of piece that key material consists of.
func longestRun(text string) string {
	var longest string
	for _, run := range strings.FieldsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_", r)
	}) {
		if len(run) > len(longest) {
			longest = run
		}
	}
	return longest
}

// The alphabet of base64 must not make a short public text pass for a key.
func TestBareBase64OfSomethingElseIsNoKey(t *testing.T) {
	text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0 this is text and no key; ", 9)))
	if _, err := ParsePrivateKey(text, ""); ReasonOf(err) != ReasonKeyUnreadable {
		t.Errorf("got %v", err)
	}
}
