package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"patchbay.example/plugin/scim/internal/scimapi"
)

// FuzzIndexPaging lists from a service that goes by the RFC while people join and
// leave: script says what happens before each request. Whatever happens, the
// listing ends, and whoever was there throughout was read; except for somebody who
// moved to before the anchor while others joined or left, between the same pages.
func FuzzIndexPaging(f *testing.F) {
	f.Add(uint8(20), uint8(5), []byte{})
	f.Add(uint8(20), uint8(5), []byte{0, 0, 3, 0, 4, 0, 0, 200})
	f.Add(uint8(30), uint8(7), []byte{0, 130, 131, 132, 5, 0, 0, 9, 9, 9})
	f.Add(uint8(3), uint8(2), []byte{1, 1, 1, 1, 1, 1})
	f.Add(uint8(0), uint8(2), []byte{200})
	f.Fuzz(func(t *testing.T, size, count uint8, script []byte) {
		m := newModel(int(size), 3+int(count%10), script)
		for range maxRestarts + 1 {
			read, err := m.list()
			if err == nil {
				for _, id := range m.stayed {
					if !slices.Contains(read, id) {
						t.Fatalf("%d was there throughout and was not read; read %v of %v", id, read, m.people)
					}
				}
				return
			}
			// Stuck is said of an honest service, too, when somebody joins or leaves
			// before each request.
			if e, ok := errors.AsType[*scimapi.Error](err); !ok || e.Reason != scimapi.ReasonPlaceLost && e.Reason != scimapi.ReasonListingStuck {
				t.Fatalf("the listing ended with %v", err)
			}
		}
	})
}

// model is a service whose people change.
type model struct {
	people, stayed []int // by number, in the service's order
	count, joined  int
	script         []byte
	events         int   // since the last page that brought somebody new
	moved          []int // by those
}

func newModel(size, count int, script []byte) *model {
	m := &model{count: count, script: script, joined: 1000}
	for i := range size {
		m.people = append(m.people, i)
	}
	m.stayed = slices.Clone(m.people)
	return m
}

// happen lets one person leave, join at a place or move to its front, or nothing (0).
func (m *model) happen() {
	if len(m.script) == 0 {
		return
	}
	what := int(m.script[0])
	m.script = m.script[1:]
	if what == 0 || len(m.people) == 0 {
		return
	}
	m.events++
	defer func() {
		if m.events > 1 {
			m.stayed = slices.DeleteFunc(m.stayed, func(id int) bool { return slices.Contains(m.moved, id) })
		}
	}()
	switch at := what / 3; {
	case what%3 == 2: // moves forward
		from := at % len(m.people)
		id := m.people[from]
		m.people = slices.Insert(slices.Delete(slices.Clone(m.people), from, from+1), from/2, id)
		m.moved = append(m.moved, id)
	case what%3 == 1:
		at %= len(m.people)
		gone := m.people[at]
		m.people = slices.Delete(slices.Clone(m.people), at, at+1)
		m.stayed = slices.DeleteFunc(m.stayed, func(id int) bool { return id == gone })
	default:
		m.joined++
		m.people = slices.Insert(slices.Clone(m.people), at%(len(m.people)+1), m.joined)
	}
}

// page serves a page.
func (m *model) page(start int) scimapi.List {
	first := min(max(start, 1)-1, len(m.people))
	list := scimapi.List{Total: len(m.people)}
	for _, id := range m.people[first:min(first+m.count, len(m.people))] {
		list.Elements = append(list.Elements, fmt.Appendf(nil, `{"id":%d}`, id))
	}
	return list
}

// list reads everybody as [listing.byIndex] does.
func (m *model) list() (read []int, err error) {
	at, how, idle := place{Mode: pagingIndex}, askOverlap, 0
	for {
		m.happen()
		start := at.startIndex(how, m.count)
		page := m.page(start)
		s, err := advance(at, how, start, page)
		if err != nil {
			return read, err
		}
		for _, element := range s.fresh {
			var object struct{ ID int }
			if err := json.Unmarshal(element, &object); err != nil {
				return read, err
			}
			read = append(read, object.ID)
		}
		if idle++; len(s.fresh) > 0 {
			idle, m.events, m.moved = 0, 0, nil
		}
		if s.end {
			return read, nil
		}
		if idle > maxIdle {
			return read, stuck(at, page.Total)
		}
		at, how = s.next, s.ask
	}
}
