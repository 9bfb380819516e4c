package schedule

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"patchbay.example/internal/store"
)

// Event is the body of a notification, a JSON object.
type Event struct {
	// Event is "connection." and the state.
	Event string `json:"event"`
	// Connection is the connection's name.
	Connection string `json:"connection"`
	// State is sync_failed, credentials_expired or held_for_review.
	State store.ConnectionState `json:"state"`
	// Reason is for code, such as "NETWORK_UNREACHABLE"; Message and Fix are for
	// people.
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
	// Run is the number of the run that failed or is held.
	Run int64 `json:"run"`
	// At is when that run ended.
	At time.Time `json:"at"`
	// Failures counts the runs that failed since the last that did not, with
	// this one.
	Failures int `json:"failures"`
	// Patchbay is the address of the installation's pages, where it is known.
	Patchbay string `json:"patchbay,omitempty"`
}

// tell says of what somebody is to be told after a run, nil if of nothing, and
// what [store.Schedule.Told] is from then on. One is told once of each cause:
// not again while the next runs end for the same one, and again when the
// connection was in order in between.
func tell(c store.Connection, run store.Run, failures int, origin string) (*store.Notification, string, error) {
	c.LastRun, c.Paused = &run, false
	state := c.State()
	cause := string(state) + " " + run.Reason
	switch {
	case overtaken(run):
		return nil, c.Schedule.Told, nil
	case state == store.StateHeldForReview:
		// After an approval the next run that is held is another matter, whatever
		// its reason.
		cause += " " + strconv.FormatInt(run.Base, 10)
	case state != store.StateSyncFailed && state != store.StateCredentialsExpired:
		return nil, "", nil
	}
	if cause == c.Schedule.Told {
		return nil, cause, nil
	}
	body, err := json.Marshal(Event{
		Event: "connection." + string(state), Connection: c.Name, State: state,
		Reason: run.Reason, Message: run.Message, Fix: run.Fix,
		Run: run.ID, At: run.Finished.UTC(), Failures: failures, Patchbay: origin,
	})
	if err != nil {
		return nil, c.Schedule.Told, fmt.Errorf("write the notification of run %d: %w", run.ID, err)
	}
	return &store.Notification{ConnectionID: c.ID, Run: run.ID, Cause: cause, Body: body}, cause, nil
}
