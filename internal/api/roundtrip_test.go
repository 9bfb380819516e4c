package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const aToken = "the-machine-token"

// serve puts the API of ops on a loopback port and returns its client.
func serve(t *testing.T, ops service.Operations) *Client {
	t.Helper()
	return serveHandler(t, New(ops, "0.0.0"))
}

func serveHandler(t *testing.T, handler http.Handler) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+aToken {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := NewClient(base, aToken)
	t.Cleanup(client.Close)
	return client
}

// operations are all of them, each called once and with everything set.
var operations = map[string]func(ctx context.Context, ops service.Operations) []any{
	"Connectors":     func(ctx context.Context, ops service.Operations) []any { return results(ops.Connectors(ctx)) },
	"Form":           func(ctx context.Context, ops service.Operations) []any { return results(ops.Form(ctx, "/opt/okta ..")) },
	"TrustConnector": func(ctx context.Context, ops service.Operations) []any { return results(ops.TrustConnector(ctx, "..")) },
	"Test":           func(ctx context.Context, ops service.Operations) []any { return results(ops.Test(ctx, aDraft())) },
	"Add": func(ctx context.Context, ops service.Operations) []any {
		c, report, err := ops.Add(ctx, aDraft())
		return []any{c, report, err}
	},
	"TestChange": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.TestChange(ctx, "workforce", aChange()))
	},
	"TestChange as it is": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.TestChange(ctx, "workforce", service.Change{}))
	},
	"Change": func(ctx context.Context, ops service.Operations) []any {
		c, report, err := ops.Change(ctx, "workforce", aChange())
		return []any{c, report, err}
	},
	"Connections": func(ctx context.Context, ops service.Operations) []any { return results(ops.Connections(ctx)) },
	"Connection":  func(ctx context.Context, ops service.Operations) []any { return results(ops.Connection(ctx, oddID)) },
	"Pause":       func(ctx context.Context, ops service.Operations) []any { return results(ops.Pause(ctx, "..")) },
	"Resume":      func(ctx context.Context, ops service.Operations) []any { return results(ops.Resume(ctx, ".")) },
	"Remove":      func(ctx context.Context, ops service.Operations) []any { return []any{ops.Remove(ctx, "a/b")} },
	"SyncNow": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.SyncNow(ctx, "workforce", true))
	},
	"SyncNow without plan": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.SyncNow(ctx, "workforce", false))
	},
	"Runs": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.Runs(ctx, "workforce", 43, 2))
	},
	"Runs of all": func(ctx context.Context, ops service.Operations) []any { return results(ops.Runs(ctx, "", 0, 0)) },
	"Run":         func(ctx context.Context, ops service.Operations) []any { return results(ops.Run(ctx, 42)) },
	"Changes": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.Changes(ctx, 42, oddID, 2))
	},
	"Approve": func(ctx context.Context, ops service.Operations) []any { return results(ops.Approve(ctx, 42)) },
	"Discard": func(ctx context.Context, ops service.Operations) []any { return results(ops.Discard(ctx, 42)) },
	"People": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.People(ctx, "workforce", service.PeopleQuery{Search: "ann & b%ob", After: oddID, Limit: 1}))
	},
	"Person": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.Person(ctx, "workforce", oddID))
	},
	"Person of dots": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.Person(ctx, "workforce", ".."))
	},
	"Person of length": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.Person(ctx, "workforce", strings.Repeat("/", store.MaxIDBytes)))
	},
	"Export": func(ctx context.Context, ops service.Operations) []any {
		var out bytes.Buffer
		err := ops.Export(ctx, "workforce", "csv", &out)
		return []any{out.String(), err}
	},
	"Forget": func(ctx context.Context, ops service.Operations) []any {
		return []any{ops.Forget(ctx, "workforce", oddID)}
	},
	"PreviewPeople": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.PreviewPeople(ctx, "workforce"))
	},
	"PeopleSettings": func(ctx context.Context, ops service.Operations) []any { return results(ops.PeopleSettings(ctx)) },
	"SetPeopleSettings": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.SetPeopleSettings(ctx, people.Settings{
			Revision: 7, Attributes: []string{"title", "profile.badge/number"}, Hidden: []string{oddID}, Units: []string{"profile.teamName"},
			ManagerAttributes: []string{"profile.boss"}, Pin: &people.Pair{Attribute: "managerId", Key: "email"},
			Heads: []people.Head{{Field: "department", Value: "R&D <x>", Person: oddID}}, SetAside: map[string]bool{oddID: true, "2": false},
		}))
	},
	"SetPeopleSettings to the defaults": func(ctx context.Context, ops service.Operations) []any {
		return results(ops.SetPeopleSettings(ctx, people.Settings{}))
	},
	"Diagnose": func(ctx context.Context, ops service.Operations) []any { return results(ops.Diagnose(ctx)) },
}

