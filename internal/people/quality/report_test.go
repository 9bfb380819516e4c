package quality

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/unit"
)

var update = flag.Bool("update", false, "write the golden report")

var reasons = []reporting.Reason{
	reporting.Resolved, reporting.Ambiguous, reporting.NotInDirectory, reporting.InactiveManager, reporting.Blank,
	reporting.Placeholder, reporting.OutsideSyncFilter, reporting.Conflict, reporting.MalformedDN, reporting.Self, reporting.Cycle,
}

// untidy is a directory with one finding of each kind at least.
func untidy() Input {
	var in Input
	for i, reason := range reasons {
		in.People = append(in.People, Person{
			ID: fmt.Sprintf("p%02d", i), Active: true, Name: fmt.Sprintf("Person %c", 'A'+i), Title: "Analyst", Department: "Sales",
			Reason: reason, Sources: []Source{{"managerId", fmt.Sprintf("00%d", i)}},
		})
	}
	p := in.People
	p[1].Others, p[1].Sources = []int32{2, 3}, []Source{{"manager", "Maria Ivanova"}}
	p[3].Department = "Legal"
	p[4].Sources = []Source{{"managerId", " "}}
	p[7].Sources = []Source{{"managerId", "0042"}, {"manager", "Zoë\u202e Testa\n"}}
	p[5].Title, p[6].Department = " ", "—"
	p[4].Root, p[4].Total, p[9].Root, p[9].Total = true, 40, true, 3
	p[2].Direct = 31
	p[8].Name, p[8].EmployeeNumber = "Doe, Jané", "00815"
	p[10].Name, p[10].EmployeeNumber = "Jane Doe", "815"
	in.Spelt = [][]unit.Ref{{{Field: "department", Value: "Customer Service"}, {Field: "department", Value: "CustomerServ."}}}
	in.Disputed = []unit.Ref{{Field: "division", Value: "North"}}
	return in
}

func TestReportOfAnUntidyDirectory(t *testing.T) {
	r := New(untidy())
	var b strings.Builder
	for _, s := range []Standing{Found, Doubtful, NotGiven, Missing} {
		fmt.Fprintf(&b, "%s %d\n", s, r.Standing(s))
	}
	fmt.Fprintf(&b, "%d people, %d findings\n", r.People, r.Total())
	for _, k := range Kinds() {
		fmt.Fprintf(&b, "\n%s (%s, %s) %d\n", k.Title, k.Section, k.Severity, r.Count(k.Kind))
		for _, f := range r.Findings(k.Kind, 0, 10) {
			fmt.Fprintf(&b, "  %s\n    says: %s\n    helps: %s\n", strings.NewReplacer("\x1e", " | ", "\x1f", "=").Replace(r.Key(f)), f.Example(), f.Fix("managerId"))
			if f.Hint != "" {
				fmt.Fprintf(&b, "    hint: %s\n", f.Hint)
			}
		}
	}
	const path = "testdata/untidy.golden"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("report\n%s\nwant\n%s", b.String(), want)
	}
}

func TestEverybodyIsCountedOnce(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := Input{People: make([]Person, r.IntN(60))}
		for i := range in.People {
			in.People[i] = Person{ID: fmt.Sprint(i), Active: r.IntN(2) == 0, Reason: reasons[r.IntN(len(reasons))], Root: r.IntN(2) == 0, Total: int32(r.IntN(50))}
			switch r.IntN(10) {
			case 0:
				in.People[i].Reason = ""
			case 1:
				in.People[i].Reason = "hidden"
			case 2:
				in.People[i].Reason = "empty_title" // a kind, and no reason
			}
			in.People[i].Others = []int32{int32(r.IntN(100)) - 20}
		}
		report := New(in)
		sum, standings := 0, 0
		for _, k := range Kinds() {
			if k.Section == Managers {
				sum += report.Count(k.Kind)
			}
		}
		for _, s := range []Standing{Found, Doubtful, NotGiven, Missing} {
			standings += report.Standing(s)
		}
		if report.Standing(Found)+sum != len(in.People) || standings != len(in.People) {
			t.Fatalf("seed %d: %d found and %d findings, %d standings, of %d people", seed, report.Standing(Found), sum, standings, len(in.People))
		}
	}
}

