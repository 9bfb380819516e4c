package unit

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the search for near spellings, which would otherwise compare each
// unit with each other.
const (
	// maxSpelt is how many units of a field are looked at, the largest first: a
	// directory with more has codes there, which are near each other and
	// different.
	maxSpelt = 20_000
	// maxNear is how many units may share a trace before it says nothing.
	maxNear = 32
	// minTypo is how many letters a word needs so that one may be wrong: with
	// fewer, most words are one letter from another word.
	minTypo = 5
	// maxSpellings is how many other spellings a unit lists.
	maxSpellings = 20
)

// speller finds units of one field that are probably the same.
type speller struct {
	units  []*Unit
	words  [][]string
	joined []string // the words without the blanks
	root   []int    // of a union-find
	seed   maphash.Seed
}

// nearSpellings fills in Spellings, and gives back the groups.
func nearSpellings(list []*Unit) [][]*Unit {
	s := &speller{units: list[:min(len(list), maxSpelt)], seed: maphash.MakeSeed()}
	for i, u := range s.units {
		w := fields(u.Value)
		s.words = append(s.words, w)
		s.joined = append(s.joined, join(w))
		s.root = append(s.root, i)
	}
	s.sameLetters()
	s.typos()
	s.abbreviations()
	return s.groups()
}

// join leaves out what is between words, except between two digits: 10-01 is not
// 100-1.
func join(words []string) string {
	var b strings.Builder
	digit := false
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		if digit && unicode.IsDigit(first) {
			b.WriteByte('.')
		}
		b.WriteString(w)
		last, _ := utf8.DecodeLastRuneInString(w)
		digit = unicode.IsDigit(last)
	}
	return b.String()
}

// sameLetters finds units that differ in case, accents, blanks, punctuation, and
// "&" for "and".
func (s *speller) sameLetters() {
	first := map[string]int{}
	for i, j := range s.joined {
		if j == "" {
			continue
		}
		if f, ok := first[j]; ok {
			s.unite(f, i)
			continue
		}
		first[j] = i
	}
}

// trace is what two words have in common that differ in one letter: the word
// less that letter, in its place among the other words.
type trace struct {
	hash uint64
	unit int
}

// typos finds units of which one word has a letter too many, too few, another
// one, or two exchanged. Such a unit has to be much smaller than the right one:
// "Audio" and "Audit" are departments, and "Paymnets" is one of two people.
func (s *speller) typos() {
	var traces []trace
	for i, words := range s.words {
		for w, word := range words {
			if !misspellable(word) {
				continue
			}
			traces = append(traces, trace{s.hash(words, w, word), i})
			for at, r := range word {
				if at > 0 { // the first letter is hardly ever the wrong one
					traces = append(traces, trace{s.hash(words, w, word[:at]+word[at+utf8.RuneLen(r):]), i})
				}
			}
		}
	}
	slices.SortFunc(traces, func(a, b trace) int {
		if a.hash != b.hash {
			if a.hash < b.hash {
				return -1
			}
			return 1
		}
		return a.unit - b.unit
	})
	for start := 0; start < len(traces); {
		end := start + 1
		for end < len(traces) && traces[end].hash == traces[start].hash {
			end++
		}
		s.compare(traces[start:end])
		start = end
	}
}

func (s *speller) hash(words []string, at int, word string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for i, w := range words {
		if i == at {
			w = word
		}
		_, _ = h.WriteString(w)
		_ = h.WriteByte(' ')
	}
	_ = h.WriteByte(byte(at))
	return h.Sum64()
}

func (s *speller) compare(near []trace) {
	if len(near) > maxNear {
		return
	}
	for x := range near {
		for y := x + 1; y < len(near); y++ {
			a, b := near[x].unit, near[y].unit // the larger unit first
			if a != b && len(s.units[a].People) >= 3*len(s.units[b].People) && oneTypo(s.words[a], s.words[b]) {
				s.unite(a, b)
			}
		}
	}
}

// oneTypo says that all words but one are the same, and that one is misspelt.
func oneTypo(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	differing := -1
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if differing >= 0 {
			return false
		}
		differing = i
	}
	return differing >= 0 && misspellable(a[differing]) && misspellable(b[differing]) &&
		distance(a[differing], b[differing], 1) == 1
}

