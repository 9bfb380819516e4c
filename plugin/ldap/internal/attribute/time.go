package attribute

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// generalizedLayouts are the forms of a Generalized Time (RFC 4517 §3.3.13), after
// a comma has become a dot: minutes and seconds may be missing, the time zone may
// not.
var generalizedLayouts = []string{
	"20060102150405Z0700", "20060102150405.999999999Z0700", "200601021504Z0700", "2006010215Z0700", "20060102150405Z07", "200601021504Z07",
}

// GeneralizedTime reads a Generalized Time, such as 20260102030405.0Z. ok is false
// for what is none, and for years before 1601: directories write times such as
// 000001010000Z to say something else.
func GeneralizedTime(text string) (t time.Time, ok bool) {
	if len(text) > len("20060102150405.999999999-0700") {
		return time.Time{}, false
	}
	text = strings.Replace(text, ",", ".", 1)
	for _, layout := range generalizedLayouts {
		t, err := time.Parse(layout, text)
		if err == nil {
			t = t.UTC()
			return t, t.Year() >= windowsEpochYear && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

// Active Directory counts time in steps of 100 ns since the beginning of 1601, UTC
// (Microsoft, FILETIME).
const (
	windowsEpochYear    = 1601
	windowsEpochSeconds = -11644473600 // of Unix time
	stepsPerSecond      = 10_000_000
)

// FileTime reads a FILETIME in decimal. ok is false for what is no number, and for
// 0 and the largest number, which say "never" (Microsoft, Account-Expires
// attribute).
func FileTime(text string) (t time.Time, ok bool) {
	steps, err := strconv.ParseInt(text, 10, 64)
	if err != nil || steps <= 0 || steps == math.MaxInt64 {
		return time.Time{}, false
	}
	t = time.Unix(windowsEpochSeconds+steps/stepsPerSecond, steps%stepsPerSecond*100).UTC()
	return t, t.Year() <= 9999
}

const secondsPerDay = 24 * 60 * 60

// Days reads a number of days since the beginning of 1970, as in /etc/shadow (RFC
// 2307, shadowAccount). ok is false for what is none, and for 0 and less, which say
// nothing.
func Days(text string) (t time.Time, ok bool) {
	days, err := strconv.ParseInt(text, 10, 32)
	if err != nil || days <= 0 {
		return time.Time{}, false
	}
	t = time.Unix(days*secondsPerDay, 0).UTC()
	return t, t.Year() <= 9999
}
