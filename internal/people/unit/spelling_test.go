package unit

import (
	"slices"
	"testing"
)

// sized makes units of the given sizes.
func sized(sizes map[string]int) *Units {
	var values []string
	for value, n := range sizes {
		values = append(values, slices.Repeat([]string{value}, n)...)
	}
	return Build(people(values...), nobody(len(values)), []string{"department"}, nil)
}

func TestSpellingsOfOneUnit(t *testing.T) {
	for name, tc := range map[string]struct{ large, small string }{
		"case":                 {"Customer Service", "customer service"},
		"punctuation":          {"Customer Service", "Customer-Service"},
		"blank":                {"Customer Service", "CustomerService"},
		"two blanks":           {"Customer Service", "Customer  Service"},
		"ampersand":            {"Sales and Marketing", "Sales & Marketing"},
		"accents":              {"Comptabilité", "Comptabilite"},
		"letters":              {"Indkøb", "Indkob"},
		"width":                {"Sales", "Ｓａｌｅｓ"},
		"a letter exchanged":   {"Payments", "Paymnets"},
		"a letter missing":     {"Customer Service", "Custmer Service"},
		"a letter doubled":     {"Legal Affairs", "Legal Afffairs"},
		"another letter":       {"Engineering", "Enginearing"},
		"plural":               {"Payments", "Payment"},
		"other script":         {"Бухгалтерия", "Бухглатерия"},
		"pointed":              {"Customer Service", "Customer Serv."},
		"pointed twice":        {"Customer Service", "Cust. Serv."},
		"pointed run together": {"Customer Service", "CustomerServ."},
		"short":                {"Engineering", "Eng"},
		"code":                 {"CC-4410", "CC 4410"},
	} {
		t.Run(name, func(t *testing.T) {
			u := sized(map[string]int{tc.large: 9, tc.small: 2, "Legal": 4})
			large, small := u.Find(Ref{"department", tc.large}), u.Find(Ref{"department", tc.small})
			if !slices.Equal(large.Spellings, []Ref{small.Ref}) || !slices.Equal(small.Spellings, []Ref{large.Ref}) {
				t.Errorf("%q is %v, %q is %v", tc.large, large.Spellings, tc.small, small.Spellings)
			}
			if large.Members() != 9 || small.Members() != 2 {
				t.Error("the spellings were merged")
			}
			if g := u.Spelt(); len(g) != 1 || !slices.Equal(g[0], []*Unit{large, small}) {
				t.Errorf("%d groups", len(g))
			}
		})
	}
}

func TestUnitsThatAreNotOne(t *testing.T) {
	for _, tc := range []struct {
		a, b         string
		large, small int
	}{
		{"Sales 1", "Sales 2", 9, 1},
		{"Team A", "Team B", 9, 1},
		{"CC-4410", "CC-4411", 9, 1},
		{"100-1", "10-01", 9, 1},
		{"Sales North", "Sales South", 9, 1},
		{"Audio", "Audit", 9, 8},
		{"Import", "Export", 9, 1},
		{"Retail", "Detail", 9, 1},
		{"Sales", "Sales Operations", 9, 1},
		{"Product", "Production", 9, 1},
		{"Market", "Marketing", 9, 1},
		{"Data", "Date", 9, 1},
		{"East", "West", 9, 1},
		{"営業部", "営業課", 9, 1},
		{"—", "…", 9, 1},
	} {
		u := sized(map[string]int{tc.a: tc.large, tc.b: tc.small})
		if g := u.Spelt(); len(g) > 0 {
			t.Errorf("%q and %q are taken for one unit", tc.a, tc.b)
		}
	}
	// An abbreviation of two units is one of neither.
	u := sized(map[string]int{"Engineering": 9, "Engraving": 9, "Eng": 2})
	if g := u.Spelt(); len(g) > 0 {
		t.Error("Eng is taken for one of two units")
	}
}

func TestManySpellingsAreBounded(t *testing.T) {
	sizes := map[string]int{}
	dots := ""
	for range 200 {
		dots += "."
		sizes["Sales"+dots] = 1
	}
	u := sized(sizes)
	if g := u.Spelt(); len(g) != 1 || len(g[0]) != 200 {
		t.Fatalf("%d groups, want one of 200", len(g))
	}
	for _, unit := range u.List("department") {
		if len(unit.Spellings) != maxSpellings || slices.Contains(unit.Spellings, unit.Ref) {
			t.Fatalf("%q lists %d spellings, want %d others", unit.Value, len(unit.Spellings), maxSpellings)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"a", "", 1},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abc", "abx", 1},
		{"abc", "abcd", 1},
		{"abc", "bc", 1},
		{"abcd", "badc", 2},
		{"abc", "xyz", 3},
		{"été", "ete", 2},
		{"abcdef", "a", 3},
	} {
		if got := distance(tc.a, tc.b, 2); got != tc.want {
			t.Errorf("distance of %q and %q is %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
