package search_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/search/searchtest"
)

func TestResultsAreThoseOfComparingEverything(t *testing.T) {
	t.Parallel()
	const people = 450 // so that no field has more than MaxFacetValues values
	n := &naive{}
	for _, d := range searchtest.Corpus(people, 11) {
		d.Name = strings.ReplaceAll(d.Name, "ə", "e")
		n.add(d)
	}
	ix := search.Build(n.documents, searchtest.Facets)
	for _, kind := range searchtest.Kinds[1:] {
		for i, q := range searchtest.Queries(n.documents, kind, 25, 12) {
			if i%5 == 0 && q.Text != "" && kind != searchtest.Letter { // words of two people
				q.Text = n.documents[i].Names[0] + " " + q.Text
			}
			if letters := []rune(q.Text); i%2 == 0 && kind == searchtest.Typo { // as it is typed
				q.Text = string(letters[:max(1, len(letters)-1-i%4)])
			}
			if strings.TrimSpace(q.Text) != "" {
				compareWithNaive(t, ix, n, q)
			}
			compareFacets(t, ix, n, q)
		}
	}
}

func compareWithNaive(t *testing.T, ix *search.Index, n *naive, q search.Query) {
	t.Helper()
	want := n.find(q.Text)
	groups := map[search.Match]int{}
	for document, m := range want {
		if !chooses(n.documents[document], q.Chosen, -1) {
			delete(want, document)
			continue
		}
		groups[m]++
	}
	q.Limit = search.MaxLimit
	r := ix.Search(q)
	all := ix.All(q)
	if got := slices.Sorted(slices.Values(all)); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		t.Errorf("%q finds %d people, want %d\n%s", q.Text, len(got), len(want), differ(n, got, want))
	}
	if r.Total != len(want) || len(all) != r.Total {
		t.Errorf("%q: total %d, all %d, want %d", q.Text, r.Total, len(all), len(want))
	}
	for i, hit := range r.Hits {
		if hit.Match != want[hit.Person] || hit.Person != all[i] {
			t.Errorf("%q: %+v for %q, want %+v", q.Text, hit, n.documents[hit.Person].Name, want[hit.Person])
		}
		if len(hit.Marks) == 0 {
			t.Errorf("%q: nothing is marked in %+v", q.Text, n.documents[hit.Person])
		}
		checkMarks(t, n.documents[hit.Person], hit.Marks)
	}
	inOrder(t, q, r)
	got := map[search.Match]int{}
	for _, g := range r.Groups {
		got[g.Match] = g.Count
	}
	if diff := cmp.Diff(groups, got); diff != "" {
		t.Errorf("%q: groups (-want +got):\n%s", q.Text, diff)
	}
}

func differ(n *naive, got []int32, want map[int32]search.Match) string {
	var lines strings.Builder
	for _, document := range got {
		if _, ok := want[document]; !ok {
			fmt.Fprintf(&lines, "too many: %+v\n", n.documents[document])
		}
	}
	for document := range want {
		if !slices.Contains(got, document) {
			fmt.Fprintf(&lines, "missing: %+v\n", n.documents[document])
		}
	}
	return cut(lines.String(), 2000)
}

func cut(text string, most int) string { return text[:min(len(text), most)] }

// inOrder: hits come in the order of the groups, which come in order of closeness.
func inOrder(t *testing.T, q search.Query, r search.Result) {
	t.Helper()
	var want []search.Match
	for _, g := range r.Groups {
		want = append(want, slices.Repeat([]search.Match{g.Match}, g.Count)...)
	}
	for i, hit := range r.Hits {
		if hit.Match != want[i] {
			t.Errorf("%q: hit %d is %+v, the groups say %+v", q.Text, i, hit.Match, want[i])
		}
	}
	if !slices.IsSortedFunc(r.Groups, func(a, b search.Group) int {
		return slices.Compare([]int{int(a.Kind), a.Typos, b.Words}, []int{int(b.Kind), b.Typos, a.Words})
	}) {
		t.Errorf("%q: groups out of order: %+v", q.Text, r.Groups)
	}
}

func checkMarks(t *testing.T, d search.Document, marks []search.Mark) {
	t.Helper()
	for i, m := range marks {
		text := valueOf(d, m)
		if m.From >= m.To || !isBoundary(text, m.From) || !isBoundary(text, m.To) {
			t.Errorf("%+v is no part of %q", m, text)
		}
		if i > 0 && marks[i-1].Field == m.Field && marks[i-1].Index == m.Index && marks[i-1].To >= m.From {
			t.Errorf("%q: marks overlap: %+v", text, marks)
		}
	}
}

// isBoundary reports whether a rune begins or the text ends there; a byte that is
// no UTF-8 is a rune of its own.
func isBoundary(text string, at int) bool {
	for i := range text {
		if i == at {
			return true
		}
	}
	return at == len(text)
}

func valueOf(d search.Document, m search.Mark) string {
	switch m.Field {
	case search.Name:
		return d.Name
	case search.Names:
		return d.Names[m.Index]
	case search.Emails:
		return d.Emails[m.Index]
	case search.Numbers:
		return d.Numbers[m.Index]
	case search.Title:
		return d.Title
	case search.Department:
		return d.Department
	default:
		return d.Other[m.Index]
	}
}

