package main

import "strings"

// meant completes a sentence about a word that is none of those: with the one
// that was meant, or with all there are.
func meant(word string, known []string) string {
	if guess, ok := nearest(word, known); ok {
		return ": did you mean " + guess + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "; there is " + strings.Join(known, ", ")
}

// nearest is the known word that a misspelt one is likely to stand for: a third
// of its letters may be wrong, or it may be a beginning.
func nearest(word string, known []string) (string, bool) {
	best, least := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return best, true
	}
	for _, k := range known {
		if len(word) >= 2 && strings.HasPrefix(k, strings.ToLower(word)) {
			return k, true
		}
	}
	return "", false
}

// distance counts the letters to insert, delete or replace between two words
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
