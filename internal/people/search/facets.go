package search

import (
	"slices"
	"strings"
)

// Facet is one field's values in a result: those with the most people first, then
// in the order of their letters.
type Facet struct {
	Values []FacetValue
	// More is how many further values the result has.
	More int
}

// FacetValue is a value of a facet field, and how many people of the result have
// it. What is chosen in its own field does not count: it says how many there
// would be if it were chosen as well.
type FacetValue struct {
	Value  string // "": people without a value
	Count  int
	Chosen bool
}

const (
	// DefaultFacetValues is how many values of a field are listed unless a query
	// says more.
	DefaultFacetValues = 6
	// MaxFacetValues is how many are listed at most, beside those that are chosen:
	// more than a page can show, and far fewer than there are managers.
	MaxFacetValues = 500
	// MaxChosen is how many chosen values of a field count; further ones are
	// passed over.
	MaxChosen = 100
)

// facetField is a facet field. Codes number its values in the order of their
// letters; code 0 is "", no value.
type facetField struct {
	values []string
	codes  map[string]uint32
	counts []uint32 // of all documents
}

// buildFacets codes the values of all documents.
func (ix *Index) buildFacets(documents []Document, fields int) {
	ix.facets = make([]facetField, fields)
	ix.codes = make([]int32, fields*len(documents))
	lists := make([][]severalValues, fields)
	work := make([]func(), fields)
	for f := range fields {
		work[f] = func() { lists[f] = ix.buildFacet(documents, f) }
	}
	parallel(work...)
	for f, several := range lists {
		for _, s := range several {
			ix.lists = append(ix.lists, s.codes)
			ix.codes[s.document*fields+f] = int32(-len(ix.lists)) //nolint:gosec // memory ends before
		}
	}
}

// severalValues are the codes of a document that has more than one value.
type severalValues struct {
	document int
	codes    []uint32
}

