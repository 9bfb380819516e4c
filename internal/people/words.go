package people

import (
	"strconv"
	"unicode"
)

// thousands writes a number with commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// people is a number of them.
func people(n int) string { return thousands(n) + plural(n, " person", " people") }

// plural chooses a word by number.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) }
