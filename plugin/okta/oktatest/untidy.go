package oktatest

import (
	"bytes"
	"strconv"
	"strings"
)

// untidyName is the name of a user of an untidy company: there are more names,
// some people bear two family names that nobody else has together, and some are
// called like somebody else.
func (c company) untidyName(i int, d *draw) name {
	block, _ := c.slotOf(i)
	switch c.blemish(i) {
	case Duplicate:
		return c.nameOf(c.original(i))
	case Namesake:
		boss, _ := c.managerOf(c.at(block, slotAmbiguous))
		return c.nameOf(boss)
	}
	at := &widePlaces[pick(d, placePattern)]
	n := name{at, pick(d, at.given), pick(d, at.family)}
	if c.isDoubled(i) {
		first, second := at.family[i%len(at.family)], at.family[i/len(at.family)]
		n.family = word{first.native + "-" + second.native, first.ascii + "-" + second.ascii}
	}
	return n
}

// isDoubled says that a user leads people and bears two family names, which
// follow from the index and are nobody else's: who works at the first place and
// leads no department. There are some thousand such pairs, and no more are needed.
func (c company) isDoubled(i int) bool {
	if i == 0 || positionOf(i).rank == 0 || !c.hasReports(i) {
		return false
	}
	d := c.draw(i, drawName)
	n := len(widePlaces[0].family)
	return pick(&d, placePattern) == 0 && i < n*n && i%n != i/n
}

// overloaded is who leads user i, given the manager of a tidy company: half of
// some managers' people report to the one above, who has far too many.
func (c company) overloaded(i int, boss position) position {
	const operations = 2 // in departments
	p := positionOf(i)
	above := position{boss.department, (boss.rank - 1) / span}
	if p.department == operations && p.level() == 3 && above.rank == 1 && p.rank%2 == 0 && !c.hasReports(i) {
		return above
	}
	return boss
}

// team is the name of a user's team: of whoever is led by one who reports to a
// head of department. Empty for the heads and for those who report to them and
// lead nobody.
func (c company) team(i int) string {
	if i == 0 {
		return ""
	}
	p := positionOf(i)
	for p.rank > span {
		p.rank = (p.rank - 1) / span
	}
	if p.rank == 0 || !c.hasReports(p.index()) {
		return ""
	}
	return posts[p.department].teams[p.rank-1]
}

func (c company) appendUntidyJob(dst []byte, i int, k kind, d *draw) []byte {
	flaw, i := c.blemish(i), c.original(i)
	at := executive
	if i > 0 {
		at = departments[positionOf(i).department]
	}
	title, office := c.untidyTitle(i, d), at.name
	if flaw == Respelt {
		office = pick(d, spellings[at.name])
	}
	if flaw != NoTitle {
		dst = append(appendText(dst, `,"title":"`, title), '"')
	}
	if flaw != NoDepartment {
		dst = append(appendText(dst, `,"department":"`, office), '"')
	}
	return appendPost(dst, at, i, k)
}

// untidyTitle is a title as companies give them, each in another way.
func (c company) untidyTitle(i int, d *draw) string {
	if i == 0 {
		return "Chief Executive Officer"
	}
	p := positionOf(i)
	at, post := departments[p.department], posts[p.department]
	if !c.hasReports(i) {
		return pick(d, at.titles)
	}
	switch p.level() {
	case 0:
		return post.head
	case 1:
		before, after, _ := strings.Cut(pick(d, directors), "*")
		return before + c.team(i) + after
	}
	return pick(d, post.leads)
}

