package web

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"patchbay.example/internal/people"
)

const (
	// facetPrefix begins the parameter of a facet: "f.department".
	facetPrefix = "f."
	// openFacets is how many facets are open unless one of their values is
	// chosen: what fits beside a page of results.
	openFacets = 4
	// maxDrops bounds the filters whose absence is tried where nobody is found:
	// each is a search.
	maxDrops = 6
)

// findData is what the search shows.
type findData struct {
	Query  people.Query
	Total  int
	Groups []foundGroup
	Facets []facetView
	Chips  []chip
	Clear  string // without any filter
	Sorts  []choice
	Turns  turns
	// Drops say what there is without one of the filters, where nobody is found.
	Drops []drop
	// On counts the filters, CSV and Lines are exports of the same people.
	On         int
	CSV, Lines string
	AsOf       any
}

// foundGroup are hits that matched in one way; without a text there is one, of
// which nothing is said.
type foundGroup struct {
	people.Group
	Hits  []people.Hit
	Start int // the number of the first
}

// facetView is a facet with its boxes.
type facetView struct {
	people.Facet
	Name string // of the parameter
	Open bool
	// MoreAt is the address of all values; empty where all are here.
	MoreAt string
}

// chip is a filter that is on, and the address without it.
type chip struct{ Label, Text, Drop string }

// choice is an option of a select.
type choice struct {
	Value, Label string
	Chosen       bool
}

// drop is a filter that could go, how many people there would be, and where.
type drop struct {
	What, Path string
	People     int
}

func (s *Site) findPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return err
	}
	if q.More != "" {
		return s.facetPage(w, r, snap, q)
	}
	found, err := snap.Search(q)
	if err != nil {
		return err
	}
	data := findData{
		Query: q, Total: found.Total, Groups: groupsOf(found, q.Offset), AsOf: snap.Complete(),
		Clear: withQuery("/people", valuesOf(people.Query{Text: q.Text, Sort: q.Sort})),
		CSV:   withQuery("/people/export.csv", valuesOf(q)), Lines: withQuery("/people/export.jsonl", valuesOf(q)),
		Turns: pageTurns(q.Offset, len(found.Hits), found.Total, func(offset int) string {
			q := q
			q.Offset = offset
			return findAt(q)
		}),
	}
	for _, values := range q.Chosen {
		data.On += len(values)
	}
	for _, f := range found.Facets {
		if barren(f) {
			continue
		}
		v := facetView{Facet: f, Name: facetPrefix + f.Field, Open: len(data.Facets) < openFacets || len(q.Chosen[f.Field]) > 0}
		if f.More > 0 {
			q := q
			q.Offset, q.More = 0, f.Field
			v.MoreAt = findAt(q)
		}
		data.Facets = append(data.Facets, v)
	}
	data.Chips = chipsOf(q, found.Facets)
	data.Sorts = sortsOf(q)
	if found.Total == 0 {
		data.Drops = dropsOf(snap, q, data.Chips)
	}
	return s.showPeople(w, r, snap, page{name: "find", title: findTitle(q, found.Total), tab: "find-live", query: q.Text, data: data})
}

// barren reports whether a facet tells nobody from others: nobody has a value.
func barren(f people.Facet) bool {
	return f.More == 0 && !slices.ContainsFunc(f.Values, func(v people.Count) bool { return v.Value != "" || v.Chosen })
}

// sortsOf are the orders of a list. The usual one has no name, so that who types
// something into a list by name gets the best match first.
func sortsOf(q people.Query) []choice {
	if q.Text == "" {
		return []choice{{"", "Name, A to Z", q.Sort != "-name"}, {"-name", "Name, Z to A", q.Sort == "-name"}}
	}
	return []choice{{"", "Best match", q.Sort == "" || q.Sort == "best"}, {"name", "Name, A to Z", q.Sort == "name"}, {"-name", "Name, Z to A", q.Sort == "-name"}}
}

