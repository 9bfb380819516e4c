package oktaapi

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// maxKeyText bounds what is read as a private key. A PKCS#8 RSA key of 16384 bits takes 13 KiB as PEM and a JWK set
// with certificates not much more; above this it is some other file.
const maxKeyText = 32 << 10

// readKeyText finds the one private key in a text.
func readKeyText(text string) (parsedKey, error) {
	if len(text) > maxKeyText {
		return parsedKey{}, keyError(ReasonKeyUnreadable, fmt.Sprintf("the private key is longer than %d KiB and cannot be one", maxKeyText>>10))
	}
	text = tidyKeyText(text)
	switch {
	case text == "":
		return parsedKey{}, keyError(ReasonKeyMissing, "the private key is missing")
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return readJWK(text)
	case strings.Contains(text, "-----"):
		return readPEM(expandEscapes(text))
	case strings.HasPrefix(text, "ssh-"), strings.HasPrefix(text, "ecdsa-sha2-"), strings.HasPrefix(text, "PuTTY-User-Key-File"),
		strings.HasPrefix(text, "---- BEGIN SSH2"):
		return parsedKey{}, sshKey()
	}
	if key, ok := readBareDER(expandEscapes(text)); ok {
		return key, nil
	}
	if looksLikeClientSecret(text) {
		return parsedKey{}, keyError(ReasonKeyClientSecret, "this looks like a client secret and not like a private key: Okta's API scopes are given to apps with a public/private key only")
	}
	if looksLikePath(text) {
		return parsedKey{}, unreadableKey("it looks like the name of a file: write file: before it, or name the file as private_key_file")
	}
	return parsedKey{}, unreadableKey("it is neither PEM (it would begin with -----BEGIN PRIVATE KEY-----) nor a JWK (it would begin with a brace)")
}

// tidyKeyText removes quotation marks and blanks around the text, and undoes its being a JSON string.
func tidyKeyText(text string) string {
	trimmed := strings.Trim(text, " \t\r\n\v\f\ufeff\u200b\u00a0")
	var inner string
	if strings.HasPrefix(trimmed, `"`) && json.Unmarshal([]byte(trimmed), &inner) == nil {
		trimmed = inner
	}
	return strings.Trim(trimmed, " \t\r\n\v\f\ufeff\u200b\u00a0\"'`“”‘’,;")
}

// expandEscapes turns the literal pairs \n, \r and \t, as environment files and JSON documents hold them, into blanks.
func expandEscapes(text string) string {
	return strings.NewReplacer(`\r`, "\n", `\n`, "\n", `\t`, " ", "\\\n", "\n").Replace(text)
}

// clientSecret is the alphabet of Okta's client secrets, which are 40 to 64 characters on one line.
var clientSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{36,86}$`)

func looksLikeClientSecret(text string) bool { return clientSecret.MatchString(text) }

// path is what a file of a key is usually called. It is looked for last: whatever could be a key has been read by then.
var path = regexp.MustCompile(`(?i)^[^\n]{1,250}\.(pem|key|p8|pk8|der|json|jwk|jwks|txt)$`)

func looksLikePath(text string) bool { return path.MatchString(text) }

// pemBlock is looser than RFC 7468: the line ends inside may be blanks, or missing altogether.
var (
	pemBlock  = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+?)-----(.*?)-----END ([A-Z0-9 ]+?)-----`)
	pemHeader = regexp.MustCompile(`(?m)^[ \t]*[A-Za-z0-9-]+:.*$`)
)

func readPEM(text string) (parsedKey, error) {
	blocks := pemBlock.FindAllStringSubmatch(text, -1)
	if len(blocks) == 0 {
		if strings.Contains(text, "-----BEGIN") || strings.Contains(text, "-----END") {
			return parsedKey{}, keyError(ReasonKeyTruncated, "the private key is cut off: copy it whole, from its BEGIN line to its END line")
		}
		return parsedKey{}, unreadableKey("it is neither PEM nor a JWK")
	}
	var found *parsedKey
	var refusal error
	for _, block := range blocks {
		key, err := readPEMBlock(strings.TrimSpace(block[1]), block[2])
		switch {
		case err != nil:
			if refusal == nil {
				refusal = err
			}
		case key.key == nil: // parameters that precede an EC key
		case found != nil:
			return parsedKey{}, severalKeys()
		default:
			found = &key
		}
	}
	switch {
	case found != nil: // what stands beside the private key, such as its certificate, does no harm
		return *found, nil
	case refusal != nil:
		return parsedKey{}, refusal
	}
	return parsedKey{}, unreadableKey("the PEM text holds parameters but no key")
}

