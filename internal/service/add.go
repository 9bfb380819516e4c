package service

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/schedule"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// Add implements [Operations].
func (s *Service) Add(ctx context.Context, d Draft) (Connection, Report, error) {
	if err := d.check(); err != nil {
		return Connection{}, Report{}, err
	}
	if _, err := s.Store.Connection(ctx, d.Name); err == nil {
		return Connection{}, Report{}, fmt.Errorf("add connection %s: %w", d.Name, store.ErrNameTaken)
	}
	if d.HRIS {
		if err := s.checkHRIS(ctx, d.Name); err != nil {
			return Connection{}, Report{}, err
		}
	}
	report, entered, err := s.test(ctx, d.Connector, enterDraft(d.Config))
	switch {
	case err != nil:
		return Connection{}, Report{}, err
	case !report.OK:
		return Connection{}, report, fmt.Errorf("add connection %s: %w", d.Name, ErrTestFailed)
	}
	c, err := s.drafted(d, report)
	if err != nil {
		return Connection{}, report, err
	}
	c.Config = entered.JSON
	if c.Secrets, err = s.Sealer.Store(d.Name, entered, connection.Sources{}); err != nil {
		return Connection{}, report, fmt.Errorf("add connection %s: %w", d.Name, err)
	}
	if c.ID, err = s.addStored(ctx, c); err != nil {
		return Connection{}, report, fmt.Errorf("add connection %s: %w", d.Name, err)
	}
	if err := s.saveChecks(ctx, c.ID, report.Checks); err != nil {
		return Connection{}, report, err
	}
	s.planned()
	shown, err := s.Connection(ctx, d.Name)
	return shown, report, err
}

// addStored stores a connection. Another one may have become the HRIS while this
// one was tested.
func (s *Service) addStored(ctx context.Context, c store.Connection) (int64, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if c.HRIS {
		if err := s.checkHRIS(ctx, c.Name); err != nil {
			return 0, err
		}
	}
	return s.Store.AddConnection(ctx, c)
}

// drafted is a draft as it is stored, with defaults filled in from what the
// connector has told.
func (s *Service) drafted(d Draft, report Report) (store.Connection, error) {
	resource, err := d.resource(report.Resources)
	if err != nil {
		return store.Connection{}, err
	}
	now := s.Now()
	interval := cmp.Or(time.Duration(d.Interval), suggested(resource), DefaultInterval)
	return store.Connection{
		Name: d.Name, Connector: d.Connector, Resource: resource.Name, HRIS: d.HRIS,
		Interval: interval, ShrinkPercent: d.ShrinkPercent, Deadline: cmp.Or(time.Duration(d.Deadline), syncer.DefaultDeadline),
		Created: now, Updated: now, Schedule: schedule.FirstPlan(now, interval, d.Name),
	}, nil
}

// suggested is a resource's interval within our bounds; 0 for none.
func suggested(r Resource) time.Duration {
	if r.Interval <= 0 {
		return 0
	}
	return min(max(time.Duration(r.Interval), MinInterval), MaxInterval)
}

// resource is what the draft asks to list, or the connector's people.
func (d Draft) resource(offered []Resource) (Resource, error) {
	names := make([]string, 0, len(offered))
	for _, r := range offered {
		switch {
		case r.people && (d.Resource == "" || d.Resource == r.Name):
			return r, nil
		case r.Name == d.Resource:
			return Resource{}, &InputError{Field: "resource", Problem: fmt.Sprintf("is %q, which are no people, and a directory is of people; harness sync reads them", d.Resource)}
		}
		names = append(names, r.Name)
	}
	if d.Resource == "" {
		return Resource{}, &InputError{Field: "resource", Problem: "must be named: the connector lists no people of its own accord, but " + strings.Join(names, ", ")}
	}
	return Resource{}, &InputError{Field: "resource", Problem: fmt.Sprintf("is %q, which the connector does not list; it lists %s", d.Resource, strings.Join(names, ", "))}
}

// validName is what a connection may be called.
var validName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// check finds what can't be right before anything is tried.
func (d Draft) check() error {
	switch {
	case !validName.MatchString(d.Name):
		return &InputError{Field: "name", Problem: "must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter"}
	case d.Connector == "":
		return &InputError{Field: "connector", Problem: "must be named"}
	case len(d.Config) > 0 && !json.Valid(d.Config):
		return &InputError{Field: "config", Problem: "is not JSON"}
	}
	return d.Settings.check()
}

func (s Settings) check() error {
	switch {
	case s.Interval != 0 && (time.Duration(s.Interval) < MinInterval || time.Duration(s.Interval) > MaxInterval):
		return &InputError{Field: "interval", Problem: fmt.Sprintf("must be %s to %s", inWords(MinInterval), inWords(MaxInterval))}
	case s.ShrinkPercent < 0 || s.ShrinkPercent > 100:
		return &InputError{Field: "shrink_percent", Problem: "must be 1 to 100, or 0 for the default"}
	case s.Deadline != 0 && (time.Duration(s.Deadline) < MinDeadline || time.Duration(s.Deadline) > MaxDeadline):
		return &InputError{Field: "deadline", Problem: fmt.Sprintf("must be %s to %s", inWords(MinDeadline), inWords(MaxDeadline))}
	}
	return nil
}

// inWords is a duration without the parts that are zero: "6 h", "30 days".
func inWords(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return counted(int64(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return d.String()
	}
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// saveChecks keeps the checks of a connection.
func (s *Service) saveChecks(ctx context.Context, id int64, checks []Check) error {
	text, err := json.Marshal(checks)
	if err != nil {
		return fmt.Errorf("encode the checks: %w", err)
	}
	if err := s.Store.SaveChecks(ctx, id, text, s.Now()); err != nil {
		return fmt.Errorf("keep the checks: %w", err)
	}
	return nil
}

func (s *Service) planned() {
	if s.Planned != nil {
		s.Planned()
	}
}
