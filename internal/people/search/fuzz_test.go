package search_test

import (
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/people/search"
)

// FuzzSearch: whatever a person is called and whatever is typed, a search ends
// with counts that agree with each other and marks inside the texts; and a person
// is found by their own name, if a word is in it that counts.
func FuzzSearch(f *testing.F) {
	for _, seed := range [][2]string{
		{"Katarzyna Wiśniewska", "katarzina wisnewska"},
		{"O'Neil-Ågård, Søren", "oneil agaard"},
		{"王小明", "小明"},
		{"e\u0301\u202eabc\u0308", "eabc@x"},
		{"\x00\xff\xfe", "\xff a\x00b"},
		{"İıß ﷺ ½ ② \ufdfa", "i ss 2"},
		{"하준 ᄒ\u1161 สมชาย", "ชาย"},
		{strings.Repeat("a'b-", 400), strings.Repeat("aaaa ", 100)},
		{"=cmd|' /C calc'!A0", "cmd calc"},
		{"नीता गुप्ता", "गुप्"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		documents := []search.Document{
			{Name: name, Names: []string{text}, Title: name, Emails: []string{name, text + "@example.com"}, Numbers: []string{name}, Facets: [][]string{{name, text}}},
			{Name: "Anna Nowak", Department: text, Facets: [][]string{{text}}},
			{},
		}
		ix := search.Build(documents, 1)
		for _, asked := range []string{text, name} {
			checkResult(t, ix, documents, search.Query{Text: asked, Limit: 10})
			checkResult(t, ix, documents, search.Query{Text: asked, Limit: 10, Chosen: [][]string{{name}}, Sort: search.ByName})
			ix.Suggest(asked, 5)
		}
	})
}

func checkResult(t *testing.T, ix *search.Index, documents []search.Document, q search.Query) {
	t.Helper()
	r := ix.Search(q)
	all := ix.All(q)
	if r.Total != len(all) || len(r.Hits) != r.Total || r.Words > search.MaxWords {
		t.Errorf("%+v: %d of %d people, %d in all, %d words", q, len(r.Hits), r.Total, len(all), r.Words)
	}
	inGroups := 0
	for _, g := range r.Groups {
		inGroups += g.Count
	}
	if r.Words > 0 && inGroups != r.Total {
		t.Errorf("%+v: %d in groups of %d", q, inGroups, r.Total)
	}
	for i, hit := range r.Hits {
		if hit.Person != all[i] || slices.Contains(all[:i], hit.Person) {
			t.Errorf("%+v: hits %+v, all %v", q, r.Hits, all)
		}
		checkMarks(t, documents[hit.Person], hit.Marks)
		if r.Words > 0 && len(hit.Marks) == 0 {
			t.Errorf("%+v: nothing is marked in %+v", q, documents[hit.Person])
		}
	}
}
