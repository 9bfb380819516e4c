package sheet

import (
	"bytes"
	"fmt"
	"slices"

	"patchbay.example/internal/store"
)

// Page is what storing a page of a listing comes to.
type Page struct {
	// Numbered is the connection's next number once the page is stored.
	Numbered int64
	// Open are the versions to write, Drop those of the run that no longer hold.
	Open []Opened
	Drop []Dropped

	at      State
	records []store.StagedRecord
	people  []person
	sheets  map[int64]*Sheet // of the run, by place
}

// Opened is a version to write.
type Opened struct {
	ID       string
	Number   int64
	Replaces bool // readers see the person already
	store.Version
}

// Dropped names a version that the run has written.
type Dropped struct {
	ID  string
	Ref int64
}

// person is what is known of somebody of the page.
type person struct {
	number int64
	base   *Slot // nil where the run that stands has none
	looked bool  // Person is what the versions say, or they say nothing
	Person
}

// standing is the hash of what readers see of the person; nil for nothing.
func (p *person) standing() []byte {
	if !p.looked {
		return p.base.Visible[:] // see Book.findStaged
	}
	return p.Standing
}

// Compare finds out what the page changes, and notes whom it meets. It computes
// the versions of those whose source is new, and so is not for a transaction. Of
// a page that is not stored then, the [Book] must be reset.
func (p *Page) Compare() error {
	for i, record := range p.records {
		if err := p.compare(&p.people[i], record); err != nil {
			return err
		}
	}
	return nil
}

// compare plans for one record. A source that stands, or a state that stands,
// leaves no staged version; a state that is staged already stays as it is.
func (p *Page) compare(is *person, record store.StagedRecord) error {
	slot := Slot{Met: true, Known: true, Source: [store.HashBytes]byte(record.SourceHash), Times: record.Times}
	standing := is.standing()
	if is.base != nil && is.base.Known && is.base.Source == slot.Source && standing != nil {
		slot.Visible = [store.HashBytes]byte(standing)
		if is.Staged != nil {
			p.Drop = append(p.Drop, Dropped{record.ID, is.Ref})
		}
		p.set(is, record, slot)
		return nil
	}
	v := record.Version()
	if len(v.Visible) != store.HashBytes {
		return fmt.Errorf("the visible hash of %.40q has %d bytes instead of %d", record.ID, len(v.Visible), store.HashBytes)
	}
	slot.Visible = [store.HashBytes]byte(v.Visible)
	p.set(is, record, slot)
	if is.Staged != nil && bytes.Equal(is.Staged, v.Visible) {
		return nil
	}
	if is.Staged != nil {
		p.Drop = append(p.Drop, Dropped{record.ID, is.Ref})
	}
	if standing == nil || !bytes.Equal(standing, v.Visible) {
		p.Open = append(p.Open, Opened{record.ID, is.number, standing != nil, v})
	}
	return nil
}

func (p *Page) set(is *person, record store.StagedRecord, slot Slot) {
	p.sheets[Place(is.number)].Set(is.number, record.ID, slot)
}

// Sheets are the run's own sheets to write, by place.
func (p *Page) Sheets() []*Sheet {
	places := make([]*Sheet, 0, len(p.sheets))
	for _, s := range p.sheets {
		places = append(places, s)
	}
	slices.SortFunc(places, func(a, b *Sheet) int { return int(a.Place - b.Place) })
	return places
}

// Distinct are a page's records without those that come again later in it. It
// returns an error for one that no store takes.
func Distinct(records []store.StagedRecord) ([]store.StagedRecord, error) {
	at := make(map[string]int, len(records))
	kept := make([]store.StagedRecord, 0, len(records))
	for _, r := range records {
		if !store.ValidID(r.ID) {
			return nil, fmt.Errorf("a person's id is 1 to %d bytes of UTF-8 without NUL, and this one of %d bytes is not: %.40q", store.MaxIDBytes, len(r.ID), r.ID)
		}
		if len(r.SourceHash) != store.HashBytes {
			return nil, fmt.Errorf("the source hash of %.40q has %d bytes instead of %d", r.ID, len(r.SourceHash), store.HashBytes)
		}
		if i, again := at[r.ID]; again {
			kept[i] = r
			continue
		}
		at[r.ID] = len(kept)
		kept = append(kept, r)
	}
	return kept, nil
}
