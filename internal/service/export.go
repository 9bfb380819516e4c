package service

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/store"
)

// Formats of an export.
const (
	FormatJSONLines = "jsonl"
	FormatCSV       = "csv"
)

// Export implements [Operations]. It is read in pages: who joins or leaves
// meanwhile may be in it or not.
func (s *Service) Export(ctx context.Context, name, format string, w io.Writer) error {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return err
	}
	var out exporter
	switch format {
	case FormatJSONLines:
		out = jsonLines{json.NewEncoder(w)}
	case FormatCSV:
		out = &csvRows{w: csv.NewWriter(w)}
	default:
		return &InputError{Field: "format", Problem: fmt.Sprintf("is %q, not %s or %s", format, FormatJSONLines, FormatCSV)}
	}
	query := store.PeopleQuery{ConnectionID: c.ID, Limit: store.MaxPeople}
	for {
		people, err := s.Store.People(ctx, query)
		if err != nil {
			return fmt.Errorf("people of %s: %w", name, err)
		}
		if err := out.write(people); err != nil {
			return fmt.Errorf("write the export: %w", err)
		}
		if len(people) < query.Limit {
			return nil
		}
		query.After = people[len(people)-1].ID
	}
}

type exporter interface {
	write(people []store.Person) error
}

// jsonLines writes a Person a line, with its source.
type jsonLines struct{ encoder *json.Encoder }

func (j jsonLines) write(people []store.Person) error {
	for _, p := range people {
		shown := showPerson(p)
		shown.Source = source(p)
		if err := j.encoder.Encode(shown); err != nil {
			return err
		}
	}
	return nil
}

// csvRows writes what lists show, with a heading (RFC 4180).
type csvRows struct {
	w     *csv.Writer
	begun bool
}

func (c *csvRows) write(page []store.Person) error {
	if !c.begun {
		c.begun = true
		if err := c.w.Write([]string{"id", "user_name", "name", "email", "title", "department", "status", "access", "last_login"}); err != nil {
			return err
		}
	}
	for _, p := range page {
		login := ""
		if !p.Times.LastLogin.IsZero() {
			login = p.Times.LastLogin.UTC().Format(time.RFC3339)
		}
		row := []string{p.ID, p.UserName, p.Name, p.Email, p.Title, p.Department, p.Status, fmt.Sprint(p.Access), login}
		for i := range row {
			row[i] = people.Inert(row[i])
		}
		if err := c.w.Write(row); err != nil {
			return err
		}
	}
	c.w.Flush()
	return c.w.Error()
}
