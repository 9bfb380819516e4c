package syncer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name               string
		stand, stay, lists int64
		percent            int
		want               string
	}{
		{"nobody changes", 100, 100, 100, 0, ""},
		{"a first sync", 0, 100, 100, 0, ""},
		{"a first sync that lists nobody", 0, 0, 0, 0, ReasonNobodyListed},
		{"nobody listed", 100, 0, 0, 0, ReasonNobodyListed},
		{"nobody listed, everybody kept", 100, 100, 0, 0, ReasonNobodyListed},
		{"exactly the share", 100, 80, 80, 0, ""},
		{"more than the share", 100, 79, 79, 0, ReasonDirectoryShrinks},
		{"more than the share, but few", 20, 11, 11, 0, ""},
		{"more than the share, and just enough", 20, 10, 10, 0, ReasonDirectoryShrinks},
		{"all listed, and deactivated", 100, 0, 100, 0, ReasonDirectoryShrinks},
		{"many, but a small share", 100_000, 80_001, 80_001, 0, ""},
		{"a limit of one's own", 100, 79, 79, 50, ""},
		{"beyond it", 100, 49, 49, 50, ReasonDirectoryShrinks},
		{"grows", 100, 300, 300, 0, ""},
		{"no limit", 100, 1, 1, 100, ""},
	} {
		c := store.Comparison{StandsWithAccess: tt.stand, WithAccess: tt.stay}
		if got := judge(c, tt.lists, tt.percent); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// people are so many of each department.
func people(departments map[string]int) []store.Person {
	var all []store.Person
	for department, n := range departments {
		for i := range n {
			all = append(all, store.Person{ID: fmt.Sprintf("%s-%03d", department, i), Version: store.Version{Name: "Person", Department: department, Status: "ACTIVE", Source: []byte("secret source")}})
		}
	}
	return all
}

func TestAPlanSaysWhatWouldHappen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		reason          string
		comparison      store.Comparison
		reconfigured    bool
		headline, cause string
	}{
		{
			"a third is gone", ReasonDirectoryShrinks,
			store.Comparison{Stands: 18_204, Seen: 12_504, StandsWithAccess: 18_204, WithAccess: 12_504, Removed: 5_700},
			false, "This run would remove 5,700 of 18,204 people. Nothing was changed.", "limited there",
		},
		{
			"deactivated", ReasonDirectoryShrinks,
			store.Comparison{Stands: 1_200, Seen: 1_200, StandsWithAccess: 1_000, WithAccess: 600, Changed: 400},
			false, "This run would take the access of 400 of 1,000 people. Nothing was changed.", "deactivated",
		},
		{
			"nobody", ReasonNobodyListed,
			store.Comparison{Stands: 1_234_567, StandsWithAccess: 1_234_567, Removed: 1_234_567},
			false, "This run would remove 1,234,567 of 1,234,567 people. Nothing was changed.", "taken away",
		},
		{
			"nobody, reconfigured", ReasonNobodyListed,
			store.Comparison{Stands: 12, StandsWithAccess: 12, Removed: 12},
			true, "This run would remove 12 of 12 people. Nothing was changed.", "configuration was changed",
		},
		{
			"nobody at first", ReasonNobodyListed,
			store.Comparison{},
			false, "The service listed nobody. There is no directory yet, and none was made.", "taken away",
		},
		{
			"nobody readable", ReasonNobodyListed,
			store.Comparison{Stands: 9, Seen: 9, StandsWithAccess: 9, WithAccess: 9},
			false, "This run met none of 9 people. Nothing was changed.", "taken away",
		},
		{
			"asked for", ReasonPlanRequested,
			store.Comparison{Stands: 18_204, Seen: 18_205, StandsWithAccess: 18_204, WithAccess: 18_205, Added: 3, Changed: 1_200, Removed: 2},
			false, "This run would add 3 people, change 1,200 and remove 2. Nothing was changed.", "asked what a run would do",
		},
		{
			"asked for, two effects", ReasonPlanRequested,
			store.Comparison{Stands: 10, Seen: 9, Changed: 1, Removed: 1},
			false, "This run would change 1 person and remove 1. Nothing was changed.", "asked",
		},
		{
			"asked for, one effect", ReasonPlanRequested,
			store.Comparison{Seen: 18_204, Added: 18_204},
			false, "This run would add 18,204 people. Nothing was changed.", "asked",
		},
		{
			"asked for, no effect", ReasonPlanRequested,
			store.Comparison{Stands: 10, Seen: 10, Unchanged: 10},
			false, "This run would add, change and remove nobody. Nothing was changed.", "asked",
		},
	} {
		p := newPlan(tt.reason, tt.comparison, tt.reconfigured, nil)
		if p.Headline != tt.headline || !strings.Contains(p.Cause, tt.cause) || !strings.HasSuffix(p.Cause, ".") {
			t.Errorf("%s: %q, %q\nwant %q and a cause with %q", tt.name, p.Headline, p.Cause, tt.headline, tt.cause)
		}
	}
}

func TestAPlanNamesWhoWouldGo(t *testing.T) {
	t.Parallel()
	gone := people(map[string]int{"Sales": 90, "Legal": 3, "": 2, "Art": 3})
	p := newPlan(ReasonDirectoryShrinks, store.Comparison{Stands: 200, StandsWithAccess: 200, WithAccess: 102, Removed: 98}, false, gone)
	want := []Group{{Name: "Sales", People: 90}, {Name: "Art", People: 3}, {Name: "Legal", People: 3}, {People: 2}}
	if diff := cmp.Diff(want, p.Departments); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Group{{Name: "ACTIVE", People: 98}}, p.Statuses); diff != "" {
		t.Error(diff)
	}
	if len(p.Samples) != maxSamples || p.Grouped != 98 || !strings.Contains(p.Cause, `"Sales"`) {
		t.Errorf("%d samples of %d people; %q", len(p.Samples), p.Grouped, p.Cause)
	}
	var decoded Plan
	if err := json.Unmarshal(p.encode(), &decoded); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, decoded); diff != "" || strings.Contains(string(p.encode()), "secret source") {
		t.Errorf("%s\n%s", p.encode(), diff)
	}
}

func TestSmallGroupsAreSummedUp(t *testing.T) {
	t.Parallel()
	departments := map[string]int{}
	for i := range 20 {
		departments[fmt.Sprintf("Department %02d", i)] = 20 - i
	}
	groups := groupsOf(people(departments), func(p store.Person) string { return p.Department })
	sum := 0
	for _, g := range groups {
		sum += g.People
	}
	if last := groups[len(groups)-1]; len(groups) != maxGroups || sum != 210 || !last.Others || last.People != 45 {
		t.Errorf("%d groups of %d people, the last of them %+v", len(groups), sum, last)
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 18204: "18,204", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
