package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/reporting"
)

// qualityData is what the state of the directory shows.
type qualityData struct {
	people.Quality
	Sections []tabLink
	Kinds    []people.QualityKind
	Bars     []shareBar
	Heat     []heatRow
	// Example are findings of the kind with the most, among those of the section.
	Example people.Findings
}

// shareBar is a part of a bar of 100 units.
type shareBar struct {
	Class, Label string
	X, Width     string
	People       int
}

// heatRow is a key of the table of how managers are written.
type heatRow struct {
	Key   reporting.Key
	Cells []heatCell
}

// heatCell is how many have exactly one match; Class colours it.
type heatCell struct {
	Text, Class string
	First       bool // used first
}

// sections are the kinds of finding, as tabs.
var sections = []struct{ Value, Label string }{{"managers", "Managers"}, {"units", "Teams"}, {"fields", "Empty fields"}, {"people", "People"}}

// exampleRows is how many findings the page shows as an example.
const exampleRows = 4

func (s *Site) qualityPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	values := r.URL.Query()
	if kind := values.Get("kind"); kind != "" {
		return s.findingsPage(w, r, snap, kind)
	}
	section := or(values.Get("section"), sections[0].Value)
	if !slices.ContainsFunc(sections, func(one struct{ Value, Label string }) bool { return one.Value == section }) {
		return &people.QueryError{Parameter: "section", Problem: "must be managers, units, fields or people"}
	}
	q := snap.Quality()
	data := qualityData{Quality: q, Bars: qualityBars(q), Heat: heatOf(q.Table)}
	for _, one := range sections {
		n := 0
		for _, k := range q.Kinds {
			if k.Section == one.Value {
				n += k.Count
			}
		}
		data.Sections = append(data.Sections, tabLink{one.Label, "/people/quality?section=" + one.Value, n, one.Value == section})
	}
	most := people.QualityKind{}
	for _, k := range q.Kinds {
		if k.Section == section {
			data.Kinds = append(data.Kinds, k)
			if k.Count > most.Count {
				most = k
			}
		}
	}
	if most.Count > 0 {
		if data.Example, err = snap.Findings(most.Kind, 0, exampleRows); err != nil {
			return err
		}
	}
	return s.showPeople(w, r, snap, page{name: "quality", title: "Directory quality", tab: "quality", data: data})
}

// qualityBars are the shares of the people whose managers were looked for.
func qualityBars(q people.Quality) []shareBar {
	const gap = .15
	x := 0.0
	var bars []shareBar
	for _, part := range []shareBar{
		{Class: "f-accent", Label: "found", People: q.Found},
		{Class: "f-cable", Label: "found, with a doubt", People: q.Doubtful},
		{Class: "f-idle", Label: "none given", People: q.Blank},
		{Class: "f-bad", Label: "not found", People: q.Missing},
	} {
		width := 100 * float64(part.People) / float64(max(1, q.People))
		part.X, part.Width = fmt.Sprintf("%.2f", x), fmt.Sprintf("%.2f", max(0, width-gap))
		x += width
		bars = append(bars, part)
	}
	return bars
}

// heatOf shows how managers are written, keys that match nobody left out.
func heatOf(t reporting.Table) []heatRow {
	var rows []heatRow
	for i, key := range t.Keys {
		row, filled := heatRow{Key: key}, false
		for j, cell := range t.Cells[i] {
			share := float64(cell.One) / float64(max(1, t.People))
			c := heatCell{Text: "0", Class: "dimmer"}
			if cell.One > 0 {
				filled = true
				c = heatCell{Text: share1(cell.One, t.People)}
				switch {
				case share >= .8:
					c.Class = "h3c"
				case share >= .3:
					c.Class = "h2c"
				case share >= .02:
					c.Class = "h1c"
				}
			}
			c.First = t.Primary != nil && t.Primary.Key == key && t.Primary.Attribute == t.Attributes[j]
			row.Cells = append(row.Cells, c)
		}
		if filled {
			rows = append(rows, row)
		}
	}
	return rows
}

// share1 is a share that is never shown as none where there is some.
func share1(part, whole int) string {
	if text := share(part, whole); text != "0.0 %" || part == 0 {
		return text
	}
	return "< 0.1 %"
}

// findingsData is what a list of findings shows.
type findingsData struct {
	people.Findings
	Turns turns
}

func (s *Site) findingsPage(w http.ResponseWriter, r *http.Request, snap *people.Snapshot, kind string) error {
	offset, err := offsetOf(r.URL.Query())
	if err != nil {
		return err
	}
	found, err := snap.Findings(kind, offset, people.PagePeople)
	if err != nil {
		return err
	}
	data := findingsData{found, pageTurns(offset, len(found.Rows), found.Total, func(offset int) string {
		values := url.Values{"kind": {found.Kind.Kind}}
		if offset > 0 {
			values.Set("offset", strconv.Itoa(offset))
		}
		return withQuery("/people/quality", values)
	})}
	return s.showPeople(w, r, snap, page{name: "findings", title: found.Kind.Title, tab: "quality", data: data})
}

func (s *Site) qualityCSV(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	kind := r.URL.Query().Get("kind")
	return s.download(w, r, "quality.csv", "text/csv; charset=utf-8", func(out io.Writer) error { return snap.ExportFindings(out, kind) })
}

func (s *Site) qualityJSON(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	return s.download(w, r, "quality.json", "application/json", func(out io.Writer) error { return json.NewEncoder(out).Encode(snap.Quality()) })
}

// asideData is what the accounts that belong to nobody show.
type asideData struct {
	Rows     []people.Aside
	Total    int
	Turns    turns
	Revision int64
}

func (s *Site) setAsidePage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	offset, err := offsetOf(r.URL.Query())
	if err != nil {
		return err
	}
	data := asideData{Revision: snap.Settings().Revision}
	if data.Total, data.Rows, err = snap.SetAside(offset, people.PagePeople); err != nil {
		return err
	}
	data.Turns = pageTurns(offset, len(data.Rows), data.Total, func(offset int) string {
		return "/people/set-aside?offset=" + strconv.Itoa(offset)
	})
	return s.showPeople(w, r, snap, page{name: "aside", title: "Set aside", tab: "quality", data: data})
}
