package web

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"patchbay.example/internal/people"
)

// chartRoutes are the org chart, a branch of it, and its drawing.
func (s *Site) chartRoutes(page func(pattern string, h func(http.ResponseWriter, *http.Request) error)) {
	page("GET /people/chart", s.chartPage)
	page("GET /people/chart.svg", s.chartSVG)
	page("GET /people/chart/outside", s.outsidePage)
	page("GET /people/{id}/branch", s.chartBranch)
}

// chartData is what the page of the chart shows.
type chartData struct {
	people.Chart
	chartCounts
	Address chartAddress
	Tree    *chartPerson // nil where there is nobody
	// Person is who is in view, and Above counts the levels of the line above the
	// tree.
	Person people.Card
	Above  int
}

func (s *Site) chartPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	address, err := parseChartAddress(r.URL.Query())
	if err != nil {
		return err
	}
	chart, err := snap.Chart(people.ChartQuery{Person: address.At, Group: address.Grouped, Levels: address.Levels})
	if err != nil {
		return err
	}
	data := chartData{Chart: chart, Address: address}
	if chart.Root != nil {
		data.Person = chart.Line[len(chart.Line)-1]
		v := newChartView(snap, address, chart.Line)
		if err := v.change(chart.Root); err != nil {
			return err
		}
		data.Tree, data.chartCounts = v.person(chart.Root), v.counts
		data.Above = max(0, chart.LineTotal-1-people.MaxAbove)
	}
	return s.showPeople(w, r, snap, page{name: "chart", title: "Org chart", tab: "chart", data: data})
}

// MaxItems is how many people, groups and cards the browser may hold.
func (d chartData) MaxItems() int { return maxItems }

// Drawing is the address of the drawing of everybody below the person in view.
func (d chartData) Drawing() string {
	return withQuery("/people/chart.svg", url.Values{"at": {d.Person.ID}})
}

// chartBranch is one branch of the chart, for the page to put in place of what
// it has: a person with what is below, or the card of a team too wide for that.
func (s *Site) chartBranch(w http.ResponseWriter, r *http.Request) error {
	id, q := personID(r), r.URL.Query()
	address, err := parseChartAddress(q)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") == "" { // opened as a page of its own
		address.Open = append(slices.Clip(address.Open), id)
		http.Redirect(w, r, address.String(), http.StatusSeeOther)
		return nil
	}
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	// Whoever is in view may have gone since the page was shown: then nobody is.
	around, err := snap.Chart(people.ChartQuery{Person: address.At})
	if err != nil {
		around = people.Chart{}
	}
	v := newChartView(snap, address, around.Line)
	var b bytes.Buffer
	if q.Has("card") {
		card, err := v.cardOf(id, address, q.Get("card") == "list")
		if err != nil {
			return err
		}
		if err := s.pages["chart"].ExecuteTemplate(&b, "chart-card", card); err != nil {
			return err
		}
	} else {
		branch, err := snap.Branch(people.BranchQuery{Person: id, Grouped: address.Grouped})
		if err != nil {
			return err
		}
		v.mark(branch)
		if err := s.pages["chart"].ExecuteTemplate(&b, "chart-person", v.person(branch)); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
	return nil
}

// outsidePage lists who stands in no tree.
func (s *Site) outsidePage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	offset, err := offsetOf(r.URL.Query())
	if err != nil {
		return err
	}
	var data struct {
		People []people.Card
		Total  int
		Turns  turns
	}
	if data.Total, data.People, err = snap.Outside(offset, people.PagePeople); err != nil {
		return err
	}
	data.Turns = pageTurns(offset, len(data.People), data.Total, func(offset int) string {
		q := url.Values{}
		if offset > 0 {
			q.Set("offset", strconv.Itoa(offset))
		}
		return withQuery("/people/chart/outside", q)
	})
	return s.showPeople(w, r, snap, page{name: "chartoutside", title: "Outside the org chart", tab: "chart", data: data})
}
