package people

import (
	"time"

	"patchbay.example/internal/people/search"
)

// card is a person in a list.
func (s *Snapshot) card(i int32) Card {
	p := &s.people[i]
	c := Card{
		ID: p.id, Name: p.name, Initials: initials(p.name), Tone: tone(p.id),
		Title: s.value(i, attrTitle), Department: s.value(i, attrDepartment),
		City: s.value(i, attrCity), Country: s.value(i, attrCountry), Zone: s.zones[s.value(i, attrTimeZone)],
		Telling: p.telling, Contractor: p.contractor, Inactive: !p.active,
		Direct: int(s.direct[i]), Total: int(s.total[i]), Contractors: int(s.contract[i]),
	}
	if !p.active {
		c.Status = p.status
	}
	if m := s.manager(i); m >= 0 {
		c.Manager, c.ManagerID = s.people[m].name, s.people[m].id
	}
	return c
}

// bare is the card of somebody who has no page.
func (s *Snapshot) bare(e *entry) Card {
	value := func(attribute string) string {
		if c, ok := s.column[attribute]; ok {
			return e.values[c]
		}
		return ""
	}
	c := Card{
		ID: e.id, Name: e.name, Initials: initials(e.name), Tone: tone(e.id), Title: value(attrTitle), Department: value(attrDepartment),
		City: value(attrCity), Country: value(attrCountry), Contractor: e.contractor, Inactive: !e.active,
	}
	if c.Inactive {
		c.Status = e.status
	}
	return c
}

func (s *Snapshot) cards(people []int32) []Card {
	cards := make([]Card, 0, len(people))
	for _, i := range people {
		cards = append(cards, s.card(i))
	}
	return cards
}

// zone is a time zone, if this machine knows it: "Local" is nobody's.
func zone(name string) string {
	if name == "" || name == "Local" {
		return ""
	}
	if _, err := time.LoadLocation(name); err != nil {
		return ""
	}
	return name
}

// look finds a person by id, or says who may be meant.
func (s *Snapshot) look(id string) (int32, error) {
	if i, ok := s.ids[id]; ok {
		return i, nil
	}
	asked := shown(id, maxNameBytes)
	return 0, &UnknownError{What: "person", Asked: asked, People: s.cards(s.index.Suggest(asked, suggestions))}
}

// suggestions is how many are named that may be meant.
const suggestions = 5

// part is a page of a list of people. What it can't be is a [*QueryError].
func (s *Snapshot) part(all []int32, offset, limit int) ([]Card, error) {
	from, to, err := span(len(all), offset, limit)
	if err != nil {
		return nil, err
	}
	return s.cards(all[from:to]), nil
}

// span is the part of a list that a page shows.
func span(total, offset, limit int) (from, to int, err error) {
	switch {
	case offset < 0 || offset > MaxOffset:
		return 0, 0, &QueryError{Parameter: "offset", Problem: "is from 0 to 10,000"}
	case limit < 0 || limit > MaxPage:
		return 0, 0, &QueryError{Parameter: "limit", Problem: "is from 1 to 200"}
	case limit == 0:
		limit = PagePeople
	}
	from = min(offset, total)
	return from, min(from+limit, total), nil
}

// pieces cuts a text at its marks.
func pieces(text string, marks []search.Mark) []Piece {
	var cut []Piece
	at := 0
	for _, m := range marks {
		if m.From < at || m.To > len(text) || m.From >= m.To {
			continue
		}
		if m.From > at {
			cut = append(cut, Piece{Text: text[at:m.From]})
		}
		cut = append(cut, Piece{Text: text[m.From:m.To], Mark: true})
		at = m.To
	}
	if len(cut) > 0 && at < len(text) {
		cut = append(cut, Piece{Text: text[at:]})
	}
	return cut
}
