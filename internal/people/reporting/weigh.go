package reporting

// said is what a reference of a person says.
type said struct {
	verdict
	attribute string
}

// weights are how references are weighed.
type weights struct {
	// attribute and key are the primary pair; key is none without one.
	attribute string
	key       int
	pinned    bool
}

func newWeights(t *Table) weights {
	if t.Primary == nil {
		return weights{key: none}
	}
	return weights{attribute: t.Primary.Attribute, key: place(t.Primary.Key), pinned: t.Pinned}
}

// first is the key that is tried first for values of an attribute.
func (w weights) first(attribute string) int {
	if attribute == w.attribute {
		return w.key
	}
	return none
}

// primary reports whether somebody was found by the primary pair.
func (w weights) primary(s said) bool {
	return w.key != none && int(s.key) == w.key && s.attribute == w.attribute
}

// link weighs what all references of a person say.
func (w weights) link(person int32, all []said) link {
	best := w.best(all)
	if best < 0 || all[best].code == codeBlank {
		return link{manager: -1, reference: -1, code: codeBlank, key: none}
	}
	s := all[best]
	out := link{
		manager: -1, reference: int32(best), candidates: int32(len(s.people)),
		code: s.code, key: s.key, normalised: s.normalised,
	}
	if s.code != codeResolved {
		return out
	}
	out.candidates = named(all)
	switch {
	case s.people[0] == person:
		out.code = codeSelf
	case out.candidates > 1:
		out.manager, out.code = s.people[0], codeConflict
	default:
		out.manager = s.people[0]
	}
	return out
}

// best is the place of what decides, -1 for nothing: the first of what weighs
// most, or what the primary pair says where that is the same person.
func (w weights) best(all []said) int {
	best := -1
	for n := range all {
		if best < 0 || w.beats(all[n], all[best]) {
			best = n
		}
	}
	if best < 0 || all[best].code != codeResolved {
		return best
	}
	for n, s := range all {
		if s.code == codeResolved && s.people[0] == all[best].people[0] && w.primary(s) {
			return n
		}
	}
	return best
}

// beats reports whether a weighs more than b.
func (w weights) beats(a, b said) bool {
	if a.code != b.code {
		// The codes are in this order: one person, several, and then what says most
		// about why it is nobody.
		return a.code < b.code
	}
	if a.code != codeResolved && a.code != codeAmbiguous {
		return false
	}
	if w.pinned && w.primary(a) != w.primary(b) {
		return w.primary(a)
	}
	return a.key < b.key
}

// named counts the people each of whom some reference names alone.
func named(all []said) int32 {
	count := int32(0)
	for n, s := range all {
		if s.code == codeResolved && !isNamed(all[:n], s.people[0]) {
			count++
		}
	}
	return count
}

func isNamed(all []said, person int32) bool {
	for _, s := range all {
		if s.code == codeResolved && s.people[0] == person {
			return true
		}
	}
	return false
}
