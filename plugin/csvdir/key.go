package main

import (
	"context"
	"slices"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/values"
)

// candidate is a column that may be the key.
type candidate struct {
	column   int
	filled   int             // rows with a value
	distinct map[uint64]bool // of the first maxSampled values
	sampled  int
	shortest int // bytes of the shortest value of a row whose line is ended
}

// maxSampled is how many values of a candidate are compared: a column that holds
// the same few values everywhere shows it in the first ten thousand.
const maxSampled = 10_000

// usable reports whether the column can be the key: half of the people have a
// value, and half of the values are different ones.
func (c candidate) usable(people int) bool {
	return c.filled > 0 && c.filled*2 >= people && len(c.distinct)*2 >= c.sampled && (len(c.distinct) > 1 || c.sampled == 1)
}

// chooseKey reads all rows and decides which column is the key, in what order
// dates are written, and how numbers are dressed up.
func (s *survey) chooseKey(ctx context.Context) error {
	if err := s.findCandidates(); err != nil {
		return err
	}
	dress := map[int]*values.Dress{}
	var dates []int
	for column, attribute := range s.plan.meaning.Columns {
		switch {
		case attribute.IsDate():
			dates = append(dates, column)
		case attribute == columns.ID || attribute == columns.EmployeeNumber || attribute == columns.ManagerID || attribute == columns.Manager:
			dress[column] = &values.Dress{}
		}
	}
	read, people := 0, 0
	err := s.each(ctx, func(r row) error {
		read = r.number
		if s.isNobody(r) {
			return nil // a total would tell how numbers are written, and come and go
		}
		people++
		for i := range s.candidates {
			s.candidates[i].add(s.plan.value(r, s.candidates[i].column), r.cut)
		}
		for column, d := range dress {
			d.Add(s.plan.value(r, column))
		}
		for _, column := range dates {
			s.dates.Add(s.plan.value(r, column))
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.tally.expect(read)
	s.plan.dress = make(map[int]values.Dress, len(dress))
	for column, d := range dress {
		s.plan.dress[column] = *d
	}
	if s.plan.order = s.config.dateOrder(); s.plan.order == values.OrderUnknown {
		s.plan.order = s.dates.Order()
	}
	return s.decideKey(people)
}

// isNobody reports whether a row is no person's, before the key is decided: seen
// with any column that may be it.
func (s *survey) isNobody(r row) bool {
	return slices.ContainsFunc(s.candidates, func(c candidate) bool { return s.plan.isNobody(r, c.column) })
}

// findCandidates lists the columns that may be the key: the configured one, or
// those that mean a key.
func (s *survey) findCandidates() error {
	if s.config.IDColumn != "" {
		for i, header := range s.plan.headers {
			if columns.Same(header, s.config.IDColumn) {
				s.candidates = []candidate{newCandidate(i)}
				return nil
			}
		}
		return plugin.Refuse(reasonColumnMissing, "The file does not have the configured key column %s. It has %s.", quote(s.config.IDColumn), quoteAll(s.plan.headers))
	}
	for _, attribute := range columns.Keys() {
		if column := s.plan.meaning.First(attribute); column >= 0 {
			s.candidates = append(s.candidates, newCandidate(column))
		}
	}
	if len(s.candidates) == 0 {
		return plugin.Refuse(reasonKeyColumnMissing, "No column is understood as a key: neither ids nor employee numbers, e-mail addresses or user names. The file has %s.", quoteAll(s.plan.headers))
	}
	return nil
}

func newCandidate(column int) candidate {
	return candidate{column: column, distinct: map[uint64]bool{}}
}

func (c *candidate) add(value string, cut bool) {
	if value == "" {
		return
	}
	if !cut && (c.shortest == 0 || len(value) < c.shortest) {
		c.shortest = len(value)
	}
	if c.filled++; c.sampled < maxSampled {
		c.sampled++
		c.distinct[fingerprint(value)] = true
	}
}

func (s *survey) decideKey(people int) error {
	if people == 0 {
		return plugin.Refuse(reasonPeopleMissing, "The file has a header and no row of a person.")
	}
	for _, c := range s.candidates {
		if c.usable(people) {
			s.plan.key, s.plan.shortestKey = c.column, c.shortest
			return nil
		}
	}
	names := make([]string, len(s.candidates))
	for i, c := range s.candidates {
		names[i] = s.plan.headers[c.column]
	}
	return plugin.Refuse(reasonKeyColumnMissing, "No column can be the key: of %s, each is empty for more than half of the rows, or has the same values again and again.", quoteAll(names))
}
