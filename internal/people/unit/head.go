package unit

import "slices"

// Basis is what a head is known by.
type Basis string

// The bases.
const (
	Explicit          Basis = "explicit"            // an administrator named the head
	Structure         Basis = "structure"           // whom the members report to
	Title             Basis = "title"               // what a job title says
	StructureAndTitle Basis = "structure_and_title" // both, of the same people
)

// Head is who leads a unit, and how one knows.
type Head struct {
	Class Class
	// Basis is empty for a disagreement and where nobody is known.
	Basis Basis
	// People are who leads the unit: several lead it jointly. In a disagreement
	// they are both sides. Empty where nobody is known.
	People []int32
	// Structural and Titled are whom each kind of evidence names.
	Structural, Titled []int32
	// Outside says that nobody of People is a member.
	Outside bool
	// Acting says that the title speaks of the time being.
	Acting bool
	// Inactive is somebody to whom the members report and who is not active: a
	// head who left or is on leave. -1 for nobody.
	Inactive int32

	// Members counts the active members apart from People, WithManager those of
	// them with a manager on file, and Covered those who report to one of People,
	// directly or not: "leads 14 of 15". In a disagreement Covered is of
	// Structural.
	Members, WithManager, Covered int
	// NoManager are the active members apart from People with no manager on file.
	NoManager []int32
}

// Bounds of the rule.
const (
	// maxJoint is how many can lead a unit jointly. More tops than this are a
	// unit without a head of its own, such as a cost centre across the company.
	maxJoint = 5
	// maxClimb is how many levels above the unit somebody leads it from outside.
	// A common manager higher up leads the company, not the unit.
	maxClimb = 3
	// maxClaims is how many titles are weighed for one name of a unit. A title
	// that more people have names no head.
	maxClaims = 1_000
)

// leadership is what heads are found from.
type leadership struct {
	members []Member
	t       *tour
	claims  map[string][]claimant // by key of a unit's words
	company []claimant            // those whose title is to lead a company
}

// claimant is somebody whose title is to lead something.
type claimant struct {
	person         int32
	senior, acting bool
}

// newLeadership reads the titles, as far as they speak of units that exist.
func newLeadership(members []Member, t *tour, units []*Unit) *leadership {
	l := &leadership{members: members, t: t, claims: map[string][]claimant{}}
	for _, u := range units {
		u.key = wordsKey(fields(u.Value))
		l.claims[u.key] = nil
	}
	read := map[string]claim{} // a directory has far fewer titles than people
	for i := range members {
		m := &members[i]
		if !m.Active || m.Title == "" {
			continue
		}
		c, ok := read[m.Title]
		if !ok {
			c = readTitle(m.Title)
			read[m.Title] = c
		}
		who := claimant{int32(i), c.senior, c.acting}
		if c.company && len(l.company) < maxClaims {
			l.company = append(l.company, who)
		}
		for _, key := range c.keys {
			if found, ok := l.claims[key]; ok && len(found) <= maxClaims {
				l.claims[key] = append(found, who)
			}
		}
	}
	return l
}

// head weighs the evidence about one unit. named is whom an administrator named,
// or -1.
func (l *leadership) head(u *Unit, named int32) Head {
	s := l.structure(u)
	titled, acting := l.titled(u)
	h := Head{Structural: s.heads, Titled: titled, Inactive: s.inactive}
	if named >= 0 && int(named) < len(l.members) && l.members[named].Active {
		h.Class, h.Basis, h.People = Certain, Explicit, []int32{named}
	} else {
		l.weigh(u, &h, s, acting)
	}
	l.cover(u, &h)
	return h
}

