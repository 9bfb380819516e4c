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

// minSecretLength is the shortest secret that is taken out of a text: what a shorter
// one leaves, around each of its hits in ordinary words, would say what it is.
const minSecretLength = 4

const redacted = "[redacted]"

// Printable makes a text of the server's fit for a log and a terminal: one line,
// bounded, without control characters and without the secret. Of a text that holds a
// secret too short to be told from ordinary words nothing is left.
func Printable(text, secret string) string {
	text = hide(text, secret)
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
	runes := []rune(hide(strings.Join(strings.Fields(text), " "), secret)) // again: what stood between its letters is gone
	if len(runes) > maxDiagnostic {
		runes = append(runes[:maxDiagnostic-1], '…')
	}
	return string(runes)
}

func hide(text, secret string) string {
	switch {
	case secret == "" || !strings.Contains(text, secret):
		return text
	case len(secret) < minSecretLength:
		return redacted
	}
	return strings.ReplaceAll(text, secret, redacted)
}
