package scimapi

import (
	"regexp"
	"strings"
	"unicode"
)

// Bounds of the service's own words.
const (
	maxDescription  = 300 // runes kept: a paragraph
	minSecretLength = 6   // bytes: shorter ones would hit ordinary words
)

const redacted = "[redacted]"

// credential matches what looks like a token, whoever it belongs to: the
// beginning of a JWT, what follows an authentication scheme, and long runs of
// base64.
var credential = regexp.MustCompile(`eyJ[A-Za-z0-9_.+/=-]*` +
	`|(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9_.~+/=-]{8,}` +
	`|[A-Za-z0-9_=-]{36,}` +
	`|[A-Za-z0-9_+/=-]{48,}`)

// sanitise makes a text of the service's fit for a log and a terminal: one line,
// bounded, without control characters, the given secrets and whatever looks like
// a credential. What can't be seen goes first, for it may stand within a secret.
func sanitise(text string, secrets []string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	text = credential.ReplaceAllString(withoutSecrets(text, secrets), redacted)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxDescription {
		return string(runes[:maxDescription-1]) + "…"
	}
	return string(runes)
}

// withoutSecrets takes the given secrets out of a text.
func withoutSecrets(text string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) >= minSecretLength {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return text
}

// word is the form of scimType, of OAuth's error codes and of request ids.
var word = regexp.MustCompile(`^[A-Za-z0-9_.:@-]{1,64}$`)

// unlessSecret returns a short value, such as a code or a request id, unless it
// holds a credential.
func unlessSecret(value string, secrets []string) string {
	if !word.MatchString(value) || strings.HasPrefix(value, "eyJ") {
		return ""
	}
	for _, secret := range secrets {
		if len(secret) >= minSecretLength && strings.Contains(value, secret) {
			return ""
		}
	}
	return value
}
