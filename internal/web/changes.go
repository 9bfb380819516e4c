package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"patchbay.example/internal/people"
)

// changesData is what joiners, movers and leavers show.
type changesData struct {
	people.Changes
	Kind  people.ChangeKind
	Day   string // since, as a form has it
	Spans []tabLink
	Kinds []tabLink
	Days  []changesDay
	Turns turns
}

// changesDay are the changes of a day, of those on the page.
type changesDay struct {
	At   time.Time
	Rows []people.Change
}

// spans are the times that a list of changes is offered for.
var spans = []struct {
	Label string
	Days  int
}{{"7 days", 7}, {"30 days", 30}, {"90 days", 90}, {"A year", 365}}

func (s *Site) changesPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	q, err := s.changesQueryOf(r.URL.Query())
	if err != nil {
		return err
	}
	changes, err := s.Config.People.Changes(r.Context(), snap, q)
	if err != nil {
		return err
	}
	data := changesData{Changes: changes, Kind: q.Kind, Turns: pageTurns(q.Offset, len(changes.Rows), changes.Total, func(offset int) string {
		q := q
		q.Offset = offset
		return changesAt(q)
	})}
	zone := s.Now().Location()
	data.Day = changes.Since.In(zone).Format(time.DateOnly)
	for _, span := range spans {
		since := s.daysAgo(span.Days)
		data.Spans = append(data.Spans, tabLink{Label: span.Label, Path: changesAt(people.ChangesQuery{Since: since, Kind: q.Kind}), Current: since.Format(time.DateOnly) == data.Day})
	}
	for _, k := range []struct {
		Kind  people.ChangeKind
		Label string
		N     int
	}{{"", "All", changes.Joined + changes.Moved + changes.Left}, {people.Joined, "Joined", changes.Joined}, {people.Moved, "Moved", changes.Moved}, {people.Left, "Left", changes.Left}} {
		data.Kinds = append(data.Kinds, tabLink{k.Label, changesAt(people.ChangesQuery{Since: q.Since, Kind: k.Kind}), k.N, q.Kind == k.Kind})
	}
	for _, c := range changes.Rows {
		at := dayOf(c.At.In(zone))
		if n := len(data.Days); n == 0 || !dayOf(data.Days[n-1].At.In(zone)).Equal(at) {
			data.Days = append(data.Days, changesDay{At: c.At})
		}
		last := &data.Days[len(data.Days)-1]
		last.Rows = append(last.Rows, c)
	}
	return s.showPeople(w, r, snap, page{name: "changes", title: "Joiners, movers, leavers", tab: "changes", data: data})
}

// daysAgo is the beginning of a day before today.
func (s *Site) daysAgo(n int) time.Time {
	y, m, d := s.Now().Date()
	return time.Date(y, m, d-n, 0, 0, 0, 0, s.Now().Location())
}

func (s *Site) changesQueryOf(values url.Values) (people.ChangesQuery, error) {
	var q people.ChangesQuery
	var err error
	if text := values.Get("since"); text != "" {
		if q.Since, err = time.ParseInLocation(time.DateOnly, text, s.Now().Location()); err != nil {
			return q, &people.QueryError{Parameter: "since", Problem: "must be a day such as " + s.Now().Format(time.DateOnly)}
		}
	}
	switch kind := people.ChangeKind(values.Get("kind")); kind {
	case "", people.Joined, people.Moved, people.Left:
		q.Kind = kind
	default:
		return q, &people.QueryError{Parameter: "kind", Problem: "must be joined, moved or left"}
	}
	q.Offset, err = offsetOf(values)
	return q, err
}

// changesAt is the address of a list of changes.
func changesAt(q people.ChangesQuery) string {
	values := url.Values{}
	if !q.Since.IsZero() {
		values.Set("since", q.Since.Format(time.DateOnly))
	}
	if q.Kind != "" {
		values.Set("kind", string(q.Kind))
	}
	if q.Offset > 0 {
		values.Set("offset", strconv.Itoa(q.Offset))
	}
	return withQuery("/people/changes", values)
}
