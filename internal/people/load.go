package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"patchbay.example/internal/people/quality"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/store"
)

// entry is a person as a snapshot keeps them: what the policy allows, and the
// account for the resolver.
type entry struct {
	id, name, given, family string
	status                  string
	access, active, stale   bool
	contractor              bool
	values                  []string // by column
	account                 reporting.Account
	evidence                quality.Evidence
}

// roll is everybody whom a connection lists, by id, as the policy lets them be
// seen.
type roll struct {
	columns  []column
	entries  []entry
	departed []reporting.Account
	census   census
}

// reader makes entries of stored people.
type reader struct {
	settings Settings
	columns  []column
	// texts holds each value of a column once: most people share theirs with
	// many.
	texts map[string]string
}

func newReader(s Settings) *reader {
	return &reader{settings: s, columns: columns(s), texts: map[string]string{}}
}

// entry is a stored person's; census, unless nil, counts what there is.
func (r *reader) entry(p *store.Person, counted *census) entry {
	f := readProfile(p, r.settings.ManagerAttributes)
	if counted != nil {
		counted.add(&f)
	}
	e := entry{
		id: strings.Clone(f.id), name: f.name, given: f.given, family: f.family, status: r.once(f.status),
		access: f.access, active: f.active, stale: f.stale, account: f.account,
		values: f.values(r.columns), evidence: f.evidence,
	}
	for i, c := range r.columns {
		e.values[i] = r.once(e.values[i])
		if c.name == attrUserType {
			e.contractor = isContractor(e.values[i])
		}
	}
	return e
}

// maxTexts bounds how many values are looked up; beyond, each person has their
// own.
const maxTexts = 1 << 18

// once is the text as somebody else has it.
func (r *reader) once(text string) string {
	if text == "" {
		return ""
	}
	if have, ok := r.texts[text]; ok {
		return have
	}
	if len(r.texts) < maxTexts {
		r.texts[text] = text
	}
	return text
}

// contractors are words of a user type for people whom somebody else employs.
var contractors = []string{"contract", "extern", "consult", "freelance", "temp", "vendor", "agency", "contingent", "supplier", "partner"}

// isContractor reports whether a user type, as it is written, is that of people
// whom somebody else employs.
func isContractor(userType string) bool {
	key := folded(userType)
	return key != "" && slices.ContainsFunc(contractors, func(word string) bool { return strings.Contains(key, word) })
}

// load reads everybody from the store, page by page: the next one is read while
// one is made sense of.
func load(ctx context.Context, s Store, connection int64, settings Settings) (*roll, error) {
	r := newReader(settings)
	hidden := settings.hidden()
	all := &roll{columns: r.columns, census: newCensus()}
	err := eachPage(ctx, func(ctx context.Context, after string) ([]store.Person, error) {
		return s.People(ctx, store.PeopleQuery{ConnectionID: connection, After: after, Limit: store.MaxPeople})
	}, func(people []store.Person) {
		for i := range people {
			counted := &all.census
			if hidden[people[i].ID] || !people[i].Access {
				counted = nil // whoever is not shown is in no count
			}
			all.entries = append(all.entries, r.entry(&people[i], counted))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read the people of the HRIS: %w", err)
	}
	err = eachPage(ctx, func(ctx context.Context, after string) ([]store.Person, error) {
		return s.Departed(ctx, connection, after, store.MaxPeople)
	}, func(people []store.Person) {
		for i := range people {
			f := readProfile(&people[i], settings.ManagerAttributes)
			all.departed = append(all.departed, f.account)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read who has left the HRIS: %w", err)
	}
	return all, nil
}

// eachPage calls use with each page of a listing by id. use has the page for
// itself, and is called by one goroutine.
func eachPage(ctx context.Context, read func(ctx context.Context, after string) ([]store.Person, error), use func([]store.Person)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages, failed := make(chan []store.Person), make(chan error, 1)
	go func() {
		defer close(pages)
		for after := ""; ; {
			people, err := read(ctx, after)
			if err != nil {
				failed <- err
				return
			}
			if len(people) == 0 {
				return
			}
			after = people[len(people)-1].ID
			select {
			case pages <- people:
			case <-ctx.Done():
				failed <- ctx.Err()
				return
			}
			if len(people) < store.MaxPeople {
				return
			}
		}
	}()
	for people := range pages {
		use(people)
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
