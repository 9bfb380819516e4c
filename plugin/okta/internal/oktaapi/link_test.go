package oktaapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestNextLinkIsFoundInEveryForm(t *testing.T) {
	const self, next = `<https://example.okta.com/api/v1/users?limit=200>`, `<https://example.okta.com/api/v1/users?after=1&limit=200>`
	const want = "https://example.okta.com/api/v1/users?after=1&limit=200"
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"two lines":            {[]string{self + `; rel="self"`, next + `; rel="next"`}, want},
		"next first":           {[]string{next + `; rel="next"`, self + `; rel="self"`}, want},
		"one line":             {[]string{self + `; rel="self", ` + next + `; rel="next"`}, want},
		"one line, next first": {[]string{next + `; rel="next", ` + self + `; rel="self"`}, want},
		"one line, no blanks":  {[]string{self + `;rel="self",` + next + `;rel="next"`}, want},
		"upper case":           {[]string{next + `; REL="NEXT"`}, want},
		"no quotes":            {[]string{next + `; rel=next`}, want},
		"blanks":               {[]string{" " + next + ` ;  rel = "next" `}, want},
		"several relations":    {[]string{next + `; rel="last next"`}, want},
		"further parameters":   {[]string{next + `; title="a, b; c"; rel="next"; type=text`}, want},
		"comma in the target":  {[]string{`<https://example.okta.com/api/v1/users?after=1,2>; rel="next"`}, "https://example.okta.com/api/v1/users?after=1,2"},
		"last page":            {[]string{self + `; rel="self"`}, ""},
		"no links":             {nil, ""},
		"another relation":     {[]string{next + `; rel="nextish"`}, ""},
		"next is no parameter": {[]string{next + `; next`}, ""},
		"next in a title":      {[]string{next + `; title="rel=next"`}, ""},
		"no brackets":          {[]string{`https://example.okta.com/; rel="next"`}, ""},
		"bracket never closed": {[]string{`<https://example.okta.com/; rel="next"`}, ""},
		"quote never closed":   {[]string{self + `; title="a`, next + `; rel="next"`}, want},
		"semicolon in a title": {[]string{next + `; title="a; rel=next; b"`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := nextLink(http.Header{"Link": c.lines}); got != c.want {
				t.Errorf("%q: %q, want %q", c.lines, got, c.want)
			}
		})
	}
}

func TestNextQueryStaysAtTheList(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.okta.com"}
	for link, want := range map[string]struct{ query, reason string }{
		"https://example.okta.com/api/v1/users?after=1&limit=200": {"after=1&limit=200", ""},
		"https://EXAMPLE.okta.com/api/v1/users?after=1":           {"after=1", ""},
		"/api/v1/users?after=1":                                   {"after=1", ""},
		"?after=1":                                                {"", ReasonNextLinkInvalid},
		"https://example.okta.com/api/v1/users":                   {"", ReasonNextLinkInvalid},
		"https://example.okta.com/api/v1/groups?after=1":          {"", ReasonNextLinkInvalid},
		"https://example.okta.com/api/v1/users/../groups?after=1": {"", ReasonNextLinkInvalid},
		"https://example.okta.com:8443/api/v1/users?after=1":      {"", ReasonNextLinkForeign},
		"https://other.example.com/api/v1/users?after=1":          {"", ReasonNextLinkForeign},
		"https://example.okta.com.example.com/api/v1/users?a=1":   {"", ReasonNextLinkForeign},
		"//other.example.com/api/v1/users?after=1":                {"", ReasonNextLinkForeign},
		"http://example.okta.com/api/v1/users?after=1":            {"", ReasonNextLinkForeign},
		"https://user:pass@example.okta.com/api/v1/users?after=1": {"", ReasonNextLinkForeign},
		"file:///etc/passwd?after=1":                              {"", ReasonNextLinkForeign},
		"https://[::1/api":                                        {"", ReasonNextLinkInvalid},
	} {
		query, err := nextQuery(base, "/api/v1/users", link)
		if query != want.query || ReasonOf(err) != want.reason {
			t.Errorf("%s: %q, %v; want %q and reason %q", link, query, err, want.query, want.reason)
		}
		if err != nil && strings.Contains(err.Error(), "pass@") {
			t.Errorf("%s: the error quotes what may be a secret: %v", link, err)
		}
	}
}

func TestACycleIsNoticedWhereverItBegins(t *testing.T) {
	for before := range 20 {
		for length := 1; length <= 50; length++ {
			var c cycle
			read := 0
			page := func(n int) string {
				if n >= before {
					n = before + (n-before)%length
				}
				return fmt.Sprint(n)
			}
			for ; !c.closedBy(page(read)); read++ {
				if read > 4*(before+length)+4 {
					t.Fatalf("a circle of %d after %d pages is not noticed within %d", length, before, read)
				}
			}
		}
	}
}

func TestALongListIsNoCycle(t *testing.T) {
	var c cycle
	for n := range 100_000 {
		if c.closedBy(fmt.Sprint(n)) {
			t.Fatalf("page %d of a list was taken for one read before", n)
		}
	}
}

func FuzzNextLink(f *testing.F) {
	f.Add(`<https://example.okta.com/api/v1/users?limit=200>; rel="self"`, `<https://example.okta.com/api/v1/users?after=1&limit=200>; rel="next"`)
	f.Add(`<https://example.okta.com/api/v1/users?limit=200>; rel="self", <https://other.example.com/api/v1/users?a=1>; REL=NEXT`, "")
	f.Add(`</api/v1/users?after=1>; title="a, <b>"; rel="last next"`, `<`)
	f.Add(`<//other.example.com/api/v1/users?a=1>;rel=next`, `,,<>;;==""`)
	base := &url.URL{Scheme: "https", Host: "example.okta.com"}
	f.Fuzz(func(t *testing.T, first, second string) {
		header := http.Header{"Link": {first, second}}
		link := nextLink(header)
		if link == "" {
			return
		}
		if !strings.Contains(first+second, "<"+link+">") {
			t.Errorf("%q: %q stands in no brackets", header, link)
		}
		query, err := nextQuery(base, "/api/v1/users", link)
		if err != nil {
			if reason := ReasonOf(err); reason != ReasonNextLinkForeign && reason != ReasonNextLinkInvalid {
				t.Errorf("%q: error of reason %q", header, reason)
			}
			return
		}
		// What is asked next must be the same list of the same host, whatever the link says.
		target := *base
		target.Path, target.RawQuery = "/api/v1/users", query
		parsed, err := url.Parse(target.String())
		if err != nil || parsed.Host != base.Host || parsed.Path != "/api/v1/users" || query == "" {
			t.Errorf("%q: leads to %s, %v", header, target.String(), err)
		}
	})
}

func TestALinkCannotWriteToATerminal(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.okta.com"}
	for _, link := range []string{
		"https://%ff%fe.example.com/api/v1/users?after=1", "https://example.okta.com/%1b[2J%0d%0a?after=1",
		"https://example.okta.com/%ff?after=1", "https://other%7f.example.com/?after=1", "https://%e2%80%ae.example.com/?after=1",
	} {
		_, err := nextQuery(base, "/api/v1/users", link)
		if err == nil {
			t.Errorf("%s was taken for the next page", link)
			continue
		}
		if text := err.Error(); !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%s: the error %q holds what no terminal should get", link, text)
		}
	}
}
