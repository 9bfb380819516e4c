package schedule

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// receiver is a webhook that answers with the statuses in turn, and then with
// the last one.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	got      []delivery
}

type delivery struct {
	header http.Header
	body   []byte
}

// secret is in the receiver's address, where such services have one.
const pathSecret = "canary-in-the-path"

func newReceiver(b *bench, statuses ...int) *receiver {
	b.Helper()
	r := &receiver{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			b.Errorf("read a delivery: %v", err)
		}
		r.mu.Lock()
		r.got = append(r.got, delivery{request.Header, body})
		status := r.statuses[0]
		if len(r.statuses) > 1 {
			r.statuses = r.statuses[1:]
		}
		r.mu.Unlock()
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	b.Cleanup(r.Close)
	b.config.Webhook, b.config.WebhookSecret = r.URL+"/"+pathSecret, []byte("shared secret")
	b.config.waits = func(int) time.Duration { return 10 * time.Millisecond }
	return r
}

func (r *receiver) deliveries() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got
}

// outcomes has runs end as told, in turn, and then be promoted.
func (b *bench) outcomes(ends ...store.Finish) {
	var mu sync.Mutex
	b.runner.ending = func(store.Run) *store.Finish {
		mu.Lock()
		defer mu.Unlock()
		if len(ends) == 0 {
			return nil
		}
		end := ends[0]
		ends = ends[1:]
		return &end
	}
}

// runOnce lets time pass to the next slot, and waits for what comes of it.
func (b *bench) runOnce(name string) {
	b.Helper()
	settled := b.connection(name).Schedule.Settled
	b.passTo(b.connection(name).Schedule.Next)
	b.scheduler.Wake()
	b.await("a run", func() bool { return b.connection(name).Schedule.Settled > settled })
}

func TestEachCauseIsDeliveredOnceHoweverOftenItTakes(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		r := newReceiver(b, http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusNoContent)
		down := store.Finish{Status: store.RunFailed, Class: "SERVICE_UNAVAILABLE", Reason: "NETWORK_UNREACHABLE", Message: "The service can't be reached.", Fix: "Check the network."}
		b.outcomes(down, down, down)
		b.start()
		c := b.add("acme")
		for range 3 {
			b.runOnce(c.Name)
		}
		b.await("the delivery", func() bool { return len(b.pending()) == 0 })
		got := r.deliveries()
		if len(got) != 3 {
			t.Fatalf("%d requests for one cause, refused twice: want 3", len(got))
		}
		for _, d := range got {
			id, seconds := d.header.Get("webhook-id"), d.header.Get("webhook-timestamp")
			unix, err := strconv.ParseInt(seconds, 10, 64)
			if err != nil {
				t.Fatalf("webhook-timestamp: %v", err)
			}
			if want := Sign([]byte("shared secret"), id, time.Unix(unix, 0), d.body); d.header.Get("webhook-signature") != want {
				t.Errorf("the signature is %q, want %q", d.header.Get("webhook-signature"), want)
			}
			if id != got[0].header.Get("webhook-id") || !bytes.Equal(d.body, got[0].body) {
				t.Errorf("a repetition differs: id %s, body %s", id, d.body)
			}
		}
		var event Event
		if err := json.Unmarshal(got[0].body, &event); err != nil {
			t.Fatal(err)
		}
		if event.Event != "connection.sync_failed" || event.Connection != "acme" || event.Reason != "NETWORK_UNREACHABLE" || event.Fix != "Check the network." || event.Failures != 1 {
			t.Errorf("the event is %s", got[0].body)
		}

		b.runOnce(c.Name) // in order again
		b.outcomes(down)
		b.runOnce(c.Name)
		b.await("the second delivery", func() bool { return len(b.pending()) == 0 })
		if got := r.deliveries(); len(got) != 4 || got[3].header.Get("webhook-id") == got[0].header.Get("webhook-id") {
			t.Errorf("%d requests after it failed anew, want 4, the last with an id of its own", len(got))
		}
	})
}

