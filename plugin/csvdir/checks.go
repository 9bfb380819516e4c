package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/rows"
	"patchbay.example/plugin/csvdir/internal/values"
)

func (a *attempt) readConfig(configuration plugin.Configuration) (string, error) {
	s := a.survey
	if err := configuration.Decode(&s.config); err != nil {
		return "", err
	}
	var err error
	if s.overrides, err = s.config.overrides(); err != nil {
		return "", err
	}
	for resource, text := range configuration.ResumeCursors() {
		if _, err := parseCursor(text, s.config.digest(), resource); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("The file is looked for at %s.", quotePath(s.config.Path)), nil
}

func (a *attempt) findFile(ctx context.Context) (string, error) {
	if err := a.survey.find(ctx); err != nil {
		return "", err
	}
	return a.survey.export.describe(), a.survey.scan(ctx)
}

// layOut says what the file's format is.
func (a *attempt) layOut(ctx context.Context) (string, error) {
	s := a.survey
	if err := s.layOut(ctx); err != nil {
		return "", err
	}
	detail := s.layout.describe()
	if s.layout.encoding == rows.Windows1252 && s.config.Encoding == auto {
		detail += " The encoding is guessed, for the file is not UTF-8: look whether names with accents are right."
	}
	if s.layout.format == formatCSV {
		detail += fmt.Sprintf(" The header with %d columns is in line %d.", len(s.plan.headers), s.layout.headerLine)
	}
	if s.layout.encoding == rows.UTF8 && s.facts.Broken() > 0 {
		return "", &plugin.Warning{Reason: rows.ReasonEncoding, Detail: fmt.Sprintf("%s %d of its bytes are no part of a character.", detail, s.facts.Broken())}
	}
	return detail, nil
}

// propose says what the columns mean, and which of them are left over.
func (a *attempt) propose(ctx context.Context) (string, error) {
	s := a.survey
	if err := s.propose(ctx); err != nil {
		return "", err
	}
	detail := s.plan.describe()
	contested, decisive := s.plan.contested()
	if decisive {
		return "", &plugin.Warning{Reason: reasonColumnsContested, Detail: detail + contested}
	}
	return detail + contested, nil
}

// describe lists the columns with what they mean: Personalnummer → employee_number.
func (p *plan) describe() string {
	var mapped, rest []string
	for i, attribute := range p.meaning.Columns {
		if attribute == columns.None {
			rest = append(rest, p.headers[i])
		} else if len(mapped) < maxQuotedHeaders {
			mapped = append(mapped, shorten(p.headers[i], maxQuotedHeader)+" → "+string(attribute))
		}
	}
	text := strings.Join(mapped, ", ") + "."
	if len(rest) > 0 {
		text += " Kept without a meaning: " + quoteAll(rest) + "."
	}
	return text
}

// contested lists the columns that lost to others, and says whether that matters
// much.
func (p *plan) contested() (text string, decisive bool) {
	var lost []string
	for i, c := range p.meaning.Contested {
		if i == maxQuotedHeaders {
			break
		}
		decisive = decisive || c.Attribute.Decisive()
		lost = append(lost, fmt.Sprintf("%s could be %s as well, which %s is", quote(p.headers[c.Column]), c.Attribute, quote(p.headers[c.Winner])))
	}
	if len(lost) == 0 {
		return "", false
	}
	return " Not clear: " + strings.Join(lost, "; ") + ".", decisive
}

// readRows reads everything.
func (a *attempt) readRows(ctx context.Context) (string, error) {
	s := a.survey
	if err := s.chooseKey(ctx); err != nil {
		return "", err
	}
	if err := s.count(ctx); err != nil {
		return "", err
	}
	if err := s.checkRows(); err != nil {
		return "", err
	}
	t := &s.tally
	detail := fmt.Sprintf("Rows of people: %d.", t.people)
	if t.footers > 0 {
		detail += fmt.Sprintf(" Passed over as totals, remarks or repeated headers: %d, the first in line %d.", t.footers, t.firstFooter)
	}
	if t.short > 0 {
		detail += fmt.Sprintf(" With fewer cells than the header, the missing ones counting as empty: %d.", t.short)
	}
	if t.unended > 0 {
		detail += fmt.Sprintf(" The last line, %d, is not ended: whether all of it is there can't be told.", t.unended)
	}
	if t.quarantined > 0 {
		return "", &plugin.Warning{Reason: reasonRowsLeftOut, Detail: fmt.Sprintf("%s Left out: %d (%s).", detail, t.quarantined, t.problems())}
	}
	return detail, nil
}

// checkKey says which column is the key, and how often it repeats.
func (a *attempt) checkKey(context.Context) (string, error) {
	s := a.survey
	detail := fmt.Sprintf("The key is the column %s", quote(s.plan.headers[s.plan.key]))
	if attribute := s.plan.meaning.Columns[s.plan.key]; attribute != columns.None {
		detail += fmt.Sprintf(" (%s)", attribute)
	}
	if s.tally.people > maxTallied {
		detail += fmt.Sprintf("; of the first %d rows", maxTallied)
	}
	if s.tally.repeated > 0 {
		detail += fmt.Sprintf("; rows repeated word for word, which count once: %d", s.tally.repeated)
	}
	n := s.tally.differing()
	if n == 0 {
		return detail + ". It tells all people apart.", nil
	}
	return "", &plugin.Warning{Reason: reasonRowSuperseded, Detail: fmt.Sprintf(
		"%s. Rows with the key of a later row that differs, which stands instead: %d. Lines %d and %d are an example.", detail, n, s.tally.example[0], s.tally.example[1])}
}

// statusNames are the statuses in the order of the check.
var statusNames = []struct {
	kind plugin.UserStatus
	name string
}{
	{plugin.StatusActive, "active"},
	{plugin.StatusPending, "pending"},
	{plugin.StatusDeprovisioned, "deprovisioned"},
	{plugin.StatusSuspended, "suspended"},
	{plugin.StatusLocked, "locked"},
	{plugin.StatusActionRequired, "action required"},
	{0, "unknown"},
}

// checkStatus says how many people have which status, and in what order dates are.
func (a *attempt) checkStatus(context.Context) (string, error) {
	s := a.survey
	var parts []string
	for _, status := range statusNames {
		if n := s.tally.statuses[status.kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status.name))
		}
	}
	detail := strings.Join(parts, ", ") + "."
	if s.plan.meaning.First(columns.Status) < 0 && s.plan.meaning.First(columns.TerminationDate) < 0 && s.plan.meaning.First(columns.Inactive) < 0 {
		detail += " The file has no column for it: people who left must not be in it."
	}
	if s.plan.order != values.OrderUnknown {
		detail += fmt.Sprintf(" Dates are read in the order %s.", s.plan.order)
	}
	switch {
	case s.tally.unreadDates > 0:
		return "", &plugin.Warning{Reason: reasonDatesUnreadable, Detail: detail + s.tally.unread() + s.undecided() + s.tally.unknown()}
	case s.tally.undecidedDates > 0:
		return "", &plugin.Warning{Reason: reasonDatesUndecided, Detail: detail + s.undecided() + s.tally.unknown()}
	case s.tally.unknownStatus > 0:
		return "", &plugin.Warning{Reason: reasonStatusUnknown, Detail: detail + s.tally.unknown()}
	default:
		return detail, nil
	}
}

