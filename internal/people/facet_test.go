package people

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// staff is a company of which people share values.
func staff(n int) *Snapshot {
	r := rand.New(rand.NewPCG(5, 1))
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	all := make([]who, n)
	for i := range all {
		all[i] = who{
			id: fmt.Sprintf("00u%04d", i), given: pick("Zoë", "Sample", "Próba", "Образец", "Muster"), family: pick("Example", "Przykładowska", "Beispiel", "Examples"),
			department: pick("", "Depots", "Rail", "Finance", "Ocean"), city: pick("", "Porto", "Łódź", "Lagos"), kind: pick("", "Employee", "Contractor"),
			title: pick("Agent", "Engineer", "Accountant"), suspended: r.IntN(10) == 0, custom: map[string]any{"shift": pick("early", "late")},
		}
		if i > 0 && r.IntN(8) > 0 {
			all[i].managerID = fmt.Sprintf("00u%04d", r.IntN(i))
		}
	}
	return of(Settings{Attributes: append(DefaultAttributes(), "profile.shift"), Units: []string{"profile.shift"}}, all...)
}

// exports are the people whom a query finds, in its order.
func exports(t *testing.T, s *Snapshot, q Query) []ExportedPerson {
	t.Helper()
	var b bytes.Buffer
	if err := s.Export(&b, FormatJSONLines, q); err != nil {
		t.Fatal(err)
	}
	var all []ExportedPerson
	for d := json.NewDecoder(&b); ; {
		var p ExportedPerson
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func valueOf(p ExportedPerson, field string) string {
	if field == attrManager {
		return p.ManagerID
	}
	return p.Values[field]
}

func TestFacetsCountWhatBruteForceCounts(t *testing.T) {
	s := staff(300)
	r := rand.New(rand.NewPCG(7, 2))
	for round := range 60 {
		q := Query{Text: []string{"", "example", "zoe", "agent proba", "exampel"}[r.IntN(5)], Chosen: map[string][]string{}, Limit: MaxPage}
		everybody := exports(t, s, Query{Text: q.Text})
		for _, f := range s.facets {
			for range r.IntN(4) - 1 {
				q.Chosen[f.name] = append(q.Chosen[f.name], valueOf(everybody[r.IntN(len(everybody))], f.name))
			}
		}
		fits := func(p ExportedPerson, but string) bool {
			for field, values := range q.Chosen {
				if field != but && !slices.Contains(values, valueOf(p, field)) {
					return false
				}
			}
			return true
		}
		q.More = s.facets[r.IntN(len(s.facets))].name
		found, err := s.Search(q)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, p := range everybody {
			if fits(p, "") {
				total++
			}
		}
		if found.Total != total || len(exports(t, s, q)) != total {
			t.Fatalf("round %d: %+v finds %d and exports %d, want %d", round, q, found.Total, len(exports(t, s, q)), total)
		}
		for _, facet := range found.Facets {
			want := map[string]int{}
			for _, p := range everybody {
				if fits(p, facet.Field) {
					want[valueOf(p, facet.Field)]++
				}
			}
			for _, v := range facet.Values {
				if v.People != want[v.Value] || v.Chosen != slices.Contains(q.Chosen[facet.Field], v.Value) {
					t.Errorf("round %d: %s=%q: %d people, chosen %t; want %d", round, facet.Field, v.Value, v.People, v.Chosen, want[v.Value])
				}
				delete(want, v.Value)
			}
			if facet.More != len(want) {
				t.Errorf("round %d: %s has %d values more, want %d", round, facet.Field, facet.More, len(want))
			}
		}
		sum := 0
		for _, g := range found.Groups {
			sum += g.People
		}
		if q.Text != "" && sum != found.Total {
			t.Errorf("round %d: the groups have %d people, of %d", round, sum, found.Total)
		}
	}
}

func TestPagesHaveEverybodyOnceInOrder(t *testing.T) {
	s := staff(300)
	for _, order := range []string{"", "best", "name", "-name"} {
		for _, text := range []string{"", "example"} {
			var paged []string
			seen := map[string]bool{}
			total := 1
			for offset := 0; offset < total; offset += 37 {
				found, err := s.Search(Query{Text: text, Sort: order, Offset: offset, Limit: 37})
				if err != nil {
					t.Fatal(err)
				}
				total = found.Total
				for _, hit := range found.Hits {
					if seen[hit.ID] {
						t.Errorf("%s is on two pages", hit.ID)
					}
					seen[hit.ID] = true
					paged = append(paged, hit.ID)
				}
			}
			var exported []string
			for _, p := range exports(t, s, Query{Text: text, Sort: order}) {
				exported = append(exported, p.ID)
			}
			if len(paged) != total || !slices.Equal(paged, exported) {
				t.Errorf("sorted by %q: the pages have %d of %d people, in the order of the export: %t", order, len(paged), total, slices.Equal(paged, exported))
			}
		}
	}
}

func TestAnUnanswerableQueryIsRefused(t *testing.T) {
	s := staff(30)
	for what, q := range map[string]Query{
		"offset": {Offset: -1}, "far": {Offset: MaxOffset + 1}, "limit": {Limit: MaxPage + 1}, "negative": {Limit: -1}, "sort": {Sort: "tone"},
		"text": {Text: strings.Repeat("x", MaxText+1)}, "field": {Chosen: map[string][]string{"profile.salary": {"1"}}},
		"many": {Chosen: map[string][]string{attrDepartment: make([]string, MaxChosen+1)}}, "more": {More: "profile.salary"},
	} {
		var refused *QueryError
		if _, err := s.Search(q); !errors.As(err, &refused) || refused.Problem == "" {
			t.Errorf("%s: %v, want a QueryError", what, err)
		}
	}
	for _, q := range []Query{{Offset: MaxOffset}, {Limit: MaxPage}, {Text: strings.Repeat("x", MaxText)}} {
		if _, err := s.Search(q); err != nil {
			t.Errorf("%.40v: %v", q, err)
		}
	}
}

func FuzzSearch(f *testing.F) {
	s := staff(60)
	f.Add("zoe", attrDepartment, "Rail", "name", 0, 10)
	f.Add("", attrManager, "00u0000", "", 10_000, 200)
	f.Add("exampel agent", attrCity, "", "-name", -1, -1)
	f.Add("\xff\x00", "no\xfffield", "\u202e", "best", 1<<40, 1<<40)
	for _, text := range unfriendly {
		f.Add(text, text, text, text, len(text), 1)
	}
	f.Fuzz(func(t *testing.T, text, field, value, order string, offset, limit int) {
		found, err := s.Search(Query{Text: text, Chosen: map[string][]string{field: {value}}, Sort: order, Offset: offset, Limit: limit})
		if err != nil {
			if _, ok := errors.AsType[*QueryError](err); !ok {
				t.Errorf("%v is no QueryError", err)
			}
			return
		}
		if len(found.Hits) > MaxPage || len(found.Hits) > found.Total || found.Total > s.Size() {
			t.Errorf("%d hits of %d, of %d people", len(found.Hits), found.Total, s.Size())
		}
		for _, hit := range found.Hits {
			if joined := join(hit.NameMarks); joined != "" && joined != hit.Name {
				t.Errorf("the pieces of %q are %q", hit.Name, joined)
			}
		}
	})
}

func join(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}
