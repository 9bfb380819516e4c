package oktatest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FaultUsage explains the form of a fault as text, for the help of a command.
const FaultUsage = `ENDPOINT:WHEN:KIND[=ARGUMENT]
  ENDPOINT  token, users, deprovisioned, filtered, user, usertypes, groups, members or other
  WHEN      3         the third request at the endpoint
            3-5       the third to the fifth
            3+        the third and all after it
            *         all
            page=7    the first request for page 7 of the list
            page=7x3  the first three requests for page 7
            page=7x*  all requests for page 7
            page=7-9  the first request for each of pages 7 to 9
            page=7+   all requests for page 7 and the pages after it`

// maxFaultText is longer than any fault worth writing.
const maxFaultText = 4096

// ParseFault reads a fault written as ENDPOINT:WHEN:KIND[=ARGUMENT], such as
// users:page=7x3:429=5s. [FaultUsage] has the whole form, [FaultKinds] the kinds.
// The error says which part is wrong and what it may be.
func ParseFault(text string) (Fault, error) {
	if len(text) > maxFaultText {
		return Fault{}, fmt.Errorf("fault of %d characters: at most %d", len(text), maxFaultText)
	}
	parts := strings.SplitN(strings.TrimSpace(text), ":", 3)
	if len(parts) != 3 {
		return Fault{}, fmt.Errorf("fault %q: want ENDPOINT:WHEN:KIND, as in users:3:429 or users:page=7:reset-body", text)
	}
	f := Fault{Endpoint: Endpoint(parts[0])}
	f.Kind, f.Argument, _ = strings.Cut(parts[2], "=")
	if err := f.parseWhen(parts[1]); err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	if err := f.Validate(); err != nil {
		return Fault{}, err
	}
	return f.shortest(), nil
}

// shortest leaves out what goes without saying, so that faults that mean the
// same are equal.
func (f Fault) shortest() Fault {
	if f.Last == f.First {
		f.Last = 0
	}
	if f.Times == 1 && f.Last != Endless {
		f.Times = 0
	}
	return f
}

var errWhen = errors.New("when must be a request such as 3, 3-5, 3+ or *, or a page such as page=7, page=7x3 or page=7+")

func (f *Fault) parseWhen(when string) error {
	if when == "*" {
		f.First, f.Last = 1, Endless
		return nil
	}
	span, byPage := strings.CutPrefix(when, "page=")
	f.ByPage = byPage
	span, times, repeated := strings.Cut(span, "x")
	if open, found := strings.CutSuffix(span, "+"); found {
		span, f.Last = open, Endless
		if byPage {
			f.Times = Endless
		}
	}
	first, last, isRange := strings.Cut(span, "-")
	if isRange && f.Last == Endless || repeated && !byPage {
		return errWhen
	}
	var ok bool
	if f.First, ok = parseCount(first); !ok {
		return errWhen
	}
	if isRange {
		if f.Last, ok = parseCount(last); !ok {
			return errWhen
		}
	}
	switch {
	case !repeated:
	case times == "*":
		f.Times = Endless
	default:
		if f.Times, ok = parseCount(times); !ok {
			return errWhen
		}
	}
	return nil
}

// parseCount reads a number from 1, without sign or leading zeros.
func parseCount(digits string) (int, bool) {
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0 && strconv.Itoa(n) == digits
}

// kind looks the fault's kind up and checks that it may strike the endpoint.
func (f Fault) kind() (faultKind, error) {
	if !slices.Contains(endpoints, f.Endpoint) {
		return faultKind{}, fmt.Errorf("fault %s: no endpoint %q; the endpoints are %s", f, f.Endpoint, join(endpoints))
	}
	at := slices.IndexFunc(faultKinds, func(k faultKind) bool { return k.Name == f.Kind })
	if at < 0 {
		return faultKind{}, fmt.Errorf("fault %s: no kind %q; the kinds for %s are %s", f, f.Kind, f.Endpoint, join(kindNames(f.Endpoint)))
	}
	kind := faultKinds[at]
	if !slices.Contains(kind.Endpoints, f.Endpoint) {
		return faultKind{}, fmt.Errorf("fault %s: %s strikes %s only", f, f.Kind, join(kind.Endpoints))
	}
	return kind, nil
}

func kindNames(endpoint Endpoint) []string {
	var names []string
	for _, kind := range faultKinds {
		if slices.Contains(kind.Endpoints, endpoint) {
			names = append(names, kind.Name)
		}
	}
	return names
}

func join[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return strings.Join(texts, ", ")
}
