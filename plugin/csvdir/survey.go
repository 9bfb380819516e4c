package main

import (
	"context"
	"errors"
	"io"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/rows"
	"patchbay.example/plugin/csvdir/internal/values"
)

// survey is what is known of a file after it was read from beginning to end. Its
// steps read the file several times rather than keep it: memory does not grow
// with the rows, but for the fingerprints that tally keeps.
type survey struct {
	config    config
	overrides []columns.Override
	now       time.Time

	export export
	facts  rows.Facts
	layout layout
	plan   plan
	tally  tally

	dates      values.Evidence
	candidates []candidate
}

// run takes all steps.
func (s *survey) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.find, s.scan, s.layOut, s.propose, s.chooseKey, s.count} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.checkRows()
}

// find finds the file.
func (s *survey) find(context.Context) error {
	var err error
	s.export, err = find(s.config.Path)
	return err
}

// settle is how long a file must have been left alone: until then somebody may
// still be writing it, and many programs write whole lines at once.
const settle = 2 * time.Second

// scan reads the file's bytes.
func (s *survey) scan(ctx context.Context) error {
	err := s.export.read(ctx, func(in io.Reader) error {
		var err error
		s.facts, err = rows.Scan(ctx, in)
		return err
	})
	if err != nil {
		return err
	}
	if s.facts.Size != s.export.info.Size() {
		return errChanged
	}
	return nil
}

// layOut finds format, encoding, delimiter and header.
func (s *survey) layOut(ctx context.Context) error {
	var err error
	understood := s.overrides
	if s.config.IDColumn != "" {
		understood = append([]columns.Override{{Header: s.config.IDColumn, Attribute: columns.ID}}, understood...)
	}
	if s.layout, err = layOut(s.facts, s.config, understood); err != nil {
		return err
	}
	if age := s.now.Sub(s.export.info.ModTime()); age.Abs() < settle { // a share may have a clock of its own
		return errChanged
	}
	if s.layout.format == formatJSONL {
		return s.collectPaths(ctx)
	}
	s.plan.delimiter, s.plan.headers = s.layout.delimiter, headerNames(s.layout.header)
	for _, cell := range s.layout.header[:len(s.plan.headers)] {
		s.plan.written = append(s.plan.written, values.Clean(cell))
	}
	return nil
}

// collectPaths finds the paths of JSON lines, in the order in which they come.
func (s *survey) collectPaths(ctx context.Context) error {
	return s.export.read(ctx, func(in io.Reader) error {
		t, err := s.layout.open(in, nil)
		if err != nil {
			return err
		}
		t.unknown = func(path string) {
			if len(path) > maxHeaderBytes || len(t.paths) > rows.MaxColumns {
				s.plan.hasSecrets = s.plan.hasSecrets || columns.IsSecretPath(path)
				return // the source has it
			}
			s.plan.headers = append(s.plan.headers, path)
			t.paths[path] = len(t.paths)
		}
		for {
			switch _, err := t.next(); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			case len(s.plan.headers) > rows.MaxColumns:
				return plugin.Refuse(rows.ReasonTooManyColumns, "The objects have more than %d different members.", rows.MaxColumns)
			}
		}
	})
}

// propose says what the columns mean.
func (s *survey) propose(context.Context) error {
	s.plan.meaning = columns.Propose(s.plan.headers, s.overrides)
	s.plan.quoted = quoteHeaders(s.plan.headers)
	s.plan.findSecrets()
	s.plan.fallback = s.config.defaultStatus()
	if unused := s.plan.meaning.Unused; len(unused) > 0 {
		return plugin.Refuse(reasonColumnMissing, "The mapping names columns that the file does not have: %s. It has %s.", quoteAll(unused), quoteAll(s.plan.headers))
	}
	return nil
}

// each reads every row of the file as it was found.
func (s *survey) each(ctx context.Context, f func(row) error) error {
	return s.export.read(ctx, func(in io.Reader) error {
		t, err := s.layout.open(in, s.plan.headers)
		if err != nil {
			return err
		}
		for {
			r, err := t.next()
			if errors.Is(err, io.EOF) {
				s.tally.blank = t.blank
				return nil
			}
			if err != nil {
				return err
			}
			if err := f(r); err != nil {
				return err
			}
		}
	})
}

// count reads all rows as a listing does, and keeps the figures.
func (s *survey) count(ctx context.Context) error {
	day := today(s.now)
	if err := s.each(ctx, func(r row) error { return s.tally.add(&s.plan, r, day) }); err != nil {
		return err
	}
	s.tally.finish()
	return nil
}

// checkRows refuses a file that can't be a company: nobody in it, or more rows
// that can't be read than rows that can.
func (s *survey) checkRows() error {
	t := &s.tally
	switch {
	case t.people == 0 && t.quarantined == 0:
		return plugin.Refuse(reasonPeopleMissing, "The file has a header and no row of a person.")
	case t.quarantined > t.people:
		return plugin.Refuse(reasonRowsUnreadable, "%d of %d rows can't be read (%s).", t.quarantined, t.people+t.quarantined, t.problems())
	default:
		return nil
	}
}