func findTitle(q people.Query, total int) string {
	count := "Nobody"
	if total > 0 {
		count = plural(total, "person", "people")
	}
	if q.Text == "" {
		return count
	}
	return fmt.Sprintf("%s for “%s”", count, q.Text)
}

// queryOf reads a search from an address.
func queryOf(values url.Values) (people.Query, error) {
	var q people.Query
	var err error
	if q.Text, err = textOf(values, "q"); err != nil {
		return q, err
	}
	if q.Offset, err = offsetOf(values); err != nil {
		return q, err
	}
	if q.Sort, err = textOf(values, "sort"); err != nil {
		return q, err
	}
	if q.More, err = textOf(values, "more"); err != nil {
		return q, err
	}
	chosen := 0
	for name, all := range values {
		field, ok := strings.CutPrefix(name, facetPrefix)
		if !ok {
			continue
		}
		if chosen += len(all); chosen > people.MaxChosen {
			return q, &people.QueryError{Parameter: "f", Problem: fmt.Sprintf("chooses too much: %d values are the most", people.MaxChosen)}
		}
		if q.Chosen == nil {
			q.Chosen = map[string][]string{}
		}
		for _, value := range all {
			if len(value) > people.MaxValue {
				return q, &people.QueryError{Parameter: "f", Problem: fmt.Sprintf("has a value that is too long: %s bytes are the most", thousands(people.MaxText))}
			}
			q.Chosen[field] = append(q.Chosen[field], strings.ToValidUTF8(value, "\uFFFD"))
		}
	}
	return q, nil
}

// valuesOf is the opposite of queryOf, without the place in the list.
func valuesOf(q people.Query) url.Values {
	values := url.Values{}
	if q.Text != "" {
		values.Set("q", q.Text)
	}
	if q.Sort != "" {
		values.Set("sort", q.Sort)
	}
	for field, chosen := range q.Chosen {
		values[facetPrefix+field] = chosen
	}
	return values
}

// findAt is the address of a search.
func findAt(q people.Query) string {
	values := valuesOf(q)
	if q.Offset > 0 {
		values.Set("offset", strconv.Itoa(q.Offset))
	}
	if q.More != "" {
		values.Set("more", q.More)
	}
	return withQuery("/people", values)
}

// groupsOf are the hits of a page by how they matched.
func groupsOf(found people.Found, offset int) []foundGroup {
	if len(found.Groups) == 0 {
		if len(found.Hits) == 0 {
			return nil
		}
		return []foundGroup{{Hits: found.Hits, Start: offset + 1}}
	}
	var out []foundGroup
	begin := 0 // of the group in the whole answer
	for _, g := range found.Groups {
		from, to := max(begin, offset), min(begin+g.People, offset+len(found.Hits))
		if from < to {
			out = append(out, foundGroup{Group: g, Hits: found.Hits[from-offset : to-offset], Start: from + 1})
		}
		begin += g.People
	}
	return out
}

// valueWord is what a value of a facet is called.
func valueWord(field string, c people.Count) string {
	switch {
	case c.Label != "":
		return c.Label
	case c.Value != "":
		return c.Value
	case field == "manager":
		return "No manager on file"
	default:
		return "None"
	}
}

// chipsOf are the filters that are on, a chip for each facet.
func chipsOf(q people.Query, facets []people.Facet) []chip {
	labels, words := map[string]string{}, map[string]map[string]string{}
	for _, f := range facets {
		labels[f.Field], words[f.Field] = f.Label, map[string]string{}
		for _, v := range f.Values {
			words[f.Field][v.Value] = valueWord(f.Field, v)
		}
	}
	var chips []chip
	for _, field := range slices.Sorted(maps.Keys(q.Chosen)) {
		c := chip{Label: labels[field], Drop: findAt(without(q, field))}
		if c.Label == "" {
			c.Label = field
		}
		var texts []string
		for _, value := range q.Chosen[field] {
			word, ok := words[field][value]
			if !ok {
				word = valueWord(field, people.Count{Value: value})
			}
			texts = append(texts, word)
		}
		c.Text = strings.Join(texts, ", ")
		chips = append(chips, c)
	}
	return chips
}

