package web

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"regexp"
	"strings"
)

// maxSecret bounds a typed secret: the largest keys have 16 KiB as PEM.
const maxSecret = 64 << 10

// maxKeyID bounds what is shown of a key's id.
const maxKeyID = 64

// reference is a secret that stands elsewhere, which is no secret itself.
var reference = regexp.MustCompile(`^(env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[^\s]{1,512})$`)

// kept says of a secret that was typed what it is, and never what it says.
type kept struct {
	// Title is "Key read", "Secret read" or "Reference"; Kind describes it, and
	// Code stands in it as machines write it.
	Title, Kind, Code string
	// Note says for how long.
	Note string
}

// keptOf describes a typed secret.
func keptOf(secret string) kept {
	const note = "kept until you save"
	if reference.MatchString(secret) {
		return kept{"Reference", "", secret, note}
	}
	if kind, code := keyKind(secret); kind != "" {
		return kept{"Key read", kind, code, note}
	}
	return kept{"Secret read", "not shown again", "", note}
}

// placeOf describes a secret that is stored.
func placeOf(place string) *kept {
	switch place {
	case "":
		return nil
	case "sealed":
		return &kept{"Sealed", "not shown again", "", "enter another to replace it"}
	default:
		return &kept{"Reference", "", place, "enter another to replace it"}
	}
}

// keyKind is the kind of a private key as PEM or JWK, and a JWK's key id; empty
// where it is neither.
func keyKind(secret string) (kind, id string) {
	if block, _ := pem.Decode([]byte(secret)); block != nil {
		return pemKind(block), ""
	}
	if strings.Contains(secret, "-----BEGIN ") && strings.Contains(secret, " PRIVATE KEY-----") {
		return "PEM", ""
	}
	var jwk struct{ Kty, Kid, N, Crv string }
	if json.Unmarshal([]byte(secret), &jwk) != nil || jwk.Kty == "" {
		return "", ""
	}
	if len(jwk.Kid) > maxKeyID {
		jwk.Kid = ""
	}
	switch modulus, err := base64.RawURLEncoding.DecodeString(jwk.N); {
	case jwk.Kty == "RSA" && err == nil && len(modulus) > 0:
		return fmt.Sprintf("JWK, RSA of %s bits", thousands(len(modulus)*8)), jwk.Kid
	default:
		return "JWK", jwk.Kid
	}
}

func pemKind(block *pem.Block) string {
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		switch k := key.(type) {
		case *rsa.PrivateKey:
			return fmt.Sprintf("RSA of %s bits", thousands(k.N.BitLen()))
		case *ecdsa.PrivateKey:
			return "EC, " + k.Params().Name
		}
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return fmt.Sprintf("RSA of %s bits", thousands(key.N.BitLen()))
	}
	return "PEM"
}

// typedSecret is what was typed, with the line ends that the clipboard had: a
// browser sends each as CR LF.
func typedSecret(text string, multiline bool) string {
	if !multiline {
		return strings.TrimSpace(text)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if trimmed := strings.TrimSpace(text); trimmed == "" || reference.MatchString(trimmed) {
		return trimmed
	}
	return text
}
