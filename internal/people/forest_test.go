package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// random is a company whose managers are anybody: circles, themselves, nobody.
func random(r *rand.Rand, people int) ([]who, Settings) {
	all := make([]who, people)
	var settings Settings
	for i := range all {
		all[i] = who{
			id: fmt.Sprintf("u%04d", i), given: []string{"Ada", "Ben", "Chi"}[r.IntN(3)], family: "Example", department: []string{"", "Sales", "Art"}[r.IntN(3)],
			kind: []string{"Employee", "Contractor"}[r.IntN(2)], suspended: r.IntN(9) == 0, deprovisioned: r.IntN(9) == 0,
		}
		if r.IntN(5) > 0 {
			all[i].managerID = fmt.Sprintf("u%04d", r.IntN(people+1))
		}
		if r.IntN(12) == 0 {
			settings.Hidden = append(settings.Hidden, all[i].id)
		}
	}
	return all, settings
}

func TestEverybodyHasOnePlace(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		all, settings := random(r, 1+r.IntN(60))
		s := of(settings, all...)
		places := map[string]int{}
		var walk func(id string)
		walk = func(id string) {
			places[id]++
			below := s.cards(s.below[s.ids[id]])
			active, contractors := 0, 0
			for _, c := range below {
				walk(c.ID)
				if !c.Inactive {
					active++
					if c.Contractor {
						contractors++
					}
				}
				active, contractors = active+c.Total, contractors+c.Contractors
			}
			if card := s.card(s.ids[id]); card.Total != active || card.Contractors != contractors {
				t.Fatalf("seed %d: %s has %d below, %d of them contractors; counted %d and %d", seed, id, card.Total, card.Contractors, active, contractors)
			}
		}
		for _, root := range s.cards(s.roots) {
			walk(root.ID)
		}
		_, outside, err := s.Outside(0, MaxPage)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range outside {
			places[c.ID]++
		}
		for _, w := range all {
			want := 1
			if slices.Contains(settings.Hidden, w.id) {
				want = 0
			} else if w.suspended || w.deprovisioned {
				continue // where somebody active is below
			}
			if places[w.id] != want {
				t.Fatalf("seed %d: %s is in %d places, want %d", seed, w.id, places[w.id], want)
			}
		}
		q := s.Quality()
		if q.Found+q.Doubtful+q.Blank+q.Missing != q.People || q.People != s.Size() {
			t.Fatalf("seed %d: %d + %d + %d + %d of %d people, %d shown", seed, q.Found, q.Doubtful, q.Blank, q.Missing, q.People, s.Size())
		}
		for _, group := range s.namesakes {
			labels := map[string]bool{}
			for _, i := range group {
				labels[s.people[i].telling] = true
			}
			if len(labels) != len(group) {
				t.Fatalf("seed %d: %d people of one name have %d labels", seed, len(group), len(labels))
			}
		}
	}
}

// tree is a company in which everybody has so many reports.
func tree(people, span int) []who {
	all := make([]who, people)
	for i := range all {
		all[i] = who{id: fmt.Sprintf("u%06d", i), given: fmt.Sprintf("Given%d", i), family: "Example", department: fmt.Sprintf("Team %d", i%7)}
		if i > 0 {
			all[i].managerID = fmt.Sprintf("u%06d", (i-1)/span)
		}
	}
	return all
}

// census counts what a browser holds of a chart.
func held(b *Branch) int {
	n := 1 + len(b.Groups)
	for _, below := range b.Reports {
		n += held(below)
	}
	return n
}

func TestAChartIsBounded(t *testing.T) {
	for name, all := range map[string][]who{"wide": tree(3000, 2500), "usual": tree(3000, 8), "narrow": tree(3000, 28), "deep": tree(500, 1)} {
		s := of(Settings{}, all...)
		for _, at := range []int{0, 1, len(all) / 2, len(all) - 1} {
			for _, group := range []bool{false, true} {
				chart, err := s.Chart(ChartQuery{Person: all[at].id, Levels: MaxLevels, Group: group})
				if err != nil {
					t.Fatal(err)
				}
				if n := held(chart.Root); n > MaxNodes+MaxAbove {
					t.Errorf("%s, at %d: a browser holds %d", name, at, n)
				}
				b := chart.Root
				for depth := range min(chart.LineTotal-1, MaxAbove) {
					next := slices.IndexFunc(b.Reports, func(r *Branch) bool { return r.Hot })
					if next < 0 {
						t.Fatalf("%s, at %d: the line ends at depth %d of %d", name, at, depth, chart.LineTotal)
					}
					b = b.Reports[next]
				}
				if !b.Self || b.ID != all[at].id {
					t.Errorf("%s, at %d: the line leads to %s", name, at, b.ID)
				}
			}
		}
	}
}

func TestABranchHasEveryReportOnce(t *testing.T) {
	s := of(Settings{}, tree(3000, 2500)...)
	grouped, err := s.Branch(BranchQuery{Person: "u000000"})
	if err != nil || len(grouped.Reports) != 0 {
		t.Fatalf("%d reports one by one: %v", len(grouped.Reports), err)
	}
	met := map[string]int{}
	for _, g := range grouped.Groups {
		listed := 0
		for offset := 0; ; offset += WideTeam {
			page, err := s.Branch(BranchQuery{Person: "u000000", Group: &g.Value, Offset: offset})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Reports {
				met[r.ID]++
				listed++
			}
			if len(page.Reports) < WideTeam {
				break
			}
		}
		if listed != g.People {
			t.Errorf("%s has %d people, and lists %d", g.Value, g.People, listed)
		}
	}
	if len(met) != 2500 {
		t.Errorf("%d of 2,500 reports are listed", len(met))
	}
}
