package quality

import (
	"math"
	"slices"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/unit"
)

// Person is what a report needs to know of somebody.
type Person struct {
	// ID is the service's id. People are in the order of their ids.
	ID string
	// Active says that the person has access and is not suspended. Of others only
	// the manager and a second account are looked at.
	Active bool
	// Name, Email, EmployeeNumber and Phones tell duplicates; empty for unknown.
	Name, Email, EmployeeNumber string
	Phones                      []string
	Title, Department           string

	// Reason says how the manager was found, or why none was. Empty is
	// [reporting.Blank]; one that is no kind is taken as [reporting.Resolved].
	Reason reporting.Reason
	// Root says that the person is at the top of a tree. Direct and Total count
	// the active reports.
	Root          bool
	Direct, Total int32
	// Sources are what the record says of the manager. Others are the candidates,
	// the circle, or whom the attributes name. Both may be left out where they are
	// looked up when a finding is shown.
	Sources []Source
	Others  []int32
}

// Source is an attribute and its value, as they are in the record: for
// administrators.
type Source struct{ Attribute, Value string }

// Input is what a report is made of.
type Input struct {
	People []Person
	// Spelt are groups of units that are probably one; Disputed the units about
	// whose head the evidence disagrees.
	Spelt    [][]unit.Ref
	Disputed []unit.Ref
}

// Finding is one thing to look at.
type Finding struct {
	Kind Kind
	// Person is whom it concerns, -1 for one that concerns units.
	Person int32
	// Others are further people whom it concerns.
	Others []int32
	// Units are the units that it concerns, the largest first.
	Units   []unit.Ref
	Sources []Source
	// Hint helps to decide and was not used; empty for none.
	Hint string
}

// Report is what is worth a look. It does not change, and its methods may be
// called concurrently.
type Report struct {
	// People counts everybody whose manager was looked for.
	People int

	ids   []string // by person
	kinds [len(infos)][]Finding
}

// The bounds by which a report judges.
const (
	// rootReports is how many people the head of a company leads. In a directory
	// of less than 400 people it is one in twenty, and at least two.
	rootReports = 20
	// wideTeam is the least number of direct reports that is unusual, however
	// small the others' teams are; and wideDeviations how many standard deviations
	// above the mean of all teams it has to be.
	wideTeam       = 30
	wideDeviations = 3
)

const sameDepartment = "Their department is the same as one candidate’s. A hint, not used."

// New makes a report.
func New(in Input) *Report {
	r := &Report{People: len(in.People), ids: make([]string, len(in.People))}
	wide, roots := tooWide(in.People), rootsOf(in.People)
	for i := range in.People {
		p, person := &in.People[i], int32(i)
		r.ids[i] = p.ID
		r.manager(in.People, person)
		if !p.Active {
			continue
		}
		if unit.Fold(p.Title) == "" {
			r.add(Finding{Kind: EmptyTitle, Person: person})
		}
		if unit.Fold(p.Department) == "" {
			r.add(Finding{Kind: EmptyDepartment, Person: person})
		}
		if float64(p.Direct) > wide {
			r.add(Finding{Kind: WideTeam, Person: person})
		}
	}
	if len(roots) > 1 {
		for _, root := range roots {
			r.add(Finding{Kind: SeveralRoots, Person: root})
		}
	}
	for _, same := range duplicates(in.People) {
		r.add(Finding{Kind: Duplicate, Person: same[0], Others: same[1:]})
	}
	for _, spelt := range in.Spelt {
		if len(spelt) > 1 {
			r.add(Finding{Kind: UnitSpelling, Person: -1, Units: spelt})
		}
	}
	for _, ref := range in.Disputed {
		r.add(Finding{Kind: UnitHead, Person: -1, Units: []unit.Ref{ref}})
	}
	return r
}

// manager adds the finding about somebody's manager, if there is one.
func (r *Report) manager(people []Person, person int32) {
	p := &people[person]
	kind := Kind(p.Reason)
	if p.Reason == "" {
		kind = Blank
	}
	if kind.Info().Section != Managers {
		return
	}
	f := Finding{Kind: kind, Person: person, Others: p.Others, Sources: p.Sources}
	if kind == Ambiguous && p.Department != "" {
		alike := 0
		for _, o := range p.Others {
			if o >= 0 && int(o) < len(people) && people[o].Department == p.Department {
				alike++
			}
		}
		if alike == 1 {
			f.Hint = sameDepartment
		}
	}
	r.add(f)
}

func (r *Report) add(f Finding) {
	if i := place(f.Kind); i >= 0 {
		r.kinds[i] = append(r.kinds[i], f)
	}
}

// Total counts all findings.
func (r *Report) Total() int {
	n := 0
	for _, f := range r.kinds {
		n += len(f)
	}
	return n
}

// Count counts the findings of a kind; 0 for an unknown one.
func (r *Report) Count(kind Kind) int {
	if i := place(kind); i >= 0 {
		return len(r.kinds[i])
	}
	return 0
}

// Standing counts the people of whose manager is true what s says. The four sum
// to People.
func (r *Report) Standing(s Standing) int {
	n, other := 0, 0
	for i, f := range r.kinds {
		switch infos[i].Standing {
		case "":
		case s:
			n += len(f)
		default:
			other += len(f)
		}
	}
	if s == Found {
		return r.People - other
	}
	return n
}

// Findings is a page of the findings of a kind, in the order of people's ids, or
// of the units as they were given. What lies beyond the last is empty; a negative
// number is 0. The page is shared: read only.
func (r *Report) Findings(kind Kind, offset, limit int) []Finding {
	i := place(kind)
	if i < 0 {
		return nil
	}
	all := r.kinds[i]
	offset = min(max(offset, 0), len(all))
	return all[offset : offset+min(max(limit, 0), len(all)-offset)]
}

// tooWide is the number of direct reports beyond which a team is unusual.
func tooWide(people []Person) float64 {
	n, sum, squares := 0.0, 0.0, 0.0
	for i := range people {
		if d := float64(people[i].Direct); d > 0 && people[i].Active {
			n, sum, squares = n+1, sum+d, squares+d*d
		}
	}
	if n == 0 {
		return wideTeam
	}
	mean := sum / n
	return math.Max(wideTeam, mean+wideDeviations*math.Sqrt(math.Max(0, squares/n-mean*mean)))
}

// rootsOf are the active heads of a company.
func rootsOf(people []Person) []int32 {
	least := int32(min(rootReports, max(2, len(people)/20)))
	var roots []int32
	for i := range people {
		if p := &people[i]; p.Root && p.Active && p.Total >= least {
			roots = append(roots, int32(i))
		}
	}
	return slices.Clip(roots)
}