func misspellable(word string) bool {
	return utf8.RuneCountInString(word) >= minTypo && !strings.ContainsFunc(word, unicode.IsDigit)
}

// abbreviations finds units some of whose words are the beginnings of another's:
// with a point, as in "Customer Serv.", or, alone and of three or four letters,
// as in "Eng". It has to be clear of which.
func (s *speller) abbreviations() {
	order := make([]int, len(s.units))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(s.joined[a], s.joined[b]) })
	byStart := map[string][]int{}
	for i, words := range s.words {
		k := starts(words)
		byStart[k] = append(byStart[k], i)
	}
	for i, u := range s.units {
		if strings.ContainsFunc(u.Value, unicode.IsDigit) {
			continue
		}
		pointed := strings.Contains(u.Value, ".")
		plain := len(s.words[i]) == 1 && len(u.Value) >= 3 && len(u.Value) <= 4
		if !pointed && !plain {
			continue
		}
		found := map[string]int{} // by letters: spellings of one unit are one
		if near := byStart[starts(s.words[i])]; len(near) <= maxNear {
			for _, j := range near {
				if s.abbreviates(i, j, pointed) {
					found[s.joined[j]] = j
				}
			}
		}
		if pointed {
			s.runTogether(i, order, found)
		}
		if len(found) == 1 {
			for _, j := range found {
				s.unite(j, i)
			}
		}
	}
}

// abbreviates says that each word of i begins the one of j in its place.
func (s *speller) abbreviates(i, j int, pointed bool) bool {
	a, b := s.words[i], s.words[j]
	if len(a) != len(b) || s.joined[i] == s.joined[j] {
		return false
	}
	for w := range a {
		if !strings.HasPrefix(b[w], a[w]) || len(a[w]) < 2 {
			return false
		}
	}
	return pointed || len(s.units[j].People) >= 3*len(s.units[i].People) && len(b[0]) >= len(a[0])+3
}

// runTogether looks for "CustomerServ.": the letters of a name up to somewhere
// in its last word.
func (s *speller) runTogether(i int, order []int, found map[string]int) {
	if !strings.HasSuffix(s.units[i].Value, ".") {
		return
	}
	at, _ := slices.BinarySearchFunc(order, s.joined[i], func(o int, j string) int { return strings.Compare(s.joined[o], j) })
	for n := 0; at < len(order) && n < maxNear && strings.HasPrefix(s.joined[order[at]], s.joined[i]); at, n = at+1, n+1 {
		j := order[at]
		if s.joined[j] == s.joined[i] || len(s.words[j]) == 0 {
			continue
		}
		last := s.words[j][len(s.words[j])-1]
		if len(s.joined[i]) >= len(s.joined[j])-len(last)+2 {
			found[s.joined[j]] = j
		}
	}
}

// starts is the first two letters of each word.
func starts(words []string) string {
	var b strings.Builder
	for _, w := range words {
		n := 0
		for _, r := range w {
			if n == 2 {
				break
			}
			b.WriteRune(r)
			n++
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func (s *speller) find(i int) int {
	for s.root[i] != i {
		s.root[i] = s.root[s.root[i]]
		i = s.root[i]
	}
	return i
}

// unite keeps the larger unit, which has the smaller number, as the root.
func (s *speller) unite(a, b int) {
	a, b = s.find(a), s.find(b)
	s.root[max(a, b)] = min(a, b)
}

func (s *speller) groups() [][]*Unit {
	byRoot := map[int][]*Unit{}
	for i := range s.units {
		r := s.find(i)
		byRoot[r] = append(byRoot[r], s.units[i])
	}
	var groups [][]*Unit
	for i := range s.units {
		g := byRoot[i]
		if len(g) < 2 {
			continue
		}
		groups = append(groups, g)
		for _, u := range g {
			for _, other := range g[:min(len(g), maxSpellings+1)] {
				if other != u && len(u.Spellings) < maxSpellings {
					u.Spellings = append(u.Spellings, other.Ref)
				}
			}
		}
	}
	return groups
}
