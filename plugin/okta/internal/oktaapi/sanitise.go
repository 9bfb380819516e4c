package oktaapi

import (
	"regexp"
	"strings"
	"unicode"
)

// maxDescription bounds, in runes, how much of the service's words is kept: Okta's longest description has about 150.
const maxDescription = 300

// maxSanitised bounds, in bytes, what is looked at, so that a large body costs little.
const maxSanitised = 8 << 10

// minSecretLength is the shortest known secret that is searched for: shorter ones would hit ordinary words.
const minSecretLength = 8

const redacted = "[redacted]"

// credential matches what looks like a token, whoever it belongs to: the beginning of a JWT, what follows an
// authentication scheme, and long runs of base64.
var credential = regexp.MustCompile(`eyJ[A-Za-z0-9_.+/=-]*` +
	`|(?i:\b(?:bearer|ssws|basic|dpop)\s+)[A-Za-z0-9_.~+/=-]{12,}` +
	`|[A-Za-z0-9_=-]{36,}` +
	`|[A-Za-z0-9_+/=-]{48,}`)

// sanitise makes a text of the service's fit for a log and a terminal: one line, bounded, without control characters,
// the given secrets or anything that looks like a credential.
func sanitise(text string, secrets []string) string {
	if len(text) > maxSanitised {
		text = text[:maxSanitised]
	}
	text = strings.ToValidUTF8(text, "\ufffd")
	for _, secret := range secrets {
		for part := range strings.SplitSeq(secret, ".") { // a JWT may come back in pieces
			if len(part) >= minSecretLength {
				text = strings.ReplaceAll(text, part, redacted)
			}
		}
	}
	text = credential.ReplaceAllString(text, redacted)
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, text)
	return firstRunes(strings.Join(strings.Fields(text), " "), maxDescription)
}

// unlessSecret returns a short value, such as a code, unless it is or holds a credential.
func unlessSecret(value string, secrets []string) string {
	if sanitise(value, secrets) != value {
		return ""
	}
	return value
}

func firstRunes(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}

// requestID is the form of Okta's request ids (27 characters of base64url), wide enough for a changed one.
var requestID = regexp.MustCompile(`^[A-Za-z0-9_@.:-]{1,64}$`)

func sanitiseID(id string) string {
	if !requestID.MatchString(id) {
		return ""
	}
	return id
}
