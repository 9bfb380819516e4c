package unit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// people makes active members of one field.
func people(values ...string) []Member {
	var m []Member
	for _, v := range values {
		m = append(m, Member{Active: true, Values: []string{v}})
	}
	return m
}

func nobody(n int) []int32 {
	return slices.Repeat([]int32{-1}, n)
}

func TestUnitsAreWhatActivePeopleSay(t *testing.T) {
	members := []Member{
		{Active: true, Values: []string{"Sales", "North"}},
		{Active: true, Values: []string{" Sales\t", ""}, Contractor: true},
		{Active: true, Values: []string{"sales"}},
		{Active: true, Values: []string{"Cafe\u0301"}},
		{Active: true, Values: []string{"Caf\u00e9", "North"}},
		{Active: false, Values: []string{"Sales", "South"}},
		{Active: true, Values: []string{"  "}},
		{Active: true},
	}
	u := Build(members, nobody(len(members)), []string{"department", "division", "department"}, nil)
	var got []string
	for _, field := range u.Fields() {
		for _, unit := range u.List(field) {
			got = append(got, fmt.Sprintf("%s=%s:%d/%d", field, unit.Value, unit.Members(), unit.Contractors))
		}
	}
	want := []string{"department=Café:2/0", "department=Sales:2/1", "department=sales:1/0", "division=North:2/0"}
	if !slices.Equal(got, want) {
		t.Errorf("units %q, want %q", got, want)
	}
	if f := u.Find(Ref{"department", "Cafe\u0301 "}); f == nil || f.Value != "Caf\u00e9" {
		t.Errorf("found %v for another form of Café", f)
	}
	if f := u.Find(Ref{"division", "South"}); f != nil {
		t.Error("found a unit nobody active is in")
	}
	if u.List("shoe size") != nil {
		t.Error("listed units of a field that is none")
	}
}

func TestAnAdministratorsHeadBeatsTheEvidence(t *testing.T) {
	members := people("Sales", "Sales", "Sales", "Legal")
	members[0].Title = "Head of Sales"
	members = append(members, Member{Values: []string{"Sales"}})
	parent := []int32{-1, 0, 0, -1, -1}
	sales := Ref{"department", "Sales"}
	for _, tc := range []struct {
		named int32
		want  int32
		basis Basis
	}{{3, 3, Explicit}, {1, 1, Explicit}, {4, 0, StructureAndTitle}, {99, 0, StructureAndTitle}, {-7, 0, StructureAndTitle}} {
		u := Build(members, parent, []string{"department"}, map[Ref]int32{{"department", "Sales "}: tc.named})
		h := u.Find(sales).Head
		if h.Class != Certain || h.Basis != tc.basis || !slices.Equal(h.People, []int32{tc.want}) {
			t.Errorf("named %d: %s by %s %v, want %d by %s", tc.named, h.Class, h.Basis, h.People, tc.want, tc.basis)
		}
		if h.Outside != (tc.want == 3) {
			t.Errorf("named %d: outside %v", tc.named, h.Outside)
		}
		if led := u.LedBy(tc.want); len(led) == 0 || led[0].Ref != sales {
			t.Errorf("named %d: %d leads %v", tc.named, tc.want, led)
		}
	}
}

func TestNobodyLeadsWhereTheEvidenceDisagrees(t *testing.T) {
	members := people("Sales", "Sales", "Sales")
	members[1].Title = "Head of Sales"
	u := Build(members, []int32{-1, 0, 0}, []string{"department"}, nil)
	h := u.Find(Ref{"department", "Sales"}).Head
	if h.Class != Disagreement || !slices.Equal(h.Structural, []int32{0}) || !slices.Equal(h.Titled, []int32{1}) {
		t.Errorf("%s of %v and %v, want a disagreement of 0 and 1", h.Class, h.Structural, h.Titled)
	}
	if len(u.LedBy(0))+len(u.LedBy(1)) > 0 {
		t.Error("somebody leads a unit about which the evidence disagrees")
	}
	text := h.Explain("Sales", func(p int32) string { return string('A' + p) })
	if want := "Structure names A, title B. 1 of 1 person in Sales reports up to A."; text != want {
		t.Errorf("explained as %q, want %q", text, want)
	}
}

