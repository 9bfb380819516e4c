package reporting

// Lookup finds the managers that other accounts would have now, such as people's
// earlier records: among the accounts of the resolution, by the weights that it
// learnt. An account that names itself, by id, has [Self]. Nothing is said of
// circles. It takes time linear in the size of the directory, however many
// accounts there are.
func (r *Resolution) Lookup(others []Account) []Link {
	refs := collect(others, r.byDN)
	found := refs.decide(newIndex(refs.values, r.accounts, r.departed), newWeights(&r.table))
	links := make([]Link, len(found))
	for i := range found {
		l := &found[i]
		if l.manager < 0 && l.code == codeSelf {
			// It is somebody whose number is that of the account among the others.
			l.manager, l.code = int32(i), codeResolved
		}
		if l.manager >= 0 && r.accounts[l.manager].ID == others[i].ID {
			l.manager, l.code = -1, codeSelf
		} else if l.manager >= 0 && l.code == codeResolved && !r.accounts[l.manager].Active {
			l.code = codeInactiveManager
		}
		links[i] = l.link(&others[i])
	}
	return links
}
