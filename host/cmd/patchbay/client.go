package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
)

// opened is an installation as a command reaches it.
type opened struct {
	ops service.Operations
	// run runs a connection's planned or interrupted run, and returns when it has
	// ended or yielded. It is nil where a service does that.
	run   func(ctx context.Context, connection string) error
	close func() error
}

// with opens the installation, does what a command is for, and says of errors
// what a person needs to know.
func (a *app) with(ctx context.Context, do func(opened) error) error {
	open := a.open
	if a.opener != nil {
		open = a.opener
	}
	o, err := open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(explain(do(o)), o.close())
}

// show prints a value as the one JSON document, or in words.
func (a *app) show(value any, words func(io.Writer)) error {
	if a.format == formatJSON {
		return program.WriteJSON(a.stdout, value)
	}
	return a.print(words)
}

// print writes words in one write.
func (a *app) print(words func(io.Writer)) error {
	var b strings.Builder
	words(&b)
	return program.Output(io.WriteString(a.stdout, b.String()))
}
