package people

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/store"
)

const (
	// maxRuns bounds the runs that one answer looks at: half a year of four a day.
	maxRuns = 750
	// maxHistory bounds the changes of one person that are looked at.
	maxHistory = 200
)

// Changes are the joiners, movers and leavers of the snapshot's connection since
// a moment. Who is hidden, and what is not allowed to be shown, is in none of
// them. [*QueryError].
func (d *Directory) Changes(ctx context.Context, s *Snapshot, q ChangesQuery) (Changes, error) {
	if q.Kind != "" && q.Kind != Joined && q.Kind != Moved && q.Kind != Left {
		return Changes{}, &QueryError{Parameter: "kind", Problem: "is joined, moved or left"}
	}
	if q.Since.IsZero() {
		q.Since = d.now().Add(-DefaultChangesSpan)
	}
	runs, err := d.Store.Promotions(ctx, s.key.connection, q.Since, maxRuns)
	if err != nil {
		return Changes{}, fmt.Errorf("look for the runs since then: %w", err)
	}
	answer := Changes{Since: q.Since, From: q.Since, Runs: len(runs), Cut: len(runs) == maxRuns}
	h := newHistorian(s)
	looked := 0
	for _, run := range runs {
		if run.ID > s.key.generation {
			continue // of after the snapshot
		}
		answer.From = run.Finished
		err := eachChange(ctx, d.Store, run.ID, func(c store.Change) bool {
			looked++
			h.add(run, c)
			return looked < MaxChanges
		})
		if errors.Is(err, errEnough) {
			answer.Cut = true
			break
		}
		if err != nil {
			return Changes{}, err
		}
	}
	rows := h.changes()
	counts := map[ChangeKind]int{}
	for _, c := range rows {
		counts[c.Kind]++
	}
	answer.Joined, answer.Moved, answer.Left = counts[Joined], counts[Moved], counts[Left]
	if q.Kind != "" {
		rows = slices.DeleteFunc(rows, func(c Change) bool { return c.Kind != q.Kind })
	}
	from, to, err := span(len(rows), q.Offset, q.Limit)
	if err != nil {
		return Changes{}, err
	}
	answer.Total, answer.Rows = len(rows), slices.Clone(rows[from:to])
	return answer, nil
}

// History is what recent runs changed of a person, newest first, at most
// [PagePeople]. For somebody who left it is what remains. [*UnknownError].
func (d *Directory) History(ctx context.Context, s *Snapshot, id string) ([]Change, error) {
	if !store.ValidID(id) || slices.Contains(s.settings.Hidden, id) {
		_, err := s.look(id)
		return nil, err
	}
	stored, err := d.Store.History(ctx, s.key.connection, id, maxHistory)
	if err != nil {
		return nil, fmt.Errorf("read what changed of somebody: %w", err)
	}
	_, here := s.ids[id]
	if len(stored) == 0 && !here {
		_, err := s.look(id)
		return nil, err
	}
	runs, err := d.Store.Promotions(ctx, s.key.connection, time.Time{}, maxRuns)
	if err != nil {
		return nil, fmt.Errorf("look for the runs of that time: %w", err)
	}
	byID := map[int64]store.Run{}
	for _, run := range runs {
		byID[run.ID] = run
	}
	h := newHistorian(s)
	for _, c := range stored {
		if run, ok := byID[c.Run]; ok && run.ID <= s.key.generation {
			h.add(run, c)
		}
	}
	rows := h.changes()
	return rows[:min(len(rows), PagePeople)], nil
}

// errEnough ends a listing early.
var errEnough = errors.New("enough")

// eachChange calls use with each change of a run, until it returns false.
func eachChange(ctx context.Context, s Store, run int64, use func(store.Change) bool) error {
	for after := ""; ; {
		changes, err := s.Changes(ctx, run, after, store.MaxPeople)
		if err != nil {
			return fmt.Errorf("read what run %d changed: %w", run, err)
		}
		for _, c := range changes {
			if !use(c) {
				return errEnough
			}
		}
		if len(changes) < store.MaxPeople {
			return nil
		}
		after = changes[len(changes)-1].ID
	}
}

