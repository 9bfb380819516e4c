package oktaapi

import (
	"net/http"
	"testing"
)

// Who waits for a refusal's body for ever waits for ever: the header's limit
// is over by then.
func TestARefusalWhoseBodyNeverComesIsARefusalAllTheSame(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n != 1 {
			servePage(w, r, 1)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // until the client gives up
	}, func(b *bubble) {
		ids, err := b.list()
		if ids != "1" || err != nil {
			t.Errorf("%q, %v; want the page after the refusal", ids, err)
		}
		if len(b.waits) != 1 || b.waits[0].reason != ReasonServiceUnavailable {
			t.Errorf("waits %v, want one for %s", b.waits, ReasonServiceUnavailable)
		}
	})
}

func TestARefusedTokenIsRenewedThoughTheRefusalNeverEnds(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n != 1 {
			servePage(w, r, 1)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, func(b *bubble) {
		ids, err := b.list()
		if ids != "1" || err != nil || b.tokens != 2 {
			t.Errorf("%q, %v with %d tokens; want the page with a second token", ids, err, b.tokens)
		}
	})
}