func TestEachReasonHasAKindAndTexts(t *testing.T) {
	for _, reason := range reasons[1:] {
		if Kind(reason).Info().Section != Managers {
			t.Errorf("%s is no kind of finding about managers", reason)
		}
	}
	seen := map[Kind]bool{}
	for _, k := range Kinds() {
		if seen[k.Kind] || k.Title == "" || k.Fix == "" || k.Severity == "" || (k.Section == Managers) != (k.Standing != "") {
			t.Errorf("%+v is incomplete or there twice", k)
		}
		seen[k.Kind] = true
	}
	if len(seen) < 15 || Kind("shoe_size").Info() != (Info{}) {
		t.Errorf("%d kinds", len(seen))
	}
}

func TestPages(t *testing.T) {
	r := New(Input{People: make([]Person, 7)})
	for _, tc := range []struct{ offset, limit, want int }{{0, 3, 3}, {6, 3, 1}, {7, 3, 0}, {99, 3, 0}, {-4, 3, 3}, {0, -1, 0}, {1, int(^uint(0) >> 1), 6}} {
		if got := r.Findings(Blank, tc.offset, tc.limit); len(got) != tc.want {
			t.Errorf("%d findings from %d, limit %d; want %d", len(got), tc.offset, tc.limit, tc.want)
		}
	}
	if r.Findings("shoe_size", 0, 5) != nil || r.Count("shoe_size") != 0 {
		t.Error("there are findings of an unknown kind")
	}
}

func TestWhatCameAndWent(t *testing.T) {
	before := New(untidy())
	in := untidy()
	in.People[1].Reason = reporting.Resolved // no longer ambiguous
	in.People[0].Reason = reporting.Cycle
	in.Spelt[0][0], in.Spelt[0][1] = in.Spelt[0][1], in.Spelt[0][0] // the other spelling has more people
	// Somebody joins whose id is the first: all numbers change, no id does.
	for i := range in.People {
		in.People[i].Others = nil
	}
	in.People = append([]Person{{ID: "a", Active: true, Name: "New", Title: "Analyst", Department: "Sales", Reason: reporting.Resolved}}, in.People...)
	after := New(in)

	for _, c := range Diff(before.Keys(), after.Keys()) {
		want := map[Kind][2]int{Ambiguous: {0, 1}, Cycle: {1, 0}}[c.Kind]
		if [2]int{c.New, c.Gone} != want {
			t.Errorf("%s: %d came, %d went; want %v", c.Kind, c.New, c.Gone, want)
		}
	}
	keys := before.Keys()
	for _, f := range after.Findings(Cycle, 0, 10) {
		if isNew := in.People[f.Person].ID == "p00"; keys.Has(after, f) == isNew {
			t.Errorf("%s was there before: %v", in.People[f.Person].ID, !isNew)
		}
	}
	var none Keys
	if c := Diff(none, after.Keys()); c[0].Gone != 0 || c[3].New != 1 {
		t.Errorf("since nothing: %+v", c)
	}
}

