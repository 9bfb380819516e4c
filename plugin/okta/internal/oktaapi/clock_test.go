package oktaapi

import (
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

// A clock that is off when the connector starts may be put right while it
// runs, and then be off by what made up for it before.
func TestAClockThatIsSetMeanwhileIsPutRightAgain(t *testing.T) {
	var now manualClock
	var skew atomic.Int64
	skew.Store(int64(20 * time.Minute))
	tenant := startTenant(t, oktatest.Settings{Clock: func() time.Time { return now.Now().Add(time.Duration(skew.Load())) }})
	source := sourceFor(t, tenant, now.Now)
	first := mustToken(t, source)
	skew.Store(0)
	if _, err := source.Renew(t.Context(), first, nil); err != nil {
		t.Fatal(err)
	}
	if got := tokenRequests(tenant); got != 4 {
		t.Errorf("%d requests, want a refused and an accepted one for each of the two clocks", got)
	}
}
