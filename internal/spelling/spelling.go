// Package spelling guesses which known word a misspelt one stands for, so that
// whoever wrote it can be told.
package spelling

import "strings"

// maxWordBytes bounds the words that are compared: what is longer is no name, but
// a value in the wrong place.
const maxWordBytes = 100

// Nearest is the known word that is most like the given one: a third of its
// letters, and at least one, may be wrong, whatever their case; or it may be the
// beginning of a known one. It reports false where none is like it.
func Nearest(word string, known []string) (string, bool) {
	if len(word) > maxWordBytes {
		return "", false
	}
	word = strings.ToLower(word)
	best, least := "", max(1, len(word)/3)+1
	for _, candidate := range known {
		if d := distance(word, strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	if best != "" {
		return best, true
	}
	for _, candidate := range known {
		if len(word) >= 2 && strings.HasPrefix(strings.ToLower(candidate), word) {
			return candidate, true
		}
	}
	return "", false
}

// distance counts the bytes to insert, delete or replace between two words
// (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := diagonal
			if a[i] != b[j] {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
