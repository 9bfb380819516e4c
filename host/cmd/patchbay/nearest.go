package main

import (
	"strings"

	"patchbay.example/internal/spelling"
)

// meant completes a sentence about a word that is none of those: with the one
// that was meant, or with all there are.
func meant(word string, known []string) string {
	if guess, ok := spelling.Nearest(word, known); ok {
		return ": did you mean " + guess + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "; there is " + strings.Join(known, ", ")
}
