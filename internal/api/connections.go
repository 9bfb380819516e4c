package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/service"
)

// ConnectionList is all connections.
type ConnectionList struct {
	Connections []service.Connection `json:"connections" doc:"The connections, by name"`
}

// Tested is a connection that was stored, and the test that went before.
type Tested struct {
	Connection service.Connection `json:"connection" doc:"The connection as it is now"`
	// Report is nil where nothing had to be tested.
	Report *service.Report `json:"report,omitempty" doc:"What its test found; absent where nothing had to be tested"`
}

// SyncRequest is how a connection is to be synced.
type SyncRequest struct {
	Plan bool `json:"plan,omitempty" doc:"Whether the run is held for review whatever it finds"`
}

type (
	draftInput  struct{ Body service.Draft }
	changeInput struct {
		ConnectionPath

		Body service.Change
	}
	testInput struct {
		ConnectionPath

		Body *service.Change
	}
	syncInput struct {
		ConnectionPath

		Body *SyncRequest
	}
)

func (r routes) connections() {
	register(r, huma.Operation{
		OperationID: "list-connections", Method: http.MethodGet, Path: "/connections", Tags: []string{tagConnections},
		Summary: "List connections", Description: "All connections and how they stand.",
		Errors: []int{http.StatusInternalServerError},
	}, func(ctx context.Context, _ *struct{}) (*answer[ConnectionList], error) {
		connections, err := r.ops.Connections(ctx)
		return &answer[ConnectionList]{ConnectionList{connections}}, err
	})
	register(r, huma.Operation{
		OperationID: "get-connection", Method: http.MethodGet, Path: "/connections/{name}", Tags: []string{tagConnections},
		Summary: "Get a connection", Description: "One connection, without its secrets.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ConnectionPath) (*answer[service.Connection], error) {
		return connectionAnswer(r.ops.Connection(ctx, in.Name))
	})
	r.drafts()
	r.changes()
	r.steering()
}

// drafts are the operations about connections that are not stored yet.
func (r routes) drafts() {
	register(r, huma.Operation{
		OperationID: "test-draft", Method: http.MethodPost, Path: "/drafts/test", Tags: []string{tagConnections},
		Summary: "Test a connection before it is added", Description: "Tries it and stores nothing. A connection that does not work is a report, not an error. May take two minutes.",
		Errors: []int{http.StatusBadGateway},
	}, func(ctx context.Context, in *draftInput) (*answer[service.Report], error) {
		report, err := r.ops.Test(ctx, in.Body)
		return &answer[service.Report]{report}, err
	})
	register(r, huma.Operation{
		OperationID: "add-connection", Method: http.MethodPost, Path: "/connections", Tags: []string{tagConnections},
		Summary: "Add a connection", Description: "Tests it, stores it if it works, and plans its first run. If it does not work, the problem TEST_FAILED has the report. May take two minutes.",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusConflict, http.StatusBadGateway},
	}, func(ctx context.Context, in *draftInput) (*answer[Tested], error) {
		return testedAnswer(r.ops.Add(ctx, in.Body))
	})
}

// changes are the operations that change a stored connection, or try to.
func (r routes) changes() {
	register(r, huma.Operation{
		OperationID: "change-connection", Method: http.MethodPatch, Path: "/connections/{name}", Tags: []string{tagConnections},
		Summary: "Change a connection", Description: "What is absent stays. A configuration is tested first; if it does not work, nothing is changed, and the problem TEST_FAILED has the report. May take two minutes.",
		Errors: []int{http.StatusNotFound, http.StatusBadGateway},
	}, func(ctx context.Context, in *changeInput) (*answer[Tested], error) {
		return testedAnswer(r.ops.Change(ctx, in.Name, settled(in.Body)))
	})
	register(r, huma.Operation{
		OperationID: "test-connection", Method: http.MethodPost, Path: "/connections/{name}/test", Tags: []string{tagConnections},
		Summary: "Test a connection", Description: "Tries a stored connection as it would be after a change, and changes nothing. Without a body it is tried as it is, and the checks are kept. May take two minutes.",
		Errors: []int{http.StatusNotFound, http.StatusBadGateway},
	}, func(ctx context.Context, in *testInput) (*answer[service.Report], error) {
		var change service.Change
		if in.Body != nil {
			change = settled(*in.Body)
		}
		report, err := r.ops.TestChange(ctx, in.Name, change)
		return &answer[service.Report]{report}, err
	})
	register(r, huma.Operation{
		OperationID: "remove-connection", Method: http.MethodDelete, Path: "/connections/{name}", Tags: []string{tagConnections},
		Summary: "Remove a connection", Description: "With its people and runs. This can't be undone.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ConnectionPath) (*struct{}, error) {
		return nil, r.ops.Remove(ctx, in.Name)
	})
}

// steering are the operations on a connection's schedule.
func (r routes) steering() {
	register(r, huma.Operation{
		OperationID: "pause-connection", Method: http.MethodPost, Path: "/connections/{name}/pause", Tags: []string{tagConnections},
		Summary: "Pause a connection", Description: "No run begins until it is resumed. One that is running ends as it would.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ConnectionPath) (*answer[service.Connection], error) {
		return connectionAnswer(r.ops.Pause(ctx, in.Name))
	})
	register(r, huma.Operation{
		OperationID: "resume-connection", Method: http.MethodPost, Path: "/connections/{name}/resume", Tags: []string{tagConnections},
		Summary: "Resume a connection", Description: "Its schedule goes on.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ConnectionPath) (*answer[service.Connection], error) {
		return connectionAnswer(r.ops.Resume(ctx, in.Name))
	})
	register(r, huma.Operation{
		OperationID: "sync-connection", Method: http.MethodPost, Path: "/connections/{name}/sync", Tags: []string{tagConnections},
		Summary: "Sync a connection now", Description: "Plans a run for now and does not wait for it. With plan, the run is held for review whatever it finds.",
		DefaultStatus: http.StatusAccepted,
		Errors:        []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *syncInput) (*answer[service.Connection], error) {
		return connectionAnswer(r.ops.SyncNow(ctx, in.Name, in.Body != nil && in.Body.Plan))
	})
}

func connectionAnswer(c service.Connection, err error) (*answer[service.Connection], error) {
	return &answer[service.Connection]{c}, err
}

// testedAnswer answers with the report in either case.
func testedAnswer(c service.Connection, report service.Report, err error) (*answer[Tested], error) {
	if err != nil {
		return nil, reported{err, report}
	}
	tested := Tested{Connection: c}
	if !reflect.DeepEqual(report, service.Report{}) {
		tested.Report = &report
	}
	return &answer[Tested]{tested}, nil
}

// settled takes a configuration that is null for one that is absent, as the
// other members are.
func settled(c service.Change) service.Change {
	if string(c.Config) == "null" {
		c.Config = nil
	}
	return c
}
