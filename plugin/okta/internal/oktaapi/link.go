package oktaapi

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// nextPage returns the query of the next page that a response's header names,
// or "" for the last page. A link that is damaged is an error: taken for the
// end, it would leave out whoever comes after it.
func nextPage(base *url.URL, path string, header http.Header) (string, error) {
	if link := nextLink(header); link != "" {
		return nextQuery(base, path, link)
	}
	if namesNext.MatchString(strings.Join(header.Values("Link"), ", ")) {
		return "", &Error{Reason: ReasonNextLinkInvalid, Detail: "the link to the next page cannot be read"}
	}
	return "", nil
}

// namesNext matches what was meant to be rel="next".
var namesNext = regexp.MustCompile(`(?i)\brel\s*=\s*["']?[^"';,]*\bnext\b`)

// nextLink returns the target of the link with rel="next" in a response's
// header, or "" when there is none, which is how a list ends. Okta sends each
// link in a header line of its own (RFC 8288 also allows several in one, in any
// order, and rel in any case).
func nextLink(header http.Header) string {
	for _, line := range header.Values("Link") {
		for line != "" {
			var target, parameters string
			target, parameters, line = cutLink(line)
			if isNext(parameters) {
				return target
			}
		}
	}
	return ""
}

// cutLink takes the first link-value from a line: its target, its parameters,
// and what follows the comma after it.
func cutLink(line string) (target, parameters, rest string) {
	_, line, ok := strings.Cut(line, "<")
	if !ok {
		return "", "", ""
	}
	target, line, ok = strings.Cut(line, ">")
	if !ok {
		return "", "", ""
	}
	parameters, rest = cutUnquoted(line, ',')
	return target, parameters, rest
}

// cutUnquoted cuts text at the first separator outside a quoted string.
func cutUnquoted(text string, separator byte) (before, after string) {
	quoted := false
	for i := range len(text) {
		switch text[i] {
		case '"':
			quoted = !quoted
		case separator:
			if !quoted {
				return text[:i], text[i+1:]
			}
		}
	}
	return text, ""
}

// isNext reports whether the parameters of a link say rel="next".
func isNext(parameters string) bool {
	for parameters != "" {
		var parameter string
		parameter, parameters = cutUnquoted(parameters, ';')
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for relation := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(relation, "next") {
				return true
			}
		}
	}
	return false
}

// MaxNextQuery bounds the query of a link to the next page, in bytes: what a
// consumer keeps to go on later has a limit too. Okta's queries have less than
// a hundred.
const MaxNextQuery = 2 << 10

// nextQuery checks a link to the next page and returns its query. The link must
// lead to the same list at the same host: the next request carries the token.
func nextQuery(base *url.URL, path, link string) (string, error) {
	target, err := url.Parse(link)
	if err != nil {
		return "", &Error{Reason: ReasonNextLinkInvalid, Detail: "the link to the next page cannot be read", Cause: err}
	}
	target = base.ResolveReference(target)
	if target.Scheme != base.Scheme || !strings.EqualFold(target.Host, base.Host) || target.User != nil {
		return "", &Error{
			Reason: ReasonNextLinkForeign,
			Detail: fmt.Sprintf("the link to the next page leads to %s instead of %s; nothing was sent there",
				sanitise(target.Scheme+"://"+target.Host, nil), base),
		}
	}
	if target.Path != path || target.RawQuery == "" {
		return "", &Error{
			Reason: ReasonNextLinkInvalid,
			Detail: fmt.Sprintf("the link to the next page of %s leads to %s", path, sanitise(target.Path, nil)),
		}
	}
	query := plainQuery(target.RawQuery)
	if len(query) > MaxNextQuery {
		return "", &Error{
			Reason: ReasonNextLinkInvalid,
			Detail: fmt.Sprintf("the link to the next page has a query of %d bytes; at most %d are allowed", len(query), MaxNextQuery),
		}
	}
	return query, nil
}

// plainQuery encodes what a query may not hold as it is (RFC 3986 section 3.4)
// and net/url lets pass: sent raw, or kept as JSON, it would become another
// query. What is encoded already stays.
func plainQuery(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c > '~' || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// cycle notices a chain of links that returns to a page already read, in
// constant memory (Brent's algorithm): it remembers one link, and a later one
// after each doubling of the distance. A cycle of n pages is noticed after
// fewer than 4n.
type cycle struct {
	remembered     string
	distance, size int
}

// closedBy reports whether next closes the cycle.
func (c *cycle) closedBy(next string) bool {
	if next == c.remembered {
		return true
	}
	if c.distance == c.size {
		c.remembered, c.distance, c.size = next, 0, max(1, 2*c.size)
	}
	c.distance++
	return false
}
