package oktatest

// Truth is what is so of a user, for tests of who makes sense of the records.
type Truth struct {
	// Blemish is what is wrong with the record.
	Blemish Blemish
	// Manager is the index of the one whom the record means, as a careful reader
	// of all records can tell: the user's own for an OwnManager, one of
	// [Tenant.Listed] or more for a DepartedManager, and -1 for nobody.
	Manager int
	// Stale is the index of whom a StaleManager's record means as well; -1
	// otherwise.
	Stale int
	// Original is the index of whose second account a Duplicate is; the user's
	// own otherwise.
	Original int
	// Department is how the department is written where it is written well; empty
	// for accounts that have none.
	Department string
	// Team is the value of teamName; empty for none.
	Team string
}

// Truth says what is so of user i, in the numbers of [Tenant.User]. Nothing is
// known of CustomUsers, nor of an i beyond the users.
func (t *Tenant) Truth(i int) Truth {
	c, generated := t.people.(company)
	if !generated || i < 0 || i >= c.total() {
		return Truth{Manager: -1, Stale: -1, Original: i}
	}
	return c.truth(i)
}

func (c company) truth(i int) Truth {
	truth := Truth{Blemish: c.blemish(i), Manager: -1, Stale: -1, Original: c.original(i)}
	if k := c.kindOf(i); k == newcomer || k == service {
		return truth
	}
	truth.Department, truth.Team = c.department(i), c.team(truth.Original)
	if boss, found := c.meant(i); found {
		truth.Manager = boss
	}
	if truth.Blemish == StaleManager {
		truth.Stale = c.stale(i)
	}
	return truth
}

// meant is whom a record means by the manager.
func (c company) meant(i int) (int, bool) {
	block, slot := c.slotOf(i)
	switch c.blemish(i) {
	case OwnManager:
		return i, true
	case CircleOfTwo:
		return c.at(block, slotCircle1+(slot-slotCircle1+1)%2), true
	case CircleOfThree:
		return c.at(block, slotCircle1+(slot-slotCircle1+1)%3), true
	case DepartedManager:
		return c.departed(i), true
	case BlankManager, PlaceholderManager, UnknownManager, AmbiguousManager, MalformedDN:
		return 0, false
	}
	return c.managerOf(c.original(i))
}

// departed is one of those who left. There are some as soon as there is anybody.
func (c company) departed(i int) int { return c.staff + i%c.left }

// stale is whom somebody reported to before: the head of another department, who
// moved.
func (c company) stale(i int) int {
	p := positionOf(i)
	return position{(p.department + 1) % len(departments), 0}.index()
}
