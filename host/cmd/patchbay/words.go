package main

import (
	"fmt"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

var stateWords = map[store.ConnectionState]string{
	store.StateNew:                "Not synced yet",
	store.StateActive:             "Active",
	store.StateSyncing:            "Syncing",
	store.StateSyncFailed:         "Sync failed",
	store.StateCredentialsExpired: "Credentials expired",
	store.StateHeldForReview:      "Held for review",
	store.StatePaused:             "Paused",
}

func stateWord(s store.ConnectionState) string { return word(stateWords, s) }

var statusWords = map[store.RunStatus]string{
	store.RunRunning:    "Running",
	store.RunHeld:       "Held for review",
	store.RunPromoted:   "Done",
	store.RunFailed:     "Failed",
	store.RunAbandoned:  "Abandoned",
	store.RunDiscarded:  "Discarded",
	store.RunSuperseded: "Superseded",
}

func statusWord(s store.RunStatus) string { return word(statusWords, s) }

var triggerWords = map[store.Why]string{
	store.WhyFirst:    "first run",
	store.WhySchedule: "schedule",
	store.WhyCatchUp:  "catching up",
	store.WhyRetry:    "retry after a failure",
	store.WhyProbe:    "probe of refused credentials",
	store.WhyManual:   "asked for",
	store.WhyPlan:     "asked for a plan",
	store.WhyResumed:  "resumed after a pause",
	store.WhyChanged:  "configuration changed",
}

func triggerWord(w store.Why) string { return word(triggerWords, w) }

// word is what people call a value; one that is not known here, from a newer
// service, stands for itself.
func word[K ~string](words map[K]string, key K) string {
	if w, ok := words[key]; ok {
		return w
	}
	return string(key)
}

// effects says what a run brought: "3 joined, 2 changed, 1 left, 994 unchanged".
func effects(r service.Run) string {
	return fmt.Sprintf("%s joined, %s changed, %s left, %s unchanged",
		program.Thousands(r.Added), program.Thousands(r.Changed), program.Thousands(r.Removed), program.Thousands(r.Unchanged))
}

// counted counts people in words.
func counted(n int64) string {
	if n == 1 {
		return "1 person"
	}
	return program.Thousands(n) + " people"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