// compareFacets counts again, one person at a time.
func compareFacets(t *testing.T, ix *search.Index, n *naive, q search.Query) {
	t.Helper()
	q.FacetValues = search.MaxFacetValues
	all := ix.Search(q)
	q.FacetValues = 0
	some := ix.Search(q)
	found := map[int32]search.Match{}
	for document := range n.documents {
		found[int32(document)] = search.Match{}
	}
	if strings.TrimSpace(q.Text) != "" {
		found = n.find(q.Text)
	}
	for f := range searchtest.Facets {
		want := map[string]int{}
		for document := range found {
			if d := n.documents[document]; chooses(d, q.Chosen, f) {
				for _, value := range slices.Compact(slices.Sorted(slices.Values(valuesOf(d, f)))) {
					want[value]++
				}
			}
		}
		got := map[string]int{}
		for _, v := range all.Facets[f].Values {
			if v.Count > 0 {
				got[v.Value] = v.Count
			}
			if v.Chosen != (q.Chosen != nil && slices.Contains(q.Chosen[f], v.Value)) {
				t.Errorf("%+v: field %d: %+v", q, f, v)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || all.Facets[f].More != 0 {
			t.Errorf("%+v: field %d, %d more (-want +got):\n%s", q, f, all.Facets[f].More, diff)
		}
		checkFew(t, q, some.Facets[f], want)
	}
}

// checkFew: the few values that are listed are the most frequent ones and those
// that are chosen, and the others are counted.
func checkFew(t *testing.T, q search.Query, few search.Facet, want map[string]int) {
	t.Helper()
	counts := slices.Sorted(maps.Values(want))
	slices.Reverse(counts)
	listed := 0
	for i, v := range few.Values {
		if v.Count != want[v.Value] || i > 0 && v.Count > few.Values[i-1].Count {
			t.Errorf("%+v: %+v out of order", q, few.Values)
		}
		if !v.Chosen && v.Count < counts[min(search.DefaultFacetValues, len(counts))-1] {
			t.Errorf("%+v: %+v is listed before more frequent ones", q, v)
		}
		if v.Count > 0 {
			listed++
		}
	}
	if listed+few.More != len(want) || listed < min(search.DefaultFacetValues, len(want)) {
		t.Errorf("%+v: %d values and %d more, want %d", q, listed, few.More, len(want))
	}
}

func TestOrderOfNames(t *testing.T) {
	t.Parallel()
	documents := searchtest.Corpus(500, 21)
	ix := search.Build(documents, searchtest.Facets)
	want := make([]int32, len(documents))
	for i := range want {
		want[i] = int32(i)
	}
	folded := func(i int32) string {
		return strings.Join(fields(naiveFold(documents[i].Name)), " ")
	}
	slices.SortStableFunc(want, func(a, b int32) int { return strings.Compare(folded(a), folded(b)) })
	if got := ix.All(search.Query{}); !slices.Equal(got, want) {
		t.Errorf("everybody is not in the order of names: first %q", documents[got[0]].Name)
	}
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	if got := ix.All(search.Query{Sort: search.ByNameDescending}); !slices.Equal(got, backwards) {
		t.Error("the descending order is not the other one backwards")
	}
	text := search.Query{Text: "engineer", Sort: search.ByName}
	found := ix.All(text)
	if len(found) < 5 || !slices.IsSortedFunc(found, func(a, b int32) int { return slices.Index(want, a) - slices.Index(want, b) }) {
		t.Errorf("%d found are not in the order of names", len(found))
	}
	chosen := ix.All(search.Query{Chosen: [][]string{searchtest.UserType: {"Intern"}}, Sort: search.ByNameDescending})
	if len(chosen) < 5 || !slices.IsSortedFunc(chosen, func(a, b int32) int { return slices.Index(want, b) - slices.Index(want, a) }) {
		t.Errorf("%d chosen are not in the descending order of names", len(chosen))
	}
}

// Pages follow each other, and the order is the same each time.
func TestPages(t *testing.T) {
	t.Parallel()
	ix := search.Build(searchtest.Corpus(2000, 22), searchtest.Facets)
	for _, q := range []search.Query{{Text: "senior engineer"}, {}, {Text: "a", Sort: search.ByNameDescending}} {
		all := ix.All(q)
		for q.Offset, q.Limit = 0, 7; q.Offset < min(len(all), 70); q.Offset += 7 {
			for i, hit := range ix.Search(q).Hits {
				if hit.Person != all[q.Offset+i] {
					t.Errorf("%+v: hit %d is %d, want %d", q, i, hit.Person, all[q.Offset+i])
				}
			}
		}
		for _, odd := range []search.Query{{Offset: -5, Limit: -1}, {Offset: 1 << 62, Limit: 1 << 62}} {
			odd.Text = q.Text
			if r := ix.Search(odd); len(r.Hits) != 0 || r.Total != len(all) {
				t.Errorf("%+v: %d hits of %d", odd, len(r.Hits), r.Total)
			}
		}
		if r := ix.Search(search.Query{Text: q.Text, Limit: 1 << 40}); len(r.Hits) != min(r.Total, search.MaxLimit) {
			t.Errorf("%q: %d hits at once", q.Text, len(r.Hits))
		}
	}
}