func TestSamePersonTwice(t *testing.T) {
	people := []Person{
		{Name: "Wei Wang", Email: "wei@example.com"},
		{Name: "Wang, Wei", Email: "WEI@example.com "},
		{Name: "Wei Wang", Email: "wei.wang@example.com"}, // a namesake
		{Name: "Zoë Testa", Phones: []string{"+48 12 555 01 42"}},
		{Name: "Zoe Testa", Phones: []string{"0048125550142"}},
		{Name: "Sam Lee", Phones: []string{"+1 555 0100 000"}, Email: "info@example.com"}, // one switchboard, one mailbox
		{Name: "Sam Lee", Phones: []string{"+1 555 0100 000"}, Email: "info@example.com"},
		{Name: "Ana Ruiz", Phones: []string{"+1 555 0100 000"}, Email: "info@example.com"},
		{Name: "Ann Ode", Phones: []string{"42", "42"}},
		{Name: "Ann Ode", Phones: []string{"42"}}, // an extension
		{Name: "…", Email: "x@example.com"},
		{Name: "", Email: "x@example.com"},
		{Name: "Kim Oh", Email: "kim@example.com", EmployeeNumber: "0"},
		{Name: "Kim Oh", Email: "kim@example.com", EmployeeNumber: "7"},
		{Name: "Oh Kim", EmployeeNumber: "007"},
	}
	want := [][]int32{{0, 1}, {3, 4}, {12, 13, 14}}
	if got := duplicates(people); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("duplicates %v, want %v", got, want)
	}
}

func TestWideTeamsAndSeveralRoots(t *testing.T) {
	in := Input{People: make([]Person, 1000)}
	for i := range in.People {
		in.People[i] = Person{ID: fmt.Sprintf("%04d", i), Active: true, Direct: int32(i % 20)}
	}
	in.People[3].Direct, in.People[4].Direct, in.People[5].Direct = 30, 31, 500
	in.People[6].Direct, in.People[6].Active = 900, false
	in.People[7].Root, in.People[7].Total = true, 900
	in.People[8].Root, in.People[8].Total = true, 19
	r := New(in)
	// The team of 500 makes the limit 3 deviations wider: 31 is not unusual here.
	if got := r.Findings(WideTeam, 0, 9); len(got) != 1 || got[0].Person != 5 {
		t.Errorf("unusually wide teams: %v, want that of 5", got)
	}
	if n := r.Count(SeveralRoots); n != 0 {
		t.Errorf("%d heads of a company, want one, which is no finding", n)
	}
	in.People[8].Total = 20
	if got := New(in).Findings(SeveralRoots, 0, 9); len(got) != 2 || got[1].Person != 8 {
		t.Errorf("heads of a company: %v, want 7 and 8", got)
	}
}

func FuzzExample(f *testing.F) {
	f.Add("manager", "Maria Ivanova", "a")
	f.Add("", "\x00\u202e\xff\r\n=cmd()", strings.Repeat("長", 500))
	f.Fuzz(func(t *testing.T, attribute, value, name string) {
		for _, finding := range []Finding{
			{Kind: Conflict, Sources: []Source{{attribute, value}, {value, name}}},
			{Kind: UnitSpelling, Person: -1, Units: []unit.Ref{{Field: attribute, Value: value}, {Value: name}}},
		} {
			for _, s := range []string{finding.Example(), finding.Fix(attribute)} {
				if strings.ContainsAny(s, "\x00\n\r\u202e") || len([]rune(s)) > 8*maxExample {
					t.Errorf("shown as %q", s)
				}
			}
		}
		New(Input{People: []Person{{ID: value, Name: name, Email: value, Phones: []string{value}}, {ID: name, Name: name, Email: value}}})
		Suspect(Evidence{UserType: attribute, Login: value, DisplayName: name})
	})
}

func BenchmarkReport100k(b *testing.B) {
	in := Input{People: make([]Person, 100_000)}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range in.People {
		in.People[i] = Person{
			ID: fmt.Sprintf("00u%07d", i), Active: true, Name: fmt.Sprintf("Given%d Family%d", r.IntN(900), r.IntN(2000)),
			Email: fmt.Sprintf("p%d@example.com", i), EmployeeNumber: fmt.Sprint(i), Phones: []string{fmt.Sprintf("+48 12 555 %04d", i%9000)},
			Title: "Analyst", Department: "Sales", Reason: reasons[r.IntN(len(reasons))],
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		report := New(in)
		report.Keys()
	}
}
