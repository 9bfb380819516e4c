package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// Connectors implements [service.Operations].
func (c *Client) Connectors(ctx context.Context) ([]service.Connector, error) {
	list, err := do[ConnectorList](ctx, c, call{method: http.MethodGet, path: "/connectors", timeout: connectTimeout})
	return list.Connectors, err
}

// Form implements [service.Operations].
func (c *Client) Form(ctx context.Context, connector string) (service.Form, error) {
	return named[service.Form](ctx, c, "connector", connector, call{method: http.MethodGet, path: "/connectors/%s/form", timeout: connectTimeout})
}

// TrustConnector implements [service.Operations].
func (c *Client) TrustConnector(ctx context.Context, connector string) (service.Connector, error) {
	return named[service.Connector](ctx, c, "connector", connector, call{method: http.MethodPost, path: "/connectors/%s/trust", timeout: connectTimeout})
}

// Test implements [service.Operations].
func (c *Client) Test(ctx context.Context, d service.Draft) (service.Report, error) {
	return do[service.Report](ctx, c, call{method: http.MethodPost, path: "/drafts/test", body: complete(d), timeout: connectTimeout})
}

// Add implements [service.Operations].
func (c *Client) Add(ctx context.Context, d service.Draft) (service.Connection, service.Report, error) {
	return tested(do[Tested](ctx, c, call{method: http.MethodPost, path: "/connections", body: complete(d), timeout: connectTimeout}))
}

// TestChange implements [service.Operations].
func (c *Client) TestChange(ctx context.Context, name string, change service.Change) (service.Report, error) {
	return ofConnection[service.Report](ctx, c, name, call{method: http.MethodPost, path: "/connections/%s/test", body: change, timeout: connectTimeout})
}

// Change implements [service.Operations].
func (c *Client) Change(ctx context.Context, name string, change service.Change) (service.Connection, service.Report, error) {
	return tested(ofConnection[Tested](ctx, c, name, call{method: http.MethodPatch, path: "/connections/%s", body: change, timeout: connectTimeout}))
}

// Connections implements [service.Operations].
func (c *Client) Connections(ctx context.Context) ([]service.Connection, error) {
	list, err := do[ConnectionList](ctx, c, call{method: http.MethodGet, path: "/connections", timeout: readTimeout})
	return list.Connections, err
}

// Connection implements [service.Operations].
func (c *Client) Connection(ctx context.Context, name string) (service.Connection, error) {
	return ofConnection[service.Connection](ctx, c, name, call{method: http.MethodGet, path: "/connections/%s", timeout: readTimeout})
}

// Pause implements [service.Operations].
func (c *Client) Pause(ctx context.Context, name string) (service.Connection, error) {
	return ofConnection[service.Connection](ctx, c, name, call{method: http.MethodPost, path: "/connections/%s/pause", timeout: readTimeout})
}

// Resume implements [service.Operations].
func (c *Client) Resume(ctx context.Context, name string) (service.Connection, error) {
	return ofConnection[service.Connection](ctx, c, name, call{method: http.MethodPost, path: "/connections/%s/resume", timeout: readTimeout})
}

// Remove implements [service.Operations]. A large directory goes in chunks,
// which take a while.
func (c *Client) Remove(ctx context.Context, name string) error {
	_, err := ofConnection[struct{}](ctx, c, name, call{method: http.MethodDelete, path: "/connections/%s", timeout: connectTimeout})
	return err
}

// SyncNow implements [service.Operations].
func (c *Client) SyncNow(ctx context.Context, name string, plan bool) (service.Connection, error) {
	return ofConnection[service.Connection](ctx, c, name, call{method: http.MethodPost, path: "/connections/%s/sync", body: SyncRequest{plan}, timeout: readTimeout})
}

// Runs implements [service.Operations].
func (c *Client) Runs(ctx context.Context, name string, before int64, limit int) ([]service.Run, error) {
	query := limited(limit)
	setUnlessZero(query, "connection", name, "")
	setUnlessZero(query, "before", before, 0)
	list, err := do[RunList](ctx, c, call{method: http.MethodGet, path: "/runs", query: query, timeout: readTimeout})
	return list.Runs, err
}

// Run implements [service.Operations].
func (c *Client) Run(ctx context.Context, id int64) (service.Run, error) {
	return ofRun[service.Run](ctx, c, id, call{method: http.MethodGet, path: "/runs/%d", timeout: readTimeout})
}

// Changes implements [service.Operations].
func (c *Client) Changes(ctx context.Context, run int64, after string, limit int) ([]service.PersonChange, error) {
	query := limited(limit)
	setUnlessZero(query, "after", after, "")
	list, err := ofRun[ChangeList](ctx, c, run, call{method: http.MethodGet, path: "/runs/%d/changes", query: query, timeout: readTimeout})
	return list.Changes, err
}

// Approve implements [service.Operations]. A large directory's promotion takes
// a while.
func (c *Client) Approve(ctx context.Context, run int64) (service.Run, error) {
	return ofRun[service.Run](ctx, c, run, call{method: http.MethodPost, path: "/runs/%d/approve", timeout: connectTimeout})
}

// Discard implements [service.Operations].
func (c *Client) Discard(ctx context.Context, run int64) (service.Run, error) {
	return ofRun[service.Run](ctx, c, run, call{method: http.MethodPost, path: "/runs/%d/discard", timeout: connectTimeout})
}

