package oktatest

// Blemish is how the record of a generated user differs from a clean one. Without
// [Settings.Untidy] there are no others than [Newcomer] and [ServiceAccount].
type Blemish string

// The blemishes. Of a clean record managerId is the manager's e-mail address and
// manager the display name.
const (
	Clean Blemish = ""

	// The manager is written in another way. There is one, and only one, person
	// whom the record can mean.
	ByNumber     Blemish = "employee number" // managerId
	ByBareNumber Blemish = "bare number"     // employee number without its leading zeros
	ByID         Blemish = "id"              // Okta's
	ByLoginCase  Blemish = "login in capitals"
	ByLocalLogin Blemish = "login without domain"
	ByName       Blemish = "last, first" // a name that nobody else has
	ByDN         Blemish = "dn"          // managerDn, of the manager's distinguishedName

	// The record names a manager and leaves a doubt.
	OwnManager    Blemish = "own manager"
	CircleOfTwo   Blemish = "circle of two"
	CircleOfThree Blemish = "circle of three"
	StaleManager  Blemish = "stale manager" // managerDn is somebody else than managerId

	// The record names nobody of the plain list, or nobody in particular.
	BlankManager       Blemish = "blank manager"
	PlaceholderManager Blemish = "placeholder"       // such as n/a
	UnknownManager     Blemish = "unknown manager"   // an address that is nobody's
	DepartedManager    Blemish = "departed manager"  // the address of a DEPROVISIONED user
	AmbiguousManager   Blemish = "ambiguous manager" // a name that several people have
	MalformedDN        Blemish = "malformed dn"      // managerDn, with a comma that had to be escaped

	// The manager is written cleanly.
	Respelt      Blemish = "respelt department" // such as "customer support"
	NoTitle      Blemish = "no title"
	NoDepartment Blemish = "no department"
	Duplicate    Blemish = "duplicate" // a second account of another user: name, address, number and job are the same
	Namesake     Blemish = "namesake"  // named like somebody's manager, of an AmbiguousManager

	// Accounts that are blank for another reason.
	Newcomer       Blemish = "newcomer" // nothing but the required attributes
	ServiceAccount Blemish = "service account"
)

// blockSize is how many users in a row share a set of blemishes: a power of two.
const blockSize = 128

// blockStep spreads the slots of a block over its users. It is odd, so that each
// user has one slot; blockBack is its inverse modulo blockSize.
const (
	blockStep = 37
	blockBack = 45
)

// The slots of a block. Those of groups say who is in them together; the last
// ones are left clean.
const (
	slotNumber = iota
	slotBareNumber
	slotID
	slotLoginCase
	slotLocalLogin
	slotName1
	slotName2
	slotName3
	slotName4
	slotDN
	slotMissing1
	slotMissing2
	slotOwn
	slotStale
	slotCircle1 // to slotCircle3
	slotCircle2
	slotCircle3
	slotAmbiguous // with slotNamesake
	slotNamesake
	slotOriginal // with slotDuplicate
	slotDuplicate
	slotRespelt1
	slotRespelt2
	slotRespelt3
	slotRespelt4
	slotNoTitle
	slotNoDepartment
)

// alone are the blemishes of slots of one user.
var alone = map[int]Blemish{
	slotNumber: ByNumber, slotBareNumber: ByBareNumber, slotID: ByID, slotLoginCase: ByLoginCase,
	slotLocalLogin: ByLocalLogin, slotDN: ByDN, slotStale: StaleManager,
	slotRespelt1: Respelt, slotRespelt2: Respelt, slotRespelt3: Respelt, slotRespelt4: Respelt,
	slotNoTitle: NoTitle, slotNoDepartment: NoDepartment,
}

// missing take turns in slotMissing1 and slotMissing2 of a block.
var missing = []Blemish{BlankManager, PlaceholderManager, UnknownManager, DepartedManager, MalformedDN}

// slotOf is a user's block and slot.
func (c company) slotOf(i int) (block, slot int) {
	block = i / blockSize
	return block, (i - c.blockStart(block) + blockSize) % blockSize * blockBack % blockSize
}

// at is the user in a slot of a block.
func (c company) at(block, slot int) int {
	return block*blockSize + (c.blockStart(block)+slot*blockStep)%blockSize
}

func (c company) blockStart(block int) int {
	d := c.draw(block, drawBlemish)
	return d.below(blockSize)
}

// blemish is a user's, which follows from the seed and the index. Not every slot
// is used: the top of the company stays clean, and what concerns several people
// needs all of them to be fit for it.
func (c company) blemish(i int) Blemish {
	switch c.kindOf(i) {
	case newcomer:
		return Newcomer
	case service:
		return ServiceAccount
	}
	if !c.untidy || i >= c.staff || c.isTop(i) {
		return Clean
	}
	block, slot := c.slotOf(i)
	switch slot {
	case slotMissing1, slotMissing2:
		return missing[(2*block+slot-slotMissing1)%len(missing)]
	case slotName1, slotName2, slotName3, slotName4:
		if boss, found := c.managerOf(i); found && c.isDoubled(boss) {
			return ByName
		}
	case slotOwn:
		if block%2 == 0 && c.isFit(i) {
			return OwnManager
		}
	case slotCircle1, slotCircle2, slotCircle3:
		return c.circle(block, slot)
	case slotAmbiguous, slotNamesake:
		return c.ambiguity(block, slot)
	case slotDuplicate:
		if block%2 == 0 && c.areFit(block, slotOriginal, slotDuplicate) {
			return Duplicate
		}
	default:
		return alone[slot] // most slots are of none
	}
	return Clean
}

// isTop says that the chart would look wrong without somebody: the heads of
// departments, and who reports to them and leads.
func (c company) isTop(i int) bool {
	if i == 0 {
		return true
	}
	level := positionOf(i).level()
	return level == 0 || level == 1 && c.hasReports(i)
}

// isFit says that a user is an employee whom nobody refers to.
func (c company) isFit(i int) bool {
	return i < c.staff && c.kindOf(i) == employee && !c.hasReports(i) && !c.isTop(i)
}

func (c company) areFit(block int, slots ...int) bool {
	for _, slot := range slots {
		if !c.isFit(c.at(block, slot)) {
			return false
		}
	}
	return true
}

// circle is of three people in every other block, of two otherwise.
func (c company) circle(block, slot int) Blemish {
	switch {
	case block%2 == 1 && c.areFit(block, slotCircle1, slotCircle2, slotCircle3):
		return CircleOfThree
	case block%2 == 0 && slot != slotCircle3 && c.areFit(block, slotCircle1, slotCircle2):
		return CircleOfTwo
	}
	return Clean
}

// ambiguity is of somebody in every other block whose manager has a namesake.
func (c company) ambiguity(block, slot int) Blemish {
	if block%2 == 1 || !c.areFit(block, slotAmbiguous, slotNamesake) {
		return Clean
	}
	boss, _ := c.managerOf(c.at(block, slotAmbiguous))
	switch {
	case c.isDoubled(boss): // whose name is nobody else's
		return Clean
	case slot == slotAmbiguous:
		return AmbiguousManager
	}
	return Namesake
}

// original is whose second account a user is: the user, unless a Duplicate.
func (c company) original(i int) int {
	if !c.untidy || c.blemish(i) != Duplicate {
		return i
	}
	block, _ := c.slotOf(i)
	return c.at(block, slotOriginal)
}