func (ix *Index) buildFacet(documents []Document, f int) []severalValues {
	fields := len(ix.facets)
	field := facetField{values: []string{""}, codes: map[string]uint32{"": 0}}
	code := func(value string) uint32 {
		c, known := field.codes[value]
		if !known {
			c = uint32(len(field.values)) //nolint:gosec // memory ends before
			field.codes[value], field.values = c, append(field.values, value)
		}
		return c
	}
	var several []severalValues
	for i := range documents {
		var values []string
		if f < len(documents[i].Facets) {
			values = documents[i].Facets[f]
		}
		if len(values) == 1 {
			ix.codes[i*fields+f] = int32(code(values[0])) //nolint:gosec // memory ends before
			continue
		}
		var codes []uint32
		for _, value := range values {
			if c := code(value); c != 0 && !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
		if len(codes) > 1 {
			several = append(several, severalValues{i, codes})
		} else if len(codes) == 1 {
			ix.codes[i*fields+f] = int32(codes[0]) //nolint:gosec // memory ends before
		}
	}
	ix.sortValues(&field, f, several)
	ix.facets[f] = field
	return several
}

// sortValues gives a field's values codes in the order of their letters, and
// counts them.
func (ix *Index) sortValues(field *facetField, f int, several []severalValues) {
	type folded struct {
		value, letters string
		code           uint32
	}
	var t tokens
	all := make([]folded, len(field.values))
	for i, value := range field.values {
		t.scan(value)
		g := gathering{tokens: t}
		all[i] = folded{value, g.foldedName(), uint32(i)} //nolint:gosec // memory ends before
	}
	slices.SortFunc(all[1:], func(a, b folded) int {
		if c := strings.Compare(a.letters, b.letters); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	moved := make([]uint32, len(all))
	for i, v := range all {
		moved[v.code] = uint32(i) //nolint:gosec // memory ends before
		field.values[i], field.codes[v.value] = v.value, uint32(i)
	}
	field.counts = make([]uint32, len(all))
	for i := f; i < len(ix.codes); i += len(ix.facets) {
		ix.codes[i] = int32(moved[ix.codes[i]]) //nolint:gosec // memory ends before
		field.counts[ix.codes[i]]++
	}
	for _, s := range several {
		field.counts[0]-- // where it was left
		for i, c := range s.codes {
			s.codes[i] = moved[c]
			field.counts[moved[c]]++
		}
	}
}

// choice is what a query chose in a field, by code.
type choice struct {
	field   int
	allowed []bool
	codes   []uint32 // of the chosen values that there are
	unknown []string // those that nobody has
}

// choices reads what a query chose.
func (ix *Index) choices(chosen [][]string) []choice {
	var choices []choice
	for f := range min(len(chosen), len(ix.facets)) {
		if len(chosen[f]) == 0 {
			continue
		}
		c := choice{field: f, allowed: make([]bool, len(ix.facets[f].values))}
		for _, value := range chosen[f][:min(len(chosen[f]), MaxChosen)] {
			code, known := ix.facets[f].codes[value]
			switch {
			case known && !c.allowed[code]:
				c.allowed[code] = true
				c.codes = append(c.codes, code)
			case !known && !slices.Contains(c.unknown, value):
				c.unknown = append(c.unknown, value)
			}
		}
		choices = append(choices, c)
	}
	return choices
}

// allows reports whether a document has one of the chosen values.
func (c *choice) allows(ix *Index, document uint32) bool {
	code := ix.codes[int(document)*len(ix.facets)+c.field]
	if code >= 0 {
		return c.allowed[code]
	}
	return slices.ContainsFunc(ix.lists[-code-1], func(code uint32) bool { return c.allowed[code] })
}

// refusedBy is how many choices refuse a document, as far as one or two, and the
// field of the first.
func (ix *Index) refusedBy(choices []choice, document uint32) (refusals, field int) {
	for i := range choices {
		if !choices[i].allows(ix, document) {
			if refusals++; refusals == 2 {
				return refusals, field
			}
			field = choices[i].field
		}
	}
	return refusals, field
}

// count counts a document's values in one field.
func (ix *Index) count(counts [][]uint32, document uint32, f int) {
	ix.countCode(counts[f], ix.codes[int(document)*len(ix.facets)+f])
}

// countAll counts a document's values in all fields.
func (ix *Index) countAll(counts [][]uint32, document uint32) {
	fields := len(ix.facets)
	for f, code := range ix.codes[int(document)*fields:][:fields] {
		ix.countCode(counts[f], code)
	}
}

func (ix *Index) countCode(counts []uint32, code int32) {
	if code >= 0 {
		counts[code]++
		return
	}
	for _, code := range ix.lists[-code-1] {
		counts[code]++
	}
}

// facet lists a field's values: the most frequent, and the chosen ones.
func (field *facetField) facet(counts []uint32, c *choice, most int) Facet {
	if most <= 0 {
		most = DefaultFacetValues
	}
	// A key is a value's place: more people first, then the smaller code.
	top := leastKeys{most: min(most, MaxFacetValues)}
	present := 0
	for code, count := range counts {
		if count > 0 {
			present++
			top.add(uint64(^count)<<32 | uint64(code)) //nolint:gosec // an index
		}
	}
	keys := top.sorted()
	listed := len(keys)
	if c != nil {
		for _, code := range c.codes {
			key := uint64(^counts[code])<<32 | uint64(code)
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
				if counts[code] > 0 {
					listed++
				}
			}
		}
		slices.Sort(keys)
	}
	f := Facet{More: present - listed, Values: make([]FacetValue, 0, len(keys))}
	for _, key := range keys {
		code := uint32(key) //nolint:gosec // its low half
		f.Values = append(f.Values, FacetValue{Value: field.values[code], Count: int(counts[code]), Chosen: c != nil && c.allowed[code]})
	}
	if c != nil {
		for _, value := range c.unknown {
			f.Values = append(f.Values, FacetValue{Value: value, Chosen: true})
		}
	}
	return f
}