// without is a search without a facet's choice, from its first page.
func without(q people.Query, field string) people.Query {
	q.Chosen = maps.Clone(q.Chosen)
	delete(q.Chosen, field)
	q.Offset = 0
	return q
}

// dropsOf says, for each filter, how many people there are without it.
func dropsOf(snap *people.Snapshot, q people.Query, chips []chip) []drop {
	count := func(q people.Query) int {
		q.Limit = 1
		found, err := snap.Search(q)
		if err != nil {
			return 0
		}
		return found.Total
	}
	var drops []drop
	for i, field := range slices.Sorted(maps.Keys(q.Chosen)) {
		if i == maxDrops {
			break
		}
		less := without(q, field)
		if n := count(less); n > 0 {
			drops = append(drops, drop{chips[i].Label + ": " + chips[i].Text, findAt(less), n})
		}
	}
	if q.Text != "" && len(q.Chosen) > 0 {
		less := q
		less.Text, less.Offset = "", 0
		if n := count(less); n > 0 {
			drops = append(drops, drop{"the text “" + q.Text + "”", findAt(less), n})
		}
	}
	return drops
}

// facetData is what the list of all values of a facet shows.
type facetData struct {
	people.Facet
	Rows []facetRow
	Back string
	Text string
}

// facetRow is a value, and the address of the search with it or, where it is
// chosen, without.
type facetRow struct {
	people.Count
	Word, Path string
}

func (s *Site) facetPage(w http.ResponseWriter, r *http.Request, snap *people.Snapshot, q people.Query) error {
	found, err := snap.Search(q)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found.Facets, func(f people.Facet) bool { return f.Field == q.More })
	if i < 0 {
		return &people.QueryError{Parameter: "more", Problem: "names no filter that there is"}
	}
	back := q
	back.More, back.Offset = "", 0
	data := facetData{Facet: found.Facets[i], Back: findAt(back), Text: q.Text}
	for _, v := range data.Values {
		with := back
		with.Chosen = maps.Clone(q.Chosen)
		if with.Chosen == nil {
			with.Chosen = map[string][]string{}
		}
		if chosen := with.Chosen[q.More]; v.Chosen {
			with.Chosen[q.More] = slices.DeleteFunc(slices.Clone(chosen), func(one string) bool { return one == v.Value })
		} else {
			with.Chosen[q.More] = append(slices.Clone(chosen), v.Value)
		}
		data.Rows = append(data.Rows, facetRow{v, valueWord(q.More, v), findAt(with)})
	}
	return s.showPeople(w, r, snap, page{name: "facet", title: data.Label, tab: "find", query: q.Text, data: data})
}

// exportPeople sends everybody whom a search finds as a file.
func (s *Site) exportPeople(format, mediaType string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		snap, err := s.snapshot(r)
		if err != nil {
			return err
		}
		q, err := queryOf(r.URL.Query())
		if err != nil {
			return err
		}
		return s.download(w, r, "people."+format, mediaType, func(out io.Writer) error { return snap.Export(out, format, q) })
	}
}

// download sends what write writes as a file. What fails once it has begun ends
// the download, so that nobody takes a part for the whole.
func (s *Site) download(w http.ResponseWriter, r *http.Request, name, mediaType string, write func(io.Writer) error) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	out := &counted{Writer: w}
	if err := write(out); err != nil {
		if out.n == 0 {
			w.Header().Del("Content-Disposition")
			return err
		}
		s.Log.ErrorContext(r.Context(), "a download failed", slog.String("file", name), slog.Any("error", err))
		panic(http.ErrAbortHandler) // the documented way to cut an answer off
	}
	return nil
}
