package people

import (
	"cmp"
	"slices"
	"strings"

	"patchbay.example/internal/people/quality"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/unit"
)

// comparison is the directory before the last run, as far as findings go.
type comparison struct {
	keys  quality.Keys
	total int
	kinds map[quality.Kind]quality.Change
}

// examine finds what is worth a look. What a manager attribute holds is read
// when a finding is shown.
func (s *Snapshot) examine() {
	in := quality.Input{People: make([]quality.Person, len(s.people))}
	for i := range s.people {
		p, person := &s.people[i], int32(i)
		q := &in.People[i]
		*q = quality.Person{
			ID: p.id, Active: p.active, Name: p.name, Email: s.value(person, attrEmail), EmployeeNumber: s.value(person, attrEmployeeNumber),
			Title: s.value(person, attrTitle), Department: s.value(person, attrDepartment), Reason: p.reason,
			Root: s.manager(person) < 0, Direct: s.direct[i], Total: s.total[i],
		}
		if phone := s.value(person, attrWorkPhone); phone != "" {
			q.Phones = []string{phone}
		}
		// An attribute that is not shown is empty for everybody, which is no finding.
		if _, ok := s.column[attrTitle]; !ok {
			q.Title = notShown
		}
		if _, ok := s.column[attrDepartment]; !ok {
			q.Department = notShown
		}
	}
	for _, group := range s.units.Spelt() {
		refs := make([]unit.Ref, len(group))
		for i, u := range group {
			refs[i] = u.Ref
		}
		in.Spelt = append(in.Spelt, refs)
	}
	for _, field := range s.fields {
		for _, u := range s.units.List(field) {
			if u.Head.Class == unit.Disagreement {
				in.Disputed = append(in.Disputed, u.Ref)
			}
		}
	}
	s.findings = quality.New(in)
}

// notShown stands for the value of an attribute that is not shown.
const notShown = "not shown"

// compare says what the last run brought and took away. was is everybody as of
// before it.
func (s *Snapshot) compare(was *roll, settings Settings) {
	old := assemble(was, settings)
	old.divide()
	old.examine()
	keys := old.findings.Keys()
	s.before = &comparison{keys: keys, total: old.findings.Total(), kinds: map[quality.Kind]quality.Change{}}
	for _, c := range quality.Diff(keys, s.findings.Keys()) {
		s.before.kinds[c.Kind] = c
	}
}

// Quality is the state of the directory: for administrators.
func (s *Snapshot) Quality() Quality {
	q := Quality{
		People: s.findings.People, Found: s.findings.Standing(quality.Found), Doubtful: s.findings.Standing(quality.Doubtful),
		Blank: s.findings.Standing(quality.NotGiven), Missing: s.findings.Standing(quality.Missing),
		Findings: s.findings.Total(), Table: s.links.Table(), SetAside: len(s.aside),
	}
	for _, info := range quality.Kinds() {
		q.Kinds = append(q.Kinds, s.kind(info))
	}
	if s.before != nil {
		total := s.before.total
		q.Before, q.Since = &total, &s.since
	}
	return q
}

// FindingsTotal counts all findings.
func (s *Snapshot) FindingsTotal() int { return s.findings.Total() }

func (s *Snapshot) kind(info quality.Info) QualityKind {
	k := QualityKind{Kind: string(info.Kind), Section: string(info.Section), Title: info.Title, Fix: info.Fix + ".", Count: s.findings.Count(info.Kind)}
	if s.before != nil {
		c := s.before.kinds[info.Kind]
		k.New, k.Gone = &c.New, &c.Gone
	}
	for _, f := range s.findings.Findings(info.Kind, 0, 1) {
		s.source(&f)
		k.Example = f.Example()
	}
	return k
}

// Findings are a page of the findings of a kind: for administrators.
// [*QueryError].
func (s *Snapshot) Findings(kind string, offset, limit int) (Findings, error) {
	info := quality.Kind(kind).Info()
	if info.Kind == "" {
		return Findings{}, &QueryError{Parameter: "kind", Problem: "is none of " + strings.Join(kindNames(), ", ")}
	}
	from, to, err := span(s.findings.Count(info.Kind), offset, limit)
	if err != nil {
		return Findings{}, err
	}
	page := Findings{Kind: s.kind(info), Total: s.findings.Count(info.Kind), Rows: []Finding{}}
	page.Rows = append(page.Rows, s.rows(info.Kind, from, to)...)
	return page, nil
}

// rows are findings as they are shown.
func (s *Snapshot) rows(kind quality.Kind, from, to int) []Finding {
	found := s.findings.Findings(kind, from, to-from)
	explained := make([]*reporting.Explanation, len(found))
	if kind == quality.Ambiguous || kind == quality.Conflict {
		people := make([]int32, len(found))
		for n := range found {
			people[n] = s.people[found[n].Person].account
		}
		for n, explanation := range s.links.ExplainAll(people) {
			explained[n] = &explanation
		}
	}
	rows := make([]Finding, len(found))
	for n := range found {
		rows[n] = s.finding(found[n], explained[n])
	}
	return rows
}