// People implements [service.Operations].
func (c *Client) People(ctx context.Context, name string, q service.PeopleQuery) ([]service.Person, error) {
	query := limited(q.Limit)
	setUnlessZero(query, "q", q.Search, "")
	setUnlessZero(query, "after", q.After, "")
	list, err := ofConnection[PeopleList](ctx, c, name, call{method: http.MethodGet, path: "/connections/%s/people", query: query, timeout: readTimeout})
	return list.People, err
}

// Person implements [service.Operations].
func (c *Client) Person(ctx context.Context, name, id string) (service.Person, error) {
	if id == "" {
		return service.Person{}, errNoID
	}
	return ofConnection[service.Person](ctx, c, name, call{method: http.MethodGet, path: "/connections/%s/person", query: url.Values{"id": {id}}, timeout: readTimeout})
}

// Export implements [service.Operations]. It takes as long as ctx lets it, and
// what it writes may be incomplete where it returns an error.
func (c *Client) Export(ctx context.Context, name, format string, w io.Writer) error {
	if name == "" {
		return unnamed("connection")
	}
	call := call{method: http.MethodGet, path: fmt.Sprintf("/connections/%s/export", escape(name)), query: url.Values{"format": {format}}}
	response, err := c.send(ctx, call)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(exportSink{w}, response.Body)
	if sink, ok := err.(sinkError); ok { //nolint:errorlint // as exportSink made it
		return fmt.Errorf("write the export: %w", sink.error)
	}
	if err != nil {
		return c.failed(ctx, call, fmt.Errorf("the export broke off, and what was written is not all: %w", err))
	}
	return nil
}

// exportSink tells errors of the writer from those of the answer.
type exportSink struct{ w io.Writer }

type sinkError struct{ error }

func (s exportSink) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if err != nil {
		return n, sinkError{err}
	}
	return n, nil
}

// Forget implements [service.Operations].
func (c *Client) Forget(ctx context.Context, name, id string) error {
	if id == "" {
		return errNoID
	}
	_, err := ofConnection[struct{}](ctx, c, name, call{method: http.MethodDelete, path: "/connections/%s/person", query: url.Values{"id": {id}}, timeout: connectTimeout})
	return err
}

// PreviewPeople implements [service.Operations]. It reads everybody of the
// connection.
func (c *Client) PreviewPeople(ctx context.Context, name string) (people.Preview, error) {
	return ofConnection[people.Preview](ctx, c, name, call{method: http.MethodGet, path: "/connections/%s/people-preview", timeout: connectTimeout})
}

// PeopleSettings implements [service.Operations].
func (c *Client) PeopleSettings(ctx context.Context) (people.Settings, error) {
	return do[people.Settings](ctx, c, call{method: http.MethodGet, path: "/directory/settings", timeout: readTimeout})
}

// SetPeopleSettings implements [service.Operations]. It waits for the directory
// that follows from them.
func (c *Client) SetPeopleSettings(ctx context.Context, s people.Settings) (people.Settings, error) {
	return do[people.Settings](ctx, c, call{method: http.MethodPut, path: "/directory/settings", body: s, timeout: connectTimeout})
}

// Diagnose implements [service.Operations].
func (c *Client) Diagnose(ctx context.Context) ([]service.Check, error) {
	diagnosis, err := do[Diagnosis](ctx, c, call{method: http.MethodGet, path: "/diagnosis", timeout: connectTimeout})
	return diagnosis.Checks, err
}

// errNoID: a path or parameter can't be empty, and nobody has such an id.
var errNoID = fmt.Errorf("a person without id: %w", store.ErrNotFound)

func unnamed(what string) error { return fmt.Errorf("a %s without name: %w", what, store.ErrNotFound) }

// named makes a call whose path has a place for a name.
func named[T any](ctx context.Context, c *Client, what, name string, call call) (T, error) {
	if name == "" {
		var none T
		return none, unnamed(what)
	}
	call.path = fmt.Sprintf(call.path, escape(name))
	return do[T](ctx, c, call)
}

func ofConnection[T any](ctx context.Context, c *Client, name string, call call) (T, error) {
	return named[T](ctx, c, "connection", name, call)
}

func ofRun[T any](ctx context.Context, c *Client, run int64, call call) (T, error) {
	if run < 1 {
		var none T
		return none, fmt.Errorf("run %d: %w", run, store.ErrNotFound)
	}
	call.path = fmt.Sprintf(call.path, run)
	return do[T](ctx, c, call)
}

// complete gives a draft the configuration that the API demands.
func complete(d service.Draft) service.Draft {
	if len(d.Config) == 0 {
		d.Config = json.RawMessage("{}")
	}
	return d
}

// tested takes an answer apart, or the report out of the error.
func tested(t Tested, err error) (service.Connection, service.Report, error) {
	if err != nil {
		return service.Connection{}, reportOf(err), err
	}
	if t.Report == nil {
		return t.Connection, service.Report{}, nil
	}
	return t.Connection, *t.Report, nil
}

func limited(limit int) url.Values {
	query := url.Values{}
	if limit != 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	return query
}

func setUnlessZero[T comparable](query url.Values, name string, value, zero T) {
	if value != zero {
		query.Set(name, fmt.Sprint(value))
	}
}
