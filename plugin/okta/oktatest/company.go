package oktatest

import "slices"

// directory is whom the tenant serves. Indices below listed() are the plain
// list, those from there to total() the DEPROVISIONED.
type directory interface {
	listed() int
	total() int
	id(i int) string
	status(i int) string
	lastUpdated(i int) string
	find(id string) (i int, found bool)
	department(i int) string
	appendUser(dst []byte, i int, f form) []byte
}

// company is the generated directory. Everything about user i follows from the
// seed and i, so that nobody has to be held.
//
// User 0 is the chief executive. Everybody else belongs to a department by their
// index: positions repeat a pattern of departmentPattern, so that departments
// keep their proportions at any size. Within a department people are numbered
// by rank, and each reports to the one of rank (rank-1)/span: a tree in which
// managers have smaller indices than their reports.
type company struct {
	seed   uint64
	origin string
	staff  int  // in the plain list
	left   int  // DEPROVISIONED
	untidy bool // as of [Settings.Untidy]
}

const (
	// span is how many people report to a manager.
	span = 8
	// leaversPercent is how many DEPROVISIONED users come on top.
	leaversPercent = 5
)

// kind is what sort of user somebody is.
type kind int

const (
	employee   kind = iota
	contractor      // of another company, with a manager here
	newcomer        // an account with nothing but the required attributes
	service         // an account of a program, nobody's report
)

var _ directory = company{}

func newCompany(seed uint64, users int, origin string) company {
	return company{seed: seed, origin: origin, staff: users, left: (users*leaversPercent + 99) / 100}
}

func (c company) listed() int { return c.staff }

func (c company) total() int { return c.staff + c.left }

func (c company) id(i int) string { return string(appendID(nil, "00u", c.seed, uint64(i))) }

func (c company) find(id string) (int, bool) {
	n, ok := parseID(id, "00u", c.seed)
	if !ok || n >= uint64(c.total()) {
		return 0, false
	}
	return int(n), true
}

func (c company) department(i int) string {
	if i == 0 {
		return executive.name
	}
	return departments[positionOf(c.original(i)).department].name
}

// position is a place in the org tree.
type position struct{ department, rank int }

func positionOf(i int) position {
	slot, round := (i-1)%len(departmentPattern), (i-1)/len(departmentPattern)
	d := departmentPattern[slot]
	places := departmentSlots[d]
	return position{d, round*len(places) + slices.Index(places, slot)}
}

func (p position) index() int {
	places := departmentSlots[p.department]
	return p.rank/len(places)*len(departmentPattern) + places[p.rank%len(places)] + 1
}

// level is how many managers of the department are above.
func (p position) level() int {
	level := 0
	for rank := p.rank; rank > 0; rank = (rank - 1) / span {
		level++
	}
	return level
}

// managerOf returns the index of whom i reports to; false for the chief
// executive and for those who report to nobody.
func (c company) managerOf(i int) (int, bool) {
	if k := c.kindOf(i); i == 0 || k == service || k == newcomer {
		return 0, false
	}
	p := positionOf(i)
	if p.rank == 0 {
		return 0, true
	}
	// Far enough in front never to be among those who left.
	p.rank = (p.rank - 1) / span
	if c.untidy {
		p = c.overloaded(i, p)
	}
	return p.index(), true
}

// hasReports tells whether somebody has a place under i, be it one who left.
func (c company) hasReports(i int) bool {
	if i == 0 {
		return true
	}
	p := positionOf(i)
	p.rank = p.rank*span + 1
	return p.index() < c.total()
}

func (c company) kindOf(i int) kind {
	if i == 0 || c.hasReports(i) {
		return employee
	}
	draw := c.draw(i, drawKind)
	percent := draw.below(100)
	switch {
	case percent < 13:
		return contractor
	case i >= c.staff: // those who left had been somebody
		return employee
	case percent < 16:
		return newcomer
	case percent < 18:
		return service
	}
	return employee
}

const statusDeprovisioned = "DEPROVISIONED"

func (c company) status(i int) string {
	if i >= c.staff {
		return statusDeprovisioned
	}
	draw := c.draw(i, drawStatus)
	percent := draw.below(100)
	switch k := c.kindOf(i); {
	case i == 0, k == service, c.untidy && c.isTop(i):
		return "ACTIVE"
	case k == newcomer && percent < 70:
		return "STAGED"
	case k == newcomer:
		return "PROVISIONED"
	}
	switch {
	case percent < 90:
		return "ACTIVE"
	case percent < 92:
		return "PROVISIONED"
	case percent < 94:
		return "PASSWORD_EXPIRED"
	case percent < 96:
		return "LOCKED_OUT"
	case percent < 98:
		return "RECOVERY"
	}
	return "SUSPENDED"
}
