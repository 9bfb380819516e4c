package reporting

// Link says who somebody's manager is and how that was found, or why none was.
type Link struct {
	// Manager is the manager's number, -1 for none. Those in a circle have one
	// each: only [Grow] cuts.
	Manager int32
	Reason  Reason
	// Attribute is the one that decided: it named the manager or the candidates,
	// or is the reason that there is none. Empty for [Blank].
	Attribute string
	// Key is what the attribute's value matched; empty for nothing. Of
	// [OutsideSyncFilter] it is a key of the person who left.
	Key Key
	// Normalised says that it matched only without leading zeros, with letters of
	// another case in an employee number, or without a login's domain.
	Normalised bool
	// Candidates counts the people whom the reference names, or several references
	// do: 1 for a manager found without a doubt, 2 or more where it is ambiguous or
	// in conflict, 0 for nobody.
	Candidates int32
}

// Resolution is who reports to whom in a directory. It does not change, and its
// methods may be called concurrently. It keeps the accounts that it was made
// of, which must not change either, and 16 bytes for each.
type Resolution struct {
	accounts, departed []Account
	byDN               bool
	links              []link
	table              Table
}

// link is a Link in 16 bytes.
type link struct {
	manager int32
	// reference is the place in the account's references, -1 for none.
	reference  int32
	candidates int32
	code       uint8
	key        int8
	normalised bool
}

// Resolve finds everybody's manager among the accounts, by their references. The
// departed are people who were in the directory and are not now: who refers to
// one of them has [OutsideSyncFilter] for a reason. A departed account whose id
// an account has is left out.
//
// It takes time linear in the size of the accounts, and reads them with a few
// goroutines, all of which have ended when it returns.
func Resolve(accounts, departed []Account, o Options) *Resolution {
	r := &Resolution{accounts: accounts, departed: departed, byDN: anyDN(accounts)}
	refs := collect(accounts, r.byDN)
	x := newIndex(refs.values, accounts, departed)
	r.table = refs.tally(x).table(o.Pin)
	r.links = refs.decide(x, newWeights(&r.table), func(i int) int32 { return int32(i) })
	r.settle()
	return r
}

// Len is the number of accounts.
func (r *Resolution) Len() int { return len(r.links) }

// Link is how a person's manager was found. A number of nobody has none, and no
// reason.
func (r *Resolution) Link(i int32) Link {
	if i < 0 || int(i) >= len(r.links) {
		return Link{Manager: -1}
	}
	return r.links[i].link(&r.accounts[i])
}

// link is a link as it is told, of the account that it is of.
func (l *link) link(of *Account) Link {
	out := Link{Manager: l.manager, Reason: reasons[l.code], Normalised: l.normalised, Candidates: l.candidates}
	if l.reference >= 0 {
		out.Attribute = of.References[l.reference].Attribute
	}
	if l.key >= 0 {
		out.Key = keys[l.key]
	}
	return out
}

// References are what a person's record says of the manager. They are to be read
// only.
func (r *Resolution) References(i int32) []Reference {
	if i < 0 || int(i) >= len(r.links) {
		return nil
	}
	return readable(&r.accounts[i])
}

// Managers are everybody's managers by number, -1 for none: what [Grow] takes.
func (r *Resolution) Managers() []int32 {
	managers := make([]int32, len(r.links))
	for i := range r.links {
		managers[i] = r.links[i].manager
	}
	return managers
}

// Counts say how many people have each reason; they sum to [Resolution.Len].
// Every reason is in it.
func (r *Resolution) Counts() map[Reason]int {
	var byCode [len(reasons)]int
	for i := range r.links {
		byCode[r.links[i].code]++
	}
	counts := make(map[Reason]int, len(reasons))
	for code, n := range byCode {
		counts[reasons[code]] = n
	}
	return counts
}

// Table says how managers are written in this directory. Its slices are shared:
// they are to be read only.
func (r *Resolution) Table() Table { return r.table }

// settle gives the reasons that depend on other people: a manager who is not
// active, and circles.
func (r *Resolution) settle() {
	for i := range r.links {
		l := &r.links[i]
		if l.code == codeResolved && !r.accounts[l.manager].Active {
			l.code = codeInactiveManager
		}
	}
	for _, circle := range circles(r.Managers()) {
		for _, i := range circle {
			r.links[i].code = codeCycle
		}
	}
}
