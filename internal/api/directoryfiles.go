package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
)

// Asked is whom a search is for.
type Asked struct {
	Text   string `query:"q" maxLength:"256" doc:"What to search for; everybody unless given"`
	Chosen string `query:"chosen" maxLength:"16384" doc:"Values chosen by facet, as a JSON object of lists; an empty value stands for having none" example:"{\"department\":[\"Sales\",\"IT\"]}"`
	Sort   string `query:"sort" enum:"best,name,-name" doc:"The order: best unless given"`
}

type (
	searchInput struct {
		Conditional
		Asked
		Slice

		More string `query:"more" maxLength:"200" doc:"The facet of which more values are wanted"`
	}
	filesInput struct {
		Asked

		Format string `query:"format" enum:"csv,jsonl" default:"csv" doc:"CSV, safe to open in a spreadsheet; or one JSON object a line"`
	}
	findingsFile struct {
		Kind string `query:"kind" maxLength:"64" doc:"A kind of finding; all unless given"`
	}
)

func (in Asked) query() (people.Query, error) {
	q := people.Query{Text: in.Text, Sort: in.Sort}
	if in.Chosen == "" {
		return q, nil
	}
	if json.Unmarshal([]byte(in.Chosen), &q.Chosen) != nil {
		return q, &people.QueryError{Parameter: "chosen", Problem: `is not a JSON object of lists, such as {"department":["Sales"]}`}
	}
	return q, nil
}

func (in searchInput) query() (people.Query, error) {
	q, err := in.Asked.query()
	q.Offset, q.Limit, q.More = in.Offset, in.Limit, in.More
	return q, err
}

// fileRoutes are the operations whose answers are files.
func (r routes) fileRoutes() {
	file(r, "export-directory", "/export", "Export people", "Everybody whom a search finds, with all attributes that are allowed, as a stream.", []string{exportTypes["csv"], exportTypes["jsonl"]},
		func(s *people.Snapshot, in *filesInput, w http.ResponseWriter) error {
			q, err := in.query()
			if err != nil {
				return err
			}
			return streamTo(w, "people", in.Format, func(out io.Writer) error { return s.Export(out, in.Format, q) })
		})
	file(r, "export-findings", "/findings/export", "Export findings", "The findings about the directory as CSV, with the values of the records. For administrators.", []string{exportTypes["csv"]},
		func(s *people.Snapshot, in *findingsFile, w http.ResponseWriter) error {
			return streamTo(w, "findings", "csv", func(out io.Writer) error { return s.ExportFindings(out, in.Kind) })
		})
	file(r, "draw-chart", "/chart.svg", "Draw a part of the org chart", "Everybody below a person, as an SVG file without script, style sheet or link.", []string{svgType}, drawing)
	file(r, "get-vcard", "/vcard", "Get a person's card", "A vCard 4.0 (RFC 6350).", []string{vcardType},
		func(s *people.Snapshot, in *PersonOf, w http.ResponseWriter) error {
			card, err := s.VCard(in.ID)
			if err != nil {
				return err
			}
			w.Header().Set("Content-Type", vcardType)
			w.Header().Set("Content-Disposition", `attachment; filename="person.vcf"`)
			_, _ = w.Write(card) // who no longer listens needs no answer
			return nil
		})
}

const vcardType = "text/vcard; charset=utf-8"

// file adds an operation that writes its answer itself; an error is one from
// before the first byte.
func file[I any](r routes, id, path, summary, description string, types []string, serve func(*people.Snapshot, *I, http.ResponseWriter) error) {
	content := map[string]*huma.MediaType{}
	for _, kind := range types {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	register(r, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: "/directory" + path, Tags: []string{tagDirectory}, Summary: summary, Description: description,
		Errors:    []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict},
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: content}},
	}, func(ctx context.Context, in *I) (*stream, error) {
		s, err := r.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		return &stream{func(request huma.Context) {
			_, w := humago.Unwrap(request)
			if err := serve(s, in, w); err != nil {
				problemOf(err, service.Report{}).write(w)
			}
		}}, nil
	})
}

// streamTo streams a download. Like an export of a connection, one that can't be
// completed breaks off.
func streamTo(w http.ResponseWriter, name, format string, write func(io.Writer) error) error {
	out := &exportWriter{w: w, name: name, format: format}
	err := write(out)
	switch {
	case err == nil:
		out.begin() // nobody is in it
	case out.begun:
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if out.begun {
		return nil
	}
	return err
}

// matches reports whether an If-None-Match names an ETag (RFC 9110, section
// 13.1.2).
func matches(header, etag string) bool {
	for name := range strings.SplitSeq(header, ",") {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "W/"); name == etag || name == "*" {
			return true
		}
	}
	return false
}
