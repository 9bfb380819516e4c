package service

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// Runs implements [Operations].
func (s *Service) Runs(ctx context.Context, name string, before int64, limit int) ([]Run, error) {
	query := store.RunsQuery{Before: before, Limit: pageSize(limit)}
	names := map[int64]store.Connection{}
	if name != "" {
		c, err := s.Store.Connection(ctx, name)
		if err != nil {
			return nil, err
		}
		query.ConnectionID, names[c.ID] = c.ID, c
	} else {
		connections, err := s.Store.Connections(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the connections: %w", err)
		}
		for _, c := range connections {
			names[c.ID] = c
		}
	}
	stored, err := s.Store.Runs(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	runs := make([]Run, 0, len(stored))
	for _, run := range stored {
		if c, ok := names[run.ConnectionID]; ok { // else its connection was removed meanwhile
			runs = append(runs, showRun(run, c.Name, c.People))
		}
	}
	return runs, nil
}

// Run implements [Operations].
func (s *Service) Run(ctx context.Context, id int64) (Run, error) {
	run, err := s.Store.Run(ctx, id)
	if err != nil {
		return Run{}, err
	}
	return s.withDetails(ctx, run)
}

// Approve implements [Operations].
func (s *Service) Approve(ctx context.Context, id int64) (Run, error) {
	run, err := s.Store.Approve(ctx, id, s.Now())
	if err != nil {
		return Run{}, err
	}
	s.Log.InfoContext(ctx, "a held run was approved", slog.Int64("run", id))
	return s.withDetails(ctx, run)
}

// Discard implements [Operations].
func (s *Service) Discard(ctx context.Context, id int64) (Run, error) {
	if err := s.Store.Discard(ctx, id, s.Now()); err != nil {
		return Run{}, err
	}
	s.Log.InfoContext(ctx, "a held run was discarded", slog.Int64("run", id))
	return s.Run(ctx, id)
}

// Changes implements [Operations].
func (s *Service) Changes(ctx context.Context, run int64, after string, limit int) ([]PersonChange, error) {
	stored, err := s.Store.Changes(ctx, run, after, pageSize(limit))
	if err != nil {
		return nil, fmt.Errorf("changes of run %d: %w", run, err)
	}
	changes := make([]PersonChange, 0, len(stored))
	for _, c := range stored {
		shown := PersonChange{ID: c.ID, Kind: c.Kind, Before: showVersion(c.Before), After: showVersion(c.After)}
		if shown.After != nil {
			shown.Name = shown.After.Name
		} else if shown.Before != nil {
			shown.Name = shown.Before.Name
		}
		changes = append(changes, shown)
	}
	return changes, nil
}

// withDetails shows a run with its plan and log.
func (s *Service) withDetails(ctx context.Context, run store.Run) (Run, error) {
	c, err := s.connectionOf(ctx, run)
	if err != nil {
		return Run{}, err
	}
	shown := showRun(run, c.Name, c.People)
	if len(run.Plan) > 0 {
		var plan syncer.Plan
		if err := json.Unmarshal(run.Plan, &plan); err != nil {
			return Run{}, fmt.Errorf("run %d: its plan can't be read: %w", run.ID, err)
		}
		shown.Plan = &plan
	}
	notes, err := s.Store.Notes(ctx, run.ID, store.MaxNotes)
	if err != nil {
		return Run{}, fmt.Errorf("run %d: read its log: %w", run.ID, err)
	}
	for _, n := range notes {
		shown.Log = append(shown.Log, LogLine(n))
	}
	return shown, nil
}

// connectionOf is a run's connection. ErrNotFound where that was removed.
func (s *Service) connectionOf(ctx context.Context, run store.Run) (store.Connection, error) {
	connections, err := s.Store.Connections(ctx)
	if err != nil {
		return store.Connection{}, fmt.Errorf("list the connections: %w", err)
	}
	for _, c := range connections {
		if c.ID == run.ConnectionID {
			return c, nil
		}
	}
	return store.Connection{}, fmt.Errorf("the connection of run %d: %w", run.ID, store.ErrNotFound)
}

// showRun is a run as it is shown; stands is how many people its connection's
// directory has.
func showRun(r store.Run, connection string, stands int64) Run {
	shown := Run{
		ID: r.ID, Connection: connection, Status: r.Status, Trigger: store.Why(r.Trigger), Started: r.Started, Finished: present(r.Finished),
		Step: "done", Resumed: max(0, r.Epoch-1), Pass: r.Pass, Pages: r.Pages, Records: r.Records, Bytes: r.Bytes,
		Quarantined: r.Quarantined, Waited: Duration(r.Waited),
		Added: r.Added, Changed: r.Changed, Unchanged: r.Unchanged, Removed: r.Removed, Connector: r.ConnectorVersion,
		Class: r.Class, Reason: r.Reason, Message: r.Message, Fix: r.Fix,
	}
	if r.Status == store.RunRunning {
		shown.Step, shown.Expected = "stage", stands
		if r.Complete {
			shown.Step = "guard"
		}
	}
	return shown
}

// pageSize is how many rows a page has.
func pageSize(asked int) int {
	if asked == 0 {
		return DefaultPage
	}
	return store.Limit(asked)
}