// appendUntidy appends who the manager is, and the custom attributes that an
// untidy company has.
func (c company) appendUntidy(dst []byte, i int, n name) []byte {
	if team := c.team(c.original(i)); team != "" {
		dst = append(appendText(dst, `,"teamName":"`, team), '"')
	}
	if c.kindOf(i) == employee {
		dst = c.appendDN(append(dst, `,"distinguishedName":"`...), i)
		dst = append(dst, '"')
	}
	boss, found := c.meant(i)
	flaw := c.blemish(i)
	switch flaw {
	case ByNumber, ByBareNumber, ByID, ByLoginCase, ByLocalLogin, ByName, ByDN:
		return c.appendEncoded(dst, boss, flaw)
	case BlankManager, PlaceholderManager, UnknownManager, AmbiguousManager, MalformedDN:
		boss, _ = c.managerOf(i)
		return c.appendLost(dst, i, boss, flaw)
	case DepartedManager:
		return appendManagerID(dst, c.email(boss))
	}
	if !found {
		return dst
	}
	dst = appendManagerID(dst, c.email(boss))
	dst = c.nameOf(boss).appendDisplay(append(dst, `,"manager":"`...))
	dst = append(dst, '"')
	switch {
	case flaw == StaleManager:
		dst = append(c.appendDN(append(dst, `,"managerDn":"`...), c.stale(i)), '"')
	case flaw == Clean && n.place.country == "DE": // whose office has a directory of its own
		dst = append(c.appendDN(append(dst, `,"managerDn":"`...), boss), '"')
	}
	return dst
}

// appendEncoded appends a manager, written in another way.
func (c company) appendEncoded(dst []byte, boss int, flaw Blemish) []byte {
	n := c.nameOf(boss)
	switch flaw {
	case ByDN:
		return append(c.appendDN(append(dst, `,"managerDn":"`...), boss), '"')
	case ByName:
		return appendManagerID(dst, n.family.native+", "+n.given.native)
	case ByBareNumber:
		dst = appendManagerID(dst, strconv.Itoa(boss+1))
	case ByID:
		dst = appendManagerID(dst, c.id(boss))
	case ByLoginCase:
		dst = appendManagerID(dst, strings.ToUpper(c.email(boss)))
	case ByLocalLogin:
		local, _, _ := strings.Cut(c.email(boss), "@")
		dst = appendManagerID(dst, local)
	default:
		dst = append(appendPadded(append(dst, `,"managerId":"`...), boss+1, 9), '"')
	}
	return append(n.appendDisplay(append(dst, `,"manager":"`...)), '"')
}

// appendLost appends what should say that boss is the manager and does not.
func (c company) appendLost(dst []byte, i, boss int, flaw Blemish) []byte {
	n, d := c.nameOf(boss), c.draw(i, drawBlemish)
	switch flaw {
	case PlaceholderManager:
		return appendManagerID(dst, pick(&d, []string{"n/a", "TBD", "-", "N/A", "none"}))
	case UnknownManager: // put together from the name, as some orgs do; no address is like this
		return appendManagerID(dst, n.given.ascii+"."+n.family.ascii+"@example.com")
	case AmbiguousManager:
		return appendManagerID(dst, n.given.native+" "+n.family.native)
	case MalformedDN:
		dst = appendText(dst, `,"managerDn":"CN=`, n.family.native)
		dst = appendText(dst, `, `, n.given.native)
		return append(dst, `,OU=People,DC=example,DC=com"`...)
	}
	return dst
}

func appendManagerID(dst []byte, value string) []byte {
	return append(appendText(dst, `,"managerId":"`, value), '"')
}

func (c company) email(i int) string { return string(c.nameOf(i).appendEmail(nil, i)) }

// appendDN appends a user's distinguished name (RFC 4514), whose backslashes are
// doubled for JSON. The index makes it unique.
func (c company) appendDN(dst []byte, i int) []byte {
	dst = c.nameOf(i).appendDisplay(append(dst, "CN="...))
	dst = strconv.AppendInt(append(dst, ' '), int64(i), 10)
	dst = append(dst, ",OU="...)
	dst = append(dst, bytes.ReplaceAll([]byte(c.department(i)), []byte(","), []byte(`\\,`))...)
	return append(dst, ",OU=People,DC=example,DC=com"...)
}
