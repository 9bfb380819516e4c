package people

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/store"
)

// check is a [*QueryError] for settings that can't stand.
func (s *Settings) check() error {
	lists := []struct {
		name      string
		values    []string
		most, len int
	}{
		{"attributes", s.Attributes, MaxAttributes, maxPathBytes},
		{"hidden", s.Hidden, MaxHidden, store.MaxIDBytes},
		{"units", s.Units, MaxUnits, maxPathBytes},
		{"manager_attributes", s.ManagerAttributes, MaxUnits, maxPathBytes},
	}
	for _, list := range lists {
		if len(list.values) > list.most {
			return &QueryError{Parameter: list.name, Problem: fmt.Sprintf("has %s values, and at most %s are possible", thousands(len(list.values)), thousands(list.most))}
		}
		for _, value := range list.values {
			if value == "" || len(value) > list.len || !utf8.ValidString(value) {
				return &QueryError{Parameter: list.name, Problem: "holds a value that is empty, too long or no text"}
			}
		}
	}
	if len(s.Heads) > MaxHeads || len(s.SetAside) > MaxHidden {
		return &QueryError{Parameter: "heads and set_aside", Problem: "have at most 10,000 each"}
	}
	for _, name := range s.Attributes {
		if secretNames.MatchString(folded(lastOf(name))) {
			return &QueryError{Parameter: "attributes", Problem: "holds " + shown(name, maxPathBytes) + ", which is a secret by its name and is never shown"}
		}
	}
	for _, h := range s.Heads {
		if h.Field == "" || h.Value == "" || h.Person == "" || len(h.Field) > maxPathBytes || len(h.Value) > maxValueBytes || len(h.Person) > store.MaxIDBytes {
			return &QueryError{Parameter: "heads", Problem: "holds one without field, value or person, or with one that is too long"}
		}
	}
	if p := s.Pin; p != nil && (p.Attribute == "" || len(p.Attribute) > maxPathBytes || !slices.Contains(reporting.Keys(), reporting.Key(p.Key))) {
		return &QueryError{Parameter: "pin", Problem: "needs an attribute, and a key out of id, user_name, email, employee_number, principal_name, dn and name"}
	}
	return nil
}