// historian makes changes as they are shown of those that are stored.
type historian struct {
	s        *Snapshot
	reader   *reader
	hidden   map[string]bool
	rows     []Change
	versions []reporting.Account // before and after of each row, for their managers
}

func newHistorian(s *Snapshot) *historian {
	return &historian{s: s, reader: newReader(s.settings), hidden: s.settings.hidden()}
}

// add takes a change, if anything of it may be shown.
func (h *historian) add(run store.Run, c store.Change) {
	if h.hidden[c.ID] {
		return
	}
	before, after := h.version(c.ID, c.Before), h.version(c.ID, c.After)
	last := cmp.Or(after, before)
	if before == nil && after != nil && !after.access || after == nil && before != nil && !before.access {
		return // who never had access neither joins nor leaves
	}
	if _, here := h.s.ids[c.ID]; last == nil || !here && (asideWhy(last, h.s.settings.SetAside) != "" || !hadAccess(before) && !hadAccess(after)) {
		return
	}
	row := Change{At: run.Finished, Run: run.ID, Kind: kindOf(before, after)}
	if i, ok := h.s.ids[c.ID]; ok {
		row.Person = h.s.card(i)
	} else {
		row.Person, row.Gone = h.s.bare(last), true
	}
	if before != nil && after != nil {
		row.Fields = h.fields(before, after)
	}
	h.rows = append(h.rows, row)
	h.versions = append(h.versions, accountOf(before), accountOf(after))
}

func (h *historian) version(id string, v *store.Version) *entry {
	if v == nil {
		return nil
	}
	e := h.reader.entry(&store.Person{ID: id, Version: *v}, nil)
	return &e
}

func accountOf(e *entry) reporting.Account {
	if e == nil {
		return reporting.Account{}
	}
	return e.account
}

func hadAccess(e *entry) bool { return e != nil && e.access }

// kindOf is what a change means: who loses access leaves, though the record
// stays.
func kindOf(before, after *entry) ChangeKind {
	was, is := hadAccess(before), hadAccess(after)
	switch {
	case is && !was:
		return Joined
	case was && !is:
		return Left
	default:
		return Moved
	}
}

// fields are the allowed attributes that differ.
func (h *historian) fields(before, after *entry) []FieldChange {
	var fields []FieldChange
	add := func(name, label, was, is string) {
		if was != is {
			fields = append(fields, FieldChange{Attribute: name, Label: label, Before: was, After: is})
		}
	}
	add("name", "Name", before.name, after.name)
	for i, column := range h.reader.columns {
		add(column.name, column.label, before.values[i], after.values[i])
	}
	add("status", "Status", before.status, after.status)
	return fields
}

// changes are the rows, with what became of people's managers, but for those of
// which nothing is to be seen.
func (h *historian) changes() []Change {
	links := h.s.links.Lookup(h.versions)
	shown := []Change{}
	for i, row := range h.rows {
		was, is := h.manager(links[2*i]), h.manager(links[2*i+1])
		if row.Kind == Moved && was != is {
			row.Fields = append([]FieldChange{{Attribute: attrManager, Label: "Manager", Before: h.name(was), After: h.name(is)}}, row.Fields...)
		}
		if row.Kind == Moved && len(row.Fields) == 0 {
			continue
		}
		shown = append(shown, row)
	}
	return shown
}

// manager is the person whom a link names; -1 for nobody who is shown.
func (h *historian) manager(l reporting.Link) int32 {
	if l.Manager < 0 {
		return -1
	}
	return h.s.accounts[l.Manager].person
}

func (h *historian) name(i int32) string {
	if i < 0 {
		return ""
	}
	return h.s.people[i].name
}
