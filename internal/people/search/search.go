package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Result is who was found.
type Result struct {
	// Total is how many people were found.
	Total int
	// Words is how many words of the text were looked for.
	Words int
	// Hits are those that the query's offset and limit choose.
	Hits []Hit
	// Groups counts all that were found by how closely they match, the closest
	// first. With BestMatch the hits are in the order of the groups. It is nil for an
	// empty text.
	Groups []Group
	// Facets has one for each field.
	Facets []Facet
}

// Hit is a person who was found.
type Hit struct {
	Person int32 // the document's index
	Match  Match
	Marks  []Mark
}

// Search finds people. The order of hits is total: match, then the weight of what
// matches, then the folded name, then the index.
func (ix *Index) Search(q Query) Result {
	s := ix.scratches.Get().(*scratch)
	defer ix.scratches.Put(s)
	offset := min(max(q.Offset, 0), MaxOffset)
	limit := min(max(q.Limit, 0), MaxLimit)
	asked, persons, r := ix.search(s, q, offset+limit)
	r.Hits = make([]Hit, 0, limit)
	for _, person := range persons[min(offset, len(persons)):] {
		hit := Hit{Person: int32(person)} //nolint:gosec // below maxDocuments
		if len(asked) > 0 {
			hit.Match = s.states[person].match(len(asked))
			hit.Marks = ix.documents[person].marks(asked)
		}
		r.Hits = append(r.Hits, hit)
	}
	s.clear()
	return r
}

// All returns everybody whom a query finds, in its order, whatever its offset and
// limit: for an export.
func (ix *Index) All(q Query) []int32 {
	s := ix.scratches.Get().(*scratch)
	defer ix.scratches.Put(s)
	_, found, _ := ix.search(s, q, len(ix.documents))
	s.clear()
	persons := make([]int32, len(found))
	for i, person := range found {
		persons[i] = int32(person) //nolint:gosec // below maxDocuments
	}
	return persons
}

// search counts what a query finds, and returns the first so many people.
func (ix *Index) search(s *scratch, q Query, most int) ([]askedWord, []uint32, Result) {
	choices := ix.choices(q.Chosen)
	if strings.TrimSpace(q.Text) == "" {
		persons, r := ix.everybody(s, q, choices, most)
		return nil, persons, r
	}
	asked := words(q.Text)
	for _, word := range asked {
		ix.look(s, word)
	}
	r := Result{Words: len(asked)}
	var groups [places]Group
	top := leastKeys{most: most, keys: s.keys[:0]}
	for _, document := range s.found {
		state := s.states[document]
		if !state.found(len(asked)) {
			continue
		}
		refusals, field := ix.refusedBy(choices, document)
		if refusals == 1 {
			ix.count(s.counts, document, field)
		}
		if refusals > 0 {
			continue
		}
		ix.countAll(s.counts, document)
		r.Total++
		m := state.match(len(asked))
		place := m.place()
		groups[place].Match = m
		groups[place].Count++
		top.add(ix.key(q.Sort, place, state, document))
	}
	for _, g := range groups {
		if g.Count > 0 {
			r.Groups = append(r.Groups, g)
		}
	}
	r.Facets = ix.listFacets(s.counts, choices, q.FacetValues)
	keys := top.sorted()
	persons := make([]uint32, len(keys))
	for i, key := range keys {
		persons[i] = ix.personAt(q.Sort, uint32(key)) //nolint:gosec // its low half
	}
	s.keys = top.keys
	return asked, persons, r
}

func (ix *Index) key(sort Sort, place int, s state, document uint32) uint64 {
	switch rank := ix.rank[document]; sort {
	case ByName:
		return uint64(rank)
	case ByNameDescending:
		return uint64(len(ix.rank)-1) - uint64(rank) //nolint:gosec // not negative
	default:
		return key(place, s, ix.nameWords[document], rank)
	}
}

// personAt is the document at a place in the order of names.
func (ix *Index) personAt(sort Sort, place uint32) uint32 {
	if sort == ByNameDescending {
		place = uint32(len(ix.byName)-1) - place //nolint:gosec // below maxDocuments
	}
	return ix.byName[place]
}

