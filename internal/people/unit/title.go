package unit

import (
	"slices"
	"strings"
	"unicode"
)

// claim is what a title says of its holder: to lead what is called one of keys.
// The zero value is a title that says nothing of the kind.
type claim struct {
	keys []string // see wordsKey
	// senior says that there can be few of these: a head, a director, a chief.
	// Of managers and leads there may be many in one unit.
	senior bool
	// acting says "for the time being".
	acting bool
	// company says that it is the whole company that is led.
	company bool
}

// readTitle understands a title such as "Head of Payments", "Engineering manager,
// Payments", "VP - Payments" or "Vertriebsleiter". It would rather not
// understand than take a deputy or an assistant for the head: each word has to
// have its place in one of the patterns.
func readTitle(title string) claim {
	parts := segments(title)
	var acting bool
	parts, acting = withoutActing(parts)
	for i, part := range parts {
		if isNotHead(part) {
			return claim{}
		}
		r, ok := readRole(part)
		if !ok {
			continue
		}
		c := claim{senior: r.senior, acting: acting, company: r.company && i == len(parts)-1}
		c.keys = r.keys(parts[:i], parts[i+1:])
		return c
	}
	return claim{}
}

// keys combines what a part says with the parts around it.
func (r role) keys(before, after [][]string) []string {
	rest := slices.Concat(after...)
	switch {
	case len(r.of) == 0 && len(rest) > 0: // "Director, Payments"
		return keysOf(rest)
	case len(r.of) == 0 && len(before) == 1: // "Payments - Lead"
		return keysOf(before[0])
	case len(rest) == 0: // "Head of Payments", "Payments lead"
		return keysOf(r.of, r.also...)
	case r.leading: // "Head of Sales, EMEA" leads neither all of Sales nor EMEA
		return keysOf(slices.Concat(r.of, rest))
	default: // "Engineering manager, Payments"
		return append(keysOf(slices.Concat(r.of, rest)), keysOf(rest)...)
	}
}

func keysOf(words []string, more ...string) []string {
	var keys []string
	if k := wordsKey(words); k != "" {
		keys = append(keys, k)
	}
	for _, m := range more {
		keys = append(keys, wordsKey([]string{m}))
	}
	return keys
}

// role is a part of a title that names a role.
type role struct {
	of      []string // what of, as far as the part says
	also    []string // other words for the same
	senior  bool
	company bool
	leading bool // the role comes first: "head of …"
}

// readRole understands one part: a role and what it is of, or the other way
// round.
func readRole(part []string) (role, bool) {
	start := 0
	for start < len(part) && before[part[start]] {
		start++
	}
	words := part[start:]
	if len(words) == 0 {
		return role{}, false
	}
	if r, ok := readChief(words); ok {
		return r, true
	}
	if n, senior := roleAt(words); n > 0 {
		rest := words[n:]
		// A lead engineer leads nothing.
		if n == 1 && words[0] == "lead" && len(rest) > 0 && !linking[rest[0]] {
			return role{}, false
		}
		return role{of: unlinked(rest), senior: senior, leading: true}, true
	}
	for n := range len(words) {
		if size, senior := roleAt(words[n:]); size == len(words)-n && size > 0 {
			if !senior && functional[words[n-1]] {
				return role{}, false
			}
			return role{of: words[:n], senior: senior}, true
		}
	}
	if len(words) == 1 {
		return readCompound(words[0])
	}
	return role{}, false
}

