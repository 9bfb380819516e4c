package reporting

import "slices"

// Explanation is how one person's manager was looked for, with the values of the
// source: it is for administrators.
type Explanation struct {
	// Link is the result.
	Link Link
	// References are what each reference says, in the record's order.
	References []Statement
}

// Statement is what one reference of a person says.
type Statement struct {
	Reference
	// Outcome is the reference's part in the result.
	Outcome Outcome
	// Reason is what it says by itself: [Resolved] for exactly one person,
	// [Ambiguous] for several, or why it is nobody.
	Reason Reason
	// Key is what the value matched, empty for nothing; Normalised as in [Link].
	Key        Key
	Normalised bool
	// Candidates are whom the value matched under Key, in ascending order; one for
	// [Resolved].
	Candidates []int32
	// SameDepartment are those of several candidates who are in the person's
	// department: a hint, which decides nothing.
	SameDepartment []int32
	// Departed are who left and was matched where no account was: numbers of the
	// departed that [Resolve] was given.
	Departed []int32
	// Tries are what each key made of the value, those that matched somebody, the
	// strongest first.
	Tries []Try
	// Problem says what is wrong with a distinguished name that can't be read,
	// without quoting it; empty otherwise.
	Problem string
}

// Try is what one key made of a value.
type Try struct {
	Key        Key
	Normalised bool
	Candidates []int32
}

// Outcome is a reference's part in a result.
type Outcome string

// The outcomes.
const (
	Decided    Outcome = "decided"     // it gave the result
	Agrees     Outcome = "agrees"      // it names the same person as the one that decided
	Outweighed Outcome = "outweighed"  // it names somebody else, or several, by a weaker key
	NotNeeded  Outcome = "not_needed"  // it is several people's, and another one names one
	SaysNobody Outcome = "says_nobody" // it names nobody
)

// Explain says how a person's manager was looked for. It is [Resolution.ExplainAll]
// of one person.
func (r *Resolution) Explain(i int32) Explanation { return r.ExplainAll([]int32{i})[0] }

// ExplainAll says how some people's managers were looked for, in their order. It
// holds all accounts against their references anew, which takes time linear in
// the size of the directory, however many they are: for a page of people, or for
// those of an export. A number of nobody has no references.
func (r *Resolution) ExplainAll(people []int32) []Explanation {
	w := newWeights(&r.table)
	spelt := newTexts(len(people), 0)
	numbers := make([][]int32, len(people))
	for p, i := range people {
		for _, reference := range r.References(i) {
			numbers[p] = append(numbers[p], spelt.add([]byte(reference.Value)))
		}
	}
	out := make([]Explanation, len(people))
	var x *index
	if len(spelt.ends) > 0 {
		x = newIndex(newValues(r.byDN, spelt), r.accounts, r.departed)
	}
	for p, i := range people {
		out[p] = r.explain(i, numbers[p], x, w)
	}
	return out
}

// explain says it of one person, whose references have those values.
func (r *Resolution) explain(i int32, values []int32, x *index, w weights) Explanation {
	out := Explanation{Link: r.Link(i)}
	own := r.References(i)
	all := make([]said, len(own))
	for n, reference := range own {
		all[n] = said{x.verdict(values[n], w.first(reference.Attribute)), reference.Attribute}
	}
	best := w.best(all)
	for n, reference := range own {
		s := x.statement(values[n], w.first(reference.Attribute), all[n])
		s.Reference = reference
		s.Problem = problem(reference.Value, all[n].code)
		s.Outcome = outcome(all, n, best)
		s.SameDepartment = r.sameDepartment(i, s.Candidates)
		out.References = append(out.References, s)
	}
	return out
}

// statement says what a verdict is made of.
func (x *index) statement(n int32, first int, s said) Statement {
	v := &x.values.all[n]
	out := Statement{Reason: reasons[s.code], Normalised: s.normalised, Candidates: slices.Clone(s.people)}
	if s.key >= 0 {
		out.Key = keys[s.key]
	}
	if s.code == codeBlank || s.code == codePlaceholder {
		return out
	}
	for key := range keys {
		if people, normalised := x.current.by(v, key); len(people) > 0 {
			out.Tries = append(out.Tries, Try{Key: keys[key], Normalised: normalised, Candidates: slices.Clone(people)})
		}
	}
	if len(out.Tries) == 0 && x.departed != nil {
		left := slices.Clone(x.departed.search(v, first).people)
		slices.Sort(left)
		out.Departed = slices.Compact(left)
	}
	return out
}

// problem is what is wrong with a distinguished name.
func problem(value string, code uint8) string {
	if code != codeMalformedDN {
		return ""
	}
	if _, err := parseDN(exact(value), nil); err != nil {
		return err.Error()
	}
	return ""
}

// outcome is the part of one of a person's references.
func outcome(all []said, n, best int) Outcome {
	s := all[n]
	switch {
	case n == best:
		return Decided
	case s.code == codeAmbiguous && all[best].code == codeResolved:
		return NotNeeded
	case s.code == codeAmbiguous:
		return Outweighed
	case s.code != codeResolved:
		return SaysNobody
	case s.people[0] == all[best].people[0]:
		return Agrees
	default:
		return Outweighed
	}
}

// sameDepartment are those of several candidates in a person's department.
func (r *Resolution) sameDepartment(person int32, candidates []int32) []int32 {
	department := exact(r.accounts[person].Department)
	if len(candidates) < 2 || department == "" {
		return nil
	}
	var same []int32
	for _, c := range candidates {
		if exact(r.accounts[c].Department) == department {
			same = append(same, c)
		}
	}
	return same
}