func kindNames() []string {
	var names []string
	for _, info := range quality.Kinds() {
		names = append(names, string(info.Kind))
	}
	return names
}

// finding is one as it is shown. explained, unless nil, says whom it concerns.
func (s *Snapshot) finding(f quality.Finding, explained *reporting.Explanation) Finding {
	shown := Finding{Kind: string(f.Kind), Units: f.Units}
	s.source(&f)
	shown.Hint = cmp.Or(f.Hint, s.concerns(&f, explained))
	used := ""
	if f.Person >= 0 {
		card := s.card(f.Person)
		shown.Person = &card
		used = s.links.Link(s.people[f.Person].account).Attribute
	} else if len(f.Units) > 0 {
		shown.Unit, shown.Units = &f.Units[0], f.Units[1:]
	}
	for _, source := range f.Sources {
		shown.Source = append(shown.Source, Value{Attribute: source.Attribute, Label: labelOf(source.Attribute), Text: source.Value})
	}
	shown.OthersTotal = len(f.Others)
	shown.Others = s.cards(f.Others[:min(len(f.Others), maxCandidates)])
	shown.Fix = f.Fix(used) + "."
	shown.New = s.before != nil && !s.before.keys.Has(s.findings, f)
	return shown
}

// source reads what the record says of the manager of a finding's person.
func (s *Snapshot) source(f *quality.Finding) {
	if f.Person < 0 || f.Kind.Info().Section != quality.Managers {
		return
	}
	for _, ref := range s.links.References(s.people[f.Person].account) {
		if !s.namesHidden(ref) {
			f.Sources = append(f.Sources, quality.Source{Attribute: ref.Attribute, Value: shown(ref.Value, maxValueBytes)})
		}
	}
}

// concerns fills in whom else a finding concerns, and returns a hint.
func (s *Snapshot) concerns(f *quality.Finding, explained *reporting.Explanation) (hint string) {
	switch f.Kind {
	case quality.Cycle:
		f.Others = slices.Clone(s.circles[f.Person])
	case quality.InactiveManager:
		if m := s.manager(f.Person); m >= 0 {
			f.Others = []int32{m}
		}
	}
	if explained == nil {
		return ""
	}
	var near []int32
	for _, said := range explained.References {
		f.Others = append(f.Others, s.shownOf(said.Candidates, f.Others)...)
		near = append(near, s.shownOf(said.SameDepartment, near)...)
	}
	if f.Kind == quality.Ambiguous && len(near) == 1 {
		return s.name(near[0]) + " is in the same department. A hint, not used."
	}
	return ""
}

// shownOf are those of some accounts who are shown, but for those in without.
func (s *Snapshot) shownOf(accounts, without []int32) []int32 {
	var people []int32
	for _, a := range accounts {
		if i := s.accounts[a].person; i >= 0 && !slices.Contains(without, i) {
			people = append(people, i)
		}
	}
	return people
}

// namesHidden reports whether a reference names somebody who is not shown: the
// value would tell who.
func (s *Snapshot) namesHidden(ref reporting.Reference) bool {
	value := folded(ref.Value)
	if s.hidden[value] {
		return true
	}
	for at := 0; at+leastTelling <= len(value); at++ { // a path that ends in a name
		for _, key := range s.hiddenBy[value[at:at+leastTelling]] {
			if strings.HasPrefix(value[at:], key) {
				return true
			}
		}
	}
	return false
}

// leastTelling is how many bytes tell somebody in a longer text.
const leastTelling = 5

// conceal notes by what those are known who are hidden, also of those who left.
func (s *Snapshot) conceal(lists ...[]reporting.Account) {
	s.hidden = map[string]bool{}
	hidden := s.settings.hidden()
	note := func(texts ...string) {
		for _, text := range texts {
			if key := folded(text); key != "" {
				s.hidden[key] = true
			}
		}
	}
	for _, accounts := range lists {
		for i := range accounts {
			if a := &accounts[i]; hidden[a.ID] {
				note(namesOf(a)...)
			}
		}
	}
	s.hiddenBy = map[string][]string{}
	for key := range s.hidden {
		if len(key) >= leastTelling {
			s.hiddenBy[key[:leastTelling]] = append(s.hiddenBy[key[:leastTelling]], key)
		}
	}
}

// namesOf is everything by which a record can name somebody.
func namesOf(a *reporting.Account) []string {
	names := []string{a.ID, a.EmployeeNumber, a.DN}
	for _, login := range slices.Concat([]string{a.UserName}, a.Emails, a.PrincipalNames) {
		local, _, _ := strings.Cut(login, "@")
		names = append(names, login, local)
	}
	for _, name := range a.Names {
		names = append(names, name)
		if at := strings.LastIndexByte(name, ' '); at > 0 {
			names = append(names, name[at+1:]+name[:at])
		}
	}
	return names
}
