package search_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/people/search"
)

// company is small and has a bit of everything.
var company = []search.Document{
	{Name: "Katarzyna Wiśniewska", Title: "Engineering manager", Department: "Payments", Emails: []string{"katarzyna.wisniewska@example.com"}, Numbers: []string{"E-10044"}},
	{Name: "Kasia Wiśniewska-Okoro", Names: []string{"Katarzyna", "Wiśniewska-Okoro"}, Title: "Shift lead"},
	{Name: "Katarzina Zielińska", Title: "Dispatcher"},
	{Name: "Łukasz Müller", Title: "Accountant", Department: "Finance", Emails: []string{"LMueller2@example.com"}},
	{Name: "O'Neil, Shea", Names: []string{"Shea", "O'Neil"}, Title: "Security lead"},
	{Name: "王小明", Title: "工程师"},
	{Name: "김하준"},
	{Name: "สมชายศรีสุข"},
	{Name: "Γιώργος Παπαδόπουλος"},
	{Name: "محمّد الحسن"},
	{Name: "Kjærsgård Søren"},
	{Name: "Anna Nowak", Other: []string{"Kraków office"}},
	{Name: "Anna Katarzyna Nowak"},
	{Name: "Anne Nowak"},
	{Name: "Nowakowska Anna"},
}

