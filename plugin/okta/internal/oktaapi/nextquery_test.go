package oktaapi

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever Okta writes into a link, the query has to survive being sent, and
// being written down as text.
func TestANextQueryIsPlainASCII(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.okta.com"}
	for link, want := range map[string]string{
		"/api/v1/users?after=é&limit=2":      "after=%C3%A9&limit=2",
		"/api/v1/users?after=\xe9&limit=2":   "after=%E9&limit=2",
		`/api/v1/users?after="a b"&limit=2`:  "after=%22a%20b%22&limit=2",
		"/api/v1/users?after=%2B+%c3&limit=": "after=%2B+%c3&limit=",
		"/api/v1/users?after=1#top":          "after=1",
	} {
		query, err := nextQuery(base, "/api/v1/users", link)
		if query != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", link, query, err, want)
		}
	}
}

func TestANextQueryThatIsTooLongIsRefused(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.okta.com"}
	for length, want := range map[int]string{MaxNextQuery: "", MaxNextQuery + 1: ReasonNextLinkInvalid} {
		_, err := nextQuery(base, "/api/v1/users", "/api/v1/users?after="+strings.Repeat("a", length-len("after=")))
		if ReasonOf(err) != want {
			t.Errorf("a query of %d bytes: %v, want reason %q", length, err, want)
		}
	}
	if _, err := nextQuery(base, "/api/v1/users", "/api/v1/users?after="+strings.Repeat("é", MaxNextQuery/4)); ReasonOf(err) != ReasonNextLinkInvalid {
		t.Errorf("a query that is too long once it is encoded: %v", err)
	}
}
