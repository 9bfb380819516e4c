package api

import (
	"context"
	"mime"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"patchbay.example/internal/service"
)

// PeopleList is a page of people.
type PeopleList struct {
	People []service.Person `json:"people" doc:"The people, by id, without their source"`
	Next   string           `json:"next,omitempty" doc:"Where the next page is; absent on the last"`
}

type (
	peopleInput struct {
		ConnectionPath
		Page

		Search string `query:"q" doc:"Words: people match of whose name, e-mail and user name some word begins with each"`
		After  string `query:"after" doc:"The id after which to begin"`
	}
	// An id may hold any character, and a path with an escaped slash or two dots
	// does not survive every proxy: it is a parameter. So it stands in no trace
	// and no log of paths either.
	personInput struct {
		ConnectionPath

		ID string `query:"id" required:"true" doc:"The person's id, as the service has it"`
	}
	exportInput struct {
		ConnectionPath

		Format string `query:"format" enum:"jsonl,csv" default:"jsonl" doc:"One JSON object a line, with the source; or CSV, safe to open in a spreadsheet"`
	}
	stream struct{ Body func(huma.Context) }
)

func (r routes) people() {
	register(r, huma.Operation{
		OperationID: "list-people", Method: http.MethodGet, Path: "/connections/{name}/people", Tags: []string{tagPeople},
		Summary: "List and search people", Description: "The directory that stands, by id.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *peopleInput) (*answer[PeopleList], error) {
		people, err := r.ops.People(ctx, in.Name, service.PeopleQuery{Search: in.Search, After: in.After, Limit: in.Limit})
		list := PeopleList{People: people}
		if len(people) >= in.size() {
			list.Next = in.next("/connections/"+escape(in.Name)+"/people", url.Values{"q": {in.Search}, "after": {people[len(people)-1].ID}})
		}
		return &answer[PeopleList]{list}, err
	})
	register(r, huma.Operation{
		OperationID: "get-person", Method: http.MethodGet, Path: "/connections/{name}/person", Tags: []string{tagPeople},
		Summary: "Get a person", Description: "One person, with the record as the service sent it.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *personInput) (*answer[service.Person], error) {
		person, err := r.ops.Person(ctx, in.Name, in.ID)
		return &answer[service.Person]{person}, err
	})
	register(r, huma.Operation{
		OperationID: "forget-person", Method: http.MethodDelete, Path: "/connections/{name}/person", Tags: []string{tagPeople},
		Summary: "Forget a person", Description: "Erases the person everywhere: versions, changes and reports of runs. If the service still lists the person, the next run brings them back. This can't be undone.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *personInput) (*struct{}, error) {
		return nil, r.ops.Forget(ctx, in.Name, in.ID)
	})
	register(r, huma.Operation{
		OperationID: "export-people", Method: http.MethodGet, Path: "/connections/{name}/export", Tags: []string{tagPeople},
		Summary: "Export people", Description: "All people of a connection, as a stream. An export that can't be completed breaks off, so that it is not taken for a whole one.",
		Errors: []int{http.StatusNotFound},
		Responses: map[string]*huma.Response{"200": {
			Description: "The people",
			Content: map[string]*huma.MediaType{
				exportTypes["jsonl"]: {Schema: &huma.Schema{Type: huma.TypeString}},
				exportTypes["csv"]:   {Schema: &huma.Schema{Type: huma.TypeString}},
			},
		}},
	}, func(ctx context.Context, in *exportInput) (*stream, error) {
		return &stream{func(request huma.Context) {
			_, w := humago.Unwrap(request)
			r.export(ctx, w, in.Name, in.Format)
		}}, nil
	})
}

// exportTypes are the content types of exports.
var exportTypes = map[string]string{"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}

// export streams. Until the first byte an error is a problem; after it, the
// connection is cut, for there is no other way to say to every program that
// what it has is not all.
func (r routes) export(ctx context.Context, w http.ResponseWriter, name, format string) {
	out := &exportWriter{w: w, name: name, format: format}
	err := r.ops.Export(ctx, name, format, out)
	switch {
	case err == nil:
		out.begin() // nobody is in it
	case out.begun:
		_ = http.NewResponseController(w).Flush() // so that the reader has an answer which breaks off
		panic(http.ErrAbortHandler)
	default:
		problemOf(err, service.Report{}).write(w)
	}
}

// exportWriter begins the answer with the first byte.
type exportWriter struct {
	w            http.ResponseWriter
	name, format string
	begun        bool
}

func (e *exportWriter) begin() {
	if e.begun {
		return
	}
	e.begun = true
	header := e.w.Header()
	header.Set("Content-Type", exportTypes[e.format])
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.name + "." + e.format}))
	e.w.WriteHeader(http.StatusOK)
}

// Write implements [io.Writer].
func (e *exportWriter) Write(b []byte) (int, error) {
	e.begin()
	return e.w.Write(b)
}
