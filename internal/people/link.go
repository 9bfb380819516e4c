package people

import (
	"fmt"

	"patchbay.example/internal/people/reporting"
)

// link says how a person's manager was found, without a value of the source.
func (s *Snapshot) link(i int32) Link {
	p := &s.people[i]
	found := s.links.Link(p.account)
	l := Link{Reason: p.reason}
	switch p.reason {
	case reporting.Blank, reporting.Placeholder:
		l.Text = "No manager is shown."
	case reporting.Resolved:
		l.Attribute, l.Key = found.Attribute, found.Key
		l.Text = fmt.Sprintf("Found by %s, which holds the manager's %s.", found.Attribute, KeyLabel(found.Key))
		if found.Normalised {
			l.Text += " It is written a little differently there."
		}
	case reporting.InactiveManager:
		l.Attribute, l.Key = found.Attribute, found.Key
		l.Text = "The manager on file is not active any more."
	case reporting.Conflict:
		l.Attribute, l.Key = found.Attribute, found.Key
		l.Text = fmt.Sprintf("Two attributes name different people. %s was used, for it holds a %s.", found.Attribute, KeyLabel(found.Key))
	case reporting.Cycle:
		l.Attribute, l.Key = found.Attribute, found.Key
		l.Text = "The managers on file go round in a circle, which was cut at one place."
	case reporting.Self:
		l.Attribute, l.Key = found.Attribute, found.Key
		l.Text = "The person is on file as their own manager."
	case reporting.Ambiguous:
		l.Attribute = found.Attribute
		l.Text = "The manager on file could be any of several people. None was chosen."
	case reporting.NotInDirectory:
		l.Attribute = found.Attribute
		l.Text = "The manager on file is nobody of this directory."
	case reporting.OutsideSyncFilter:
		l.Attribute = found.Attribute
		l.Text = "The manager on file has left this directory."
	case reporting.MalformedDN:
		l.Attribute = found.Attribute
		l.Text = "The manager on file is a distinguished name that can't be read."
	}
	return l
}

// KeyLabel is what pages call a key.
func KeyLabel(k reporting.Key) string {
	switch k {
	case reporting.KeyID:
		return "id"
	case reporting.KeyUserName:
		return "login"
	case reporting.KeyEmail:
		return "e-mail"
	case reporting.KeyEmployeeNumber:
		return "employee number"
	case reporting.KeyPrincipalName:
		return "principal name"
	case reporting.KeyDN:
		return "distinguished name"
	case reporting.KeyName:
		return "name"
	default:
		return string(k)
	}
}

// Evidence is how somebody's manager was looked for, with the values of the
// source: for administrators. Who is not shown is no candidate, and a value that
// names nobody else is left out. [*UnknownError].
func (s *Snapshot) Evidence(id string) (Evidence, error) {
	i, err := s.look(id)
	if err != nil {
		return Evidence{}, err
	}
	p := &s.people[i]
	e := Evidence{Person: s.card(i), Link: s.link(i), References: []EvidenceReference{}}
	for _, ref := range s.links.Explain(p.account).References {
		e.References = append(e.References, s.evidence(ref))
	}
	return e, nil
}

// evidence is what became of one reference, as far as those are concerned who
// are shown.
func (s *Snapshot) evidence(said reporting.Statement) EvidenceReference {
	ref := EvidenceReference{Attribute: said.Attribute, Value: shown(said.Value, maxValueBytes), Key: said.Key, Used: said.Outcome == reporting.Decided}
	candidates, near := s.shownOf(said.Candidates, nil), s.shownOf(said.SameDepartment, nil)
	if len(candidates) < 2 && (len(said.Candidates) > len(candidates) || s.namesHidden(said.Reference)) {
		return EvidenceReference{Attribute: said.Attribute, Text: "It names nobody who is shown for certain."}
	}
	ref.Total = len(candidates)
	ref.Candidates = s.cards(candidates[:min(len(candidates), maxCandidates)])
	switch {
	case len(said.Departed) > 0:
		ref.Text = "Somebody who has left this directory."
	case len(candidates) > 1:
		ref.Text = fmt.Sprintf("The %s of %s. None was chosen.", KeyLabel(said.Key), people(len(candidates)))
		if len(near) == 1 {
			ref.Text += fmt.Sprintf(" %s is in the same department: a hint, not used.", s.name(near[0]))
		}
	case len(candidates) == 1 && said.Outcome == reporting.Agrees:
		ref.Text = "Same person, by " + KeyLabel(said.Key) + "."
	case len(candidates) == 1 && said.Outcome == reporting.Outweighed:
		ref.Text = "Somebody else, by " + KeyLabel(said.Key) + ", which counts less."
	case len(candidates) == 1:
		ref.Text = fmt.Sprintf("The %s of %s, and of nobody else.", KeyLabel(said.Key), s.name(candidates[0]))
	case said.Problem != "":
		ref.Text = "A distinguished name that can't be read: " + said.Problem + "."
	case said.Reason == reporting.Placeholder:
		ref.Text = "Stands for none."
	case said.Reason == reporting.Blank:
		ref.Text = "Empty."
	default:
		ref.Text = "Nobody of this directory, by any key."
	}
	return ref
}

// maxCandidates is how many people are named that a value could be.
const maxCandidates = 10
