package oktaapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"patchbay.example/plugin/okta/internal/jsonscan"
)

func TestAPageOfTooManyElementsIsRefused(t *testing.T) {
	for elements, want := range map[int]string{jsonscan.MaxElements: "", jsonscan.MaxElements + 1: ReasonPageTooLarge, 15 << 20: ReasonPageTooLarge} {
		inBubble(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			linkNext(w, r, "")
			_, _ = fmt.Fprint(w, "["+strings.Repeat("0,", elements-1)+"0]")
		}, func(b *bubble) {
			if _, err := b.list(); ReasonOf(err) != want {
				t.Errorf("%d elements: %v, want reason %q", elements, err, want)
			}
			if n := len(b.requests()); n != 1 {
				t.Errorf("%d elements: asked %d times", elements, n)
			}
		})
	}
}
