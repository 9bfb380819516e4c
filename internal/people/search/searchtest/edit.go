package searchtest

import (
	"math/rand/v2"
	"strings"
	"unicode"

	"patchbay.example/internal/people/search"
)

// editedLetters is how many letters a word has that [Edit] makes a mistake in.
const editedLetters = 4

// Edit makes one mistake in one word of four letters or more: leaves out a letter,
// puts one in, replaces one, or swaps two neighbours. It reports false for a name
// without such a word.
func Edit(r *rand.Rand, name string) (string, bool) {
	words := strings.FieldsFunc(name, func(letter rune) bool { return unicode.IsSpace(letter) || letter == ',' || letter == '-' })
	var long []string
	for _, word := range words {
		if len([]rune(word)) >= editedLetters {
			long = append(long, word)
		}
	}
	if len(long) == 0 {
		return "", false
	}
	word := pick(r, long)
	for {
		if edited := edit(r, []rune(strings.ToLower(word))); edited != strings.ToLower(word) {
			return strings.Replace(name, word, edited, 1), true
		}
	}
}

// EditedName is a person's name with one mistake.
type EditedName struct {
	Person int // the document's index
	Text   string
}

// Edited makes one mistake each in so many names of a corpus, the same for the
// same seed. There are fewer where names have no word that is long enough.
func Edited(documents []search.Document, n int, seed uint64) []EditedName {
	r := rand.New(rand.NewPCG(seed, 9)) //nolint:gosec // reproducible on purpose
	var edited []EditedName
	for tries := 0; len(edited) < n && tries < 4*n; tries++ {
		person := r.IntN(len(documents))
		if text, ok := Edit(r, documents[person].Name); ok {
			edited = append(edited, EditedName{person, text})
		}
	}
	return edited
}

func edit(r *rand.Rand, word []rune) string {
	at := r.IntN(len(word))
	other := another(r, word)
	switch r.IntN(4) {
	case 0:
		return string(word[:at]) + string(word[at+1:])
	case 1:
		return string(word[:at]) + string(other) + string(word[at:])
	case 2:
		return string(word[:at]) + string(other) + string(word[at+1:])
	default:
		at = min(at, len(word)-2)
		word[at], word[at+1] = word[at+1], word[at]
		return string(word)
	}
}

// another is a letter of the word's script.
func another(r *rand.Rand, word []rune) rune {
	for low, high := range map[rune]rune{'а': 'я', 'α': 'ω', 'ا': 'ي', 'א': 'ת'} {
		if word[0] >= low && word[0] <= high {
			return low + r.Int32N(high-low+1)
		}
	}
	if word[0] >= 0x900 {
		return word[r.IntN(len(word))]
	}
	return 'a' + r.Int32N(26)
}
