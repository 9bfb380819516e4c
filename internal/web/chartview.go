package web

import (
	"slices"

	"patchbay.example/internal/people"
)

const (
	// maxItems is how many people, groups and cards a browser holds of a chart.
	maxItems = 300
	// maxGroups is how many departments a card lists.
	maxGroups = 30
	// maxCard is how many items a card is: itself, people or departments, and two
	// that lead on.
	maxCard = 1 + maxGroups + 2
)

// chartView turns branches into what the template shows, within [maxItems].
type chartView struct {
	snap    *people.Snapshot
	address chartAddress
	line    map[string]bool // ids from the root down to the person in view
	self    string
	usual   map[string]bool // ids of branches that are open unless somebody closes them
	lists   map[string]*people.Branch
	rows    map[string]int // of the cards on the line, how many departments are listed
	items   int
	counts  chartCounts
}

// chartCounts is what the page says of what it shows.
type chartCounts struct{ Visible, InGroups, Groups int }

// chartPerson is a person in the chart.
type chartPerson struct {
	*people.Branch
	Around  string // address of the chart around the person
	Usual   bool
	Below   *chartBelow // nil: closed
	Toggle  string      // address of the page with the branch closed or opened
	Fetch   string      // address of the branch alone
	HasJack bool
}

// chartBelow is what is below a person.
type chartBelow struct {
	Class  string // carries the bright cable
	People []*chartPerson
	Card   *chartCard
}

// chartCard is a team in one card: by department, or as a list in pages.
type chartCard struct {
	Of     people.Card
	Total  int // of the team, or of the department
	Groups []chartGroup
	// MoreGroups counts departments, and MorePeople people of them, that are not
	// listed.
	MoreGroups, MorePeople int
	Reports                []*people.Branch
	Listed                 bool // the card is a list
	Group                  string
	Grouped                bool // of one department
	Offset                 int
	// Other is the card's other way to show the team.
	Other, Back, Next chartLink
	Address           chartAddress
}

// Until is the place of the first of the next page, counted from one.
func (c *chartCard) Until() int { return c.Offset + len(c.Reports) + 1 }

// chartLink is a link that a script follows without leaving the page.
type chartLink struct{ Page, Fetch string }

// chartGroup is a department in a card.
type chartGroup struct {
	people.Count
	chartLink
	Width int // of 100
}

func newChartView(snap *people.Snapshot, address chartAddress, line []people.Card) *chartView {
	v := &chartView{snap: snap, address: address, line: map[string]bool{}, usual: map[string]bool{}, lists: map[string]*people.Branch{}, rows: map[string]int{}}
	for _, c := range line {
		v.line[c.ID], v.self = true, c.ID
	}
	return v
}

// change closes what is too much, and applies what was opened and closed by hand.
func (v *chartView) change(root *people.Branch) error {
	most := maxItems
	if v.address.Of != "" {
		most -= maxCard
	}
	known := v.bound(root, most)
	for id, b := range known {
		v.usual[id] = b.Open
	}
	for _, id := range v.address.Shut {
		if b := known[id]; b != nil {
			v.items -= cost(b)
			shut(b)
		}
	}
	for _, id := range append(slices.Clone(v.address.Open), v.address.Of) {
		b := known[id]
		if b == nil || b.Open || b.Total == 0 {
			continue
		}
		opened, err := v.snap.Branch(people.BranchQuery{Person: id, Grouped: v.address.Grouped})
		if err != nil {
			return err
		}
		if v.items+cost(opened) > most {
			continue
		}
		v.items += cost(opened)
		v.mark(opened)
		b.Open, b.Reports, b.Groups, b.Listed = true, opened.Reports, opened.Groups, opened.Listed
		for _, report := range b.Reports {
			known[report.ID] = report
		}
	}
	if b := known[v.address.Of]; b != nil && b.Open {
		list, err := v.list(v.address)
		if err != nil {
			return err
		}
		v.lists[b.ID] = list
	}
	return nil
}

// bound closes branches until no more than so many items are left, and returns
// everybody who is left by id. What is on the line stays open, though with fewer
// departments listed; of the rest, what is further up does.
func (v *chartView) bound(root *people.Branch, most int) map[string]*people.Branch {
	known := map[string]*people.Branch{root.ID: root}
	v.items = 1
	isOpen := func(b *people.Branch) bool { return b.Open && b.Listed > 0 }
	onLine := func(b *people.Branch) bool {
		return isOpen(b) && slices.ContainsFunc(b.Reports, func(b *people.Branch) bool { return b.Hot })
	}
	var line []*people.Branch
	for b := root; onLine(b); b = b.Reports[slices.IndexFunc(b.Reports, func(b *people.Branch) bool { return b.Hot })] {
		line = append(line, b)
		v.items += len(b.Reports)
		if len(b.Groups) > 0 {
			v.items += 2 // the card, and how many departments more there are
		}
	}
	for _, b := range line {
		v.rows[b.ID] = max(0, min(len(b.Groups), maxGroups, most-v.items))
		v.items += v.rows[b.ID]
	}
	for queue := []*people.Branch{root}; len(queue) > 0; queue = queue[1:] {
		b := queue[0]
		switch {
		case onLine(b):
		case isOpen(b) && v.items+cost(b) <= most:
			v.items += cost(b)
		default:
			shut(b)
		}
		for _, report := range b.Reports {
			known[report.ID] = report
		}
		queue = append(queue, b.Reports...)
	}
	return known
}

