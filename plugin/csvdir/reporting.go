package main

import (
	"context"
	"fmt"

	"patchbay.example/plugin"
)

// reportingLines are the figures of who is named as manager.
type reportingLines struct {
	people         int // everybody who is listed
	managed        int // of them, those who name a manager
	found          int // of these, whose manager is exactly one person of the file
	ambiguous      int // whose manager may be any of several
	ambiguousLines []int
	missing        int // whose manager is nobody of the file
	missingLines   []int
}

// findManagers looks for the managers among the people of the file. It reads the
// file twice: once for what people are called, and once for whom they name.
func (s *survey) findManagers(ctx context.Context) (reportingLines, error) {
	var m reportingLines
	known := newRoster(s.tally.people)
	err := s.eachPerson(ctx, func(r row, id string, user *plugin.User) {
		m.people++
		known.add(r.number, id, user)
	})
	if err != nil {
		return reportingLines{}, err
	}
	known.sort()
	err = s.eachPerson(ctx, func(r row, _ string, user *plugin.User) { m.add(known, r, user) })
	return m, err
}

// eachPerson reads the rows of people that a listing has, but for those beyond
// maxTallied.
func (s *survey) eachPerson(ctx context.Context, f func(r row, id string, user *plugin.User)) error {
	day := today(s.now)
	return s.each(ctx, func(r row) error {
		_, superseded := s.tally.superseded[r.number]
		v := s.plan.judge(r)
		if !superseded && !v.footer && v.reason == "" && r.number <= maxTallied {
			user, _ := s.plan.user(r, day)
			f(r, v.id, user)
		}
		return nil
	})
}

// add counts a person's managers: of several columns, one that names somebody is
// enough.
func (m *reportingLines) add(known *roster, r row, user *plugin.User) {
	if len(user.Managers) == 0 {
		return
	}
	m.managed++
	several := false
	for _, reference := range user.Managers {
		switch people := known.find(reference.Value); {
		case len(people) == 1:
			m.found++
			return
		case len(people) > 1:
			several = true
		}
	}
	if several {
		m.ambiguous++
		m.ambiguousLines = firstLines(m.ambiguousLines, r.line)
		return
	}
	m.missing++
	m.missingLines = firstLines(m.missingLines, r.line)
}

// firstLines adds a line while there are few.
func firstLines(lines []int, line int) []int {
	if len(lines) < maxExampleLines {
		lines = append(lines, line)
	}
	return lines
}

// describe says for how many people the manager is found.
func (m *reportingLines) describe() string {
	text := fmt.Sprintf("For %d %% of them (%d) it is exactly one person of the file, by id, user name, e-mail address, number or name.", m.found*100/m.managed, m.found)
	if m.ambiguous > 0 {
		text += fmt.Sprintf(" For %d it may be any of several people who are called the same, and is none: %s.", m.ambiguous, inLines(m.ambiguousLines, m.ambiguous))
	}
	if m.missing > 0 {
		text += fmt.Sprintf(" For %d it is nobody of the file: %s.", m.missing, inLines(m.missingLines, m.missing))
	}
	return text
}
