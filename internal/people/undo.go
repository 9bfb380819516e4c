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

// undo is the roll as it was before the last run, and when that was complete;
// nil where it is not known, or differs in too much.
func (d *Directory) undo(ctx context.Context, view store.PeopleView, now *roll, settings Settings) (*roll, time.Time, error) {
	runs, err := d.Store.Promotions(ctx, view.Connection, time.Time{}, 2)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look for the run before: %w", err)
	}
	if len(runs) < 2 || runs[0].ID != view.Generation {
		return nil, time.Time{}, nil
	}
	var changes []store.Change
	err = eachChange(ctx, d.Store, view.Generation, func(c store.Change) bool {
		changes = append(changes, c)
		return len(changes) < MaxChanges
	})
	if errors.Is(err, errEnough) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	return before(now, changes, settings), runs[1].Finished, nil
}

// before undoes changes.
func before(now *roll, changes []store.Change, settings Settings) *roll {
	r := newReader(settings)
	changed, left := map[string]*entry{}, map[string]bool{}
	was := &roll{columns: now.columns, census: now.census}
	for _, c := range changes {
		changed[c.ID] = nil
		if c.Before != nil {
			e := r.entry(&store.Person{ID: c.ID, Version: *c.Before}, nil)
			changed[c.ID] = &e
		}
		if c.Kind == store.Left {
			left[c.ID] = true
			was.entries = append(was.entries, *changed[c.ID])
		}
	}
	for _, e := range now.entries {
		old, ok := changed[e.id]
		switch {
		case !ok:
			was.entries = append(was.entries, e)
		case old != nil:
			was.entries = append(was.entries, *old)
		}
	}
	slices.SortFunc(was.entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	was.departed = slices.DeleteFunc(slices.Clone(now.departed), func(a reporting.Account) bool { return left[a.ID] })
	return was
}
