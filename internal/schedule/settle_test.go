package schedule

import (
	"encoding/json"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// afterARun is a connection whose run for noon ended an hour later.
func afterARun(run store.Run) (store.Connection, store.Run) {
	c := regularly()
	c.Schedule.Next, c.Schedule.Settled = at(6), 6
	run.ID, run.ConnectionID, run.Started, run.Finished = 7, c.ID, noon, at(1)
	c.LastRun = &run
	return c, run
}

func TestWhatFollowsARun(t *testing.T) {
	const minute = 1.0 / 60
	failed := store.Run{Status: store.RunFailed, Class: "SERVICE_UNAVAILABLE", Reason: "NETWORK_UNREACHABLE"}
	refused := store.Run{Status: store.RunFailed, Class: store.ClassCredentialsRejected, Reason: "KEY_REVOKED"}
	tests := []struct {
		name     string
		run      store.Run
		change   func(*store.Connection)
		next     float64
		why      store.Why
		failures int
	}{
		{"promoted", store.Run{Status: store.RunPromoted}, nil, 6, store.WhySchedule, 0},
		{"promoted after failures", store.Run{Status: store.RunPromoted}, func(c *store.Connection) { c.Schedule.Failures = 5 }, 6, store.WhySchedule, 0},
		{"held blocks nothing", store.Run{Status: store.RunHeld}, nil, 6, store.WhySchedule, 0},
		{"discarded", store.Run{Status: store.RunDiscarded}, nil, 6, store.WhySchedule, 0},
		{"superseded", store.Run{Status: store.RunSuperseded}, nil, 6, store.WhySchedule, 0},
		{"failed", failed, nil, 1 + minute, store.WhyRetry, 1},
		{"failed again", failed, func(c *store.Connection) { c.Schedule.Failures = 3 }, 1 + 8*minute, store.WhyRetry, 4},
		{"failed often: the regular slot is sooner", failed, func(c *store.Connection) { c.Schedule.Failures = 30 }, 6, store.WhySchedule, 31},
		{"deadline passed is a failure", store.Run{Status: store.RunAbandoned, Reason: "DEADLINE_PASSED"}, nil, 1 + minute, store.WhyRetry, 1},
		{"overtaken by an approval", store.Run{Status: store.RunAbandoned, Reason: store.ReasonEarlierApproved}, func(c *store.Connection) { c.Schedule.Failures = 2 }, 1, store.WhyRetry, 2},
		{"an overtaken plan stays one", store.Run{Status: store.RunAbandoned, Reason: store.ReasonEarlierApproved, Trigger: string(store.WhyPlan)}, nil, 1, store.WhyPlan, 0},
		{"a plan that failed stays one", store.Run{Status: store.RunFailed, Class: "SERVICE_UNAVAILABLE", Trigger: string(store.WhyPlan)}, nil, 1 + minute, store.WhyPlan, 1},
		{"a plan whose deadline passed stays one", store.Run{Status: store.RunAbandoned, Reason: "DEADLINE_PASSED", Trigger: string(store.WhyPlan)}, nil, 1 + minute, store.WhyPlan, 1},
		{"a plan that failed holds up no regular slot", store.Run{Status: store.RunFailed, Trigger: string(store.WhyPlan)}, func(c *store.Connection) { c.Schedule.Failures = 30 }, 6, store.WhySchedule, 31},
		{"a plan that was refused is probed like any run", store.Run{Status: store.RunFailed, Class: store.ClassCredentialsRejected, Trigger: string(store.WhyPlan)}, nil, 25, store.WhyProbe, 1},
		{"credentials refused", refused, nil, 25, store.WhyProbe, 1},
		{"credentials refused, weekly", refused, func(c *store.Connection) { c.Interval = 7 * 24 * time.Hour }, 1 + 7*24, store.WhyProbe, 1},
		{"credentials refused again do not hammer", refused, func(c *store.Connection) { c.Schedule.Failures = 9 }, 25, store.WhyProbe, 10},
		{"asked for meanwhile", failed, func(c *store.Connection) { c.Schedule.Next, c.Schedule.Why = at(0.5), store.WhyChanged }, 0.5, store.WhyChanged, 1},
		{"a later run is under way", failed, func(c *store.Connection) { c.LastRun = &store.Run{ID: 8, Status: store.RunRunning} }, 6, store.WhySchedule, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, run := afterARun(tt.run)
			if tt.change != nil {
				tt.change(&c)
			}
			got := settle(c, run)
			if !got.Next.Equal(at(tt.next).Truncate(time.Millisecond)) || got.Why != tt.why || got.Failures != tt.failures || got.Settled != run.ID {
				t.Errorf("settle = next %v, why %s, failures %d, settled %d; want %v, %s, %d, %d",
					got.Next, got.Why, got.Failures, got.Settled, at(tt.next), tt.why, tt.failures, run.ID)
			}
			if !got.Anchor.Equal(c.Schedule.Anchor) {
				t.Errorf("the anchor moved to %v", got.Anchor)
			}
		})
	}
}

