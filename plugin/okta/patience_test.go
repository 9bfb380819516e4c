package main

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
)

func TestAShortLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5}, "token:1:429=1s")
	if got := checksOf(r.tryConnect()); got != allOK {
		t.Errorf("%s, want %s", got, allOK)
	}
}

func TestConnectHasLittlePatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, d := range []time.Duration{patience + 1, time.Hour} {
			a := &attempt{began: time.Now()}
			if err := a.wait(t.Context(), d, "", ""); !errors.Is(err, errPatience) {
				t.Errorf("a wait of %s: %v, want %v", d, err, errPatience)
			}
		}
		a := &attempt{began: time.Now()}
		for range patience / time.Second {
			if err := a.wait(t.Context(), time.Second, "", ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.wait(t.Context(), time.Second, "", ""); !errors.Is(err, errPatience) {
			t.Errorf("after %s of waits: %v, want %v", patience, err, errPatience)
		}
		a = &attempt{began: time.Now()}
		time.Sleep(30 * time.Second) // a request that hung
		if err := a.wait(t.Context(), time.Second, "", ""); !errors.Is(err, errPatience) {
			t.Errorf("after a request that hung: %v, want %v", err, errPatience)
		}
	})
}

func TestAClockThatIsOffIsNamedAndAllowedFor(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10, Clock: func() time.Time { return time.Now().Add(off) }})
			response := r.tryConnect()
			if got, want := checksOf(response), strings.Replace(allOK, "clock=ok", "clock=warn", 1); got != want || response.HasRefusal() {
				t.Fatalf("%s, want %s and no refusal", got, want)
			}
			clock := checkNamed(t, response, "clock")
			direction := map[bool]string{true: "behind", false: "ahead of"}[off > 0]
			if clock.GetReason() != oktaapi.ReasonClockDiffers || !strings.Contains(clock.GetDetail(), direction) || clock.GetFix() == "" {
				t.Errorf("the check says %q for %s with the fix %q", clock.GetDetail(), clock.GetReason(), clock.GetFix())
			}
			r.sync().wantComplete().wantIDs(r.listed())
		})
	}
}
