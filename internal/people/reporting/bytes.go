package reporting

import "unsafe"

// Bytes is how much memory the resolution takes, about, with the accounts that it
// keeps. It takes time linear in their number.
func (r *Resolution) Bytes() int64 {
	total := int64(len(r.links)) * int64(unsafe.Sizeof(link{}))
	for _, accounts := range [][]Account{r.accounts, r.departed} {
		for i := range accounts {
			total += accounts[i].bytes()
		}
	}
	return total
}

func (a *Account) bytes() int64 {
	total := int64(unsafe.Sizeof(*a)) + int64(len(a.ID)+len(a.UserName)+len(a.EmployeeNumber)+len(a.DN)+len(a.Department))
	for _, texts := range [][]string{a.Emails, a.PrincipalNames, a.Names} {
		for _, text := range texts {
			total += int64(unsafe.Sizeof(text)) + int64(len(text))
		}
	}
	for _, reference := range a.References {
		// The names of attributes are few, and usually the same strings.
		total += int64(unsafe.Sizeof(reference)) + int64(len(reference.Value))
	}
	return total
}

// Bytes is how much memory the forest takes, about.
func (f *Forest) Bytes() int64 {
	numbers := len(f.parents) + len(f.starts) + len(f.children) + len(f.roots) +
		len(f.line) + len(f.places) + len(f.totals) + len(f.depths)
	for _, circle := range f.circles {
		numbers += len(circle)
	}
	return int64(numbers) * int64(unsafe.Sizeof(int32(0)))
}
