package oktaapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A list must not end early because its links were damaged or taken away on
// the way: whoever stands on the later pages would count as gone.
func TestALinkThatIsDamagedIsNoEnd(t *testing.T) {
	for _, line := range []string{
		`http://127.0.0.1/api/v1/users?after=2; rel="next"`, `<http://127.0.0.1/api/v1/users?after=2; rel="next"`,
		`<>; rel="next"`, `; REL=next`, `<http://127.0.0.1/api/v1/users>; title="a, <http://127.0.0.1/api/v1/users?after=2>; rel="next"`,
	} {
		inBubble(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Add("Link", `<http://127.0.0.1/api/v1/users?limit=200>; rel="self"`)
			w.Header().Add("Link", line)
			_, _ = fmt.Fprint(w, `["1"]`)
		}, func(b *bubble) {
			if ids, err := b.list(); ReasonOf(err) != ReasonNextLinkInvalid {
				t.Errorf("%s: %q, %v; want reason %s", line, ids, err, ReasonNextLinkInvalid)
			}
		})
	}
}

func TestAFullPageWithoutAnyLinkIsNoEnd(t *testing.T) {
	const self = `<http://127.0.0.1/api/v1/users?limit=200>; rel="self"`
	for name, c := range map[string]struct {
		elements int
		link     string
		reason   string
	}{
		"full":                 {200, "", ReasonNextLinkInvalid},
		"not full":             {199, "", ""},
		"full, with self link": {200, self, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				if c.link != "" {
					w.Header().Add("Link", c.link)
				}
				_, _ = fmt.Fprint(w, "["+strings.Repeat(`"1",`, c.elements-1)+`"1"]`)
			}, func(b *bubble) {
				if _, err := b.list(); ReasonOf(err) != c.reason {
					t.Errorf("%v, want reason %q", err, c.reason)
				}
			})
		})
	}
}
