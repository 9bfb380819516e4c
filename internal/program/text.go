package program

import (
	"strconv"
	"strings"
	"time"
)

// Thousands writes a number with separators: 1,000.
func Thousands[N int | int64 | uint64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Plural is the word for n of them, where that is the word and an s.
func Plural[N int | int64 | uint64](n N, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// ShortDuration is a duration without the units that are zero: "6h", "1m30s".
func ShortDuration(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"0s", "0m"} {
		if shorter, ok := strings.CutSuffix(text, zero); ok && strings.HasSuffix(shorter, map[string]string{"0s": "m", "0m": "h"}[zero]) {
			text = shorter
		}
	}
	return text
}
