package people

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"patchbay.example/internal/people/quality"
)

// Formats of an export.
const (
	FormatCSV       = "csv"
	FormatJSONLines = "jsonl"
)

// Export writes everybody whom a query finds, in its order, with all attributes
// that are allowed: as CSV (RFC 4180, with a heading, safe to open in a
// spreadsheet) or as JSON, one [ExportedPerson] a line. It writes row by row.
// The query's offset and limit don't count. [*QueryError].
func (s *Snapshot) Export(w io.Writer, format string, q Query) error {
	q.Offset, q.Limit = 0, 0
	asked, err := s.ask(q)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	var write func(ExportedPerson) error
	end := func() error { return nil }
	switch format {
	case FormatCSV:
		rows := csv.NewWriter(buffered)
		if err := rows.Write(s.heading()); err != nil {
			return fmt.Errorf("write the export: %w", err)
		}
		write = func(p ExportedPerson) error { return rows.Write(s.row(p)) }
		end = func() error { rows.Flush(); return rows.Error() }
	case FormatJSONLines:
		lines := json.NewEncoder(buffered)
		write = func(p ExportedPerson) error { return lines.Encode(p) }
	default:
		return &QueryError{Parameter: "format", Problem: "is csv or jsonl"}
	}
	for _, i := range s.index.All(asked) {
		if err := write(s.exported(i)); err != nil {
			return fmt.Errorf("write the export: %w", err)
		}
	}
	if err := errors.Join(end(), buffered.Flush()); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

// ExportedPerson is a person in an export.
type ExportedPerson struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Values    map[string]string `json:"values"`
	ManagerID string            `json:"manager_id,omitempty"`
	Manager   string            `json:"manager,omitempty"`
	Reason    string            `json:"manager_reason"`
	Active    bool              `json:"active"`
	Direct    int               `json:"direct"`
	Total     int               `json:"total"`
}

func (s *Snapshot) exported(i int32) ExportedPerson {
	p := &s.people[i]
	e := ExportedPerson{
		ID: p.id, Name: p.name, Values: map[string]string{}, Reason: string(s.link(i).Reason), Active: p.active,
		Direct: int(s.direct[i]), Total: int(s.total[i]),
	}
	for c, column := range s.columns {
		if text := p.values[c]; text != "" {
			e.Values[column.name] = text
		}
	}
	if m := s.manager(i); m >= 0 {
		e.ManagerID, e.Manager = s.people[m].id, s.people[m].name
	}
	return e
}

func (s *Snapshot) heading() []string {
	names := []string{"id", "name"}
	for _, c := range s.columns {
		names = append(names, Inert(c.name))
	}
	return append(names, "manager_id", "manager", "manager_reason", "active", "direct", "total")
}

func (s *Snapshot) row(e ExportedPerson) []string {
	row := []string{e.ID, e.Name}
	for _, c := range s.columns {
		row = append(row, e.Values[c.name])
	}
	row = append(row, e.ManagerID, e.Manager, e.Reason, strconv.FormatBool(e.Active), strconv.Itoa(e.Direct), strconv.Itoa(e.Total))
	for i := range row {
		row[i] = Inert(row[i])
	}
	return row
}

// Inert is a cell that no spreadsheet takes for a formula: one that begins as a
// formula does gets an apostrophe in front
// (https://owasp.org/www-community/attacks/CSV_Injection).
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// ExportFindings writes findings as CSV with a heading, a row each; an empty
// kind: all. [*QueryError].
func (s *Snapshot) ExportFindings(w io.Writer, kind string) error {
	if kind != "" && quality.Kind(kind).Info().Kind == "" {
		return &QueryError{Parameter: "kind", Problem: "is none of " + strings.Join(kindNames(), ", ")}
	}
	rows := csv.NewWriter(w)
	if err := rows.Write([]string{"kind", "title", "person_id", "person", "unit_field", "unit", "source", "others", "hint", "fix", "new"}); err != nil {
		return fmt.Errorf("write the findings: %w", err)
	}
	for _, info := range quality.Kinds() {
		if kind != "" && string(info.Kind) != kind {
			continue
		}
		for from, count := 0, s.findings.Count(info.Kind); from < count; from += exportedFindings {
			for _, f := range s.rows(info.Kind, from, min(from+exportedFindings, count)) {
				if err := rows.Write(findingRow(info.Title, f)); err != nil {
					return fmt.Errorf("write the findings: %w", err)
				}
			}
		}
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("write the findings: %w", err)
	}
	return nil
}

// exportedFindings is how many rows are made at once: to explain some takes as
// long as to explain one.
const exportedFindings = 1000

func findingRow(title string, f Finding) []string {
	row := []string{f.Kind, title, "", "", "", "", "", "", f.Hint, f.Fix, strconv.FormatBool(f.New)}
	if f.Person != nil {
		row[2], row[3] = f.Person.ID, f.Person.Name
	}
	if f.Unit != nil {
		row[4], row[5] = f.Unit.Field, f.Unit.Value
	}
	var sources, others []string
	for _, source := range f.Source {
		sources = append(sources, source.Attribute+" = "+source.Text)
	}
	for _, other := range f.Others {
		others = append(others, other.Name+" ("+other.ID+")")
	}
	for _, u := range f.Units {
		others = append(others, u.Value)
	}
	row[6], row[7] = strings.Join(sources, "; "), strings.Join(others, "; ")
	for i := range row {
		row[i] = Inert(row[i])
	}
	return row
}