func TestTheChiefExecutiveLeadsTheOrganization(t *testing.T) {
	members := people("Example Inc.", "Example Inc.", "Example Inc.")
	members[0].Title = "CEO"
	members[2].Title = "Assistant to the CEO"
	for field, want := range map[string]Class{"organization": Certain, "department": Likely} {
		u := Build(members, []int32{-1, 0, 0}, []string{field}, nil)
		if h := u.Find(Ref{field, "Example Inc."}).Head; h.Class != want || !slices.Equal(h.People, []int32{0}) {
			t.Errorf("%s: %s %v, want %s of 0", field, h.Class, h.People, want)
		}
	}
}

// On any input at all the figures add up, and certainty has its grounds.
func TestAnyForestIsCounted(t *testing.T) {
	titles := []string{"", "Head of A", "Head of B", "A Manager", "Interim Head of A", "CEO", "Clerk"}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 5))
		n := r.IntN(40)
		members, parent := make([]Member, n), make([]int32, n)
		for i := range members {
			members[i] = Member{
				Active: r.IntN(5) > 0, Contractor: r.IntN(4) == 0, Title: titles[r.IntN(len(titles))],
				Values: []string{[]string{"A", "B", "", "a"}[r.IntN(4)]},
			}
			parent[i] = int32(r.IntN(n+4)) - 2 // circles, oneself, and who is nobody
		}
		u := Build(members, parent, []string{"department"}, nil)
		total := 0
		for _, unit := range u.List("department") {
			total += unit.Members()
			checkHead(t, seed, members, parent, unit)
		}
		want := 0
		for _, m := range members {
			if m.Active && m.Values[0] != "" {
				want++
			}
		}
		if total != want {
			t.Fatalf("seed %d: %d people in units, want %d", seed, total, want)
		}
	}
}

func checkHead(t *testing.T, seed uint64, members []Member, parent []int32, u *Unit) {
	t.Helper()
	h, tour := u.Head, newTour(parent, len(members))
	inside, covered, managed := 0, 0, 0
	leads := h.People
	if h.Class == Disagreement {
		leads = h.Structural
	}
	for _, p := range u.People {
		if slices.Contains(h.People, p) {
			inside++
			continue
		}
		if tour.parent[p] >= 0 {
			managed++
		}
		if slices.ContainsFunc(leads, func(l int32) bool { return climbsTo(tour.parent, p, l) }) {
			covered++
		}
	}
	if h.Members != u.Members()-inside || h.WithManager != managed || h.Covered != covered || len(h.NoManager) != h.Members-managed {
		t.Fatalf("seed %d: %s: counted %d %d %d %d, by hand %d %d %d", seed, u.Value,
			h.Members, h.WithManager, h.Covered, len(h.NoManager), u.Members()-inside, managed, covered)
	}
	if h.Outside != (inside == 0 && len(h.People) > 0) {
		t.Fatalf("seed %d: %s: outside %v with %d inside", seed, u.Value, h.Outside, inside)
	}
	for _, p := range h.People {
		if !members[p].Active {
			t.Fatalf("seed %d: %s is led by %d, who is not active", seed, u.Value, p)
		}
	}
	if (len(h.People) == 0) != (h.Class == Unknown) {
		t.Fatalf("seed %d: %s of %v", seed, h.Class, h.People)
	}
	if h.Class == Certain && (len(h.People) != 1 || !same(h.Structural, h.Titled) || h.Acting || 2*h.Covered < h.WithManager) {
		t.Fatalf("seed %d: certain without grounds: %+v", seed, h)
	}
}

// climbsTo is how one would find out by hand.
func climbsTo(parent []int32, from, to int32) bool {
	for p := parent[from]; p >= 0; p = parent[p] {
		if p == to {
			return true
		}
	}
	return false
}

