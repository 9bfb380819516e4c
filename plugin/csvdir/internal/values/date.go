package values

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Order is the order of a date's parts where all are numbers.
type Order string

// The orders.
const (
	OrderUnknown Order = ""
	DMY          Order = "dmy"
	MDY          Order = "mdy"
	YMD          Order = "ymd"
)

// Date is a day as written. Where the order of its parts is not known it may be
// one of two.
type Date struct {
	day, other time.Time // midnight UTC; the same where there is no doubt
}

// Day is the day; false where it is one of two.
func (d Date) Day() (time.Time, bool) {
	return d.day, d.day.Equal(d.other)
}

// Certain is the day, or the zero time where it is one of two.
func (d Date) Certain() time.Time {
	if day, certain := d.Day(); certain {
		return day
	}
	return time.Time{}
}

// Before compares with a day; known is false where it depends on the order.
func (d Date) Before(day time.Time) (before, known bool) {
	before = d.day.Before(day)
	return before, before == d.other.Before(day)
}

// After compares with a day; known is false where it depends on the order.
func (d Date) After(day time.Time) (after, known bool) {
	after = d.day.After(day)
	return after, after == d.other.After(day)
}

// Years that are taken for dates. Earlier ones are how databases and spreadsheet
// programs write that there is none: 1899-12-30, 1900-01-01, 0001-01-01.
const (
	firstYear = 1902
	lastYear  = 9999
	// pivotYear splits years of two digits: 70 is 1970, 69 is 2069.
	pivotYear = 70
)

// ParseDate reads a date: ISO 8601 with or without a time, 31.12.2024, 12/31/2024
// and 31/12/2024, 31-Dec-2024, 20241231, and the days since 1899-12-30 that
// spreadsheet programs count. It reports false for what is no date.
func ParseDate(text string, order Order) (Date, bool) {
	parts := split(text)
	switch {
	case len(parts) == 0:
		return Date{}, false
	case len(parts) == 1:
		return parseNumber(parts[0])
	case len(parts) < 3:
		return Date{}, false
	}
	parts = parts[:3]
	if d, named, ok := parseNamed(parts); named {
		return d, ok
	}
	for _, p := range parts {
		if !digits(p) || len(p) > 4 {
			return Date{}, false
		}
	}
	if len(parts[0]) == 4 || (order == YMD && len(parts[2]) <= 2) {
		return one(parts[0], parts[1], parts[2])
	}
	if strings.ContainsRune(text, '.') && strings.IndexByte(text, '.') == strings.IndexFunc(text, isSeparator) {
		order = DMY
	}
	switch order {
	case DMY:
		return one(parts[2], parts[1], parts[0])
	case MDY:
		return one(parts[2], parts[0], parts[1])
	default:
		return either(parts)
	}
}

// split takes a date apart, without the time behind it.
func split(text string) []string {
	if i := strings.IndexByte(text, 'T'); i > 0 && i+1 < len(text) && text[i-1] >= '0' && text[i-1] <= '9' && text[i+1] >= '0' && text[i+1] <= '9' {
		text = text[:i]
	}
	const mostParts = 8 // day, month, year, a time with its fraction and zone
	if len(text) > 64 {
		return nil
	}
	parts := strings.FieldsFunc(text, isSeparator)
	if len(parts) > mostParts {
		return nil
	}
	return parts
}

func isSeparator(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// either reads a date whose order is not known. A number above 12 tells.
func either(parts []string) (Date, bool) {
	dmy, isDMY := one(parts[2], parts[1], parts[0])
	mdy, isMDY := one(parts[2], parts[0], parts[1])
	switch {
	case isDMY && isMDY:
		return Date{dmy.day, mdy.day}, true
	case isDMY:
		return dmy, true
	default:
		return mdy, isMDY
	}
}

func one(year, month, day string) (Date, bool) {
	y, errY := strconv.Atoi(year)
	m, errM := strconv.Atoi(month)
	d, errD := strconv.Atoi(day)
	if errY != nil || errM != nil || errD != nil {
		return Date{}, false
	}
	if len(year) <= 2 {
		y += 1900
		if y < 1900+pivotYear {
			y += 100
		}
	}
	return valid(y, m, d)
}

func valid(year, month, day int) (Date, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < firstYear || year > lastYear || t.Month() != time.Month(month) || t.Day() != day {
		return Date{}, false
	}
	return Date{t, t}, true
}

// Serial numbers of spreadsheet programs that are taken for days: 1954 to 2119.
// Smaller and larger numbers are something else.
const (
	firstSerial = 20000
	lastSerial  = 80000
)

// parseNumber reads 20241231, or a spreadsheet program's number of a day.
func parseNumber(text string) (Date, bool) {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return Date{}, false
	case len(text) == 8:
		return valid(n/10000, n/100%100, n%100)
	case n >= firstSerial && n <= lastSerial:
		day := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
		return Date{day, day}, true
	default:
		return Date{}, false
	}
}

// months are the beginnings of months' names, folded, in the languages whose
// exports spell them out.
var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"mae": 3, "mai": 5, "okt": 10, "dez": 12, "fev": 2, "avr": 4, "jui": 0, "aou": 8, "ene": 1, "abr": 4, "ago": 8, "dic": 12,
	"gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "maa": 3, "mei": 5, "mrt": 3, "maj": 5, "out": 10, "mrz": 3,
}

// parseNamed reads dates with the month's name; named tells whether there is one.
func parseNamed(parts []string) (d Date, named, ok bool) {
	for i, p := range parts {
		if digits(p) {
			continue
		}
		month, known := monthOf(p)
		if !known {
			return Date{}, true, false
		}
		rest := append(append([]string{}, parts[:i]...), parts[i+1:]...)
		day, year := strings.TrimRight(strings.ToLower(rest[0]), "stndrh"), rest[1]
		if len(rest[0]) == 4 && digits(rest[0]) {
			day, year = rest[1], rest[0]
		}
		d, ok = one(year, strconv.Itoa(month), day)
		return d, true, ok
	}
	return Date{}, false, false
}

func monthOf(word string) (int, bool) {
	folded := strings.ToLower(strings.Map(withoutMarks, norm.NFD.String(word)))
	switch {
	case strings.HasPrefix(folded, "juin"):
		return 6, true
	case strings.HasPrefix(folded, "juil"):
		return 7, true
	case len(folded) < 3:
		return 0, false
	}
	month := months[folded[:3]]
	return month, month > 0
}

func withoutMarks(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// Evidence is what a file's dates show about their order.
type Evidence struct {
	DMY, MDY  int // dates that can be read in this order only
	Undecided int // dates that can be read in either
}

// Add looks at a date.
func (e *Evidence) Add(text string) {
	d, ok := ParseDate(text, OrderUnknown)
	if !ok {
		return
	}
	if _, certain := d.Day(); !certain {
		e.Undecided++
		return
	}
	parts := split(text)
	if len(parts) < 3 || len(parts[0]) > 2 || strings.ContainsRune(text, '.') || !digits(parts[0]) || !digits(parts[1]) {
		return
	}
	first, _ := strconv.Atoi(parts[0])
	second, _ := strconv.Atoi(parts[1])
	switch {
	case first > 12:
		e.DMY++
	case second > 12:
		e.MDY++
	}
}

// Order is the order that the dates show; OrderUnknown where they show none, or
// contradict each other.
func (e Evidence) Order() Order {
	switch {
	case e.DMY > 0 && e.MDY == 0:
		return DMY
	case e.MDY > 0 && e.DMY == 0:
		return MDY
	default:
		return OrderUnknown
	}
}
