package oktaapi

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

func TestAMeterCountsRepeatsToo(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{Users: 22, Faults: faults(t, "users:page=2:401-expired", "users:page=3:reset-body", "users:page=4:429=1s")})
	var counted atomic.Int64
	client := clientFor(t, tenant, nil).Metered(func() error { counted.Add(1); return nil })
	if users, err := listUsers(t, client, nil); err != nil || users != 22 {
		t.Fatalf("%d users, %v; want 22", users, err)
	}
	if got := tenant.Stats().Requests[oktatest.EndpointUsers]; got != 8 || counted.Load() != int64(got) {
		t.Errorf("%d requests were counted of %d, want all of 5 and 3 repeats", counted.Load(), got)
	}
}

func TestAMeterThatRefusesEndsTheListAfterThePageInHand(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{Users: 22})
	spent := errors.New("nothing left")
	var left atomic.Int64
	left.Store(3)
	client := clientFor(t, tenant, nil).Metered(func() error {
		if left.Add(-1) < 0 {
			return spent
		}
		return nil
	})
	users, err := listUsers(t, client, nil)
	if !errors.Is(err, spent) || users != 15 {
		t.Errorf("%d users, %v; want the 15 of three pages and the meter's own error", users, err)
	}
	if got := tenant.Stats().Requests[oktatest.EndpointUsers]; got != 3 {
		t.Errorf("%d requests, want 3", got)
	}
	wait := func(context.Context, time.Duration, string, string) error { return nil }
	if _, err := client.First(t.Context(), "/api/v1/users", "limit=1", wait); !errors.Is(err, spent) {
		t.Errorf("%v, want the meter's error", err)
	}
}
