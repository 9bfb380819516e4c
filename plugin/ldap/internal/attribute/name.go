package attribute

import (
	"strconv"
	"strings"
)

// Key is the name by which an attribute is looked up: without options such as
// ;lang-de (RFC 4512 §2.5), and in lower case, for names are case-insensitive.
func Key(name string) string {
	base, _, _ := strings.Cut(name, ";")
	return strings.ToLower(base)
}

// Part is which of an attribute's values an answer holds: those from Low on. Next is
// where the following part begins, and 0 for the last one.
type Part struct{ Low, Next int }

// Range reads the option ;range=LOW-HIGH by which Active Directory says that it
// sent a part of an attribute's values, of which the last has the HIGH "*"
// (Microsoft, Range Retrieval of Attribute Values). ok is false for a name without
// such an option.
func Range(name string) (part Part, ok bool) {
	for option := range strings.SplitSeq(strings.ToLower(name), ";") {
		bounds, found := strings.CutPrefix(option, "range=")
		if !found {
			continue
		}
		low, high, found := strings.Cut(bounds, "-")
		from, err := strconv.ParseUint(low, 10, 31)
		if !found || err != nil {
			return Part{}, false
		}
		if high == "*" {
			return Part{Low: int(from)}, true
		}
		to, err := strconv.ParseUint(high, 10, 31)
		if err != nil || to < from {
			return Part{}, false
		}
		return Part{Low: int(from), Next: int(to) + 1}, true
	}
	return Part{}, false
}
