package host

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	// redacted stands where a secret was.
	redacted = "[redacted]"

	// minSecretBytes is the shortest text that is replaced. A shorter secret
	// would blot out ordinary words, and protects nothing anyway.
	minSecretBytes = 4

	// minSecretLineBytes is the same for one line of a secret of several lines,
	// such as a PEM key.
	minSecretLineBytes = 8

	// maxForeignText bounds text of a connector in errors and log attributes.
	maxForeignText = 4 << 10
)

// redactor replaces secrets in text that a connector wrote. Its zero value
// knows none. It is safe for concurrent use.
type redactor struct {
	mu       sync.RWMutex // guards both
	patterns []string
	replacer *strings.Replacer
}

// add makes known further secrets, each also in the forms in which it may turn
// up: line by line, as a JSON string, and as part of a URL.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		r.patterns = append(r.patterns, formsOf(secret)...)
	}
	pairs := make([]string, 0, 2*len(r.patterns))
	for _, pattern := range r.patterns {
		pairs = append(pairs, pattern, redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// replace returns text without the secrets.
func (r *redactor) replace(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
}

// replaceCut is replace for text that was cut at its end: what remains there of
// a secret's beginning goes too.
func (r *redactor) replaceCut(text string) string {
	text = r.replace(text)
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, pattern := range r.patterns {
		for n := min(len(pattern)-1, len(text)); n >= minSecretBytes; n-- {
			if strings.HasSuffix(text, pattern[:n]) {
				return text[:len(text)-n] + redacted
			}
		}
	}
	return text
}

// foreign makes text of a connector fit for an error or a log: without secrets,
// in one line, without control characters that a terminal would obey, bounded.
func (r *redactor) foreign(text string) string {
	text, cut := cutText(text, maxForeignText)
	if cut {
		text = r.replaceCut(text) + " […]"
	} else {
		text = r.replace(text)
	}
	return strings.TrimSpace(strings.Map(printable, text))
}

func printable(c rune) rune {
	if unicode.IsPrint(c) {
		return c
	}
	return ' '
}

// printableOrBreak keeps line breaks as well.
func printableOrBreak(c rune) rune {
	if c == '\n' {
		return c
	}
	return printable(c)
}

// cutText cuts text at a limit of bytes, between characters.
func cutText(text string, limit int) (string, bool) {
	if len(text) <= limit {
		return text, false
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit], true
}

func formsOf(secret string) []string {
	candidates := []string{secret, url.QueryEscape(secret), url.PathEscape(secret)}
	if quoted, err := json.Marshal(secret); err == nil {
		candidates = append(candidates, string(quoted[1:len(quoted)-1]))
	}
	// JSON without HTML escapes, as log/slog writes it, with its line breaks.
	candidates = append(candidates, strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(secret))
	// The same as encoders of other languages write it, which escape slashes.
	candidates = append(candidates, strings.ReplaceAll(candidates[len(candidates)-1], "/", `\/`))
	var forms []string
	for _, candidate := range candidates {
		if len(candidate) >= minSecretBytes {
			forms = append(forms, candidate)
		}
	}
	return append(forms, linesOf(secret)...)
}

// linesOf are the lines of a secret that has several, but for the rulers of
// PEM, which are no secret.
func linesOf(secret string) []string {
	lines := strings.FieldsFunc(secret, func(c rune) bool { return c == '\n' || c == '\r' })
	if len(lines) < 2 {
		return nil
	}
	var secretLines []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); len(line) >= minSecretLineBytes && !strings.HasPrefix(line, "-----") {
			secretLines = append(secretLines, line)
		}
	}
	return secretLines
}
