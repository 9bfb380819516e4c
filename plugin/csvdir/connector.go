package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"patchbay.example/plugin"
)

// version is the connector's own.
const version = "0.1.0"

// connector is the connector for directory files.
type connector struct {
	now   func() time.Time
	pause time.Duration // restartPause, but in tests
}

var _ plugin.Connector = connector{}

// Describe implements [plugin.Connector].
func (connector) Describe() plugin.Description {
	return plugin.Description{
		Name:    "csvdir",
		Title:   "Directory file",
		Version: version,
		Summary: "Reads people from a CSV or JSON-lines file that an HR system or a spreadsheet program exports.",
		Config:  plugin.SchemaOf[config](),
		Reasons: reasons,
	}
}

// Times of a file that changes while it is read.
const (
	// maxRestarts is how often reading begins again. A file that changes a fourth
	// time is being written for longer than anybody waits.
	maxRestarts = 3
	// restartPause is how long it waits before: an export of some thousand people
	// is written by then.
	restartPause = time.Second
)

// Connect implements [plugin.Connector]: it reads the file from beginning to end
// and says what it makes of it.
func (c connector) Connect(ctx context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	for restarts := 0; ; restarts++ {
		a := newAttempt(c.now())
		a.run(ctx, configuration)
		if ctx.Err() != nil {
			return nil, plugin.Report{}, ctx.Err()
		}
		if !a.changed || restarts == maxRestarts {
			return a.session(c), a.report(), nil
		}
		if err := pause(ctx, c.pause); err != nil {
			return nil, plugin.Report{}, err
		}
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// attempt is one attempt to connect.
type attempt struct {
	checks  *plugin.Checklist
	survey  *survey
	changed bool // the file changed meanwhile
}

func newAttempt(now time.Time) *attempt {
	return &attempt{survey: &survey{now: now}, checks: plugin.NewChecklist(
		plugin.Check{Name: "config", Title: "Configuration"},
		plugin.Check{Name: "file", Title: "File found"},
		plugin.Check{Name: "format", Title: "Format and header"},
		plugin.Check{Name: "columns", Title: "Columns understood"},
		plugin.Check{Name: "rows", Title: "Rows can be read"},
		plugin.Check{Name: "key", Title: "Key tells people apart"},
		plugin.Check{Name: "status", Title: "Status and dates"},
		plugin.Check{Name: "managers", Title: "Managers can be found"},
	)}
}

// run tries one step after the other; a step whose predecessor failed is skipped.
func (a *attempt) run(ctx context.Context, configuration plugin.Configuration) {
	step := func(name string, f func(context.Context) (string, error)) {
		a.checks.Run(name, func() (string, error) {
			detail, err := f(ctx)
			if errors.Is(err, errChanged) {
				a.changed = true
				err = changing(a.survey.export)
			}
			return detail, err
		})
	}
	step("config", func(context.Context) (string, error) { return a.readConfig(configuration) })
	step("file", a.findFile)
	step("format", a.layOut)
	step("columns", a.propose)
	step("rows", a.readRows)
	step("key", a.checkKey)
	step("status", a.checkStatus)
	step("managers", a.checkManagers)
}

// changing is the refusal of a file that changes again and again.
func changing(e export) error {
	refusal := plugin.Refuse(reasonFileChanging, "The file %s changed each time while it was read: it is still being written.", quotePath(e.path))
	refusal.RetryAfter = time.Minute
	refusal.Cause = errChanged
	return refusal
}

func (a *attempt) session(c connector) plugin.Session {
	if a.checks.Refusal() != nil {
		return nil
	}
	return &session{connector: c, config: a.survey.config, survey: a.survey}
}

// report says what was reached. The account is the configured path: of a folder,
// each day's file is the same company.
func (a *attempt) report() plugin.Report {
	report := plugin.Report{Checks: a.checks.Checks(), Refusal: a.checks.Refusal()}
	if a.survey.export.info == nil || report.Refusal != nil {
		return report
	}
	path := a.survey.config.Path
	report.Account = plugin.Account{ID: path, Name: filepath.Base(path)}
	if absolute, err := filepath.Abs(path); err == nil {
		report.Account.ID = absolute
	}
	return report
}
