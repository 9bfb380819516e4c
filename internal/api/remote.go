package api

import (
	"context"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
)

// RemoteError is an operation's error as a client got it. Its text is the
// operation's; errors.Is and errors.As find in it what they would find there:
// the errors of packages service, store and people, [*service.InputError],
// [*people.QueryError], [*people.UnknownError], [*connection.InvalidError], and [*host.RefusedError] or [*host.Fault] with
// class, reason, message and fix.
type RemoteError struct {
	Problem Problem
	causes  []error
}

// Error is the operation's text.
func (e *RemoteError) Error() string { return e.Problem.Detail }

// Unwrap returns what the error stands for.
func (e *RemoteError) Unwrap() []error { return e.causes }

func newRemoteError(p *Problem) *RemoteError {
	e := &RemoteError{Problem: *p}
	for _, s := range sentinels {
		// That the service was interrupted is not that we were.
		if s.reason == p.Reason && s.err != context.Canceled { //nolint:errorlint // entries of a table
			e.causes = append(e.causes, s.err)
		}
	}
	switch {
	case len(p.Errors) > 0 && p.Reason == reasonQuery:
		e.causes = append(e.causes, &people.QueryError{Parameter: p.Errors[0].Field, Problem: p.Errors[0].Problem})
	case len(p.Errors) > 0:
		e.causes = append(e.causes, &service.InputError{Field: p.Errors[0].Field, Problem: p.Errors[0].Problem})
	}
	if s := p.Suggestions; s != nil {
		e.causes = append(e.causes, &people.UnknownError{What: s.What, Asked: s.Asked, People: s.People, Units: s.Units})
	}
	if p.Configuration != nil {
		e.causes = append(e.causes, &connection.InvalidError{Property: p.Configuration.Property, Problem: p.Configuration.Problem})
	}
	if p.Connector != nil {
		e.causes = append(e.causes, p.Connector.err())
	}
	return e
}

func (c *ConnectorError) err() error {
	if c.Kind == kindFault {
		return &host.Fault{Reason: host.Reason(c.Reason), Message: c.Message}
	}
	return &host.RefusedError{
		Call: c.Call, Class: classNamed(c.Class), Reason: c.Reason, Message: c.Message, Fix: c.Fix, RetryAfter: time.Duration(c.RetryAfter),
	}
}

// reportOf is the report that came with an error; the zero value for none.
func reportOf(err error) service.Report {
	if remote, ok := err.(*RemoteError); ok && remote.Problem.Report != nil { //nolint:errorlint // as newRemoteError made it
		return *remote.Problem.Report
	}
	return service.Report{}
}