// weigh is rule 5: both kinds of evidence, one, or neither.
func (l *leadership) weigh(u *Unit, h *Head, s structure, acting bool) {
	// The common manager of several tops, or of one person, is weak evidence:
	// a title can stand beside it.
	if len(s.heads) > 1 && len(h.Titled) == 1 && h.Titled[0] == s.above {
		h.Structural = []int32{s.above}
	}
	if len(u.People) == 1 && len(h.Titled) == 1 && h.Titled[0] == u.People[0] {
		h.Structural = nil
	}
	switch {
	case len(h.Structural) == 0 && len(h.Titled) == 0:
		h.Class = Unknown
	case len(h.Titled) == 0:
		h.Class, h.Basis, h.People = Likely, Structure, h.Structural
	case len(h.Structural) == 0:
		h.Class, h.Basis, h.People, h.Acting = Likely, Title, h.Titled, acting
	case same(h.Structural, h.Titled):
		h.Class, h.Basis, h.People, h.Acting = Likely, StructureAndTitle, h.Titled, acting
		if len(h.People) == 1 && !acting && s.share >= certainShare {
			h.Class = Certain
		}
	case within(h.Structural, h.Titled), within(h.Titled, h.Structural):
		// One kind sees a part of what the other sees: titles tell co-heads from
		// those who merely have a team.
		h.Class, h.Basis, h.People, h.Acting = Likely, Title, h.Titled, acting
	default:
		h.Class = Disagreement
		h.People = append(append([]int32{}, h.Structural...), minus(h.Titled, h.Structural)...)
	}
}

// cover counts how much of the unit the answer covers.
func (l *leadership) cover(u *Unit, h *Head) {
	leads := h.People
	if h.Class == Disagreement {
		leads = h.Structural
	}
	h.Outside = len(h.People) > 0
	for _, p := range u.People {
		if contains(h.People, p) {
			h.Outside = false
			continue
		}
		h.Members++
		if l.t.parent[p] < 0 {
			h.NoManager = append(h.NoManager, p)
			continue
		}
		h.WithManager++
		for _, head := range leads {
			if l.t.above(head, p) {
				h.Covered++
				break
			}
		}
	}
}

// titled is whom titles name, and whether for the time being only.
func (l *leadership) titled(u *Unit) (people []int32, acting bool) {
	claims := l.claims[u.key]
	if u.Field == "organization" && len(l.company) <= maxClaims {
		claims = append(slices.Clip(claims), l.company...)
	}
	if len(claims) > maxClaims {
		return nil, false
	}
	claims = l.concerned(u, claims)
	senior := false
	for _, c := range claims {
		senior = senior || c.senior
	}
	var top []claimant
	for _, c := range claims {
		if c.senior == senior && !containsClaimant(top, c.person) {
			top = append(top, c)
		}
	}
	if one, ok := l.highest(top); ok {
		return []int32{one.person}, one.acting
	}
	// "Sales manager" is what several people of Sales are, not who leads them.
	if !senior || len(top) > maxJoint {
		return nil, false
	}
	for _, c := range top {
		people = append(people, c.person)
		acting = acting || c.acting
	}
	return people, acting
}

// concerned are the claimants of the unit's name who have to do with the unit:
// members, and those above half of it. Failing these, the only one anywhere.
func (l *leadership) concerned(u *Unit, claims []claimant) []claimant {
	if len(claims) == 0 {
		return nil
	}
	var near []claimant
	for _, c := range claims {
		if l.member(u, c.person) || 2*l.below(u, c.person) >= max(1, len(u.People)) {
			near = append(near, c)
		}
	}
	if len(near) == 0 && len(claims) == 1 {
		return claims
	}
	return near
}

// highest is the one claimant to whom all others report.
func (l *leadership) highest(claims []claimant) (claimant, bool) {
	if len(claims) == 0 {
		return claimant{}, false
	}
	top := claims[0]
	for _, c := range claims[1:] {
		if l.t.enter[c.person] < l.t.enter[top.person] {
			top = c
		}
	}
	for _, c := range claims {
		if c.person != top.person && !l.t.above(top.person, c.person) {
			return claimant{}, false
		}
	}
	return top, true
}

func containsClaimant(list []claimant, person int32) bool {
	for _, c := range list {
		if c.person == person {
			return true
		}
	}
	return false
}
