package service

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"patchbay.example/internal/store"
)

// People implements [Operations].
func (s *Service) People(ctx context.Context, name string, q PeopleQuery) ([]Person, error) {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return nil, err
	}
	stored, err := s.Store.People(ctx, store.PeopleQuery{ConnectionID: c.ID, Search: q.Search, After: q.After, Limit: pageSize(q.Limit)})
	if err != nil {
		return nil, fmt.Errorf("people of %s: %w", name, err)
	}
	people := make([]Person, 0, len(stored))
	for _, p := range stored {
		people = append(people, showPerson(p))
	}
	return people, nil
}

// Person implements [Operations].
func (s *Service) Person(ctx context.Context, name, id string) (Person, error) {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return Person{}, err
	}
	p, err := s.Store.Person(ctx, c.ID, id)
	if err != nil {
		return Person{}, fmt.Errorf("that person of %s: %w", name, err)
	}
	shown := showPerson(p)
	shown.Source = source(p)
	return shown, nil
}

// Forget implements [Operations].
func (s *Service) Forget(ctx context.Context, name, id string) error {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return err
	}
	if err := s.Store.Forget(ctx, c.ID, id); err != nil {
		return fmt.Errorf("forget that person of %s: %w", name, err)
	}
	s.Log.InfoContext(ctx, "a person was forgotten", slog.String("connection", name)) // not who: that would remember
	return nil
}

func showPerson(p store.Person) Person {
	return Person{ID: p.ID, PersonVersion: *showVersion(&p.Version), LastLogin: present(p.Times.LastLogin), Stale: p.Stale}
}

// showVersion is a version as it is shown; nil for none.
func showVersion(v *store.Version) *PersonVersion {
	if v == nil {
		return nil
	}
	return &PersonVersion{
		UserName: v.UserName, Name: v.Name, Email: v.Email, Title: v.Title, Department: v.Department, Status: v.Status, Access: v.Access,
	}
}

// source is a person's record, if it is JSON: what a service sends otherwise
// stands as a string.
func source(p store.Person) json.RawMessage {
	if json.Valid(p.Source) {
		return p.Source
	}
	text, err := json.Marshal(string(p.Source))
	if err != nil { // every string can be encoded
		return nil
	}
	return text
}
