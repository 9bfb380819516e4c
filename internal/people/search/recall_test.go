package search_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/search/searchtest"
)

// Somebody whose name is typed with one mistake is among the first ten. Of
// people of the same name any counts: the text does not tell them apart.
func TestRecallAfterOneEdit(t *testing.T) {
	t.Parallel()
	const people, tries, goal = 20_000, 2000, 0.97
	documents := searchtest.Corpus(people, 3)
	ix := search.Build(documents, searchtest.Facets)
	r := rand.New(rand.NewPCG(4, 4))
	asked, found := 0, 0
	for asked < tries {
		d := documents[r.IntN(people)]
		text, ok := searchtest.Edit(r, d.Name)
		if !ok {
			continue
		}
		asked++
		hits := ix.Search(search.Query{Text: text, Limit: 10}).Hits
		if slices.ContainsFunc(hits, func(h search.Hit) bool { return documents[h.Person].Name == d.Name }) {
			found++
		} else if testing.Verbose() && asked < 500 {
			first := ""
			if len(hits) > 0 {
				first = documents[hits[0].Person].Name
			}
			t.Logf("%q for %q: first is %q of %d", text, d.Name, first, len(hits))
		}
	}
	if recall := float64(found) / float64(asked); recall < goal {
		t.Errorf("%d of %d found among the first ten, %.2f %%; the goal is %.0f %%", found, asked, 100*recall, 100*goal)
	} else {
		t.Logf("%.2f %%", 100*recall)
	}
}
