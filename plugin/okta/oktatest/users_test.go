package oktatest

import (
	"bytes"
	"slices"
	"testing"
)

const deprovisionedList = `/api/v1/users?filter=status+eq+%22DEPROVISIONED%22`

func TestListsEverybodyOnceInOrder(t *testing.T) {
	for _, settings := range []Settings{{Users: 450}, {Users: 450, TLS: true}, {Users: 450, TLS: true, HTTP2: true}, {Users: 450, Prerender: true}} {
		c := signedIn(t, settings)
		plain, left := c.walk("/api/v1/users"), c.walk(deprovisionedList)
		if len(plain) != 450 || len(left) != 23 {
			t.Fatalf("got %d listed and %d deprovisioned users, want 450 and 23", len(plain), len(left))
		}
		for i, user := range slices.Concat(plain, left) {
			if !bytes.Equal(user, c.tenant.User(i)) {
				t.Fatalf("user %d\n got %s\nwant %s", i, user, c.tenant.User(i))
			}
		}
	}
}
