package web

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// funcs are what templates may call.
func (s *Site) funcs() template.FuncMap {
	all := template.FuncMap{
		"asset": asset, "num": thousands[int64], "numi": thousands[int], "when": s.when, "whenIn": s.whenIn, "ago": s.ago, "clock": s.clock,
		"took": took, "took8": func(d service.Duration) string { return took(time.Duration(d)) },
		"size": size, "letter": letter, "initials": initials, "hue": hue, "where": where,
		"state": stateOf, "outcome": outcomeOf, "trigger": func(w store.Why) string { return triggers[w] },
		"at": at, "machine": machineTime, "percent": percent, "dict": dict, "checkLook": checkLook, "signed": signed, "neg": func(n int64) int64 { return -n },
		"tag": statusTag, "sumChecks": sumChecks, "word": func(text string) string { return strings.ReplaceAll(text, "_", " ") },
		"record": func(connection, id string) string {
			return "/records/" + url.PathEscape(connection) + "?id=" + url.QueryEscape(id)
		},
	}
	maps.Copy(all, s.peopleFuncs())
	return all
}

// dict makes a map of pairs, for templates that take several values.
func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// thousands is a number as people read it: 18,204.
func thousands[N int | int64](n N) string {
	text := strconv.FormatInt(int64(n), 10)
	digits, minus := strings.CutPrefix(text, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if minus {
		return "−" + digits
	}
	return digits
}

// signed is a change: +12, 0 or −3.
func signed(n int64) string {
	if n > 0 {
		return "+" + thousands(n)
	}
	return thousands(n)
}

// zone is the name of the zone in which times are shown.
func (s *Site) zone() string {
	now := s.Now()
	name := now.Location().String()
	if name == "Local" || name == "" {
		name, _ = now.Zone()
	}
	return name
}

// when is a moment as people say it: "Today 08:02", "Yesterday 20:01", "21 Nov
// 14:00".
func (s *Site) when(v any) string {
	t, ok := moment(v)
	if !ok {
		return "never"
	}
	now := s.Now()
	t = t.In(now.Location())
	days := dayOf(t).Sub(dayOf(now)).Hours() / 24
	switch {
	case days == 0:
		return t.Format("Today 15:04")
	case days == -1:
		return t.Format("Yesterday 15:04")
	case days == 1:
		return t.Format("Tomorrow 15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	default:
		return t.Format("2 Jan 2006 15:04")
	}
}

// whenIn is when inside of a sentence: "today 08:02".
func (s *Site) whenIn(v any) string {
	text := s.when(v)
	for _, day := range []string{"Today", "Yesterday", "Tomorrow"} {
		if rest, ok := strings.CutPrefix(text, day); ok {
			return strings.ToLower(day) + rest
		}
	}
	return text
}

// dayOf is the day as a number of whole days, whatever summer time does.
func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// ago is how long since, or until.
func (s *Site) ago(v any) string {
	t, ok := moment(v)
	if !ok {
		return ""
	}
	switch d := s.Now().Sub(t); {
	case d < -time.Minute:
		return "in " + rough(-d)
	case d < time.Minute:
		return "now"
	default:
		return rough(d) + " ago"
	}
}

func rough(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d min", max(1, int(d.Minutes())))
	}
}

// moment takes a time or a pointer to one; not ok where there is none.
func moment(v any) (time.Time, bool) {
	switch t := v.(type) {
	case time.Time:
		return t, !t.IsZero()
	case *time.Time:
		if t != nil {
			return *t, !t.IsZero()
		}
	}
	return time.Time{}, false
}

func machineTime(v any) string {
	t, ok := moment(v)
	if !ok {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (s *Site) clock(t time.Time) string { return t.In(s.Now().Location()).Format("15:04:05") }

// took is a duration as people say it: 840 ms, 4 s, 1 m 58 s, 6 h.
func took(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d > 0 && d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	d = d.Round(time.Second)
	var parts []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / unit.of; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			d -= n * unit.of
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts[:min(len(parts), 2)], " ")
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}

// percent is a share with one digit after the point.
func percent(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// letter stands for a connector: its first letter.
func letter(name string) string {
	for _, r := range name {
		return string(unicode.ToUpper(r))
	}
	return "?"
}

// initials stand for a person: one or two letters, one where the script has no
// capitals.
func initials(name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(name) {
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				letters = append(letters, unicode.ToUpper(r))
				break
			}
		}
	}
	switch {
	case len(letters) == 0:
		return "·"
	case len(letters) == 1 || !unicode.IsUpper(letters[0]):
		return string(letters[0])
	default:
		return string(letters[0]) + string(letters[len(letters)-1])
	}
}

// hue is a person's colour, 0 to 9.
func hue(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32() >> 8 % 10)
}

