package reporting

import (
	"bytes"
	"runtime"
	"slices"
	"sync"
)

// Work is done by at most maxParts goroutines, each on at least minPart things: it
// is one short burst on a machine that serves others too.
const (
	maxParts = 4
	minPart  = 4096
)

// inParts does work on things 0 to n-1, some after the other and some at the same
// time, and returns what each part gave, in order.
func inParts[T any](n int, work func(from, to int) T) []T {
	out := make([]T, min(maxParts, runtime.GOMAXPROCS(0), 1+n/minPart))
	var wait sync.WaitGroup
	for part := range out {
		from, to := n*part/len(out), n*(part+1)/len(out)
		wait.Go(func() { out[part] = work(from, to) })
	}
	wait.Wait()
	return out
}

// matches are the accounts whose keys equal a value.
type matches struct {
	// starts[n*slotCount+slot] is where in people those begin whom form n finds in
	// the slot; each once, in ascending order.
	starts []int32
	people []int32
}

// match holds all accounts against the values. The people found are numbers
// instead of the accounts' own where these are not nil; -1 there leaves out.
func (v *values) match(accounts []Account, numbers []int32) *matches {
	found := inParts(len(accounts), func(from, to int) []hit { return v.read(accounts, from, to, numbers) })
	return gather(found, v.forms.count()*int(slotCount))
}

// hit says that a person is found at a place of matches.starts.
type hit struct{ at, person int32 }

// gather sorts hits by place, keeping the order of people (a counting sort).
func gather(found [][]hit, places int) *matches {
	starts := make([]int32, places+1)
	total := 0
	for _, hits := range found {
		for _, h := range hits {
			starts[h.at]++
		}
		total += len(hits)
	}
	sum := int32(0)
	for at, n := range starts {
		starts[at] = sum
		sum += n
	}
	people := make([]int32, total)
	for _, hits := range found {
		for _, h := range hits {
			people[starts[h.at]] = h.person
			starts[h.at]++
		}
	}
	// Now each is where the next one began.
	copy(starts[1:], starts)
	starts[0] = 0
	return &matches{starts: starts, people: people}
}

// in is who is found by a value in a slot.
func (m *matches) in(v *value, s slot) []int32 {
	n := v.forms[formOf[s]]
	if n < 0 {
		return nil
	}
	at := n*int32(slotCount) + int32(s)
	return m.people[m.starts[at]:m.starts[at+1]]
}

// by is who is found by a value under a key, and whether only in a weaker
// reading of it.
func (m *matches) by(v *value, key int) (people []int32, normalised bool) {
	for i, s := range slotsOf[key] {
		if people := m.in(v, s); len(people) > 0 {
			return people, i > 0
		}
	}
	return nil, false
}

// reader holds accounts against values.
type reader struct {
	*folder
	values *values
	hits   []hit
	// first is where the hits of the account in hand begin, person who it is.
	first  int
	person int32
}

// read holds accounts[from:to] against the values.
func (v *values) read(accounts []Account, from, to int, numbers []int32) []hit {
	r := reader{folder: newFolder(), values: v, hits: make([]hit, 0, to-from)}
	for i := from; i < to; i++ {
		r.person = int32(i)
		if numbers != nil {
			r.person = numbers[i]
		}
		if r.person >= 0 {
			r.first = len(r.hits)
			r.account(&accounts[i])
		}
	}
	return r.hits
}

func (r *reader) account(a *Account) {
	r.find(slotID, r.exact(a.ID))
	if a.EmployeeNumber != "" {
		r.find(slotNumber, r.exact(a.EmployeeNumber))
		r.find(slotLooseNumber, r.loose(a.EmployeeNumber))
	}
	r.login(slotUserName, a.UserName)
	for _, principal := range a.PrincipalNames {
		r.login(slotPrincipal, principal)
	}
	for _, email := range a.Emails {
		r.find(slotEmail, r.folded(email))
	}
	for _, name := range a.Names {
		r.find(slotName, r.name(name))
	}
	if a.DN == "" || !r.values.has[formDN] {
		return
	}
	if name, err := parseDN(a.DN, r.parts); err == nil {
		r.parts = name
		r.find(slotDN, r.distinguished(name))
	}
}

// login looks for a login whole, and for what stands before its "@".
func (r *reader) login(s slot, login string) {
	text := r.folded(login)
	r.find(s, text)
	if at := bytes.IndexByte(text, '@'); at > 0 {
		r.find(slotLocal, text[:at])
	}
}

// find notes a hit where a value equals a text of the account, once.
func (r *reader) find(s slot, text []byte) {
	if len(text) == 0 {
		return
	}
	n := r.values.forms.find(text)
	if n < 0 {
		return
	}
	h := hit{at: n*int32(slotCount) + int32(s), person: r.person}
	if !slices.Contains(r.hits[r.first:], h) {
		r.hits = append(r.hits, h)
	}
}
