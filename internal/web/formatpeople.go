package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/unit"
)

// elsewhere is the segment of an address that stands for a person whose id
// can't be one: such a one, and it alone, is in the query.
const elsewhere = "person"

// reserved are what else stands in a person's place in an address, or what a
// browser makes another address of.
var reserved = []string{"", ".", "..", elsewhere, "activate", "changes", "chart", "chart.svg", "deactivate", "export.csv", "export.jsonl", "quality", "quality.csv", "quality.json", "set-aside", "settings", "teams"}

// personAt is the address of a person's page, or of one below it.
func personAt(id string, below ...string) string {
	if slices.Contains(reserved, id) {
		return "/people/" + elsewhere + strings.Join(below, "") + "?id=" + url.QueryEscape(id)
	}
	return "/people/" + url.PathEscape(id) + strings.Join(below, "")
}

// unitAt is the address of a unit's page. Any text can be a unit's name.
func unitAt(of any) string {
	ref := refOf(of)
	return "/people/teams/team?" + url.Values{"field": {ref.Field}, "value": {ref.Value}}.Encode()
}

// refOf takes a unit or a pointer to one, as templates have either.
func refOf(of any) unit.Ref {
	switch ref := of.(type) {
	case unit.Ref:
		return ref
	case *unit.Ref:
		if ref != nil {
			return *ref
		}
	}
	return unit.Ref{}
}

// chartAt is the address of the org chart around somebody.
func chartAt(id string) string { return "/people/chart?at=" + url.QueryEscape(id) }

// peopleFuncs are what templates of the People view may call beside the others.
func (s *Site) peopleFuncs() map[string]any {
	return map[string]any{
		"person": personAt, "unitAt": unitAt, "chartAt": chartAt, "place": place, "placeTime": s.placeTime, "localTime": s.localTime, "localWord": s.localWord,
		"span": span, "spanShort": spanShort, "lineOf": lineOf, "classWord": classWord, "keyWord": keyWord, "reasonWord": reasonWord,
		"day": s.day, "dayIn": s.dayIn, "plural": plural, "share": share, "deref": func(n *int) int { return *n }, "unitName": unitName, "valueWord": valueWord,
		"sum": func(a, b int) int { return a + b }, "sub": func(a, b int) int { return a - b }, "net": func(a, b int) int64 { return int64(a - b) },
		"tel":        func(number string) string { return strings.Join(strings.Fields(number), "") },
		"hour":       func(t time.Time) string { return t.In(s.Now().Location()).Format("15:04") },
		"allReports": func(id string) string { return withMore(personAt(id, "/reports"), url.Values{"all": {"1"}}) },
		"ref":        func(field, value string) unit.Ref { return unit.Ref{Field: field, Value: value} },
	}
}

// place is city and country.
func place(c people.Card) string {
	return strings.Join(slices.DeleteFunc([]string{c.City, c.Country}, func(s string) bool { return s == "" }), ", ")
}

// placeTime is a city and what a clock shows there: "Kraków, 14:02".
func (s *Site) placeTime(c people.Card) string {
	return strings.Join(slices.DeleteFunc([]string{c.City, s.localTime(c.Zone)}, func(s string) bool { return s == "" }), ", ")
}

// zones are time zones that were loaded, by name: as many as this machine knows.
var zones sync.Map

func zoneNamed(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location) //nolint:forcetypeassert // nothing else is stored
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	zones.Store(name, zone)
	return zone
}

// localTime is what a clock shows in a zone, with the day where it is another
// one than here: "14:02", "Wed 02:02". It is empty where the zone is not known.
func (s *Site) localTime(zone string) string {
	there := zoneNamed(zone)
	if there == nil {
		return ""
	}
	now := s.Now()
	if t := now.In(there); t.Day() != now.Day() {
		return t.Format("Mon 15:04")
	}
	return now.In(there).Format("15:04")
}

// localWord compares a zone with this machine's: "same time as you", "3 h
// ahead of you", "5 h 30 min behind you".
func (s *Site) localWord(zone string) string {
	there := zoneNamed(zone)
	if there == nil {
		return ""
	}
	now := s.Now()
	_, here := now.Zone()
	_, offset := now.In(there).Zone()
	apart, word := time.Duration(offset-here)*time.Second, "ahead of you"
	if apart == 0 {
		return "same time as you"
	}
	if apart < 0 {
		apart, word = -apart, "behind you"
	}
	hours, minutes := int(apart.Hours()), int(apart.Minutes())%60
	switch {
	case minutes == 0:
		return fmt.Sprintf("%d h %s", hours, word)
	case hours == 0:
		return fmt.Sprintf("%d min %s", minutes, word)
	default:
		return fmt.Sprintf("%d h %d min %s", hours, minutes, word)
	}
}

// span is how many people report to somebody, in words.
func span(c people.Card) string {
	if c.Direct == 0 {
		return "Nobody reports to them"
	}
	text := spanShort(c)
	switch {
	case c.Contractors == 1:
		text += ", 1 of them a contractor"
	case c.Contractors > 1:
		text += ", " + thousands(c.Contractors) + " of them contractors"
	}
	return text
}

