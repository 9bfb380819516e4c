package reporting

import (
	"runtime"
	"sync"
)

// Accounts are read by at most maxReaders goroutines, each of at least
// minReader accounts: it is one short burst of work on a machine that serves
// others too.
const (
	maxReaders = 4
	minReader  = 4096
)

// slotStride is the most slots of one form, rounded up.
const slotStride = 4

// place of a slot among those of its form.
var slotPlace = [slotCount]int32{
	slotID: 0, slotNumber: 1,
	slotUserName: 0, slotEmail: 1, slotPrincipal: 2, slotLocal: 3,
	slotLooseNumber: 0, slotDN: 0, slotName: 0,
}

// matches are the accounts whose keys equal a value.
type matches struct {
	// starts[n*slotStride+place] is where in people those begin whom form n finds
	// in the slot of that place; each once, in ascending order.
	starts []int32
	people []int32
}

// match holds all accounts against the values. The indices are those of numbers
// instead of the accounts' own where it isn't nil; -1 there leaves out.
func (v *values) match(accounts []Account, numbers []int32) *matches {
	readers := min(maxReaders, runtime.GOMAXPROCS(0), 1+len(accounts)/minReader)
	found := make([][]hit, readers)
	var wait sync.WaitGroup
	for reader := range readers {
		from, to := len(accounts)*reader/readers, len(accounts)*(reader+1)/readers
		wait.Go(func() { found[reader] = v.read(accounts, from, to, numbers) })
	}
	wait.Wait()
	return gather(found, int(v.count)*slotStride)
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
	at := n*slotStride + slotPlace[s]
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
	values *values
	folder *folder
	hits   []hit
	// first is where the hits of the account in hand begin.
	first int
}

// read holds accounts[from:to] against the values.
func (v *values) read(accounts []Account, from, to int, numbers []int32) []hit {
	r := reader{values: v, folder: newFolder()}
	for i := from; i < to; i++ {
		person := int32(i)
		if numbers != nil {
			person = numbers[i]
		}
		if person < 0 {
			continue
		}
		r.first = len(r.hits)
		r.account(&accounts[i], person)
	}
	return r.hits
}

func (r *reader) account(a *Account, person int32) {
	r.find(slotID, person, exact(a.ID))
	if number := exact(a.EmployeeNumber); number != "" {
		r.find(slotNumber, person, number)
		r.findFolded(slotLooseNumber, person, r.folder.loose(number))
	}
	r.login(slotUserName, a.UserName, person)
	for _, principal := range a.PrincipalNames {
		r.login(slotPrincipal, principal, person)
	}
	for _, email := range a.Emails {
		r.findFolded(slotEmail, person, r.folder.folded(email))
	}
	for _, name := range a.Names {
		r.findFolded(slotName, person, r.folder.name(name))
	}
	if a.DN != "" {
		if name, err := parseDN(exact(a.DN)); err == nil {
			r.find(slotDN, person, name.canonical(r.folder))
		}
	}
}

// login looks for a login whole and without its domain.
func (r *reader) login(s slot, login string, person int32) {
	r.findFolded(s, person, r.folder.folded(login))
	r.findFolded(slotLocal, person, r.folder.local(login))
}

func (r *reader) find(s slot, person int32, text string) {
	if n, ok := r.values.numbers[formOf[s]][text]; ok {
		r.hit(n, s, person)
	}
}

func (r *reader) findFolded(s slot, person int32, text []byte) {
	if len(text) == 0 {
		return
	}
	if n, ok := r.values.numbers[formOf[s]][string(text)]; ok {
		r.hit(n, s, person)
	}
}

// hit notes a hit once for an account.
func (r *reader) hit(n int32, s slot, person int32) {
	h := hit{at: n*slotStride + slotPlace[s], person: person}
	for _, other := range r.hits[r.first:] {
		if other == h {
			return
		}
	}
	r.hits = append(r.hits, h)
}
