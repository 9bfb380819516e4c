package oktaapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// What answers in Okta's place must not write to a terminal or fill a page.
func TestAnOrgsIDIsAnID(t *testing.T) {
	for _, id := range []string{`\u001b[2Jcleared`, "a b", strings.Repeat("a", 1000)} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"id":"%s"}`, id)
		}))
		base, err := ParseDomain(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		org, err := ReadOrg(t.Context(), NewHTTPClient(), base, "test/1", time.Now)
		server.Close()
		if org.ID != "" || ReasonOf(err) != ReasonAddressWrong {
			t.Errorf("%.20s: id %.20q, %v; want no id and reason %s", id, org.ID, err, ReasonAddressWrong)
		}
	}
}