func TestWhatIsFound(t *testing.T) {
	t.Parallel()
	ix := search.Build(company, 0)
	for _, tt := range []struct {
		text string
		want []string // names, in order
		kind search.Kind
	}{
		{"katarzyna wisniewska", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.WholeWords},
		{"WIŚNIEWSKA, Katarzyna", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.WholeWords},
		{"wisn kat", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.Beginnings},
		{"k. wisniewska", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.Beginnings},
		{"kw", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.Beginnings},
		{"k w", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.Beginnings},
		{"os", []string{}, 0},
		{"so", []string{"Kjærsgård Søren", "O'Neil, Shea"}, search.Beginnings},
		{"katarzina wisnewska", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.OneLetter},
		{"muller", []string{"Łukasz Müller"}, search.WholeWords},
		{"mueller lukasz", []string{"Łukasz Müller"}, search.WholeWords},
		{"Müller", []string{"Łukasz Müller"}, search.WholeWords},
		{"mulelr", []string{"Łukasz Müller"}, search.OneLetter},
		{"ktarzyn", []string{"Katarzyna Wiśniewska", "Anna Katarzyna Nowak", "Kasia Wiśniewska-Okoro"}, search.OneLetter},
		{"wissnie", []string{"Katarzyna Wiśniewska", "Kasia Wiśniewska-Okoro"}, search.OneLetter},
		{"zilei", []string{"Katarzina Zielińska"}, search.OneLetter},
		{"하진", []string{}, 0}, // no typo inside a run
		{"oneil", []string{"O'Neil, Shea"}, search.WholeWords},
		{"o’neil", []string{"O'Neil, Shea"}, search.WholeWords},
		{"neil shea", []string{"O'Neil, Shea"}, search.WholeWords},
		{"王", []string{"王小明"}, search.Beginnings},
		{"小明", []string{"王小明"}, search.Beginnings},
		{"王小明", []string{"王小明"}, search.WholeWords},
		{"程师", []string{"王小明"}, search.Beginnings},
		{"하준", []string{"김하준"}, search.Beginnings},
		{"ศรีสุข", []string{"สมชายศรีสุข"}, search.Beginnings},
		{"παπαδοπουλοσ", []string{"Γιώργος Παπαδόπουλος"}, search.WholeWords},
		{"محمد", []string{"محمّد الحسن"}, search.WholeWords},
		{"soeren", []string{"Kjærsgård Søren"}, search.WholeWords},
		{"soren kjaersgaard", []string{"Kjærsgård Søren"}, search.WholeWords},
		{"katarzyna.wisniewska@example.com", []string{"Katarzyna Wiśniewska"}, search.WholeWords},
		{"<katarzyna.wis@>", []string{}, 0},
		{"lmueller2@ex", []string{"Łukasz Müller"}, search.Beginnings},
		{"lmueller2", []string{"Łukasz Müller"}, search.WholeWords},
		{"e-10044", []string{"Katarzyna Wiśniewska"}, search.WholeWords},
		{"1004", []string{"Katarzyna Wiśniewska"}, search.Beginnings},
		{"10045", []string{}, 0},
		{"example.com", []string{}, 0},
		{"lead", []string{"Kasia Wiśniewska-Okoro", "O'Neil, Shea"}, search.WholeWords},
		{"krakow", []string{"Anna Nowak"}, search.WholeWords},
		{"payments manager", []string{"Katarzyna Wiśniewska"}, search.WholeWords},
		{"q", []string{}, 0},
		{"...!", []string{}, 0},
		{"\x00\xff", []string{}, 0},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := ix.Search(search.Query{Text: tt.text, Limit: 20})
			got := []string{}
			for _, hit := range r.Hits {
				if hit.Match.Kind != search.SomeWords {
					got = append(got, company[hit.Person].Name)
					if hit.Match.Kind != tt.kind {
						t.Errorf("%s: kind %d, want %d", company[hit.Person].Name, hit.Match.Kind, tt.kind)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExactComesFirst(t *testing.T) {
	t.Parallel()
	ix := search.Build(company, 0)
	var got []string
	for _, hit := range ix.Search(search.Query{Text: "anna nowak", Limit: 10}).Hits {
		got = append(got, company[hit.Person].Name)
	}
	want := []string{"Anna Nowak", "Anna Katarzyna Nowak", "Nowakowska Anna", "Anne Nowak"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("whole words, beginnings, one letter different (-want +got):\n%s", diff)
	}
}

// The groups are what a page says above the hits.
func TestGroups(t *testing.T) {
	t.Parallel()
	r := search.Build(company, 0).Search(search.Query{Text: "katarzina wisnewska", Limit: 3})
	want := []search.Group{
		{Match: search.Match{Kind: search.OneLetter, Words: 2, Typos: 2}, Count: 2},
		{Match: search.Match{Kind: search.SomeWords, Words: 1}, Count: 2},
	}
	if diff := cmp.Diff(want, r.Groups); diff != "" || r.Words != 2 || r.Total != 4 {
		t.Errorf("%d words, %d people (-want +got):\n%s", r.Words, r.Total, diff)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	ix := search.Build(company, 0)
	for _, tt := range []struct {
		text string
		want string // the first hit's marked texts
	}{
		{"katarzina wisnewska", "Name: Katarz[y]na Wiśn[i]ewska Emails: katarz[y]na.wisn[i]ewska@example.com"},
		{"katarzyna wisn", "Name: [Katarzyna] [Wiśn]iewska Emails: [katarzyna].[wisn]iewska@example.com"},
		{"zelinska", "Name: Katarzina Z[i]elińska"},
		{"zieliinska", "Name: Katarzina Ziel[i]ńska"},
		{"zileinska", "Name: Katarzina Zi[el]ińska"},
		{"mueller", "Name: Łukasz [Müller]"},
		{"muel", "Name: Łukasz [Mül]ler"},
		{"oneil", "Name: [O'Neil], Shea Names: [O'Neil]"},
		{"小明", "Name: 王[小明]"},
		{"하준", "Name: 김[하준]"},
		{"kw", "Name: [K]atarzyna [W]iśniewska"},
		{"lmueller2@exam", "Emails: [LMueller2@exam]ple.com"},
		{"kjae", "Name: [Kjæ]rsgård Søren"},
		{"محمد", "Name: [محمّد] الحسن"},
		{"krakow", "Other: [Kraków] office"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			hits := ix.Search(search.Query{Text: tt.text, Limit: 1}).Hits
			if len(hits) == 0 {
				t.Fatal("nobody is found")
			}
			if got := marked(company[hits[0].Person], hits[0].Marks); got != tt.want {
				t.Errorf("marks %s, want %s", got, tt.want)
			}
		})
	}
}

func marked(d search.Document, marks []search.Mark) string {
	var parts []string
	for i := 0; i < len(marks); {
		first, at := marks[i], 0
		text := valueOf(d, first)
		line := first.Field.String() + ": "
		for ; i < len(marks) && marks[i].Field == first.Field && marks[i].Index == first.Index; i++ {
			line += text[at:marks[i].From] + "[" + text[marks[i].From:marks[i].To] + "]"
			at = marks[i].To
		}
		parts = append(parts, line+text[at:])
	}
	return strings.Join(parts, " ")
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	ix := search.Build(company, 0)
	for text, want := range map[string]string{
		"katarzyna-wisnevska": "Katarzyna Wiśniewska",
		"nowakiewicz":         "Anna Nowak",
		"papadopulu":          "",
		"zieli":               "Katarzina Zielińska",
		"00u1x":               "",
		"":                    "",
		"\xff":                "",
	} {
		got := ix.Suggest(text, 3)
		if want == "" && len(got) == 0 {
			continue
		}
		if len(got) == 0 || len(got) > 3 || company[got[0]].Name != want {
			t.Errorf("%q: %v, want %q first", text, got, want)
		}
	}
	if got := ix.Suggest("anna", 1<<40); len(got) > search.MaxSuggestions || len(got) == 0 {
		t.Errorf("%d suggestions", len(got))
	}
	if got := ix.Suggest("anna", -1); len(got) != 0 {
		t.Errorf("%d suggestions, want none", len(got))
	}
}

// What is chosen and nobody has is listed as chosen, and finds nobody.
func TestChosenValuesStayListed(t *testing.T) {
	t.Parallel()
	ix := search.Build([]search.Document{
		{Name: "A", Facets: [][]string{{"x", "y", "x", ""}}},
		{Name: "B", Facets: [][]string{{"x"}}},
		{Name: "C", Facets: [][]string{{""}}},
		{Name: "D"},
	}, 2)
	for _, tt := range []struct {
		chosen []string
		total  int
		want   search.Facet
	}{
		{nil, 4, search.Facet{Values: []search.FacetValue{{Value: "", Count: 2}}, More: 2}},
		{[]string{"y"}, 1, search.Facet{Values: []search.FacetValue{{Value: "", Count: 2}, {Value: "y", Count: 1, Chosen: true}}, More: 1}},
		{[]string{""}, 2, search.Facet{Values: []search.FacetValue{{Value: "", Count: 2, Chosen: true}}, More: 2}},
		{[]string{"z", "z"}, 0, search.Facet{Values: []search.FacetValue{{Value: "", Count: 2}, {Value: "z", Chosen: true}}, More: 2}},
	} {
		r := ix.Search(search.Query{Chosen: [][]string{tt.chosen, nil, {"no such field"}}, FacetValues: 1})
		if diff := cmp.Diff(tt.want, r.Facets[0]); diff != "" || r.Total != tt.total {
			t.Errorf("%q: %d people (-want +got):\n%s", tt.chosen, r.Total, diff)
		}
		if second := r.Facets[1]; len(second.Values) > 1 || len(second.Values) == 1 && second.Values[0] != (search.FacetValue{Count: tt.total}) {
			t.Errorf("%q: the other field is %+v", tt.chosen, second)
		}
	}
}

func TestEmptyIndex(t *testing.T) {
	t.Parallel()
	ix := search.Build(nil, 1)
	for _, text := range []string{"", "anna", "kw@"} {
		if r := ix.Search(search.Query{Text: text, Limit: 5, Chosen: [][]string{{"x"}}}); r.Total != 0 || len(r.Hits) != 0 || len(r.Facets) != 1 {
			t.Errorf("%q in nothing: %+v", text, r)
		}
	}
	if ix.Len() != 0 || len(ix.Suggest("anna", 5)) != 0 {
		t.Error("somebody is in nothing")
	}
}

// A text of any length costs no more than its first words.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("anna nowak wisniewska katarzyna muller lukasz shea okoro zielinska dispatcher ", 10_000)
	long := strings.Repeat("x", 1<<20)
	ix := search.Build(append(slices.Clone(company), search.Document{Name: long, Names: slices.Repeat([]string{words}, 100), Emails: []string{long + "@" + long}}), 0)
	if r := ix.Search(search.Query{Text: words, Limit: 5}); r.Words != search.MaxWords {
		t.Errorf("%d words are looked for", r.Words)
	}
	if r := ix.Search(search.Query{Text: long, Limit: 5}); r.Total != 1 {
		t.Errorf("%d people have the long name", r.Total)
	}
}

func TestSearchesAtOnce(t *testing.T) {
	t.Parallel()
	ix := search.Build(company, 0)
	want := ix.Search(search.Query{Text: "anna nowak", Limit: 10})
	done := make(chan search.Result)
	for range 8 {
		go func() {
			var r search.Result
			for range 50 {
				ix.Search(search.Query{Text: "k", Limit: 10})
				r = ix.Search(search.Query{Text: "anna nowak", Limit: 10})
			}
			done <- r
		}()
	}
	for range 8 {
		if diff := cmp.Diff(want, <-done); diff != "" {
			t.Errorf("one of several searches (-want +got):\n%s", diff)
		}
	}
}
