package sheet

import (
	"context"
	"slices"

	"patchbay.example/internal/store"
)

const (
	// maxBase and maxOwn bound the sheets that a book remembers, of the run that
	// stands and of its own: some pages of a listing, 3 KB each.
	maxBase = 128
	maxOwn  = 128
	// ahead is how far a book reads the sheets of the run that stands ahead of the
	// people that it met there.
	ahead = 64
)

// State is how a run stands when a page of it is compared: whoever compares the
// next with what a [Book] remembers must have seen all that came between.
type State struct {
	Run, Epoch, Base, Pass, Pages, Quarantined int64
	// Forgotten counts who was forgotten meanwhile, as the engine does.
	Forgotten int64
	// Numbered is the connection's next number.
	Numbered int64
}

// Person is what the versions say of somebody.
type Person struct {
	Number int64
	// Standing is the hash of what readers see; nil where they see nothing.
	Standing []byte
	// Staged is that of the version that the run has written already; nil where it
	// has not. Ref is the version's id in the engine.
	Staged []byte
	Ref    int64
}

// Reader reads for a book what an engine has stored. Sheets come in the order of
// their places.
type Reader interface {
	// Base are sheets of the run that stands, at places.
	Base(ctx context.Context, places []int64) ([]*Sheet, error)
	// BaseFrom are its first n from a place on.
	BaseFrom(ctx context.Context, place int64, n int) ([]*Sheet, error)
	// Own are those of the run and its pass, at places.
	Own(ctx context.Context, places []int64) ([]*Sheet, error)
	// Places are where the run has some of its pass.
	Places(ctx context.Context) ([]int64, error)
	// Versions are the people of these ids who have a version that is not closed.
	Versions(ctx context.Context, ids []string) (map[string]Person, error)
}

// Book remembers, from page to page, sheets of a run that goes on and of the one
// that it is compared with. It is for one goroutine. What it remembers is right
// only as long as the run is in the state in which it was left, so that it begins
// anew in any other.
type Book struct {
	at State

	base   []*Sheet // the oldest first
	places map[int64]*Sheet
	ids    map[string]entry
	next   int64 // where the sheets of the base are read on
	met    int64 // about where people were met last

	own    map[int64]*Sheet
	stored map[int64]struct{} // where own sheets are stored
}

// entry is where somebody is in the base.
type entry struct {
	sheet *Sheet
	slot  int
}

// Reset has a book begin anew.
func (b *Book) Reset() { *b = Book{} }

// Look reads what is known of a page's people, each of whom comes once.
func (b *Book) Look(ctx context.Context, r Reader, at State, records []store.StagedRecord) (*Page, error) {
	if b.own == nil || b.at != at {
		if err := b.begin(ctx, r, at); err != nil {
			return nil, err
		}
	}
	p := &Page{at: at, Numbered: at.Numbered, records: records, people: make([]person, len(records)), sheets: map[int64]*Sheet{}}
	if err := b.find(ctx, r, p); err != nil {
		return nil, err
	}
	if err := b.findVersions(ctx, r, p); err != nil {
		return nil, err
	}
	return p, b.open(ctx, r, p)
}

// Stored notes that a page was stored.
func (b *Book) Stored(p *Page) {
	if len(b.own) > maxOwn {
		b.own = map[int64]*Sheet{}
	}
	for place, s := range p.sheets {
		b.own[place] = s
		b.stored[place] = struct{}{}
	}
	if len(b.own) > 2*maxOwn { // of a page that was all over the place
		b.own = map[int64]*Sheet{}
	}
	b.forget(maxBase)
	b.at.Pages++
	b.at.Numbered = p.Numbered
}

// begin begins anew, where the run was if it has only gone on by other means, such
// as a quarantined record.
func (b *Book) begin(ctx context.Context, r Reader, at State) error {
	var next, met int64
	if b.own != nil && b.at.Run == at.Run && b.at.Pass == at.Pass && b.at.Base == at.Base {
		next, met = b.met, b.met
	}
	b.Reset()
	stored, err := r.Places(ctx)
	if err != nil {
		return err
	}
	*b = Book{next: next, met: met, at: at, places: map[int64]*Sheet{}, ids: map[string]entry{}, own: map[int64]*Sheet{}, stored: make(map[int64]struct{}, len(stored))}
	for _, place := range stored {
		b.stored[place] = struct{}{}
	}
	return nil
}

// find finds the people of the page in the base, as far as they come in its
// order.
func (b *Book) find(ctx context.Context, r Reader, p *Page) error {
	if p.at.Base == 0 {
		return nil
	}
	missed := b.lookUp(p)
	if missed == 0 || b.next > b.met+ahead {
		return nil
	}
	sheets, err := r.BaseFrom(ctx, b.next, missed/People+2)
	if err != nil {
		return err
	}
	b.remember(sheets)
	if n := len(sheets); n > 0 {
		b.next = sheets[n-1].Place + 1
	}
	b.lookUp(p)
	return nil
}

