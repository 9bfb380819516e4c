package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"patchbay.example/internal/service"
)

// maxSearch bounds what is searched for: longer than any name.
const maxSearch = 200

// recordsData is what the table of records shows.
type recordsData struct {
	Names      []string
	Connection *service.Connection // nil: there is none yet
	Query      string
	People     []service.Person
	More       string // the next page; empty on the last
	From       bool   // this is not the first page
}

func (s *Site) recordsPage(w http.ResponseWriter, r *http.Request) error {
	connections, err := s.Operations.Connections(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	data := recordsData{Query: cut(strings.ToValidUTF8(q.Get("q"), "")), From: q.Get("after") != ""}
	for i, c := range connections {
		data.Names = append(data.Names, c.Name)
		if q.Get("connection") == c.Name {
			data.Connection = &connections[i]
		}
	}
	if data.Connection == nil && q.Get("connection") != "" {
		return &refusal{status: http.StatusNotFound, title: "There is no such connection", text: "It may have been removed, or the address is mistyped."}
	}
	if data.Connection == nil {
		data.Connection = usual(connections)
	}
	if data.Connection != nil {
		if err := s.fillRecords(r, &data, q.Get("after")); err != nil {
			return err
		}
	}
	return s.show(w, r, page{name: "records", title: "Records", section: "connections", tab: "records", query: data.Query, data: data})
}

// fillRecords reads a page of people, and whether there are more.
func (s *Site) fillRecords(r *http.Request, data *recordsData, after string) error {
	people, err := s.Operations.People(r.Context(), data.Connection.Name, service.PeopleQuery{Search: data.Query, After: after, Limit: pageRows + 1})
	if err != nil {
		return err
	}
	if len(people) > pageRows {
		people = people[:pageRows]
		data.More = "/records?" + url.Values{"connection": {data.Connection.Name}, "q": {data.Query}, "after": {people[pageRows-1].ID}}.Encode()
	}
	data.People = people
	return nil
}

// usual is the connection that is shown unless another is asked for: the HRIS,
// else the one of the most people.
func usual(connections []service.Connection) *service.Connection {
	var best *service.Connection
	for i := range connections {
		c := &connections[i]
		if best == nil || (c.HRIS && !best.HRIS) || (c.HRIS == best.HRIS && c.People > best.People) {
			best = c
		}
	}
	return best
}

// cut shortens to maxSearch characters.
func cut(text string) string {
	if runes := []rune(text); len(runes) > maxSearch {
		return string(runes[:maxSearch])
	}
	return text
}

// recordData is what a record's page shows.
type recordData struct {
	service.Person
	Connection string
	Lines      []jsonLine
	Size       int64
}

func (s *Site) recordPage(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("connection")
	person, err := s.Operations.Person(r.Context(), name, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	data := recordData{Person: person, Connection: name, Lines: jsonLines(person.Source), Size: int64(len(person.Source))}
	return s.show(w, r, page{name: "record", title: person.Name, section: "connections", tab: "records", data: data})
}

// export sends everybody as a file. What fails once it has begun ends the
// download, so that nobody takes a part for the whole.
func (s *Site) export(w http.ResponseWriter, r *http.Request) error {
	name, format := r.PathValue("connection"), r.URL.Query().Get("format")
	types := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
	if types[format] == "" {
		return &refusal{status: http.StatusBadRequest, title: "There is no such format", text: "People are exported as csv or jsonl."}
	}
	c, err := s.Operations.Connection(r.Context(), name)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", types[format])
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", c.Name+"."+format))
	out := &counted{Writer: w}
	if err := s.Operations.Export(r.Context(), c.Name, format, out); err != nil {
		if out.n == 0 {
			w.Header().Del("Content-Disposition")
			return err
		}
		s.Log.ErrorContext(r.Context(), "an export failed", slog.String("connection", c.Name), slog.Any("error", err))
		panic(http.ErrAbortHandler) // the documented way to cut an answer off
	}
	return nil
}

// counted counts what was written.
type counted struct {
	io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n += int64(n)
	return n, err
}