func TestSuggestWhatWasMeant(t *testing.T) {
	members := append(people("Payments", "Payments", "Payroll", "Customer Service", "Legal", "Risk"), Member{Active: true, Values: []string{"", "Payments"}})
	u := Build(members, nobody(len(members)), []string{"department", "division"}, nil)
	for text, want := range map[string]string{
		"payments":         "Payments",
		"Paymnts":          "Payments",
		"PAY":              "Payments",
		"customer-service": "Customer Service",
		"service":          "Customer Service",
		"Legal and Risk":   "Legal",
		"Lagal":            "Legal",
		"":                 "",
		"zzzzz":            "",
		"—":                "",
	} {
		got := ""
		if s := u.Suggest(Ref{"department", text}); len(s) > 0 {
			got = s[0].Value
		}
		if got != want {
			t.Errorf("suggested %q for %q, want %q", got, text, want)
		}
	}
	if s := u.Suggest(Ref{"division", "paymants"}); len(s) != 2 || s[0].Field != "division" {
		t.Errorf("suggested %v, want the division first and the department too", s)
	}
}

func FuzzUnits(f *testing.F) {
	f.Add("Payments\nPaymnets\nPayments", "Head of Payments")
	f.Add("Customer Service\nCustomerServ.\ncustomer-service\nC. S.", "CS lead")
	f.Add(".\n..\n&\n \n\x00\n\xff", "-")
	f.Add("100-1\n10-01\n1001", "Manager")
	f.Add(strings.Repeat("長", 300)+"\n"+strings.Repeat("e\u0301", 200), "部長")
	f.Fuzz(func(t *testing.T, values, title string) {
		members := people(strings.Split(cut(values, 4_000), "\n")...)
		parent := nobody(len(members))
		for i := 1; i < len(parent); i++ {
			parent[i] = int32(i / 2)
		}
		members[0].Title = title
		u := Build(members, parent, []string{"department"}, nil)
		for _, m := range members {
			unit := u.Find(Ref{"department", m.Values[0]})
			if (unit == nil) != (clean(m.Values[0]) == "") {
				t.Errorf("%q: found %v", m.Values[0], unit)
			}
			u.Suggest(Ref{"department", m.Values[0]})
		}
		for _, unit := range u.List("department") {
			for _, other := range unit.Spellings {
				if other == unit.Ref || u.Find(other) == nil {
					t.Errorf("%q is spelt %q too", unit.Value, other.Value)
				}
			}
			if folded := Fold(unit.Value); Fold(folded) != folded {
				t.Errorf("%q folds to %q and that to %q", unit.Value, folded, Fold(folded))
			}
		}
	})
}

// large is 100,000 people in five kinds of unit.
func large() ([]Member, []int32, []string) {
	const n = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	members, parent := make([]Member, n), make([]int32, n)
	levels := []string{"Analyst", "Engineer", "Director of %s", "%s Manager", "Senior Specialist, %s"}
	for i := range members {
		dept := fmt.Sprintf("%s %s", regions[r.IntN(len(regions))], functions[r.IntN(len(functions))])
		title := levels[r.IntN(len(levels))]
		if strings.Contains(title, "%s") {
			title = fmt.Sprintf(title, dept)
		}
		members[i] = Member{Active: r.IntN(20) > 0, Title: title, Values: []string{
			dept, regions[r.IntN(len(regions))], "Example Inc.", fmt.Sprintf("CC-%04d", r.IntN(5_000)),
			fmt.Sprintf("%s %s %s", regions[r.IntN(20)], functions[r.IntN(20)], functions[r.IntN(20)]),
		}}
		parent[i] = int32(i-1) / 8
	}
	parent[0] = -1
	return members, parent, []string{"department", "division", "organization", "cost_center", "project"}
}

func BenchmarkBuild100k(b *testing.B) {
	members, parent, fields := large()
	b.ReportAllocs()
	for b.Loop() {
		Build(members, parent, fields, nil)
	}
}

// One unit for each person is what a misread attribute looks like.
func BenchmarkBuildUnitEach(b *testing.B) {
	members, parent, _ := large()
	for i := range members {
		members[i].Values = []string{fmt.Sprintf("Value number %d of %s", i, functions[i%20])}
	}
	b.ReportAllocs()
	for b.Loop() {
		Build(members, parent, []string{"department"}, nil)
	}
}