func results[T any](value T, err error) []any { return []any{value, err} }

func aDraft() service.Draft {
	return service.Draft{
		Name: "workforce", Connector: "okta", Config: json.RawMessage(`{"domain":"<example.com>","private_key":"a\nb","n":9007199254740993}`),
		Settings: service.Settings{
			Resource: "users", HRIS: true, Interval: service.Duration(90 * time.Minute), ShrinkPercent: 30, Deadline: service.Duration(time.Hour),
		},
	}
}

func aChange() service.Change {
	return service.Change{
		Config: json.RawMessage(`{"domain":null}`), HRIS: new(false), Interval: new(service.Duration(0)),
		ShrinkPercent: new(0), Deadline: new(service.Duration(time.Hour)),
	}
}

var resourceFields = cmpopts.IgnoreUnexported(service.Resource{})

func TestEveryOperationIsTheSameThroughTheClient(t *testing.T) {
	for name, operation := range operations {
		t.Run(name, func(t *testing.T) {
			direct, remote := &scripted{export: "id\r\n1\r\n"}, &scripted{export: "id\r\n1\r\n"}
			want, got := operation(t.Context(), direct), operation(t.Context(), serve(t, remote))
			if diff := cmp.Diff(want, got, resourceFields); diff != "" {
				t.Errorf("results differ (-direct +client):\n%s", diff)
			}
			if diff := cmp.Diff(direct.got, remote.got); diff != "" {
				t.Errorf("what was asked differs (-direct +client):\n%s", diff)
			}
		})
	}
}

// Whoever adds an operation adds it here.
func TestEveryOperationIsTried(t *testing.T) {
	all := reflect.TypeFor[service.Operations]()
	for method := range all.Methods() {
		if operations[method.Name] == nil {
			t.Errorf("no case for %s", method.Name)
		}
	}
}

func TestAChangeThatWasNotTestedHasNoReport(t *testing.T) {
	_, report, err := serve(t, &scripted{bare: true}).Change(t.Context(), "workforce", service.Change{HRIS: new(true)})
	if err != nil || !reflect.DeepEqual(report, service.Report{}) {
		t.Errorf("report = %+v, err = %v; want the zero report", report, err)
	}
}