// readChief understands "Chief Financial Officer", "CFO" and who leads a company.
func readChief(words []string) (role, bool) {
	if full, ok := initialsOf[words[0]]; ok {
		words = slices.Concat(full, words[1:])
	}
	if len(words) == 1 && executives[words[0]] {
		return role{senior: true, company: true}, true
	}
	if len(words) < 2 || words[0] != "chief" {
		return role{}, false
	}
	end := slices.Index(words, "officer")
	switch {
	case words[1] == "executive" && (len(words) == 2 || end == len(words)-1):
		return role{senior: true, company: true}, true
	case words[1] == "of" && len(words) > 2 && words[2] != "staff": // "Chief of Surgery"
		return role{of: unlinked(words[1:]), senior: true, leading: true}, true
	case end < 2: // "Chief of staff", "Chief engineer"
		return role{}, false
	}
	of := words[1:end]
	r := role{of: of, senior: true}
	if len(of) == 1 {
		r.also = chiefs[of[0]]
	}
	// "Chief Technology Officer, Europe" and "Chief Risk Officer of …".
	if rest := unlinked(words[end+1:]); len(rest) > 0 {
		r.of, r.also, r.leading = slices.Concat(of, rest), nil, true
	}
	return r, true
}

// readCompound understands a role that is the end of a word: "Vertriebsleiterin",
// "Försäljningschef", "営業部長".
func readCompound(word string) (role, bool) {
	for _, s := range suffixes {
		stem, ok := strings.CutSuffix(word, s.text)
		if !ok || len(stem) < 4 {
			continue
		}
		r := role{of: []string{stem + s.keep}, senior: s.senior}
		if short, ok := strings.CutSuffix(stem, "s"); ok && s.keep == "" {
			r.also = []string{short} // the s that joins German and Swedish words
		}
		return r, true
	}
	return role{}, false
}

// roleAt is how many words at the beginning are a role.
func roleAt(words []string) (n int, senior bool) {
	if len(words) >= 2 {
		if s, ok := roles[words[0]+" "+words[1]]; ok {
			return 2, s
		}
	}
	s, ok := roles[words[0]]
	if !ok {
		return 0, false
	}
	return 1, s
}

// unlinked drops "of the department of".
func unlinked(words []string) []string {
	for len(words) > 0 && (linking[words[0]] || generic[words[0]]) {
		words = words[1:]
	}
	return words
}

// isNotHead says that a part speaks of a deputy, an assistant or the like.
func isNotHead(part []string) bool {
	for i, w := range part {
		if notHead[w] || w == "vice" && (i+1 == len(part) || part[i+1] != "president") {
			return true
		}
	}
	return false
}

// withoutActing takes out the words that say "for the time being".
func withoutActing(parts [][]string) (rest [][]string, acting bool) {
	for _, part := range parts {
		kept := slices.DeleteFunc(part, func(w string) bool { return actingWords[w] })
		acting = acting || len(kept) < len(part)
		if len(kept) > 0 {
			rest = append(rest, kept)
		}
	}
	return rest, acting
}

// segments are the words of a title, folded, by the parts that commas, dashes,
// brackets and the like make of it.
func segments(title string) [][]string {
	title = cut(title, maxFolded)
	var parts [][]string
	start := 0
	add := func(end int) {
		if w := strings.Fields(Fold(title[start:end])); len(w) > 0 {
			parts = append(parts, w)
		}
	}
	blank := true // what comes before is a blank
	for i, r := range title {
		size := len(string(r))
		if strings.ContainsRune(",;/|()[]:–—•@\n", r) || r == '-' && (blank || i+size < len(title) && title[i+size] == ' ') {
			add(i)
			start = i + size
		}
		blank = unicode.IsSpace(r)
	}
	add(len(title))
	return parts
}

// wordsKey is what a unit and a title about it have in common: the words that
// tell it from others, sorted.
func wordsKey(words []string) string {
	kept := make([]string, 0, len(words)+1)
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case generic[w] || joining[w]:
		case w == "r" && i+2 < len(words) && words[i+1] == "and" && words[i+2] == "d":
			kept = append(kept, "development", "research")
			i += 2
		case longForm[w] != nil:
			kept = append(kept, longForm[w]...)
		default:
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		kept = slices.Clone(words)
	}
	slices.Sort(kept)
	return strings.Join(kept, " ")
}
