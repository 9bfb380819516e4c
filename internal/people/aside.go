package people

import (
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"

	"patchbay.example/internal/people/quality"
)

// evidenceOf is what tells whether an account belongs to nobody.
func evidenceOf(user *connectorv1.User, references int) quality.Evidence {
	return quality.Evidence{
		UserType: user.GetUserType(), FirstName: user.GetName().GetGiven(), LastName: user.GetName().GetFamily(), DisplayName: user.GetDisplayName(),
		Login: user.GetUserName(), Title: user.GetTitle(), Department: user.GetDepartment(), EmployeeNumber: user.GetEmployeeNumber(),
		HasManager: references > 0,
	}
}

// asideWhy says why an account belongs to nobody; empty for a person. What an
// administrator has said counts.
func asideWhy(e *entry, decided map[string]bool) string {
	aside, said := decided[e.id]
	switch {
	case said && aside:
		return "An administrator has said so."
	case said:
		return ""
	}
	suspect, why := quality.Suspect(e.evidence)
	if !suspect {
		return ""
	}
	return why
}

// SetAside are accounts that belong to nobody, by id, with the evidence: for
// administrators. [*QueryError].
func (s *Snapshot) SetAside(offset, limit int) (total int, page []Aside, err error) {
	from, to, err := span(len(s.aside), offset, limit)
	if err != nil {
		return 0, nil, err
	}
	page = []Aside{}
	for _, i := range s.aside[from:to] {
		page = append(page, i.Aside)
	}
	return len(s.aside), page, nil
}
