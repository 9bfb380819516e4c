package plugin

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestAWaitIsToldAndRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Time
		began := time.Now()
		stream := &Stream{budget: -1, send: func(event *connectorv1.SyncResponse) error {
			told = append(told, time.Now())
			if wait := event.GetWait(); wait.GetUntil().AsTime().Sub(began) != 70*time.Second || wait.GetReason() != "BUSY" || wait.GetMessage() != "It is busy." {
				t.Errorf("told %v", wait)
			}
			return nil
		}}
		if err := stream.Wait(t.Context(), 70*time.Second, "BUSY", "It is busy."); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 70*time.Second {
			t.Errorf("it took %s", took)
		}
		if len(told) != 4 {
			t.Fatalf("told %d times, want at 0, 20, 40 and 60 s", len(told))
		}
		for i, at := range told {
			if want := time.Duration(i) * wire.WaitRepeat; at.Sub(began) != want {
				t.Errorf("told after %s, want %s", at.Sub(began), want)
			}
		}
	})
}

func TestAShortWaitIsNotWorthTelling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stream := &Stream{budget: 0, send: func(event *connectorv1.SyncResponse) error {
			t.Errorf("told %v", event)
			return nil
		}}
		if err := stream.Wait(t.Context(), wire.WaitNoticeAfter, "BUSY", "It is busy."); err != nil {
			t.Error(err)
		}
	})
}

func TestAWaitBudgetIsSpentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stream := &Stream{budget: time.Minute, send: func(*connectorv1.SyncResponse) error { return nil }}
		for range 2 {
			if err := stream.Wait(t.Context(), 25*time.Second, "BUSY", "It is busy."); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		err := stream.Wait(t.Context(), 25*time.Second, "BUSY", "It is busy.")
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || refusal.Reason != ReasonWaitBudgetSpent || refusal.RetryAfter != 25*time.Second {
			t.Errorf("%v, want %s and when to try again", err, ReasonWaitBudgetSpent)
		}
		if time.Since(began) != 0 {
			t.Error("it waited for what it may not wait for")
		}
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stream := &Stream{budget: -1, send: func(*connectorv1.SyncResponse) error { return nil }}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := stream.Wait(ctx, time.Hour, "BUSY", "It is busy."); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the context's error", err)
		}
	})
}