func TestErrorsStayWhatTheyAre(t *testing.T) {
	refused := &host.RefusedError{
		Call: "Connect", Class: connectorv1.Class_CLASS_RATE_LIMITED, Reason: "QUOTA", Message: "Too many.", Fix: "Wait.", RetryAfter: time.Minute,
	}
	give := map[string]error{
		"not found":           fmt.Errorf("connection x: %w", store.ErrNotFound),
		"name taken":          fmt.Errorf("add connection x: %w", store.ErrNameTaken),
		"running":             fmt.Errorf("sync x: %w", store.ErrRunning),
		"moved":               fmt.Errorf("change the settings: %w", store.ErrMoved),
		"settings":            fmt.Errorf("change the settings: %w: these have 2 bytes", store.ErrPeopleSettings),
		"not activated":       fmt.Errorf("directory: %w", people.ErrNotActivated),
		"not synced":          fmt.Errorf("directory: %w", people.ErrNotSynced),
		"query":               fmt.Errorf("settings: %w", &people.QueryError{Parameter: "units", Problem: "has too many"}),
		"unknown":             fmt.Errorf("settings: %w", &people.UnknownError{What: "person", Asked: "x", People: []people.Card{aCard()}}),
		"not held":            fmt.Errorf("approve run 3: %w", store.ErrNotHeld),
		"base moved":          fmt.Errorf("approve run 3: %w", store.ErrBaseMoved),
		"paused":              fmt.Errorf("sync x: %w", service.ErrPaused),
		"test failed":         fmt.Errorf("add connection x: %w", service.ErrTestFailed),
		"both":                fmt.Errorf("%w: %w", service.ErrTestFailed, refused),
		"input":               fmt.Errorf("add: %w", &service.InputError{Field: "interval", Problem: "must be longer"}),
		"configuration":       fmt.Errorf("add: %w", &connection.InvalidError{Property: "domain", Problem: "is odd", Cause: errors.New("cause")}),
		"whole configuration": &connection.InvalidError{Problem: "is no object"},
		"refused":             fmt.Errorf("form: %w", refused),
		"fault":               fmt.Errorf("form: %w", &host.Fault{Reason: host.ConnectorNotFound, Message: "no file", Log: "lines"}),
		"our fault":           &host.Fault{Reason: host.StartFailed, Message: "no memory"},
		"deadline":            fmt.Errorf("test: %w", context.DeadlineExceeded),
		"anything else":       errors.New("the disk is full"),
	}
	for name, want := range give {
		t.Run(name, func(t *testing.T) {
			ops := &scripted{err: want, report: aReport(false)}
			if !errors.Is(want, service.ErrTestFailed) {
				ops.report = service.Report{}
			}
			client := serve(t, ops)
			for operation, call := range operations {
				out := call(t.Context(), client)
				err, ok := out[len(out)-1].(error)
				if !ok {
					t.Errorf("%s: no error", operation)
					continue
				}
				wantSame(t, operation, want, err)
				if remote, ok := errors.AsType[*RemoteError](err); !ok || remote.Problem.Fix == "" {
					t.Errorf("%s: %#v says not how to fix it", operation, err)
				}
			}
			_, report, _ := client.Add(t.Context(), aDraft())
			if diff := cmp.Diff(ops.report, report, resourceFields); diff != "" {
				t.Errorf("the report with the error differs (-want +got):\n%s", diff)
			}
		})
	}
}

// wantSame compares what errors.Is, errors.As and a reader find.
func wantSame(t *testing.T, operation string, want, got error) {
	t.Helper()
	if got.Error() != want.Error() {
		t.Errorf("%s: text = %q, want %q", operation, got, want)
	}
	for _, s := range sentinels {
		if errors.Is(got, s.err) != errors.Is(want, s.err) {
			t.Errorf("%s: errors.Is(%v) = %t", operation, s.err, errors.Is(got, s.err))
		}
	}
	wantInput, _ := errors.AsType[*service.InputError](want)
	gotInput, _ := errors.AsType[*service.InputError](got)
	if !reflect.DeepEqual(wantInput, gotInput) {
		t.Errorf("%s: InputError = %+v, want %+v", operation, gotInput, wantInput)
	}
	wantQuery, _ := errors.AsType[*people.QueryError](want)
	gotQuery, _ := errors.AsType[*people.QueryError](got)
	if !reflect.DeepEqual(wantQuery, gotQuery) {
		t.Errorf("%s: QueryError = %+v, want %+v", operation, gotQuery, wantQuery)
	}
	wantUnknown, _ := errors.AsType[*people.UnknownError](want)
	gotUnknown, _ := errors.AsType[*people.UnknownError](got)
	if !reflect.DeepEqual(wantUnknown, gotUnknown) {
		t.Errorf("%s: UnknownError = %+v, want %+v", operation, gotUnknown, wantUnknown)
	}
	wantInvalid, _ := errors.AsType[*connection.InvalidError](want)
	gotInvalid, _ := errors.AsType[*connection.InvalidError](got)
	if (wantInvalid == nil) != (gotInvalid == nil) || wantInvalid != nil && wantInvalid.Error() != gotInvalid.Error() {
		t.Errorf("%s: InvalidError = %+v, want %+v", operation, gotInvalid, wantInvalid)
	}
	wantExplained, _ := host.Explain(want)
	gotExplained, _ := host.Explain(got)
	if wantExplained != gotExplained || host.ExitCode(got) != host.ExitCode(want) {
		t.Errorf("%s: explained as %+v, want %+v", operation, gotExplained, wantExplained)
	}
	if fault, ok := errors.AsType[*host.Fault](want); ok && !errors.Is(got, fault) {
		t.Errorf("%s: is no longer the fault %s", operation, fault.Reason)
	}
}

func TestAServiceThatEndsIsNotOurOwnInterruption(t *testing.T) {
	_, err := serve(t, &scripted{err: context.Canceled}).Connections(t.Context())
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want one that is not our context's", err)
	}
}