func TestWhatIsRefusedIsNotSentAgain(t *testing.T) {
	tests := []struct {
		name     string
		statuses []int
		attempts int
		errors   string
	}{
		{"gone", []int{http.StatusGone}, 1, "410 Gone"},
		{"not found", []int{http.StatusNotFound}, 1, "404 Not Found"},
		{"too many requests are no refusal", []int{http.StatusTooManyRequests, http.StatusNotFound}, 2, "404 Not Found"},
		{"redirects are not followed", []int{http.StatusFound}, maxDeliveries, "redirects are not followed"},
		{"broken for good", []int{http.StatusBadGateway}, maxDeliveries, "502 Bad Gateway"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			r := newReceiver(b, tt.statuses...)
			b.outcomes(store.Finish{Status: store.RunFailed, Reason: "A", Message: "m"})
			b.start()
			c := b.add("acme")
			b.runOnce(c.Name)
			b.await("the end of the attempts", func() bool { return len(b.pending()) == 0 })
			if got := len(r.deliveries()); got != tt.attempts {
				t.Errorf("%d attempts, want %d", got, tt.attempts)
			}
			n, err := b.Notification(t.Context(), firstNotification)
			if err != nil {
				t.Fatal(err)
			}
			if n.GivenUp.IsZero() || !n.Delivered.IsZero() || n.Attempts != tt.attempts || !strings.Contains(n.LastError, tt.errors) {
				t.Errorf("the notification is %+v, want given up after %d with %q", n, tt.attempts, tt.errors)
			}
			if strings.Contains(n.LastError, pathSecret) {
				t.Errorf("the error holds the webhook's address: %s", n.LastError)
			}
		})
	}
}

// pending are the notifications still to be delivered.
func (b *bench) pending() []store.Notification {
	b.Helper()
	pending, err := b.Pending(b.Context(), 10)
	if err != nil {
		b.Fatal(err)
	}
	return pending
}

// firstNotification is the id of the first of an installation.
const firstNotification = 1

func TestAnUnreachableWebhookKeepsItsAddress(t *testing.T) {
	b := newBench(t)
	r := newReceiver(b, http.StatusOK)
	r.Close()
	b.start()
	err := b.scheduler.send(t.Context(), store.Notification{ID: 1, Body: []byte("{}")})
	if err == nil || strings.Contains(err.Error(), pathSecret) {
		t.Errorf("send = %v, want an error without the address", err)
	}
}

// Refused credentials are tried once a day, whatever the interval.
func TestRefusedCredentialsDoNotHammer(t *testing.T) {
	b := newBench(t)
	r := newReceiver(b, http.StatusOK)
	var runs int
	b.runner.ending = func(store.Run) *store.Finish {
		runs++
		return &store.Finish{Status: store.RunFailed, Class: store.ClassCredentialsRejected, Reason: "KEY_REVOKED", Message: "m", Fix: "f"}
	}
	b.start()
	c := b.add("acme")
	for b.connection(c.Name).Schedule.Next.Before(at(7 * 24)) {
		b.runOnce(c.Name)
	}
	if runs != 7 {
		t.Errorf("%d attempts in a week, want 7", runs)
	}
	if state := b.connection(c.Name).State(); state != store.StateCredentialsExpired {
		t.Errorf("the state is %s", state)
	}
	b.await("the delivery", func() bool { return len(b.pending()) == 0 })
	if got := len(r.deliveries()); got != 1 {
		t.Errorf("%d notifications, want 1", got)
	}

	// Somebody renews them.
	b.runner.ending = nil
	b.passTo(b.now().Add(time.Minute))
	if err := b.Plan(t.Context(), RunNow(b.connection(c.Name), b.now(), store.WhyChanged)); err != nil {
		t.Fatal(err)
	}
	b.runOnce(c.Name)
	if c := b.connection(c.Name); c.State() != store.StateActive || c.Schedule.Failures != 0 || c.Schedule.Why != store.WhySchedule || c.Schedule.Told != "" {
		t.Errorf("after the renewal it is %s with %+v", c.State(), c.Schedule)
	}
}
