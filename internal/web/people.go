package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"patchbay.example/internal/people"
)

// peopleRoutes are the pages of the People view, but for the chart's. An address
// below /people/{id}/ has no neighbour of the form /people/NAME/{…}: which of
// them was meant could not be told.
func (s *Site) peopleRoutes(page func(pattern string, h func(http.ResponseWriter, *http.Request) error)) {
	page("GET /people", s.findPage)
	page("GET /people/export.csv", s.exportPeople("csv", "text/csv; charset=utf-8"))
	page("GET /people/export.jsonl", s.exportPeople("jsonl", "application/jsonl; charset=utf-8"))
	page("GET /people/{id}", s.personPage)
	page("GET /people/{id}/card.vcf", s.vCard)
	page("GET /people/{id}/reports", s.reportsPage)
	page("GET /people/{id}/peers", s.peersPage)
	page("GET /people/teams", s.teamsPage)
	page("GET /people/teams/team", s.teamPage)
	page("GET /people/changes", s.changesPage)
	page("GET /people/quality", s.qualityPage)
	page("GET /people/quality.csv", s.qualityCSV)
	page("GET /people/quality.json", s.qualityJSON)
	page("GET /people/set-aside", s.setAsidePage)
	page("GET /people/settings", s.settingsPage)
	page("POST /people/settings", s.settingsPost)
	page("POST /people/activate", s.activate)
	page("POST /people/deactivate", s.deactivate)
}

// snapshot is the directory as of now. [people.ErrNotActivated],
// [people.ErrNotSynced].
func (s *Site) snapshot(r *http.Request) (*people.Snapshot, error) {
	if s.Config.People == nil {
		return nil, errNoPeople
	}
	return s.Config.People.Snapshot(r.Context())
}

// errNoPeople: this service has no People view.
var errNoPeople = &refusal{
	status: http.StatusNotFound, title: "There is no People view here",
	text: "This service shows connections and their records only.",
}

// showPeople shows a page of the People view.
func (s *Site) showPeople(w http.ResponseWriter, r *http.Request, snap *people.Snapshot, p page) error {
	p.section, p.snap = "people", snap
	return s.show(w, r, p)
}

// peopleFailed answers where the People view can't show what was asked for;
// not ok for an error that is not its own.
func (s *Site) peopleFailed(w http.ResponseWriter, r *http.Request, err error) (ok bool, failure error) {
	var unknown *people.UnknownError
	switch {
	case errors.Is(err, people.ErrNotActivated):
		return true, s.notActivated(w, r, waiting(r))
	case errors.Is(err, people.ErrNotSynced):
		return true, s.notSynced(w, r, waiting(r))
	case errors.As(err, &unknown):
		return true, s.unknown(w, r, unknown)
	default:
		return false, nil
	}
}

// waiting is the status of an answer that can't be given before there is a
// directory. The first page of the People view says so itself, and is well.
func waiting(r *http.Request) int {
	if r.URL.Path == "/people" {
		return http.StatusOK
	}
	return http.StatusConflict
}

// unknown says that somebody or something is not here, and what may have been
// meant.
func (s *Site) unknown(w http.ResponseWriter, r *http.Request, e *people.UnknownError) error {
	data := struct {
		*people.UnknownError
		What string
	}{e, map[string]string{"person": "person", "unit": "team"}[e.What]}
	title := "No " + data.What + " with this address"
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	return s.showPeople(w, r, snap, page{name: "unknown", title: title, status: http.StatusNotFound, data: data})
}

// personID is whom an address is about; see personAt.
func personID(r *http.Request) string {
	if id := r.PathValue("id"); id != elsewhere || !r.URL.Query().Has("id") {
		return id
	}
	return r.URL.Query().Get("id")
}

// offsetOf is where in a list a page begins.
func offsetOf(q url.Values) (int, error) {
	text := q.Get("offset")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > people.MaxOffset {
		return 0, &people.QueryError{Parameter: "offset", Problem: fmt.Sprintf("must be a number from 0 to %s", thousands(people.MaxOffset))}
	}
	return n, nil
}

// textOf is a parameter's text: UTF-8, and bounded.
func textOf(q url.Values, name string) (string, error) {
	text := q.Get(name)
	if len(text) > people.MaxText {
		return "", &people.QueryError{Parameter: name, Problem: fmt.Sprintf("is too long: %s bytes are the most", thousands(people.MaxText))}
	}
	return strings.ToValidUTF8(text, "\uFFFD"), nil
}

// withQuery is an address with parameters; without a question mark where there
// are none.
func withQuery(path string, q url.Values) string {
	if text := q.Encode(); text != "" {
		return path + "?" + text
	}
	return path
}
