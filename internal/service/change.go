package service

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/schedule"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// TestChange implements [Operations].
func (s *Service) TestChange(ctx context.Context, name string, change Change) (Report, error) {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return Report{}, err
	}
	report, _, err := s.test(ctx, c.Connector, s.enterChange(c, change.Config, nil))
	if err != nil || change.Config != nil {
		return report, err
	}
	if err := s.saveChecks(ctx, c.ID, report.Checks); err != nil {
		return Report{}, err
	}
	// What works again need not wait for the next probe.
	if report.OK && c.State() == store.StateCredentialsExpired {
		return report, s.plan(ctx, c, schedule.RunNow(c, s.Now(), store.WhyRetry))
	}
	return report, nil
}

// replanLimit bounds what is still to be done once a change is stored, whether
// or not somebody waits for it.
const replanLimit = 10 * time.Second

// Change implements [Operations].
func (s *Service) Change(ctx context.Context, name string, change Change) (Connection, Report, error) {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return Connection{}, Report{}, err
	}
	if err := s.check(ctx, c, change); err != nil { // before anything is tried
		return Connection{}, Report{}, err
	}
	tested, report, err := s.testChange(ctx, c, change)
	if err != nil {
		return Connection{}, report, fmt.Errorf("change connection %s: %w", name, err)
	}
	before, after, err := s.saveChange(ctx, c, tested, change)
	if err != nil {
		return Connection{}, report, fmt.Errorf("change connection %s: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), replanLimit)
	defer cancel()
	if err := s.replan(ctx, before, after, change.Config != nil); err != nil {
		return Connection{}, report, err
	}
	if change.Config != nil {
		if err := s.saveChecks(ctx, c.ID, report.Checks); err != nil {
			return Connection{}, report, err
		}
	}
	shown, err := s.Connection(ctx, name)
	return shown, report, err
}

// check finds what can't be right about a change of Patchbay's own settings.
func (s *Service) check(ctx context.Context, c store.Connection, change Change) error {
	if err := change.settings(&c); err != nil {
		return err
	}
	if change.HRIS == nil || !*change.HRIS {
		return nil
	}
	return s.checkHRIS(ctx, c.Name)
}

// testChange tests a change of the configuration, and returns the connection
// with it. Without one there is nothing to test.
func (s *Service) testChange(ctx context.Context, c store.Connection, change Change) (store.Connection, Report, error) {
	if change.Config == nil {
		return c, Report{}, nil
	}
	var kept map[string][]byte
	report, entered, err := s.test(ctx, c.Connector, s.enterChange(c, change.Config, &kept))
	switch {
	case err != nil:
		return c, Report{}, err
	case !report.OK:
		return c, report, ErrTestFailed
	}
	c.Config = entered.JSON
	if c.Secrets, err = s.Sealer.Store(c.Name, entered, connection.Sources{}); err != nil {
		return c, report, err
	}
	maps.Copy(c.Secrets, kept)
	return c, report, nil
}

// saveChange stores a change of a connection as it is by now: a test takes seconds,
// in which others pause it or change something else. read is as it was before
// the test, tested as it was tested.
func (s *Service) saveChange(ctx context.Context, read, tested store.Connection, change Change) (before, after store.Connection, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	before, err = s.Store.Connection(ctx, read.Name)
	if err != nil {
		return before, after, err
	}
	if before.ID != read.ID {
		return before, after, store.ErrNotFound // another one has the name by now
	}
	if err := s.check(ctx, before, change); err != nil {
		return before, after, err
	}
	after = before
	if err := change.settings(&after); err != nil {
		return before, after, err
	}
	if change.Config != nil {
		if !bytes.Equal(before.Config, read.Config) || !maps.EqualFunc(before.Secrets, read.Secrets, bytes.Equal) {
			return before, after, &InputError{Field: "config", Problem: "was changed by somebody else while this change was tested; look at it and change it again"}
		}
		after.Config, after.Secrets = tested.Config, tested.Secrets
	}
	after.Updated = s.Now()
	return before, after, s.Store.UpdateConnection(ctx, after)
}

// replan moves the next run where a change calls for it: another configuration
// is to be seen at once, another interval has other slots.
func (s *Service) replan(ctx context.Context, before, after store.Connection, configured bool) error {
	switch {
	case after.Paused:
		return nil
	case configured:
		return s.plan(ctx, after, schedule.RunNow(after, s.Now(), store.WhyChanged))
	case before.Interval != after.Interval:
		return s.plan(ctx, after, schedule.Replan(after, s.Now()))
	}
	return nil
}

// settings applies what is Patchbay's own.
func (c Change) settings(to *store.Connection) error {
	var asked Settings
	if c.Interval != nil {
		asked.Interval = *c.Interval
		to.Interval = cmp.Or(time.Duration(*c.Interval), DefaultInterval)
	}
	if c.ShrinkPercent != nil {
		asked.ShrinkPercent = *c.ShrinkPercent
		to.ShrinkPercent = *c.ShrinkPercent
	}
	if c.Deadline != nil {
		asked.Deadline = *c.Deadline
		to.Deadline = cmp.Or(time.Duration(*c.Deadline), syncer.DefaultDeadline)
	}
	if c.HRIS != nil {
		to.HRIS = *c.HRIS
	}
	return asked.check()
}

// enterChange makes what a stored connection's configuration is after a change.
// Secrets that stay are put into kept as they are stored, unless that is nil.
func (s *Service) enterChange(c store.Connection, change json.RawMessage, kept *map[string][]byte) enter {
	return func(schema []byte) (connection.Entered, host.Configuration, error) {
		changes, err := object(change)
		if err != nil {
			return connection.Entered{}, host.Configuration{}, err
		}
		merged, err := merge(c.Config, changes)
		if err != nil {
			return connection.Entered{}, host.Configuration{}, err
		}
		entered, err := connection.Enter(merged, schema)
		if err != nil {
			return connection.Entered{}, host.Configuration{}, err
		}
		staying := maps.Clone(c.Secrets)
		maps.DeleteFunc(staying, func(name string, _ []byte) bool {
			_, changed := changes[name]
			_, file := changes[name+"_file"]
			return changed || file
		})
		secrets, err := s.Sealer.Load(c.Name, staying, connection.Sources{})
		if err != nil {
			return connection.Entered{}, host.Configuration{}, err
		}
		resolved, err := entered.Resolve(connection.Sources{})
		if err != nil {
			return connection.Entered{}, host.Configuration{}, err
		}
		maps.Copy(secrets, resolved.Secrets)
		if kept != nil {
			*kept = staying
		}
		return entered, host.Configuration{JSON: resolved.JSON, Secrets: secrets}, nil
	}
}

// object is a JSON object's members; none of no text.
func object(text json.RawMessage) (map[string]json.RawMessage, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, &connection.InvalidError{Problem: "is not a JSON object"}
	}
	return members, nil
}

// merge is a configuration after changes; null takes a property away.
func merge(config []byte, changes map[string]json.RawMessage) (json.RawMessage, error) {
	members, err := object(config)
	if err != nil {
		return nil, err
	}
	if members == nil {
		members = map[string]json.RawMessage{}
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if string(bytes.TrimSpace(changes[name])) == "null" {
			delete(members, name)
			continue
		}
		members[name] = changes[name]
	}
	return json.Marshal(members)
}
