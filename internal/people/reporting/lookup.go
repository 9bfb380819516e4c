package reporting

import "slices"

// Lookup finds the managers that other accounts would have now, such as people's
// earlier records: among the accounts of the resolution, by the weights that it
// learnt. An account that names itself, by id, has [Self]. Nothing is said of
// circles. It takes time linear in the size of the directory, however many
// accounts there are.
func (r *Resolution) Lookup(others []Account) []Link {
	refs := collect(others, r.byDN)
	if len(refs.all) == 0 {
		return slices.Repeat([]Link{{Manager: -1, Reason: Blank}}, len(others))
	}
	numbers := r.numbers(others)
	found := refs.decide(newIndex(refs.values, r.accounts, r.departed), newWeights(&r.table), func(i int) int32 {
		return numbers[others[i].ID]
	})
	links := make([]Link, len(found))
	for i := range found {
		l := &found[i]
		if l.code == codeResolved && !r.accounts[l.manager].Active {
			l.code = codeInactiveManager
		}
		links[i] = l.link(&others[i])
	}
	return links
}

// numbers are the numbers that others have in the directory by their ids, -1 for
// who isn't in it.
func (r *Resolution) numbers(others []Account) map[string]int32 {
	numbers := make(map[string]int32, len(others))
	for i := range others {
		numbers[others[i].ID] = -1
	}
	for i := range r.accounts {
		if n, ok := numbers[r.accounts[i].ID]; ok && n < 0 {
			numbers[r.accounts[i].ID] = int32(i)
		}
	}
	return numbers
}