func readPEMBlock(label, body string) (parsedKey, error) {
	switch {
	case label == "EC PARAMETERS" || label == "DH PARAMETERS":
		return parsedKey{}, nil
	case label == "ENCRYPTED PRIVATE KEY" || strings.Contains(body, "ENCRYPTED"):
		return parsedKey{}, keyError(ReasonKeyEncrypted, "the private key is protected by a pass phrase: decrypt it first, for example with openssl pkey -in key.pem -out plain.pem")
	case strings.HasSuffix(label, "PUBLIC KEY"):
		return parsedKey{}, publicKey()
	case strings.HasSuffix(label, "CERTIFICATE REQUEST"):
		return parsedKey{}, keyError(ReasonKeyCertificateRequest, "this is a certificate signing request and not a private key: paste the private key that was made together with it")
	case strings.HasSuffix(label, "CERTIFICATE") || label == "PKCS7" || label == "CMS":
		return parsedKey{}, keyError(ReasonKeyCertificate, "this is a certificate and not a private key: paste the private key that belongs to it")
	case strings.HasPrefix(label, "OPENSSH"):
		return parsedKey{}, sshKey()
	case label == "DSA PRIVATE KEY":
		return parsedKey{}, keyError(ReasonKeyTypeUnsupported, "the private key is a DSA key; Okta takes RSA and EC keys")
	case !strings.HasSuffix(label, "PRIVATE KEY"):
		return parsedKey{}, unreadableKey("the PEM text holds something else than a private key")
	}
	der, err := decodeBase64(pemHeader.ReplaceAllString(body, ""))
	if err != nil {
		return parsedKey{}, unreadableKey("the lines between BEGIN and END are not base64; copy the key again")
	}
	return readDER(der)
}

// readBareDER takes the base64 body of a PEM key whose first and last line were left out.
func readBareDER(text string) (parsedKey, bool) {
	der, err := decodeBase64(text)
	if err != nil || len(der) < 64 || der[0] != 0x30 {
		return parsedKey{}, false
	}
	key, err := readDER(der)
	return key, err == nil
}

func decodeBase64(text string) ([]byte, error) {
	text = strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
	return base64.RawStdEncoding.DecodeString(text)
}

// edwardsArc begins the object identifiers of X25519, X448, Ed25519 and Ed448, 1.3.101.110 to 113 (RFC 8410 section 3), of
// which crypto/x509 knows only two.
var edwardsArc = []byte{0x06, 0x03, 0x2b, 0x65}

// readDER tries the three structures in turn, for labels are not reliable.
func readDER(der []byte) (parsedKey, error) {
	var key any
	var messages []string
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		parsed, err := parse(der)
		if err == nil {
			key = parsed
			break
		}
		messages = append(messages, err.Error())
	}
	switch key.(type) {
	case nil:
		if bytes.Contains(der[:min(len(der), 32)], edwardsArc) {
			return parsedKey{}, edwardsKey()
		}
		return parsedKey{}, derError(strings.Join(messages, "; "))
	case ed25519.PrivateKey, *ecdh.PrivateKey:
		return parsedKey{}, edwardsKey()
	}
	return parsedKey{key: key}, nil
}

// derError tells apart what crypto/x509 says in words only. An unknown message is a damaged key.
func derError(messages string) *Error {
	switch {
	case strings.Contains(messages, "elliptic curve"):
		return unsupportedCurve("")
	case strings.Contains(messages, "too small"), strings.Contains(messages, "insecure"):
		return keyError(ReasonKeyTooShort, fmt.Sprintf("the private key is an RSA key of fewer than %d bits, and Okta takes no shorter one", minRSABits))
	case strings.Contains(messages, "unknown algorithm"):
		return keyError(ReasonKeyTypeUnsupported, "the private key is neither an RSA nor an EC key, and Okta takes no other")
	case strings.Contains(messages, "invalid RSA"), strings.Contains(messages, "rsa:"), strings.Contains(messages, "invalid elliptic curve private key value"):
		return keyError(ReasonKeyInconsistent, "the private key is damaged: its numbers do not belong together")
	}
	return unreadableKey("its content is not that of a PKCS#8, PKCS#1 or SEC 1 key; copy it again, whole")
}

func unreadableKey(why string) *Error {
	return keyError(ReasonKeyUnreadable, "the private key cannot be read: "+why)
}

func publicKey() *Error {
	return keyError(ReasonKeyPublic, "this is a public key: paste the private key, which Okta's console shows once, when it generates the pair")
}

func edwardsKey() *Error {
	return keyError(ReasonKeyEdDSA, "the private key is an Ed25519, Ed448, X25519 or X448 key; Okta takes RSA and EC keys")
}

func sshKey() *Error {
	return keyError(ReasonKeySSH, "the key is in the format of an SSH program: convert it to PEM, for example with ssh-keygen -p -m PKCS8 on a copy of the private key file")
}

func severalKeys() *Error {
	return keyError(ReasonKeySetSeveral, "there is more than one private key in the text: paste only the one whose public half is registered for the app")
}

// compactJSON tells whether text is JSON, also when its line ends are literal \n pairs.
func compactJSON(text string) ([]byte, bool) {
	for _, candidate := range []string{text, expandEscapes(text), strings.ReplaceAll(expandEscapes(text), `\"`, `"`)} {
		var out bytes.Buffer
		if json.Compact(&out, []byte(candidate)) == nil {
			return out.Bytes(), true
		}
	}
	return nil, false
}
