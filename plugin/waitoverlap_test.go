package plugin

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// A connector that reads ahead may wait for the same window of a rate limit
// with two requests.
func TestAMinuteThatTwoWaitForIsAMinuteOfTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stream := &Stream{budget: 90 * time.Second, send: func(*connectorv1.SyncResponse) error { return nil }}
		errs := make(chan error)
		for range 2 {
			go func() { errs <- stream.Wait(t.Context(), time.Minute, "BUSY", "It is busy.") }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if err := stream.Wait(t.Context(), 30*time.Second, "BUSY", "It is busy."); err != nil {
			t.Errorf("after a minute of 90 s: %v", err)
		}
		err := stream.Wait(t.Context(), 2*time.Second, "BUSY", "It is busy.")
		if refusal, ok := errors.AsType[*Refusal](err); !ok || refusal.Reason != ReasonWaitBudgetSpent {
			t.Errorf("after 90 s of 90 s: %v, want %s", err, ReasonWaitBudgetSpent)
		}
	})
}