// cost is how many items are below an open branch, without what is open there.
func cost(b *people.Branch) int {
	items := len(b.Reports)
	if len(b.Groups) > 0 {
		items += min(len(b.Groups), maxGroups) + 2
	}
	return items
}

func shut(b *people.Branch) { b.Open, b.Reports, b.Groups = false, nil, nil }

// list is the part of a team that an address names.
func (v *chartView) list(a chartAddress) (*people.Branch, error) {
	return v.snap.Branch(people.BranchQuery{Person: a.Of, List: true, Group: a.Group, Offset: a.Offset})
}

// mark sets on what [people.Snapshot.Branch] returns what depends on who is in
// view.
func (v *chartView) mark(b *people.Branch) {
	b.Hot, b.Self = v.line[b.ID], b.ID == v.self
	for _, report := range b.Reports {
		v.mark(report)
	}
}

// person is a branch as the template shows it.
func (v *chartView) person(b *people.Branch) *chartPerson {
	v.counts.Visible++
	p := &chartPerson{
		Branch: b, Around: v.address.Around(b.ID), Usual: v.usual[b.ID], HasJack: b.Total > 0 || b.Listed > 0,
		Toggle: v.address.toggled(b.ID, !b.Open, v.usual[b.ID]), Fetch: v.address.branch(b.ID),
	}
	if !b.Open || b.Listed == 0 {
		return p
	}
	below := &chartBelow{}
	for _, report := range b.Reports {
		below.People = append(below.People, v.person(report))
	}
	switch list := v.lists[b.ID]; {
	case list != nil:
		below.People = slices.DeleteFunc(below.People, func(p *chartPerson) bool { return !p.Hot })
		below.Card = v.card(list, v.address)
	case len(b.Groups) > 0:
		a := v.address
		a.Of, a.Group, a.Offset = b.ID, nil, 0
		below.Card = v.card(b, a)
	}
	below.Class = below.side()
	p.Below = below
	return p
}

// cardOf is the card of a team alone: as an address has it, or by department.
func (v *chartView) cardOf(id string, a chartAddress, list bool) (*chartCard, error) {
	a.Of = id
	q := people.BranchQuery{Person: id, Grouped: true}
	if list {
		q = people.BranchQuery{Person: id, List: true, Group: a.Group, Offset: a.Offset}
	}
	b, err := v.snap.Branch(q)
	if err != nil {
		return nil, err
	}
	return v.card(b, a), nil
}

// card is a team in one card: by department if b has groups, as a list otherwise.
func (v *chartView) card(b *people.Branch, a chartAddress) *chartCard {
	c := &chartCard{Of: b.Card, Total: b.Listed, Group: b.Group, Grouped: b.Grouped, Offset: b.Offset, Address: a}
	all := a
	all.Group, all.Offset = nil, 0
	if len(b.Groups) > 0 {
		c.Other = chartLink{all.String(), all.card(false)}
		v.groups(c, b.Groups, all)
		return c
	}
	c.Listed, c.Reports = true, b.Reports
	v.counts.Visible += len(b.Reports)
	none := all
	none.Of = ""
	if !slices.Contains(none.Open, a.Of) && !v.usual[a.Of] && len(none.Open) < maxToggled {
		none.Open = append(slices.Clone(none.Open), a.Of)
	}
	c.Other = chartLink{none.String(), all.card(true)}
	turn := func(offset int) chartLink {
		a := a
		a.Offset = max(0, offset)
		return chartLink{a.String(), a.card(false)}
	}
	if b.Offset > 0 {
		c.Back = turn(b.Offset - people.WideTeam)
	}
	if next := b.Offset + len(b.Reports); next < b.Listed {
		c.Next = turn(next)
	}
	return c
}

// groups lists the departments with the most people.
func (v *chartView) groups(c *chartCard, groups []people.Count, a chartAddress) {
	room, onLine := v.rows[c.Of.ID]
	if !onLine {
		room = min(len(groups), maxGroups)
	}
	for i, g := range groups {
		v.counts.InGroups += g.People
		v.counts.Groups++
		if i >= room {
			c.MoreGroups++
			c.MorePeople += g.People
			continue
		}
		a.Group = &g.Value
		c.Groups = append(c.Groups, chartGroup{g, chartLink{a.String(), a.card(false)}, max(1, 100*g.People/max(1, groups[0].People))})
	}
}

// Widths of boxes with the room between them, in rem, as the style sheet has
// them.
const nodeWidth, cardWidth = 11.2, 16.2

func (p *chartPerson) width() float64 {
	if p.Below == nil {
		return nodeWidth
	}
	return max(nodeWidth, p.Below.width())
}

func (b *chartBelow) width() float64 {
	sum := 0.0
	for _, p := range b.People {
		sum += p.width()
	}
	if b.Card != nil {
		sum += cardWidth
	}
	return sum
}

// side is the class that says on which side of the manager the bright cable
// leaves. The script measures it anew when something was opened.
func (b *chartBelow) side() string {
	at := 0.0
	for _, p := range b.People {
		width := p.width()
		if !p.Hot {
			at += width
			continue
		}
		switch off := at + width/2 - b.width()/2; {
		case off < -0.1:
			return "hot hot-l"
		case off > 0.1:
			return "hot hot-r"
		default:
			return "hot"
		}
	}
	return ""
}
