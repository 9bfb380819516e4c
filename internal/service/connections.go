package service

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/schedule"
	"patchbay.example/internal/store"
)

// Connections implements [Operations].
func (s *Service) Connections(ctx context.Context) ([]Connection, error) {
	stored, err := s.Store.Connections(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the connections: %w", err)
	}
	shown := make([]Connection, 0, len(stored))
	for _, c := range stored {
		shown = append(shown, s.show(ctx, c))
	}
	return shown, nil
}

// Connection implements [Operations].
func (s *Service) Connection(ctx context.Context, name string) (Connection, error) {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return Connection{}, err
	}
	return s.show(ctx, c), nil
}

// Pause implements [Operations].
func (s *Service) Pause(ctx context.Context, name string) (Connection, error) {
	return s.setPaused(ctx, name, true)
}

// Resume implements [Operations].
func (s *Service) Resume(ctx context.Context, name string) (Connection, error) {
	return s.setPaused(ctx, name, false)
}

// setPaused pauses or resumes. What is planned of a connection that is paused
// does not begin, so that its plan is changed while it is: one that is
// interrupted between the two neither runs nor is never planned again.
func (s *Service) setPaused(ctx context.Context, name string, paused bool) (Connection, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return Connection{}, err
	}
	if c.Paused == paused {
		return s.show(ctx, c), nil
	}
	c.Updated = s.Now()
	if !paused {
		if err := s.plan(ctx, c, schedule.Resume(c, s.Now())); err != nil {
			return Connection{}, err
		}
	}
	c.Paused = paused
	if err := s.Store.UpdateConnection(ctx, c); err != nil {
		return Connection{}, err
	}
	if paused {
		err = s.plan(ctx, c, schedule.Pause(c))
	}
	if err != nil {
		return Connection{}, err
	}
	s.planned()
	return s.Connection(ctx, name)
}

// Remove implements [Operations].
func (s *Service) Remove(ctx context.Context, name string) error {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return err
	}
	if err := s.Store.RemoveConnection(ctx, c.ID); err != nil {
		return fmt.Errorf("remove connection %s: %w", name, err)
	}
	s.Log.InfoContext(ctx, "a connection was removed", slog.String("connection", name))
	return nil
}

// SyncNow implements [Operations].
func (s *Service) SyncNow(ctx context.Context, name string, plan bool) (Connection, error) {
	c, err := s.Store.Connection(ctx, name)
	switch {
	case err != nil:
		return Connection{}, err
	case c.Paused:
		return Connection{}, fmt.Errorf("connection %s: %w", name, ErrPaused)
	case c.State() == store.StateSyncing:
		return Connection{}, fmt.Errorf("connection %s: %w", name, store.ErrRunning)
	}
	why := store.WhyManual
	if plan {
		why = store.WhyPlan
	}
	if err := s.plan(ctx, c, schedule.RunNow(c, s.Now(), why)); err != nil {
		return Connection{}, err
	}
	return s.Connection(ctx, name)
}

// plan moves a connection's next run.
func (s *Service) plan(ctx context.Context, c store.Connection, p store.Plan) error {
	if err := s.Store.Plan(ctx, p); err != nil {
		return fmt.Errorf("plan the next run of %s: %w", c.Name, err)
	}
	s.planned()
	return nil
}

// show is a connection as it is shown.
func (s *Service) show(ctx context.Context, c store.Connection) Connection {
	shown := Connection{
		Name: c.Name, Connector: c.Connector, Resource: c.Resource, Config: c.Config, Secrets: map[string]string{},
		HRIS: c.HRIS, Interval: Duration(c.Interval), ShrinkPercent: shrinkPercent(c), Deadline: Duration(c.Deadline),
		State: c.State(), People: c.People, WithAccess: c.WithAccess,
		LastSuccess: present(c.LastSuccess), NextRun: present(c.Schedule.Next), NextWhy: schedule.Explain(c, s.Now()),
		Failures: c.Schedule.Failures, Checked: present(c.Checked), Created: c.Created, Updated: c.Updated,
	}
	for name, stored := range c.Secrets {
		shown.Secrets[name] = connection.Whereabouts(stored)
	}
	if c.LastRun != nil {
		run := showRun(*c.LastRun, c.Name, c.People)
		shown.LastRun = &run
	}
	if len(c.Checks) > 0 && json.Unmarshal(c.Checks, &shown.Checks) != nil {
		s.Log.WarnContext(ctx, "the kept checks of a connection can't be read", slog.String("connection", c.Name))
	}
	shown.Why, shown.Fix = why(c)
	return shown
}

// why explains a state that is not in order.
func why(c store.Connection) (message, fix string) {
	switch c.State() {
	case store.StateSyncFailed, store.StateCredentialsExpired, store.StateHeldForReview:
		return c.LastRun.Message, c.LastRun.Fix
	case store.StatePaused:
		if c.LastRun != nil && c.LastRun.Message != "" && c.LastRun.Status == store.RunFailed {
			return "Somebody paused it. Its last run failed: " + strings.TrimSuffix(c.LastRun.Message, ".") + ".", c.LastRun.Fix
		}
		return "Somebody paused it.", "Resume it to have it synced again."
	default:
		return "", ""
	}
}

func shrinkPercent(c store.Connection) int {
	if c.ShrinkPercent == 0 {
		return store.DefaultShrinkPercent
	}
	return c.ShrinkPercent
}

// present is a time, nil for the zero one.
func present(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
