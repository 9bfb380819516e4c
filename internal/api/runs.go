package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/service"
)

// RunList is a page of runs.
type RunList struct {
	Runs []service.Run `json:"runs" doc:"The runs, newest first"`
	Next string        `json:"next,omitempty" doc:"Where the next page is; absent on the last"`
}

// ChangeList is a page of what a run did.
type ChangeList struct {
	Changes []service.PersonChange `json:"changes" doc:"The changes, by the person's id"`
	Next    string                 `json:"next,omitempty" doc:"Where the next page is; absent on the last"`
}

// RunPath is the parameter of what is about one run.
type RunPath struct {
	Run int64 `path:"run" minimum:"1" doc:"The run's number" example:"42"`
}

type (
	runsInput struct {
		Page

		Connection string `query:"connection" doc:"Whose runs; those of all connections unless given"`
		Before     int64  `query:"before" minimum:"0" doc:"The run before which to begin; the newest unless given"`
	}
	changesInput struct {
		RunPath
		Page

		After string `query:"after" doc:"The person's id after which to begin"`
	}
)

func (r routes) runs() {
	register(r, huma.Operation{
		OperationID: "list-runs", Method: http.MethodGet, Path: "/runs", Tags: []string{tagRuns},
		Summary: "List runs", Description: "Runs, newest first, of one connection or all. A run's plan and log are there only where one run is asked for.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *runsInput) (*answer[RunList], error) {
		runs, err := r.ops.Runs(ctx, in.Connection, in.Before, in.Limit)
		list := RunList{Runs: runs}
		if len(runs) >= in.size() {
			list.Next = in.next("/runs", url.Values{"before": {strconv.FormatInt(runs[len(runs)-1].ID, 10)}, "connection": {in.Connection}})
		}
		return &answer[RunList]{list}, err
	})
	register(r, huma.Operation{
		OperationID: "get-run", Method: http.MethodGet, Path: "/runs/{run}", Tags: []string{tagRuns},
		Summary: "Get a run", Description: "One run, with the plan of a held one and the last lines of its log.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *RunPath) (*answer[service.Run], error) {
		return runAnswer(r.ops.Run(ctx, in.Run))
	})
	register(r, huma.Operation{
		OperationID: "list-run-changes", Method: http.MethodGet, Path: "/runs/{run}/changes", Tags: []string{tagRuns},
		Summary: "List what a run changed", Description: "Joiners, movers and leavers of a promoted run, with their state before and after.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *changesInput) (*answer[ChangeList], error) {
		changes, err := r.ops.Changes(ctx, in.Run, in.After, in.Limit)
		list := ChangeList{Changes: changes}
		if len(changes) >= in.size() {
			list.Next = in.next("/runs/"+strconv.FormatInt(in.Run, 10)+"/changes", url.Values{"after": {changes[len(changes)-1].ID}})
		}
		return &answer[ChangeList]{list}, err
	})
	register(r, huma.Operation{
		OperationID: "approve-run", Method: http.MethodPost, Path: "/runs/{run}/approve", Tags: []string{tagRuns},
		Summary: "Approve a held run", Description: "Makes what it found the directory.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *RunPath) (*answer[service.Run], error) {
		return runAnswer(r.ops.Approve(ctx, in.Run))
	})
	register(r, huma.Operation{
		OperationID: "discard-run", Method: http.MethodPost, Path: "/runs/{run}/discard", Tags: []string{tagRuns},
		Summary: "Discard a held run", Description: "The directory stays as it is.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *RunPath) (*answer[service.Run], error) {
		return runAnswer(r.ops.Discard(ctx, in.Run))
	})
}

func runAnswer(run service.Run, err error) (*answer[service.Run], error) {
	return &answer[service.Run]{run}, err
}

// next is where the next page is: the same question with other parameters.
func (p Page) next(path string, parameters url.Values) string {
	for name, values := range parameters {
		if values[0] == "" {
			delete(parameters, name)
		}
	}
	if p.Limit != 0 {
		parameters.Set("limit", strconv.Itoa(p.Limit))
	}
	return Prefix + path + "?" + parameters.Encode()
}
