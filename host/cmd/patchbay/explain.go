package main

import (
	"context"
	"errors"
	"fmt"

	"patchbay.example/host"
	"patchbay.example/internal/api"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/wire"
)

// advice is what to do about errors of operations. Each is a request that can't
// be met as it stands, which is what wire.ExitUsage says.
var advice = []struct {
	err         error
	reason, fix string
}{
	{store.ErrNameTaken, "NAME_TAKEN", "Choose another name, or change the connection: patchbay connections set."},
	{store.ErrRunning, "SYNC_RUNNING", "Wait for the run's end: patchbay sync NAME --watch follows it."},
	{service.ErrPaused, "PAUSED", "Resume it first: patchbay connections resume NAME."},
	{store.ErrNotHeld, "NOT_HELD", "patchbay runs list shows the run that is held, if one is: only the newest can be approved."},
	{store.ErrBaseMoved, "BASE_MOVED", "Sync again: the next run compares with the directory that stands now."},
	{store.ErrMoved, "SETTINGS_MOVED", "Run this again."},
	{store.ErrNotFound, "NOT_FOUND", "See what is there: patchbay connections list, patchbay runs list, patchbay users list."},
}

// explain adds to an error of an operation what a person should do, where the
// error itself does not know.
func explain(err error) error {
	var own *program.Error
	var usage *program.UsageError
	var input *service.InputError
	var invalid *connection.InvalidError
	switch {
	case err == nil, errors.As(err, &own), errors.As(err, &usage):
		return err
	case errors.As(err, &input):
		return &program.Error{Err: err, Reason: program.ReasonUsage, Code: wire.ExitUsage}
	case errors.As(err, &invalid):
		return &program.Error{Err: err, Reason: program.ReasonConfig, Fix: "Correct it, and run this again: patchbay connectors form NAME lists the properties of a connector.", Code: wire.ExitUsage}
	}
	for _, a := range advice {
		if errors.Is(err, a.err) {
			return &program.Error{Err: err, Reason: a.reason, Fix: a.fix, Code: wire.ExitUsage}
		}
	}
	if _, ofConnector := host.Explain(err); ofConnector {
		return err
	}
	if remote, ok := errors.AsType[*api.RemoteError](err); ok && remote.Problem.Fix != "" {
		return &program.Error{Err: err, Reason: remote.Problem.Reason, Fix: remote.Problem.Fix}
	}
	return err
}

// missing says of a connection that is not there which may have been meant.
// Other errors stay.
func missing(ctx context.Context, ops service.Operations, name string, err error) error {
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	hint, fix := "", "Add it: patchbay connections add."
	if connections, listErr := ops.Connections(ctx); listErr == nil && len(connections) > 0 {
		names := make([]string, 0, len(connections))
		for _, c := range connections {
			names = append(names, c.Name)
		}
		hint, fix = meant(name, names), "patchbay connections list shows those that are there."
	}
	return &program.Error{Err: fmt.Errorf("there is no connection %q%s", abridged(name), hint), Reason: "NOT_FOUND", Fix: fix, Code: wire.ExitUsage}
}

// missingAs replaces [store.ErrNotFound] by a sentence.
func missingAs(err error, fix, format string, args ...any) error {
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return &program.Error{Err: fmt.Errorf(format, args...), Reason: "NOT_FOUND", Fix: fix, Code: wire.ExitUsage}
}

// classCode is the exit code of a refusal's class; without one, our own
// machine's.
func classCode(class string) int {
	if class == "" {
		return wire.ExitOurs
	}
	return wire.ExitCode(wire.ClassNamed(class))
}
