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
	u := undoing{reader: newReader(settings), changed: map[string]*entry{}, left: map[string]bool{}}
	err = eachChange(ctx, d.Store, view.Generation, func(c store.Change) bool {
		u.add(c)
		return len(u.changed) < MaxChanges
	})
	if errors.Is(err, errEnough) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	return u.before(now), runs[1].Finished, nil
}

// undoing are changes that are undone: who was there in another state, and who
// was not there.
type undoing struct {
	reader  *reader
	changed map[string]*entry // nil: was not there
	left    map[string]bool
}

func (u *undoing) add(c store.Change) {
	u.changed[c.ID] = nil
	if c.Before != nil {
		e := u.reader.entry(&store.Person{ID: c.ID, Version: *c.Before}, nil)
		u.changed[c.ID] = &e
	}
	if c.Kind == store.Left {
		u.left[c.ID] = true
	}
}

// before is the roll without the changes.
func (u *undoing) before(now *roll) *roll {
	was := &roll{columns: now.columns, census: now.census}
	for id := range u.left {
		was.entries = append(was.entries, *u.changed[id])
	}
	for _, e := range now.entries {
		old, ok := u.changed[e.id]
		switch {
		case !ok:
			was.entries = append(was.entries, e)
		case old != nil:
			was.entries = append(was.entries, *old)
		}
	}
	slices.SortFunc(was.entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	was.departed = slices.DeleteFunc(slices.Clone(now.departed), func(a reporting.Account) bool { return u.left[a.ID] })
	return was
}
