package reporting

// references are everybody's references, by number.
type references struct {
	values     *values
	attributes []string
	// starts[i] is where in all those of account i begin; its last element is
	// their number.
	starts []int32
	all    []reference
}

type reference struct{ attribute, value int32 }

// maxReferences bounds how many references of one account are read. A record has
// a handful; thousands of values in one attribute are no managers, and weighing
// each against each other takes time.
const maxReferences = 64

// readable are the references of an account that are read.
func readable(a *Account) []Reference { return a.References[:min(len(a.References), maxReferences)] }

// collect reads everybody's references.
func collect(accounts []Account, byDN bool) *references {
	total, length := 0, 0
	for i := range accounts {
		for _, r := range readable(&accounts[i]) {
			total, length = total+1, length+len(r.Value)
		}
	}
	// Several people share a manager: a table that grows once or twice costs less
	// than one of a size that is seldom needed.
	spelt := newTexts(total/4, length)
	refs := &references{starts: make([]int32, 1, len(accounts)+1), all: make([]reference, 0, total)}
	numbers := map[string]int32{}
	var text []byte
	for i := range accounts {
		for _, r := range readable(&accounts[i]) {
			attribute, ok := numbers[r.Attribute]
			if !ok {
				attribute = int32(len(numbers))
				numbers[r.Attribute] = attribute
				refs.attributes = append(refs.attributes, r.Attribute)
			}
			text = append(text[:0], r.Value...)
			refs.all = append(refs.all, reference{attribute: attribute, value: spelt.add(text)})
		}
		refs.starts = append(refs.starts, int32(len(refs.all)))
	}
	refs.values = newValues(byDN, spelt)
	return refs
}

// of are the references of an account.
func (refs *references) of(i int) []reference { return refs.all[refs.starts[i]:refs.starts[i+1]] }

// tally counts how the values match.
func (refs *references) tally(x *index) *tally {
	t := newTally(refs.attributes)
	found := x.counts()
	seen := make([]bitmap, len(refs.attributes))
	for a := range seen {
		seen[a] = newBitmap(len(refs.values.all))
	}
	for i := range len(refs.starts) - 1 {
		own, filled := refs.of(i), false
		for n, r := range own {
			if kind := refs.values.all[r.value].kind; kind == codeBlank || kind == codePlaceholder {
				continue
			}
			filled = true
			if seen[r.attribute].add(r.value) {
				t.distinct[r.attribute]++
			}
			// Of an attribute with several values the first one counts.
			if !repeated(own[:n], r.attribute) {
				t.count(r.attribute, &found[r.value])
			}
		}
		if filled {
			t.people++
		}
	}
	return t
}

func repeated(earlier []reference, attribute int32) bool {
	for _, r := range earlier {
		if r.attribute == attribute {
			return true
		}
	}
	return false
}

// counts say of each value how many people it is by each key: 0, 1, or 2 for
// several.
func (x *index) counts() [][len(keys)]uint8 {
	counts := make([][len(keys)]uint8, len(x.values.all))
	for n := range counts {
		for key := range keys {
			people, _ := x.current.by(&x.values.all[n], key)
			counts[n][key] = uint8(min(len(people), 2))
		}
	}
	return counts
}

func (t *tally) count(attribute int32, found *[len(keys)]uint8) {
	t.filled[attribute]++
	for key, n := range found {
		switch n {
		case 1:
			t.cells[attribute][key].One++
		case 2:
			t.cells[attribute][key].Several++
		}
	}
}

// decide finds everybody's link by their own references. Number is a person's
// number in the directory, by place.
func (refs *references) decide(x *index, w weights, number func(i int) int32) []link {
	links := make([]link, len(refs.starts)-1)
	cache := newVerdicts(x)
	var all []said
	for i := range links {
		all = all[:0]
		for _, r := range refs.of(i) {
			attribute := refs.attributes[r.attribute]
			all = append(all, said{cache.of(r.value, w.first(attribute)), attribute})
		}
		links[i] = w.link(number(i), all)
	}
	return links
}

// verdicts keep what values say, for many people say the same.
type verdicts struct {
	index *index
	// plain are those with no key tried first, primary those with the primary
	// pair's.
	plain, primary []verdict
}

// unknown is the code of a verdict that is not made yet.
const unknown = 0xff

func newVerdicts(x *index) *verdicts {
	v := &verdicts{index: x, plain: make([]verdict, len(x.values.all)), primary: make([]verdict, len(x.values.all))}
	for n := range v.plain {
		v.plain[n].code, v.primary[n].code = unknown, unknown
	}
	return v
}

// of is what a value says, with a key tried first or none.
func (v *verdicts) of(value int32, first int) verdict {
	made := &v.plain[value]
	if first != none {
		made = &v.primary[value]
	}
	if made.code == unknown {
		*made = v.index.verdict(value, first)
	}
	return *made
}

// bitmap is a set of small numbers.
type bitmap []uint64

func newBitmap(size int) bitmap { return make(bitmap, (size+63)/64) }

// add puts a number in, and reports whether it was not.
func (b bitmap) add(n int32) bool {
	word, bit := &b[n/64], uint64(1)<<(n%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}
