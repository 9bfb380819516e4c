package unit

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Each shape without a name of its own is made into this many units.
const copies = 6

// A labelled unit: who leads it in truth, and what may honestly be said.
type labelled struct {
	shape   string
	ref     Ref
	classes []Class
	answer  []int32
}

// company is all shapes together, as one directory.
type company struct {
	members []Member
	parent  []int32
	labels  []labelled
}

func TestWhoLeadsEachLabelledUnit(t *testing.T) {
	c := readShapes(t, "testdata/shapes.txt")
	units := Build(c.members, c.parent, []string{"department"}, nil)

	if len(c.labels) < 200 {
		t.Fatalf("%d labelled units, want at least 200", len(c.labels))
	}
	counts, right, wrong := map[Class]int{}, map[Class]int{}, map[Class]int{}
	for _, l := range c.labels {
		u := units.Find(l.ref)
		if u == nil {
			t.Errorf("%s: no unit %q", l.shape, l.ref.Value)
			continue
		}
		got := slices.Sorted(slices.Values(u.Head.People))
		counts[u.Head.Class]++
		switch {
		case slices.Equal(got, l.answer):
			right[u.Head.Class]++
		case u.Head.Class == Disagreement && within(l.answer, got):
			right[Disagreement]++
		default:
			wrong[u.Head.Class]++
			if u.Head.Class == Certain {
				t.Errorf("%s: certain of %v, and it is %v", l.shape, got, l.answer)
			} else {
				t.Logf("%s: %s %v, in truth %v", l.shape, u.Head.Class, got, l.answer)
			}
		}
		if !slices.Contains(l.classes, u.Head.Class) {
			t.Errorf("%s: class %s of %v (structure %v, title %v), want one of %v",
				l.shape, u.Head.Class, got, u.Head.Structural, u.Head.Titled, l.classes)
		}
	}
	t.Logf("%d units", len(c.labels))
	for _, class := range []Class{Certain, Likely, Disagreement, Unknown} {
		t.Logf("%-12s %3d, right %3d, wrong %3d", class, counts[class], right[class], wrong[class])
	}
	if wrong[Certain] > 0 || counts[Certain] < len(c.labels)/4 {
		t.Errorf("%d certain answers, of which %d wrong: want a quarter of all, none wrong", counts[Certain], wrong[Certain])
	}
	if 20*wrong[Likely] > counts[Likely] {
		t.Errorf("%d of %d likely answers are wrong, want one in twenty at most", wrong[Likely], counts[Likely])
	}
	if wrong[Disagreement] > 0 {
		t.Errorf("%d disagreements of which neither side is right", wrong[Disagreement])
	}
}

var (
	regions   = []string{"Nordic", "Baltic", "Iberian", "Alpine", "Pacific", "Andean", "Coastal", "Northern", "Central", "Eastern", "Highland", "Lakeside", "Harbour", "Valley", "Island", "Prairie", "Delta", "Gulf", "Arctic", "Savanna"}
	functions = []string{"Payments", "Freight", "Booking", "Claims", "Pricing", "Routing", "Billing", "Fleet", "Customs", "Rates", "Payroll", "Tracking", "Storage", "Ledger", "Dispatch", "Returns", "Tenders", "Audits", "Sourcing", "Planning"}
)

// readShapes makes a company of the shapes.
func readShapes(t testing.TB, path string) *company {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()

	c := &company{}
	c.add(-1, "Executive", "Chief Executive Officer", "")
	var name, value string
	var lines []string
	flush := func() {
		n := copies
		if value != "" || name == "" {
			n = min(len(name), 1)
		}
		for range n {
			unit := value
			if unit == "" {
				i := len(c.labels)
				unit = regions[i%len(regions)] + " " + functions[(i+i/len(regions))%len(functions)]
			}
			c.shape(t, name, unit, lines)
		}
		name, value, lines = "", "", nil
	}
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "shape "):
			flush()
			name, value, _ = strings.Cut(strings.TrimPrefix(line, "shape "), " unit=")
		default:
			lines = append(lines, line)
		}
	}
	flush()
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// shape adds one labelled unit.
func (c *company) shape(t testing.TB, name, unit string, lines []string) {
	t.Helper()
	place := strings.NewReplacer("{U}", unit, "{T}", exchanged(unit))
	keys, managers := map[string][]int32{"ceo": {0}}, map[int32]string{}
	l := labelled{shape: name + ": " + unit, ref: Ref{"department", unit}}
	for _, line := range lines {
		if answer, ok := strings.CutPrefix(line, "="); ok {
			classes, who, _ := strings.Cut(answer, ":")
			for class := range strings.FieldsSeq(classes) {
				l.classes = append(l.classes, Class(class))
			}
			for key := range strings.FieldsSeq(who) {
				l.answer = append(l.answer, keys[key]...)
			}
			continue
		}
		columns := append(strings.Split(line, "|"), "", "", "")
		for i := range columns {
			columns[i] = place.Replace(strings.TrimSpace(columns[i]))
		}
		key, manager, _ := strings.Cut(columns[0], "<")
		key, times, _ := strings.Cut(strings.TrimSpace(key), "*")
		n, err := strconv.Atoi(times)
		if times != "" && err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		for range max(n, 1) {
			person := c.add(-1, columns[1], columns[2], columns[3])
			keys[key], managers[person] = append(keys[key], person), strings.TrimSpace(manager)
		}
	}
	for person, manager := range managers {
		if manager == "" {
			continue
		}
		if keys[manager] == nil {
			t.Fatalf("%s: nobody is called %q", name, manager)
		}
		c.parent[person] = keys[manager][0]
	}
	slices.Sort(l.answer)
	c.labels = append(c.labels, l)
}

func (c *company) add(parent int32, department, title, flags string) int32 {
	c.members = append(c.members, Member{
		Active: !strings.Contains(flags, "inactive"), Contractor: strings.Contains(flags, "contractor"),
		Title: title, Values: []string{department},
	})
	c.parent = append(c.parent, parent)
	return int32(len(c.parent)) - 1
}

// exchanged is a name with two letters of its last word exchanged.
func exchanged(name string) string {
	r := []rune(name)
	if n := len(r); n > 4 {
		r[n-3], r[n-2] = r[n-2], r[n-3]
	}
	return string(r)
}

func ExampleHead_Explain() {
	members := []Member{
		{Active: true, Title: "Head of Payments", Values: []string{"Payments"}},
		{Active: true, Values: []string{"Payments"}},
		{Active: true, Values: []string{"Payments"}},
		{Active: true, Values: []string{"Payments"}},
	}
	units := Build(members, []int32{-1, 0, 0, -1}, []string{"department"}, nil)
	u := units.Find(Ref{"department", "Payments"})
	name := func(p int32) string { return fmt.Sprintf("person %d", p) }
	fmt.Println(u.Head.Class, u.Head.People)
	fmt.Println(u.Head.Explain(u.Value, name))
	// Output:
	// certain [0]
	// Structure and title agree. 2 of 3 people in Payments report up to person 0. 1 has no manager on file.
}
