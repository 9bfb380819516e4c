package service

import (
	"time"

	"patchbay.example/internal/store"
)

type scheduleShim struct{}

var schedule scheduleShim

func (scheduleShim) FirstPlan(now time.Time, _ time.Duration, _ string) store.Schedule {
	return store.Schedule{Next: now, Why: store.WhyFirst, Anchor: now}
}

func (scheduleShim) Explain(store.Connection, time.Time) string { return "" }
