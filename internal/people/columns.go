package people

import (
	"slices"
	"strings"
)

// column is an allowed attribute: a place in each person's values.
type column struct {
	name, label, kind string
	standard          int // its place among the standards; -1: custom
	unit              bool
}

// columns are the allowed attributes: the standard ones in their order, then the
// custom ones in that of the settings.
func columns(s Settings) []column {
	allowed := s.Attributes
	if allowed == nil {
		allowed = DefaultAttributes()
	}
	var all []column
	for i, a := range standards {
		if slices.Contains(allowed, a.name) {
			all = append(all, column{name: a.name, label: a.label, kind: a.kind, standard: i, unit: a.kind == "unit"})
		}
	}
	for _, name := range allowed {
		if _, ok := standardNamed(name); ok || slices.ContainsFunc(all, func(c column) bool { return c.name == name }) {
			continue
		}
		c := column{name: name, label: labelOf(name), standard: -1}
		if slices.Contains(s.Units, name) {
			c.kind, c.unit = "unit", true
		}
		all = append(all, c)
	}
	return all
}

// values are a profile's, by column.
func (f *profile) values(all []column) []string {
	values := make([]string, len(all))
	for i, c := range all {
		if c.standard >= 0 {
			values[i] = f.standard[c.standard]
			continue
		}
		values[i] = f.custom(c.name)
	}
	return values
}

// custom is the value of a custom attribute; several of one name are joined.
func (f *profile) custom(path string) string {
	var texts []string
	for _, c := range f.customs {
		if c.path == path {
			texts = append(texts, c.value)
		}
	}
	return strings.Join(texts, "; ")
}

// census counts who has a value, by attribute.
type census struct {
	standard []int
	custom   map[string]int
}

func newCensus() census {
	return census{standard: make([]int, len(standards)), custom: map[string]int{}}
}

// add counts a person. Of the custom attributes of a whole directory there are
// at most [maxCustom].
func (c census) add(f *profile) {
	for i, value := range f.standard {
		if value != "" {
			c.standard[i]++
		}
	}
	for i, found := range f.customs {
		if isManagerAttribute(found.path) || i > 0 && f.customs[i-1].path == found.path {
			continue
		}
		if _, ok := c.custom[found.path]; ok || len(c.custom) < maxCustom {
			c.custom[found.path]++
		}
	}
}

// catalogue is every attribute that somebody has or that is allowed: the allowed
// ones first.
func (c census) catalogue(all []column) []Attribute {
	var list []Attribute
	listed := map[string]bool{}
	add := func(a Attribute) {
		if !listed[a.Name] {
			listed[a.Name] = true
			list = append(list, a)
		}
	}
	for _, col := range all {
		a := Attribute{Name: col.name, Label: col.label, Allowed: true, Custom: col.standard < 0, Private: isPrivate(col.name)}
		if col.standard >= 0 {
			a.People = c.standard[col.standard]
		} else {
			a.People = c.custom[col.name]
		}
		add(a)
	}
	for i, a := range standards {
		if c.standard[i] > 0 {
			add(Attribute{Name: a.name, Label: a.label, Private: a.private, People: c.standard[i]})
		}
	}
	paths := make([]string, 0, len(c.custom))
	for path := range c.custom {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		add(Attribute{Name: path, Label: labelOf(path), Custom: true, Private: isPrivate(path), People: c.custom[path]})
	}
	return list
}

// isPrivate reports whether an attribute is a matter of private life, by what is
// known of it or by its name.
func isPrivate(name string) bool {
	if a, ok := standardNamed(name); ok {
		return a.private
	}
	return privateNames.MatchString(folded(lastOf(name)))
}
