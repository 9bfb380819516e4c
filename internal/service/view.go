package service

import (
	"context"
	"fmt"
	"log/slog"

	"patchbay.example/internal/people"
	"patchbay.example/internal/store"
)

// PreviewPeople implements [Operations].
func (s *Service) PreviewPeople(ctx context.Context, name string) (people.Preview, error) {
	preview, err := s.Config.People.Preview(ctx, name)
	if err != nil {
		return people.Preview{}, fmt.Errorf("what the People view would show of %s: %w", name, err)
	}
	return preview, nil
}

// PeopleSettings implements [Operations].
func (s *Service) PeopleSettings(ctx context.Context) (people.Settings, error) {
	settings, err := s.Config.People.Settings(ctx)
	if err != nil {
		return people.Settings{}, fmt.Errorf("read the settings of the People view: %w", err)
	}
	return settings, nil
}

// SetPeopleSettings implements [Operations].
func (s *Service) SetPeopleSettings(ctx context.Context, asked people.Settings) (people.Settings, error) {
	settings, err := s.Config.People.SetSettings(ctx, asked)
	if err != nil {
		return people.Settings{}, fmt.Errorf("change the settings of the People view: %w", err)
	}
	s.Log.InfoContext(ctx, "the settings of the People view were changed", slog.Int64("revision", settings.Revision)) // not whom they hide
	return settings, nil
}

// checkHRIS refuses the mark for a connection while another one has it: with the
// mark the People view would become another company's at once. name is the
// connection that is to have it.
func (s *Service) checkHRIS(ctx context.Context, name string) error {
	connections, err := s.Store.Connections(ctx)
	if err != nil {
		return fmt.Errorf("find the HRIS: %w", err)
	}
	for _, c := range connections {
		if c.HRIS && c.Name != name {
			return heldElsewhere(c)
		}
	}
	return nil
}

func heldElsewhere(c store.Connection) error {
	return &InputError{Field: "hris", Problem: fmt.Sprintf(
		"is taken: %s is the HRIS, and only one connection can be. Switch it off there first: patchbay connections set %s --hris=false", c.Name, c.Name)}
}