func TestAPausedConnectionIsNotPlanned(t *testing.T) {
	c, run := afterARun(store.Run{Status: store.RunFailed})
	c.Paused = true
	if got := settle(c, run); !got.Next.IsZero() {
		t.Errorf("Next = %v of a paused connection", got.Next)
	}
}

// A run that outlasts its interval does not begin again as it ends.
func TestARunLongerThanItsIntervalSkipsSlots(t *testing.T) {
	c, run := afterARun(store.Run{Status: store.RunPromoted})
	run.Finished = at(7)
	c.LastRun = &run
	if got := settle(c, run); !got.Next.Equal(at(12)) {
		t.Errorf("Next = %v, want %v", got.Next, at(12))
	}
}

func TestBackoffDoublesUpToTheInterval(t *testing.T) {
	previous := time.Duration(0)
	for failures := 1; failures < 2000; failures++ {
		got := backoff(failures, regularInterval)
		if got < previous || got > regularInterval || got < time.Minute {
			t.Fatalf("backoff(%d) = %v after %v", failures, got, previous)
		}
		previous = got
	}
	if previous != regularInterval {
		t.Errorf("the longest wait is %v, want the interval", previous)
	}
	if got := backoff(3, 90*time.Second); got != 90*time.Second {
		t.Errorf("backoff of a short interval = %v", got)
	}
}

func TestEachCauseIsToldOnce(t *testing.T) {
	type step struct {
		status store.RunStatus
		class  string
		reason string
		base   int64
		told   bool
	}
	const refused = store.ClassCredentialsRejected
	tests := []struct {
		name  string
		steps []step
	}{
		{"failures of one cause", []step{{store.RunFailed, "", "A", 0, true}, {store.RunFailed, "", "A", 0, false}, {store.RunFailed, "", "A", 0, false}}},
		{"another cause", []step{{store.RunFailed, "", "A", 0, true}, {store.RunFailed, "", "B", 0, true}}},
		{"again after it was in order", []step{{store.RunFailed, "", "A", 0, true}, {store.RunPromoted, "", "", 0, false}, {store.RunFailed, "", "A", 0, true}}},
		{"credentials", []step{{store.RunFailed, refused, "KEY_REVOKED", 0, true}, {store.RunFailed, refused, "KEY_REVOKED", 0, false}}},
		{"held over one directory", []step{{store.RunHeld, "", "SHRUNK", 5, true}, {store.RunHeld, "", "SHRUNK", 5, false}}},
		{"held once more after an approval", []step{{store.RunHeld, "", "SHRUNK", 5, true}, {store.RunHeld, "", "SHRUNK", 6, true}}},
		{"overtaken is no failure", []step{{store.RunAbandoned, "", store.ReasonEarlierApproved, 0, false}, {store.RunFailed, "", "A", 0, true}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := regularly()
			for i, s := range tt.steps {
				run := store.Run{ID: int64(i + 1), Status: s.status, Class: s.class, Reason: s.reason, Base: s.base}
				c.LastRun = &run
				n, told, err := tell(c, run, 1, "")
				if err != nil {
					t.Fatal(err)
				}
				if (n != nil) != s.told {
					t.Errorf("step %d: told %v, want %v", i, n != nil, s.told)
				}
				c.Schedule.Told = told
			}
		})
	}
}

func TestANotificationSaysWhatToDo(t *testing.T) {
	c, run := afterARun(store.Run{Status: store.RunFailed, Class: store.ClassCredentialsRejected, Reason: "KEY_REVOKED", Message: "The key is not valid any more.", Fix: "Add a new key."})
	n, _, err := tell(c, run, 2, "http://127.0.0.1:8080")
	if err != nil || n == nil {
		t.Fatalf("tell = %v, %v", n, err)
	}
	var got map[string]any
	if err := json.Unmarshal(n.Body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"event": "connection.credentials_expired", "connection": "acme", "state": "credentials_expired", "reason": "KEY_REVOKED",
		"message": "The key is not valid any more.", "fix": "Add a new key.", "run": 7.0, "at": "2026-03-02T13:00:00Z", "failures": 2.0,
		"patchbay": "http://127.0.0.1:8080",
	}
	for member, value := range want {
		if got[member] != value {
			t.Errorf("%s = %v, want %v", member, got[member], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the body is %s", n.Body)
	}
}
