package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/store"
)

const (
	// previewAside is how many accounts that belong to nobody a preview names.
	previewAside = 10
	// previewSamples is how many people it shows.
	previewSamples = 5
)

// Preview is what marking a connection as the HRIS would show, under the
// settings that stand. [store.ErrNotFound].
func (d *Directory) Preview(ctx context.Context, name string) (Preview, error) {
	c, err := d.Store.Connection(ctx, name)
	if err != nil {
		return Preview{}, fmt.Errorf("preview the People view: %w", err)
	}
	view, err := d.Store.PeopleView(ctx)
	if err != nil {
		return Preview{}, fmt.Errorf("look for the HRIS: %w", err)
	}
	p := Preview{Connection: c.Name, SetAside: []Aside{}, Shown: []Attribute{}, Hidden: []Attribute{}, Samples: []Sample{}}
	if view.Connection != c.ID {
		p.Other = view.Name
	}
	if c.Generation == 0 {
		return p, nil
	}
	other := p.Other
	if p, err = d.previewOf(ctx, key{c.ID, c.Generation, view.Revision}, p); err != nil {
		return Preview{}, err
	}
	p.Other = other
	return p, nil
}

// previewOf makes a preview, one at a time, and keeps the last: it takes as long
// as a snapshot, and every page of a People view that is not switched on shows
// one.
func (d *Directory) previewOf(ctx context.Context, of key, p Preview) (Preview, error) {
	d.previewing.Lock()
	defer d.previewing.Unlock()
	if d.previewed == of {
		return d.preview, nil
	}
	settings, err := d.Settings(ctx)
	if err != nil {
		return Preview{}, err
	}
	all, err := load(ctx, d.Store, of.connection, settings)
	if err != nil {
		return Preview{}, err
	}
	s := assemble(all, settings)
	s.describe(&p)
	d.previewed, d.preview = of, p
	return p, nil
}

// describe fills in a preview.
func (s *Snapshot) describe(p *Preview) {
	p.Synced, p.People, p.Active = true, len(s.people), s.active
	for i := range s.people {
		if s.manager(int32(i)) >= 0 {
			p.WithManager++
		}
		if s.people[i].active && s.people[i].contractor {
			p.Contractors++
		}
	}
	if pair := s.links.Table().Primary; pair != nil {
		p.Attribute, p.Key = pair.Attribute, pair.Key
	}
	p.SetAsideTotal = len(s.aside)
	for _, a := range s.aside[:min(len(s.aside), previewAside)] {
		p.SetAside = append(p.SetAside, a.Aside)
	}
	for _, a := range s.catalogue {
		if a.Allowed {
			p.Shown = append(p.Shown, a)
		} else {
			p.Hidden = append(p.Hidden, a)
		}
	}
	p.Samples = s.samples()
}

// samples are somebody of whom everything is known, the one of whom least is,
// and others in between.
func (s *Snapshot) samples() []Sample {
	if len(s.people) == 0 {
		return []Sample{}
	}
	lacks := make([]int, len(s.people))
	order := make([]int32, len(s.people))
	for i := range order {
		lacks[i], order[i] = len(s.missing(int32(i))), int32(i)
	}
	// Of those who lack as much, whoever leads more people comes first.
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(lacks[a], lacks[b]), cmp.Compare(s.total[b], s.total[a]))
	})
	picked := []int32{}
	for n := range previewSamples {
		i := order[n*(len(order)-1)/(previewSamples-1)]
		if !slices.Contains(picked, i) {
			picked = append(picked, i)
		}
	}
	samples := make([]Sample, 0, len(picked))
	for n, i := range picked {
		samples = append(samples, Sample{Card: s.card(i), Link: s.link(i), Missing: s.missing(i), Worst: n == len(picked)-1 && n > 0})
	}
	return samples
}

// missing are the labels of what should be known of everybody and is not.
func (s *Snapshot) missing(i int32) []string {
	var labels []string
	if s.manager(i) < 0 && s.people[i].reason != reporting.Self && s.total[i] == 0 {
		labels = append(labels, "Manager")
	}
	for _, name := range []string{attrTitle, attrDepartment, attrEmail, attrCity, attrTimeZone} {
		if c, ok := s.column[name]; ok && s.people[i].values[c] == "" {
			labels = append(labels, s.columns[c].label)
		}
	}
	return labels
}

var _ Store = store.Store(nil)
