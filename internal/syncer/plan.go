package syncer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"patchbay.example/internal/store"
)

const (
	// maxGrouped bounds how many of those who would go are read for the groups:
	// each comes with all that is known of them.
	maxGrouped = store.MaxPeople
	// maxGroups bounds the groups of a kind; the rest is summed up in one.
	maxGroups = 12
	// maxSamples bounds the people that a plan names.
	maxSamples = 6
	// mostPercent is the share from which a group stands for the whole.
	mostPercent = 80
)

// Plan says what a held run would do, for the person who approves or discards
// it. It is stored as JSON.
type Plan struct {
	// Headline is what would happen, and Cause what probably led to it, a
	// sentence each.
	Headline string `json:"headline"`
	Cause    string `json:"cause"`

	// Stands and Seen count people before, and those whom the run met;
	// StandsWithAccess and WithAccess those with access before and after.
	Stands           int64 `json:"stands"`
	Seen             int64 `json:"seen"`
	StandsWithAccess int64 `json:"stands_with_access"`
	WithAccess       int64 `json:"with_access"`
	Added            int64 `json:"added"`
	Changed          int64 `json:"changed"`
	Unchanged        int64 `json:"unchanged"`
	Removed          int64 `json:"removed"`

	// ConfigurationChanged says that the directory that stands was listed under
	// another configuration.
	ConfigurationChanged bool `json:"configuration_changed"`

	// Departments and Statuses group those with access who would go, the largest
	// group first. Grouped is how many were looked at: all of them, or the first
	// [store.MaxPeople] by id.
	Grouped     int     `json:"grouped"`
	Departments []Group `json:"departments"`
	Statuses    []Group `json:"statuses"`
	// Samples are some of them, by id.
	Samples []Sample `json:"samples"`
}

// Group counts people who have something in common.
type Group struct {
	// Name is the department or status as written; empty for those without.
	Name string `json:"name"`
	// Others sums up the groups that are not named.
	Others bool `json:"others,omitempty"`
	People int  `json:"people"`
}

// Sample is somebody who would go.
type Sample struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Title      string `json:"title,omitempty"`
	Department string `json:"department,omitempty"`
	Status     string `json:"status,omitempty"`
}

// newPlan makes the plan of a run that is held for that reason.
func newPlan(reason string, c store.Comparison, reconfigured bool, vanishing []store.Person) Plan {
	p := Plan{
		Stands: c.Stands, Seen: c.Seen, StandsWithAccess: c.StandsWithAccess, WithAccess: c.WithAccess,
		Added: c.Added, Changed: c.Changed, Unchanged: c.Unchanged, Removed: c.Removed,
		ConfigurationChanged: reconfigured,
		Grouped:              len(vanishing),
		Departments:          groupsOf(vanishing, func(p store.Person) string { return p.Department }),
		Statuses:             groupsOf(vanishing, func(p store.Person) string { return p.Status }),
		Samples:              []Sample{},
	}
	for _, person := range vanishing[:min(len(vanishing), maxSamples)] {
		p.Samples = append(p.Samples, Sample{ID: person.ID, Name: person.Name, Title: person.Title, Department: person.Department, Status: person.Status})
	}
	p.Headline = p.headline(reason)
	p.Cause = p.cause(reason)
	return p
}

// encode is the plan as JSON.
func (p Plan) encode() []byte {
	text, err := json.Marshal(p)
	if err != nil { // texts and numbers only
		return []byte("{}")
	}
	return text
}

func (p Plan) headline(reason string) string {
	fewer := p.StandsWithAccess - p.WithAccess
	switch {
	case reason == ReasonPlanRequested:
		return fmt.Sprintf("This run would %s. Nothing was changed.", p.effects())
	case reason == ReasonNobodyListed && p.Stands == 0:
		return "The service listed nobody. There is no directory yet, and none was made."
	case p.Removed > 0:
		return fmt.Sprintf("This run would remove %s of %s people. Nothing was changed.", thousands(p.Removed), thousands(p.Stands))
	case reason == ReasonNobodyListed:
		return fmt.Sprintf("This run met none of %s people. Nothing was changed.", thousands(p.Stands))
	default:
		return fmt.Sprintf("This run would take the access of %s of %s people. Nothing was changed.", thousands(fewer), thousands(p.StandsWithAccess))
	}
}

// effects says what promoting the run would do: add 3 people, change 12 and
// remove 2.
func (p Plan) effects() string {
	var parts []string
	for _, effect := range []struct {
		verb   string
		people int64
	}{{"add", p.Added}, {"change", p.Changed}, {"remove", p.Removed}} {
		switch {
		case effect.people == 0:
		case len(parts) == 0:
			parts = append(parts, effect.verb+" "+counted(effect.people, "person", "people"))
		default:
			parts = append(parts, effect.verb+" "+thousands(effect.people))
		}
	}
	switch last := len(parts) - 1; last {
	case -1:
		return "add, change and remove nobody"
	case 0:
		return parts[0]
	default:
		return strings.Join(parts[:last], ", ") + " and " + parts[last]
	}
}

// cause is the likely one.
func (p Plan) cause(reason string) string {
	switch {
	case reason == ReasonPlanRequested:
		return "Somebody asked what a run would do."
	case reason == ReasonNobodyListed && p.ConfigurationChanged:
		return "The connection's configuration was changed since the last promoted run, and may now ask for something that holds nobody."
	case reason == ReasonNobodyListed:
		return "Probably what lets the connection see people was taken away at the service, such as an admin role."
	case p.Removed < (p.StandsWithAccess-p.WithAccess)/2:
		return "Most of them are still listed and were deactivated at the service."
	case p.mostly(p.Departments) != "":
		return fmt.Sprintf("Most of them are of the department %q: probably what the connection may see was limited at its source, as by an admin role for some groups, a filter, or another export.", p.mostly(p.Departments))
	default:
		return "Probably the list ended early at its source, or what the connection may see was limited there, as by an admin role for some groups, a filter, or an export of a part."
	}
}

// mostly is the name of the group that stands for the whole; empty if none
// does.
func (p Plan) mostly(groups []Group) string {
	if len(groups) == 0 || groups[0].People*100 < p.Grouped*mostPercent {
		return ""
	}
	return groups[0].Name
}

// groupsOf counts people by what they have in common, the largest group first.
func groupsOf(people []store.Person, key func(store.Person) string) []Group {
	counts := map[string]int{}
	for _, person := range people {
		counts[key(person)]++
	}
	groups := make([]Group, 0, len(counts))
	for name, n := range counts {
		groups = append(groups, Group{Name: name, People: n})
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Name, b.Name))
	})
	if len(groups) <= maxGroups {
		return groups
	}
	others := Group{Others: true}
	for _, g := range groups[maxGroups-1:] {
		others.People += g.People
	}
	return append(groups[:maxGroups-1], others)
}

// thousands is a number as people read it: 18,204.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
