package quality

import (
	"fmt"
	"strings"
	"unicode"
)

// maxExample is how many characters of a value are shown in an example.
const maxExample = 60

// Example is what the record says, in short, such as `manager = “Maria Ivanova”`;
// empty where it says nothing. It holds values of the source: for administrators.
func (f Finding) Example() string {
	if len(f.Units) > 0 {
		var names []string
		for _, u := range f.Units[:min(len(f.Units), 3)] {
			names = append(names, short(u.Value))
		}
		return strings.Join(names, ", ")
	}
	var said []string
	for _, s := range f.Sources[:min(len(f.Sources), 3)] {
		if strings.TrimSpace(s.Value) == "" {
			said = append(said, short(s.Attribute)+" is empty")
			continue
		}
		said = append(said, fmt.Sprintf("%s = “%s”", short(s.Attribute), short(s.Value)))
	}
	return strings.Join(said, ", ")
}

// Fix is what helps, as a sentence without its full stop. used is the attribute
// that named the manager; empty where it does not matter.
func (f Finding) Fix(used string) string {
	if f.Kind == Conflict && used != "" {
		for _, s := range f.Sources {
			if s.Attribute != used {
				return fmt.Sprintf("Correct %s; %s was used", short(s.Attribute), short(used))
			}
		}
	}
	return f.Kind.Info().Fix
}

// short is a text of one line, without control and format characters.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.TrimSpace(s)
	n := 0
	for i := range s {
		if n == maxExample {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
