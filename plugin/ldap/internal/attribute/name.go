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

// Range reads the option ;range=LOW-HIGH by which Active Directory says that it
// sent a part of an attribute's values (Microsoft, Range Retrieval of Attribute
// Values). next is where the following part begins, and 0 for the last part, whose
// HIGH is "*". ok is false for a name without such an option.
func Range(name string) (next int, ok bool) {
	for option := range strings.SplitSeq(strings.ToLower(name), ";") {
		bounds, found := strings.CutPrefix(option, "range=")
		if !found {
			continue
		}
		low, high, found := strings.Cut(bounds, "-")
		from, err := strconv.ParseUint(low, 10, 31)
		if !found || err != nil {
			return 0, false
		}
		if high == "*" {
			return 0, true
		}
		to, err := strconv.ParseUint(high, 10, 31)
		if err != nil || to < from {
			return 0, false
		}
		return int(to) + 1, true
	}
	return 0, false
}
