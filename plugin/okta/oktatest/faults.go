package oktatest

import (
	"fmt"
	"strconv"
	"sync"
)

const (
	// Endless as a fault's Last or Times means that it never ends.
	Endless = -1
	// maxFaults bounds what has to be looked through at every request.
	maxFaults = 1000
)

// Fault is something that goes wrong by order: at an endpoint, for some of its
// requests or pages, in some way. See [ParseFault] for its form as text.
//
// A request is struck by every fault that fits it. If several would answer in
// the endpoint's place, the one ordered first does.
type Fault struct {
	// Endpoint whose requests are struck.
	Endpoint Endpoint
	// ByPage counts in pages of a list, from 1, instead of in requests at the
	// endpoint since the tenant's start, from 1 and including those that
	// other faults struck.
	ByPage bool
	// First is the first request or page to be struck. Last is the last one;
	// 0 means First, and Endless means all from First on.
	First, Last int
	// Times is how many requests for each of these pages are struck: 0 means
	// one, Endless means all. It has no meaning for requests.
	Times int
	// Kind is one of [FaultKinds].
	Kind string
	// Argument of the kind, if it takes one. Empty means its default.
	Argument string
}

// Validate returns an error that says what is wrong with the fault and what
// would be right.
func (f Fault) Validate() error {
	kind, err := f.kind()
	switch {
	case err != nil:
		return err
	case f.First < 1:
		return fmt.Errorf("fault %s: requests and pages count from 1, not %d", f, f.First)
	case f.Last != 0 && f.Last != Endless && f.Last < f.First:
		return fmt.Errorf("fault %s: the last, %d, is before the first, %d", f, f.Last, f.First)
	case f.Times < Endless:
		return fmt.Errorf("fault %s: it cannot strike %d times", f, f.Times)
	case f.Times != 0 && !f.ByPage:
		return fmt.Errorf("fault %s: how often is for pages; each request comes once", f)
	case f.ByPage && !f.Endpoint.isList():
		return fmt.Errorf("fault %s: %s has no pages; say which request, as in %s:1:%s", f, f.Endpoint, f.Endpoint, f.Kind)
	}
	return kind.validate(f)
}

// Order adds faults to those that strike from now on. It returns an error for
// the first one that [Fault.Validate] refuses, and then adds none.
func (t *Tenant) Order(faults ...Fault) error {
	added := make([]*armedFault, 0, len(faults))
	for _, fault := range faults {
		if err := fault.Validate(); err != nil {
			return err
		}
		kind, err := fault.kind()
		if err != nil {
			return err
		}
		added = append(added, &armedFault{Fault: fault, kind: kind, struck: map[int]int{}})
	}
	return t.faults.add(added)
}

// faultList holds the faults in the order they were given.
type faultList struct {
	mu    sync.Mutex // guards all below
	armed []*armedFault
}

type armedFault struct {
	Fault
	kind   faultKind
	struck map[int]int // by page
}

func (l *faultList) add(faults []*armedFault) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.armed)+len(faults) > maxFaults {
		return fmt.Errorf("more than %d faults: use ranges, as in users:3-500:429", maxFaults)
	}
	l.armed = append(l.armed, faults...)
	return nil
}

// strike lays down in the exchange's plan what the faults that fit make of it.
func (l *faultList) strike(x *exchange, n int) {
	page := 0
	if x.listing != nil && x.listing.err == nil {
		page = x.listing.page
	}
	struck := false
	for _, fault := range l.fitting(x.endpoint, n, page) {
		fault.kind.lay(x, fault.argument())
		struck = true
	}
	if struck {
		x.t.stats.count(func(s *Stats) { s.Struck++ })
	}
}

func (l *faultList) fitting(endpoint Endpoint, n, page int) []*armedFault {
	l.mu.Lock()
	defer l.mu.Unlock()
	var fit []*armedFault
	for _, fault := range l.armed {
		if fault.fits(endpoint, n, page) {
			fit = append(fit, fault)
		}
	}
	return fit
}

func (f *armedFault) fits(endpoint Endpoint, n, page int) bool {
	if f.Endpoint != endpoint {
		return false
	}
	if !f.ByPage {
		return f.covers(n)
	}
	if !f.covers(page) || f.Times != Endless && f.struck[page] >= max(f.Times, 1) {
		return false
	}
	f.struck[page]++
	return true
}

func (f *armedFault) covers(n int) bool {
	return n >= f.First && (f.Last == Endless || n <= max(f.Last, f.First))
}

func (f *armedFault) argument() string {
	if f.Argument == "" {
		return f.kind.Default
	}
	return f.Argument
}

func (e Endpoint) isList() bool {
	switch e {
	case EndpointUsers, EndpointDeprovisioned, EndpointFiltered, EndpointGroups, EndpointMembers:
		return true
	}
	return false
}

// String is the fault as [ParseFault] reads it.
func (f Fault) String() string {
	text := string(f.Endpoint) + ":" + f.when() + ":" + f.Kind
	if f.Argument != "" {
		text += "=" + f.Argument
	}
	return text
}

func (f Fault) when() string {
	text := ""
	if f.ByPage {
		text = "page="
	}
	text += strconv.Itoa(f.First)
	switch {
	case f.Last == Endless:
		text += "+"
	case f.Last != 0 && f.Last != f.First:
		text += "-" + strconv.Itoa(f.Last)
	}
	switch {
	case f.Times == Endless && f.Last != Endless:
		text += "x*"
	case f.Times > 1, f.ByPage && f.Times != Endless && f.Last == Endless:
		text += "x" + strconv.Itoa(max(f.Times, 1))
	}
	return text
}
