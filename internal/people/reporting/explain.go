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

// Explain says how a person's manager was looked for. It holds all accounts
// against the person's references anew, which takes time linear in the size of
// the directory: for one person at a time. A number of nobody has no references.
func (r *Resolution) Explain(i int32) Explanation {
	out := Explanation{Link: r.Link(i)}
	if i < 0 || int(i) >= len(r.links) {
		return out
	}
	w := newWeights(&r.table)
	own := readable(&r.accounts[i])
	spelt := newTexts(len(own), 0)
	numbers := make([]int32, len(own))
	for n, reference := range own {
		numbers[n] = spelt.add([]byte(reference.Value))
	}
	x := newIndex(newValues(r.byDN, spelt), r.accounts, r.departed)
	all := make([]said, len(own))
	for n, reference := range own {
		all[n] = said{x.verdict(numbers[n], w.first(reference.Attribute)), reference.Attribute}
	}
	best := w.best(all)
	for n, reference := range own {
		s := x.statement(numbers[n], w.first(reference.Attribute), all[n])
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