// spanShort is span without contractors; empty for nobody.
func spanShort(c people.Card) string {
	switch {
	case c.Direct == 0:
		return ""
	case c.Direct == c.Total:
		return thousands(c.Direct) + " direct"
	default:
		return thousands(c.Direct) + " direct, " + thousands(c.Total) + " in all"
	}
}

// linePerson is a place in a reporting line: a person, or several folded.
type linePerson struct {
	Card people.Card
	Fold []people.Card
	Last bool
}

const (
	// maxLine is how many people of a reporting line are shown: of more, the
	// middle is folded.
	maxLine = 8
	// lineHead and lineTail stay of a line that is folded.
	lineHead, lineTail = 2, 4
)

// lineOf folds the middle of a long reporting line.
func lineOf(line []people.Card) []linePerson {
	var out []linePerson
	for i, c := range line {
		if len(line) > maxLine && i >= lineHead && i < len(line)-lineTail {
			if i == lineHead {
				out = append(out, linePerson{Fold: line[lineHead : len(line)-lineTail]})
			}
			continue
		}
		out = append(out, linePerson{Card: c, Last: i == len(line)-1})
	}
	return out
}

// classWord says how certain one can be of a head.
func classWord(c unit.Class) string {
	switch c {
	case unit.Certain:
		return "Certain"
	case unit.Likely:
		return "Likely"
	case unit.Disagreement:
		return "Disagreement"
	default:
		return "Unknown"
	}
}

var keyWords = map[reporting.Key]string{
	reporting.KeyID: "Id", reporting.KeyUserName: "User name", reporting.KeyEmail: "E-mail", reporting.KeyEmployeeNumber: "Employee number",
	reporting.KeyPrincipalName: "Principal name", reporting.KeyDN: "DN", reporting.KeyName: "Name",
}

// keyWord is what a key is called.
func keyWord(key any) string {
	if word, ok := keyWords[reporting.Key(fmt.Sprint(key))]; ok {
		return word
	}
	return fmt.Sprint(key)
}

var reasonWords = map[reporting.Reason]look{
	reporting.Resolved:          {"ok", "check", "Found"},
	reporting.InactiveManager:   {"warn", "warn", "Has left"},
	reporting.Conflict:          {"warn", "warn", "Two disagree"},
	reporting.Cycle:             {"warn", "warn", "In a circle"},
	reporting.Self:              {"skip-c", "minus", "Own manager"},
	reporting.Blank:             {"skip-c", "minus", "None given"},
	reporting.Placeholder:       {"skip-c", "minus", "None given"},
	reporting.NotInDirectory:    {"fail", "x", "Not found"},
	reporting.OutsideSyncFilter: {"fail", "x", "Not found"},
	reporting.Ambiguous:         {"warn", "warn", "Ambiguous"},
	reporting.MalformedDN:       {"fail", "x", "Unreadable"},
	// A manager who is not shown is told as a blank one.
}

// reasonWord is how a reason looks.
func reasonWord(reason reporting.Reason) look {
	if l, ok := reasonWords[reason]; ok {
		return l
	}
	return look{"skip-c", "minus", "Not known"}
}

// unitName is what a unit is called: some have no name.
func unitName(of any) string {
	ref := refOf(of)
	if strings.TrimSpace(ref.Value) == "" {
		return "No name"
	}
	return ref.Value
}

// day is a day as people say it: "Today, 24 November".
func (s *Site) day(t time.Time) string {
	now := s.Now()
	t = t.In(now.Location())
	text := t.Format("2 January")
	if t.Year() != now.Year() {
		text = t.Format("2 January 2006")
	}
	switch dayOf(t).Sub(dayOf(now)).Hours() / 24 {
	case 0:
		return "Today, " + text
	case -1:
		return "Yesterday, " + text
	default:
		return text
	}
}

// dayIn is a day inside of a sentence or a narrow column: "24 Nov".
func (s *Site) dayIn(v any) string {
	t, ok := moment(v)
	if !ok {
		return ""
	}
	now := s.Now()
	if t = t.In(now.Location()); t.Year() == now.Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// plural is a number and its noun: "1 person", "1,204 people".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// share is a share with one digit after the point, never rounded up to all.
func share(part, whole int) string {
	if text := percent(int64(part), int64(whole)); part == whole || text != "100.0 %" {
		return text
	}
	return "99.9 %"
}

// turns is a pager: where one is, and the ways back and on.
type turns struct {
	Text, Note, Back, Next string
}

// pageTurns turns the pages of a list by its offset; address is of a page.
func pageTurns(offset, shown, total int, address func(offset int) string) turns {
	if shown == 0 {
		t := turns{Text: "Nothing here"}
		if offset > 0 {
			t.Back = address(0)
		}
		return t
	}
	t := turns{Text: fmt.Sprintf("%s to %s of %s", thousands(offset+1), thousands(offset+shown), thousands(total))}
	if offset > 0 {
		t.Back = address(max(0, offset-people.PagePeople))
	}
	if offset+shown < total {
		t.Next = address(offset + shown)
	}
	return t
}