// everybody answers a query without a text.
func (ix *Index) everybody(s *scratch, q Query, choices []choice, most int) ([]uint32, Result) {
	r := Result{}
	var persons []uint32
	if len(choices) == 0 {
		r.Total = len(ix.documents)
		for place := range min(most, r.Total) {
			persons = append(persons, ix.personAt(q.Sort, uint32(place))) //nolint:gosec // below maxDocuments
		}
		counts := make([][]uint32, len(ix.facets))
		for f := range ix.facets {
			counts[f] = ix.facets[f].counts
		}
		r.Facets = ix.listFacets(counts, nil, q.FacetValues)
		return persons, r
	}
	top := leastKeys{most: most, keys: s.keys[:0]}
	for document := range uint32(len(ix.documents)) { //nolint:gosec // below maxDocuments
		switch refusals, field := ix.refusedBy(choices, document); refusals {
		case 0:
			ix.countAll(s.counts, document)
			r.Total++
			sort := q.Sort
			if sort == BestMatch {
				sort = ByName
			}
			top.add(ix.key(sort, 0, 0, document))
		case 1:
			ix.count(s.counts, document, field)
		}
	}
	for _, key := range top.sorted() {
		persons = append(persons, ix.personAt(q.Sort, uint32(key))) //nolint:gosec // its low half
	}
	s.keys = top.keys
	r.Facets = ix.listFacets(s.counts, choices, q.FacetValues)
	return persons, r
}

func (ix *Index) listFacets(counts [][]uint32, choices []choice, most int) []Facet {
	facets := make([]Facet, len(ix.facets))
	for f := range ix.facets {
		var own *choice
		if i := slices.IndexFunc(choices, func(c choice) bool { return c.field == f }); i >= 0 {
			own = &choices[i]
		}
		facets[f] = ix.facets[f].facet(counts[f], own, most)
	}
	return facets
}

// scratch is what a search works in: arrays with a place for each document and
// each facet value, which are empty between two searches.
type scratch struct {
	best    []quality // of the word that is being looked for
	touched []uint32  // the documents that have one
	states  []state
	found   []uint32 // the documents that have one
	counts  [][]uint32
	keys    []uint64
}

func (ix *Index) newScratch() *scratch {
	s := &scratch{
		best: make([]quality, len(ix.documents)), states: make([]state, len(ix.documents)),
		counts: make([][]uint32, len(ix.facets)),
	}
	for f := range ix.facets {
		s.counts[f] = make([]uint32, len(ix.facets[f].values))
	}
	return s
}

// clear empties the arrays.
func (s *scratch) clear() {
	for _, document := range s.found {
		s.states[document] = 0
	}
	s.found = s.found[:0]
	for _, counts := range s.counts {
		clear(counts)
	}
}

// look adds one word of a text to the states of the documents that it matches.
func (ix *Index) look(s *scratch, word askedWord) {
	for _, spelling := range word.spellings {
		ix.lookFor(s, word, spelling)
	}
	var adds [256]state
	for q := range adds {
		adds[q] = stateOf(quality(q), word.carries)
	}
	for _, document := range s.touched {
		if s.states[document] == 0 {
			s.found = append(s.found, document)
		}
		s.states[document] += adds[s.best[document]]
		s.best[document] = 0
	}
	s.touched = s.touched[:0]
}

func (ix *Index) lookFor(s *scratch, word askedWord, spelling string) {
	v := &ix.words
	if word.key {
		v = &ix.keys
	}
	begins := v.within(v.all(), 0, spelling)
	for low := begins.low; low < begins.high; {
		more := len(v.word(low)) - len(spelling)
		m := byBeginning
		if more == 0 {
			m = byWhole
		}
		high := low + 1
		near := nearBeginning(more)
		if m == byBeginning { // as many words at once as are equally near
			for high < begins.high && nearBeginning(len(v.word(high))-len(spelling)) == near {
				high++
			}
		} else {
			near = maxNear
		}
		s.meet(v.of(span{low, high}), m, near, word.single)
		low = high
	}
	if !word.typos {
		return
	}
	first, _ := utf8.DecodeRuneInString(spelling)
	v.typos(spelling, word.longer, func(words span, whole bool) {
		begins, _ := utf8.DecodeRuneInString(v.word(words.low))
		s.meet(v.of(words), byTypo, nearTypo(whole, begins == first), false)
	})
}

// meet notes how well the word that is being looked for matches the documents of
// postings.
func (s *scratch) meet(postings []posting, m mode, near int, single bool) {
	var qualities [classMask + 1]quality
	for c := range class(classes) {
		qualities[c] = qualityOf(m, c, near, single)
	}
	for _, p := range postings {
		q := qualities[p&classMask]
		if q == 0 {
			continue
		}
		document := uint32(p >> classBits)
		switch best := s.best[document]; {
		case best == 0:
			s.touched = append(s.touched, document)
			s.best[document] = q
		case q > best:
			s.best[document] = q
		}
	}
}