// where is the host that a configuration names, if it names one.
func where(config json.RawMessage) string {
	var object map[string]any
	if json.Unmarshal(config, &object) != nil {
		return ""
	}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text, ok := object[name].(string)
		if u, err := url.Parse(text); ok && err == nil && u.Host != "" {
			return u.Host
		}
	}
	return ""
}

// look is a class of the style sheet, an icon and a word: of a state, an
// outcome, a check.
type look struct{ Class, Icon, Word string }

var states = map[store.ConnectionState]look{
	store.StateNew:                {"is-paused", "clock", "New"},
	store.StateActive:             {"is-active", "check", "Active"},
	store.StateSyncing:            {"is-syncing", "sync", "Syncing"},
	store.StateSyncFailed:         {"is-failed", "x", "Sync failed"},
	store.StateCredentialsExpired: {"is-expired", "key", "Credentials expired"},
	store.StateHeldForReview:      {"is-held", "held", "Held for review"},
	store.StatePaused:             {"is-paused", "pause", "Paused"},
}

func stateOf(state store.ConnectionState) look {
	if l, ok := states[state]; ok {
		return l
	}
	return look{"is-paused", "minus", string(state)}
}

var outcomes = map[store.RunStatus]look{
	store.RunRunning:    {"is-syncing", "sync", "Running"},
	store.RunHeld:       {"is-held", "held", "Held for review"},
	store.RunPromoted:   {"is-active", "check", "Complete"},
	store.RunFailed:     {"is-failed", "x", "Failed"},
	store.RunAbandoned:  {"is-failed", "x", "Abandoned"},
	store.RunDiscarded:  {"is-paused", "minus", "Discarded"},
	store.RunSuperseded: {"is-paused", "minus", "Superseded"},
}

func outcomeOf(r service.Run) look {
	l, ok := outcomes[r.Status]
	switch {
	case !ok:
		return look{"is-paused", "minus", string(r.Status)}
	case r.Status == store.RunFailed && r.Class == store.ClassCredentialsRejected:
		return look{"is-expired", "key", "Credentials refused"}
	case r.Status == store.RunPromoted && r.Resumed > 0:
		l.Word = "Complete, resumed"
	}
	return l
}

func checkLook(status service.CheckStatus) look {
	switch status {
	case service.CheckOK:
		return look{"ok", "check", "Passed"}
	case service.CheckWarn:
		return look{"warn", "warn", "Warning"}
	case service.CheckFail:
		return look{"fail", "x", "Failed"}
	default:
		return look{"skip-c", "minus", "Not run"}
	}
}

// sumChecks is a sentence about named checks: "8 passed, 1 warning".
func sumChecks(checks []service.Check) string {
	var parts []string
	for _, kind := range []struct {
		status    service.CheckStatus
		one, many string
	}{
		{service.CheckOK, "passed", "passed"},
		{service.CheckWarn, "warning", "warnings"},
		{service.CheckFail, "failed", "failed"},
		{service.CheckSkipped, "not run", "not run"},
	} {
		n := 0
		for _, c := range checks {
			if c.Status == kind.status {
				n++
			}
		}
		if n == 1 {
			parts = append(parts, "1 "+kind.one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.many))
		}
	}
	return strings.Join(parts, ", ")
}

// triggers complete "started …".
var triggers = map[store.Why]string{
	store.WhyFirst:    "as the first run",
	store.WhySchedule: "by the schedule",
	store.WhyCatchUp:  "to catch up",
	store.WhyRetry:    "as a retry",
	store.WhyProbe:    "to try the credentials again",
	store.WhyManual:   "by hand",
	store.WhyPlan:     "by hand, to be held",
	store.WhyResumed:  "after a pause",
	store.WhyChanged:  "after a change",
}

// statusTag is the class of a person's status: the normal is quiet.
func statusTag(p service.PersonVersion) string {
	switch {
	case strings.EqualFold(p.Status, "active"), p.Status == "":
		return ""
	case !p.Access || strings.EqualFold(p.Status, "suspended") || strings.EqualFold(p.Status, "locked_out"):
		return "bad"
	default:
		return "accent"
	}
}