// lookUp finds people in what is remembered, and counts those who are not there.
func (b *Book) lookUp(p *Page) int {
	missed := 0
	for i, record := range p.records {
		if p.people[i].base != nil {
			continue
		}
		if at, ok := b.ids[record.ID]; ok {
			p.people[i].base, p.people[i].number = &at.sheet.Slots[at.slot], at.sheet.Place*People+int64(at.slot)
		} else {
			missed++
		}
	}
	return missed
}

// findVersions finds who is not in the sheets where they were expected, and
// numbers who is nowhere.
func (b *Book) findVersions(ctx context.Context, r Reader, p *Page) error {
	var ids []string
	for i := range p.people {
		if p.people[i].base == nil {
			ids = append(ids, p.records[i].ID)
		}
	}
	if len(ids) > 0 {
		found, err := r.Versions(ctx, ids)
		if err != nil {
			return err
		}
		var places []int64
		for i, record := range p.records {
			person := &p.people[i]
			if person.base != nil {
				continue
			}
			is, known := found[record.ID]
			if !known {
				person.number = p.Numbered
				p.Numbered++
				person.looked = true
				continue
			}
			person.number, person.Person, person.looked = is.Number, is, true
			if place := Place(is.Number); is.Standing != nil && b.places[place] == nil {
				places = append(places, place)
			}
		}
		slices.Sort(places)
		if err := b.load(ctx, r, slices.Compact(places)); err != nil {
			return err
		}
		b.lookUp(p)
	}
	b.follow(p)
	return nil
}

func (b *Book) load(ctx context.Context, r Reader, places []int64) error {
	if len(places) == 0 {
		return nil
	}
	sheets, err := r.Base(ctx, places)
	b.remember(sheets)
	return err
}

// follow notes about where in the base the page's people are: in the middle of
// them, for some may have come later.
func (b *Book) follow(p *Page) {
	var places []int64
	for i := range p.people {
		if p.people[i].base != nil {
			places = append(places, Place(p.people[i].number))
		}
	}
	if len(places) == 0 {
		return
	}
	slices.Sort(places)
	b.met = places[len(places)/2]
	if b.met < b.next-ahead-maxBase/2 || b.met >= b.next+ahead {
		b.next = b.met + 1
	}
}

// remember takes sheets of the base, and forgets the oldest.
func (b *Book) remember(sheets []*Sheet) {
	for _, s := range sheets {
		if b.places[s.Place] != nil {
			continue
		}
		b.places[s.Place] = s
		b.base = append(b.base, s)
		for i, id := range s.IDs {
			if s.Slots[i].Met {
				b.ids[id] = entry{s, i}
			}
		}
	}
	b.forget(maxBase + len(sheets))
}

// forget forgets the oldest sheets of the base but for so many.
func (b *Book) forget(most int) {
	for len(b.base) > most {
		oldest := b.base[0]
		b.base[0] = nil
		b.base = b.base[1:]
		delete(b.places, oldest.Place)
		for i, id := range oldest.IDs {
			if oldest.Slots[i].Met {
				delete(b.ids, id)
			}
		}
	}
}

// open reads the run's own sheets that the page goes to, and finds what the run
// has written of those whom it had met before.
func (b *Book) open(ctx context.Context, r Reader, p *Page) error {
	var missing []int64
	for i := range p.people {
		place := Place(p.people[i].number)
		if p.sheets[place] != nil {
			continue
		}
		if p.sheets[place] = b.own[place]; p.sheets[place] != nil {
			continue
		}
		p.sheets[place] = Of(place, p.at.Pass)
		if _, stored := b.stored[place]; stored {
			missing = append(missing, place)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		sheets, err := r.Own(ctx, missing)
		if err != nil {
			return err
		}
		for _, s := range sheets {
			p.sheets[s.Place] = s
		}
	}
	return p.findStaged(ctx, r)
}

// findStaged looks up the versions of those of whom the run may have written
// some, and of those of whom the base has no hash.
func (p *Page) findStaged(ctx context.Context, r Reader) error {
	var at []int
	var ids []string
	for i := range p.people {
		person := &p.people[i]
		again := p.at.Pass > 1 || p.sheets[Place(person.number)].Slots[person.number%People].Met
		if !person.looked && (again || !person.base.Known) {
			at, ids = append(at, i), append(ids, p.records[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := r.Versions(ctx, ids)
	if err != nil {
		return err
	}
	for _, i := range at {
		p.people[i].Person, p.people[i].looked = found[p.records[i].ID], true
	}
	return nil
}
