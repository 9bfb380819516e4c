package webtest

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/store"
)

// Crowd is a company of any size, whose people are made as they are read: for
// tests and measurements of what has to be fast with many. [CrowdWide] has 5,000
// direct reports where there are 10,000 people or more.
type Crowd struct {
	// People is how many, Now when their run was complete.
	People int
	Now    time.Time
}

// People of a crowd: the head, a chief with a usual team, and one with a very
// wide one.
var (
	CrowdHead  = crowdID(0)
	CrowdChief = crowdID(1)
	CrowdWide  = crowdID(3)
)

const (
	crowdChiefs = 4      // directly below the head
	crowdTeam   = 9      // in most teams
	crowdWide   = 5_000  // in the wide one
	crowdLarge  = 10_000 // people of a crowd that has it
)

// crowdID is the id of the person with a number.
func crowdID(i int) string { return fmt.Sprintf("00u%07d", i) }

// Low is somebody far down: the last one.
func (c Crowd) Low() string { return crowdID(c.People - 1) }

// manager is the number of a person's manager; -1 for none.
func (c Crowd) manager(i int) int {
	wide := 0
	if c.People >= crowdLarge {
		wide = crowdWide
	}
	switch rest := i - 1 - crowdChiefs - wide; {
	case i == 0:
		return -1
	case i <= crowdChiefs:
		return 0
	case rest < 0:
		return 3
	case rest%500 == 499:
		return -1 // with a tree of their own, or alone
	case rest < 3*crowdTeam:
		return []int{1, 2, 4}[rest%3]
	default:
		return 1 + crowdChiefs + wide + (rest-3*crowdTeam)/crowdTeam
	}
}

// member is the person with a number.
func (c Crowd) member(i int) Member {
	m := Member{
		ID: crowdID(i), Given: sampleGivens[i%len(sampleGivens)], Family: sampleFamilies[i/7%len(sampleFamilies)] + " " + strconv.Itoa(i),
		Title:      []string{"Engineer", "Accountant", "Route planner", "Shift lead", "Agent"}[i%5],
		Department: []string{"Depots South", "Depots North", "Road Transport", "Air & Ocean", "Control tower", ""}[(i/3+i/11)%6], Type: "Employee",
	}
	if i%13 == 5 {
		m.Display, m.Given, m.Family = otherNames[i%len(otherNames)]+" "+strconv.Itoa(i), "", ""
	}
	if manager := c.manager(i); manager >= 0 {
		m.ManagerID = crowdID(manager)
	}
	return m
}

// page are so many people after an id.
func (c Crowd) page(after string, limit int) []store.Person {
	first := 0
	if _, err := fmt.Sscanf(after, "00u%d", &first); err == nil {
		first++
	}
	var all []store.Person
	for i := first; i < min(c.People, first+limit); i++ {
		r := c.member(i).record()
		all = append(all, store.Person{ID: r.ID, Version: r.Version(), Since: 1})
	}
	return all
}

// Directory is a directory over the crowd.
func (c Crowd) Directory() *people.Directory {
	return &people.Directory{Store: &crowdStore{Crowd: c}, Now: func() time.Time { return c.Now }}
}

// crowdStore answers what a directory asks for.
type crowdStore struct {
	people.Store // what a directory of one run does not ask for
	Crowd
}

func (s *crowdStore) PeopleView(context.Context) (store.PeopleView, error) {
	return store.PeopleView{Connection: 1, Name: HRIS, Generation: 1, Complete: s.Now, Revision: 1}, nil
}

func (s *crowdStore) PeopleSettings(context.Context) ([]byte, int64, error) { return nil, 0, nil }

func (s *crowdStore) People(_ context.Context, q store.PeopleQuery) ([]store.Person, error) {
	return s.page(q.After, store.Limit(q.Limit)), nil
}

func (s *crowdStore) Departed(context.Context, int64, string, int) ([]store.Person, error) {
	return nil, nil
}

func (s *crowdStore) History(context.Context, int64, string, int) ([]store.Change, error) {
	return nil, nil
}

func (s *crowdStore) Promotions(context.Context, int64, time.Time, int) ([]store.Run, error) {
	return nil, nil
}

func (s *crowdStore) Changes(context.Context, int64, string, int) ([]store.Change, error) {
	return nil, nil
}
