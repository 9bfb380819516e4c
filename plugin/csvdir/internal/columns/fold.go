package columns

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold is a header in the form in which headers are compared: letters and digits
// in lower case without diacritics, and the signs # and +. What stands in
// brackets is left out, as in "Hire date (DD/MM/YYYY)" or "Status [READ ONLY]",
// unless nothing else is there.
func Fold(header string) string {
	if folded := fold(withoutBrackets(header)); folded != "" {
		return folded
	}
	return fold(header)
}

func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		r = unicode.ToLower(r)
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '#' || r == '+' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainLetters are letters that Unicode does not take apart.
var plainLetters = map[rune]string{'ß': "ss", 'ø': "o", 'ł': "l", 'æ': "ae", 'œ': "oe", 'đ': "d", 'ı': "i"}

// withoutBrackets leaves out what stands in round or square brackets.
func withoutBrackets(text string) string {
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth = max(0, depth-1)
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// IsSecret reports whether a column holds passwords by its header. Exports of
// accounts have one, mostly of asterisks.
func IsSecret(header string) bool {
	switch Fold(header) {
	case "password", "passwords", "passwordhash", "initialpassword", "temporarypassword", "passwort", "kennwort", "initialpasswort", "motdepasse", "contrasena", "clave", "senha", "wachtwoord", "losenord", "haslo", "secret", "pin",
		"userpassword", "unicodepwd", "pwd", "passwd", "newpassword", "defaultpassword", "apikey", "accesstoken", "refreshtoken", "privatekey":
		return true
	default:
		return false
	}
}

// IsSecretPath reports whether a column holds passwords by its header, or by a
// segment of its dotted path: credentials.password.value.
func IsSecretPath(path string) bool {
	if IsSecret(path) {
		return true
	}
	for segment := range strings.SplitSeq(path, ".") {
		if len(segment) <= maxSecretBytes && IsSecret(segment) {
			return true
		}
	}
	return false
}

// maxSecretBytes bounds what is looked at as a segment of a path.
const maxSecretBytes = 256

// digraphs are how German writes its letters where it has none of them.
var digraphs = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue")