// unread tells of days of leaving that are none, by their lines.
func (t *tally) unread() string {
	if t.unreadDates == 0 {
		return ""
	}
	return fmt.Sprintf(" Rows with a day of leaving that can't be read, so that it is not clear whether these people have left: %d, %s.",
		t.unreadDates, inLines(t.unreadLines, t.unreadDates))
}

// inLines names the lines of some of so many rows.
func inLines(lines []int, of int) string {
	where := make([]string, len(lines))
	for i, line := range lines {
		where[i] = strconv.Itoa(line)
	}
	switch {
	case of == 1:
		return "in line " + where[0]
	case of == len(lines):
		return "in lines " + strings.Join(where, ", ")
	default:
		return "the first in lines " + strings.Join(where, ", ")
	}
}

// undecided tells of dates that may be one of two days.
func (s *survey) undecided() string {
	if s.tally.undecidedDates == 0 {
		return ""
	}
	why := "no date of the file shows whether day or month comes first"
	if s.dates.DMY > 0 && s.dates.MDY > 0 {
		why = fmt.Sprintf("%d dates can only have the day first and %d only the month", s.dates.DMY, s.dates.MDY)
	}
	return fmt.Sprintf(" Rows with a date that may be one of two days: %d, for %s.", s.tally.undecidedDates, why)
}

// unknown tells of words for a status that are not known.
func (t *tally) unknown() string {
	if t.unknownStatus == 0 {
		return ""
	}
	return fmt.Sprintf(" Rows with a status in a word that is not understood: %d.", t.unknownStatus)
}

// checkManagers says for how many people the manager is in the file as well.
func (a *attempt) checkManagers(ctx context.Context) (string, error) {
	s := a.survey
	var names []string
	for column, attribute := range s.plan.meaning.Columns {
		if attribute.IsManager() {
			names = append(names, s.plan.headers[column])
		}
	}
	missing := &plugin.Warning{Reason: reasonManagersMissing, Detail: "No column says who reports to whom, or it is empty."}
	if len(names) == 0 {
		return "", missing
	}
	m, err := s.findManagers(ctx)
	switch {
	case err != nil:
		return "", err
	case m.managed == 0:
		return "", missing
	}
	detail := fmt.Sprintf("People who name a manager: %d of %d, in %s. ", m.managed, m.people, quoteAll(names)) + m.describe()
	switch few := m.found*100 < m.managed*managersFoundShare; {
	case few && m.missing > m.ambiguous:
		return "", &plugin.Warning{Reason: reasonManagersNotFound, Detail: detail}
	case m.ambiguous > 0:
		return "", &plugin.Warning{Reason: reasonManagersAmbiguous, Detail: detail}
	default:
		return detail, nil
	}
}

// managersFoundShare is for how many percent of those who name a manager it should
// be in the file: the head of a company may report to somebody outside.
const managersFoundShare = 90
