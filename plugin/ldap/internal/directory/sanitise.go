package directory

import (
	"strings"
	"unicode"
)

// maxDiagnostic bounds, in runes, how much of a server's words is kept: Active
// Directory's longest have about 150.
const maxDiagnostic = 300

// maxSanitised bounds, in bytes, what is looked at.
const maxSanitised = 8 << 10

// minSecretLength is the shortest secret that is searched for: a shorter one would
// hit ordinary words.
const minSecretLength = 4

const redacted = "[redacted]"

// sanitise makes a text of the server's fit for a log and a terminal: one line,
// bounded, without control characters and without the secret.
func sanitise(text, secret string) string {
	hide := func(text string) string {
		if len(secret) < minSecretLength {
			return text
		}
		return strings.ReplaceAll(text, secret, redacted)
	}
	text = hide(text)
	if len(text) > maxSanitised {
		text = text[:maxSanitised]
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(text, "\ufffd"))
	runes := []rune(hide(strings.Join(strings.Fields(text), " "))) // again: what stood between its letters is gone
	if len(runes) > maxDiagnostic {
		runes = append(runes[:maxDiagnostic-1], '…')
	}
	return string(runes)
}
