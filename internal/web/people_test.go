package web_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/web"
	"patchbay.example/internal/web/webtest"
)

// noon is when the tests of the People view take place: in Kraków it is 13:00.
func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// startCompany is a site over a company, signed in.
func startCompany(t testing.TB, c *webtest.Company, now func() time.Time) *site {
	t.Helper()
	return start(t, nil, func(config *web.Config) {
		config.Operations, config.People, config.Now = c, c.Directory(), now
	}).signIn(t)
}

// page is what a page says; it must be there.
func (s *site) page(t testing.TB, path string) string {
	t.Helper()
	status, text, _ := s.send(t, "GET", path, nil)
	if status != http.StatusOK {
		t.Errorf("%s: status %d", path, status)
	}
	return text
}

// says asserts that a page says each of the texts.
func (s *site) says(t testing.TB, path string, wants ...string) string {
	t.Helper()
	text := s.page(t, path)
	plain := plainText(text)
	for _, want := range wants {
		if !strings.Contains(plain, want) && !strings.Contains(text, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	return text
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plainText is a page as one reads it.
func plainText(page string) string {
	return strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">").Replace(strings.Join(strings.Fields(tags.ReplaceAllString(page, "")), " "))
}

// peoplePages are the addresses of the pages of the People view.
func peoplePages() []string {
	pages := []string{
		"/people", "/people?q=zoë", "/people?q=nobodyiscalledso", "/people?f.department=Finance&f.user_type=Contractor", "/people?more=city", "/people?sort=-name&offset=50",
		"/people?q=zoë&f.department=Finance&f.city=Porto&f.user_type=Contractor",
		"/people/00uhead", "/people/00ulead0", "/people/00u00000", "/people/00utwin1", "/people/00uambiguous", "/people/00uring1", "/people/00uorphan",
		"/people/00uhead/reports", "/people/00uhead/reports?all=1", "/people/00u00000/peers", "/people/00u00000/reports",
		"/people/teams", "/people/teams?class=unknown", "/people/teams?name=nothing", "/people/teams/team?field=department&value=Finance", "/people/teams/team?field=department&value=Customer-Service",
		"/people/changes", "/people/changes?since=2026-11-01&kind=left", "/people/changes?since=2026-11-24&kind=moved",
		"/people/quality", "/people/quality?section=units", "/people/quality?section=fields", "/people/quality?section=people", "/people/set-aside", "/people/settings",
	}
	for _, kind := range []string{"ambiguous", "blank", "not_in_directory", "inactive_manager", "self", "cycle", "conflict", "placeholder"} {
		pages = append(pages, "/people/quality?kind="+kind)
	}
	return pages
}

func TestEveryPeoplePageIsWhole(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	for _, path := range peoplePages() {
		wholePage(t, s, path)
	}
}

func TestFindingPeople(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	text := s.says(t, "/people?q=zoe+exampel", "Zoë", "<mark>", `action="/people"`, "for “zoe exampel”")
	if !strings.Contains(text, "/people/00u00000") {
		t.Error("a name with one letter wrong does not find the person")
	}
	s.says(t, "/people", "1 to 50 of", "Export CSV", "Filters", `href="/people/chart"`, "Chief Executive Officer")
	// Who types into a list by name gets the best match first.
	if text := s.page(t, "/people"); strings.Contains(text, `value="name"`) || strings.Contains(s.page(t, "/people?q=zoë&sort="), `value="" selected>Name`) {
		t.Error("a list by name sorts what is typed by name")
	}
	s.says(t, "/people?f.department=Finance", "Department: Finance", "Remove this filter", "Clear")
	// The pager keeps what was chosen.
	next := regexp.MustCompile(`href="(/people\?[^"]*offset=50[^"]*)" rel="next"`).FindStringSubmatch(s.page(t, "/people?sort=-name&f.user_type=Employee"))
	if next == nil || !strings.Contains(next[1], "sort=-name") || !strings.Contains(next[1], "f.user_type=Employee") {
		t.Errorf("the next page is %q", next)
	}
	// The form has a button for who has no scripts, and the field's text.
	if text := s.page(t, "/people?q=zoë"); !strings.Contains(text, `data-without-script>Apply`) || !strings.Contains(text, `value="zoë"`) {
		t.Error("the search can't be used without scripts")
	}
}

func TestNobodyFoundSaysWhichFilterToDrop(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	text := s.says(t, "/people?f.department=Finance&f.manager=00ulead0", "Nobody matches all of it", "Drop it")
	for _, m := range regexp.MustCompile(`: ([\d,]+) (?:person|people)\. <a href="([^"]+)">Drop it`).FindAllStringSubmatch(text, -1) {
		path := strings.ReplaceAll(m[2], "&amp;", "&")
		s.says(t, path, ">"+m[1]+" ")
	}
	s.says(t, "/people?q=qqqqqqq", "Nobody matches", "qqqqqqq", "Everybody")
}

func TestAPersonsPage(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	s.says(t, "/people/00u00000", "Zoë Example", "Engineer", "Kraków, Poland", "13:00", "1 h ahead of you", "Amálie Example", "Direct", "E-mail",
		"mailto:00u00000@example.com", "In the chart", "vCard", "How the manager was found", "managerId", "Peers", "Nobody reports to them", "From workforce")
	s.says(t, "/people/00u00005", "No time zone on file")
	s.says(t, "/people/00u00003", "17:30", "5 h 30 min ahead of you")
	s.says(t, "/people/00ulead0", "Direct reports", "contractor", "Leads", "Engineering")
	s.says(t, "/people/00utwin1", "1 more person has this name")
	s.says(t, "/people/00u00011", "Title:", "Staff engineer")
	s.says(t, "/people/00uhead/reports?all=1", "Everybody under", "1 to 50 of")
	s.says(t, "/people/00u00000/peers", "Peers of")
	status, card, header := s.send(t, "GET", "/people/00u00000/card.vcf", nil)
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/vcard") || !strings.HasPrefix(card, "BEGIN:VCARD\r\n") || !strings.Contains(card, "Zoë") {
		t.Errorf("the vCard: status %d, %q", status, card[:min(len(card), 80)])
	}
}

func TestLocalTimeKnowsSummerTime(t *testing.T) {
	// New York goes back an hour a week after Kraków does.
	between := func() time.Time { return time.Date(2026, 10, 28, 12, 0, 0, 0, time.UTC) }
	c := webtest.SampleCompany(t, between)
	s := startCompany(t, c, between)
	s.says(t, "/people/00u00002", "07:00", "5 h behind you") // Chicago, still in summer time
	s.says(t, "/people/00u00000", "13:00", "1 h ahead of you")
}

func TestSomebodyWhoIsNotHere(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	status, text, _ := s.send(t, "GET", "/people/00u00007", nil)
	if status != http.StatusNotFound || !strings.Contains(text, "Left on 24 Nov") {
		t.Errorf("somebody who left: status %d, %s", status, plainText(text))
	}
	status, text, _ = s.send(t, "GET", "/people/00u00000x", nil)
	if status != http.StatusNotFound || !strings.Contains(text, "No person with this address") || !strings.Contains(text, `href="/people/00u0000`) {
		t.Errorf("an unknown id: status %d, without suggestions", status)
	}
	status, text, _ = s.send(t, "GET", "/people/teams/team?field=department&value=Financ", nil)
	if status != http.StatusNotFound || !strings.Contains(text, "No team with this address") {
		t.Errorf("an unknown team: status %d", status)
	}
	for _, path := range []string{"/people/nobody/reports", "/people/nobody/peers", "/people/nobody/card.vcf"} {
		if status, _, _ := s.send(t, "GET", path, nil); status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

func TestWhatCanNotBeAnswered(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	many := "/people?"
	for i := range 101 {
		many += "f.city=" + strconv.Itoa(i) + "&"
	}
	for _, path := range []string{
		"/people?offset=-1", "/people?offset=x", "/people?offset=99999999999", "/people?sort=salary", "/people?more=salaryBand", "/people?q=" + strings.Repeat("a", 1025), many,
		"/people?f.salaryBand=1", "/people/teams?class=sure", "/people/changes?since=yesterday", "/people/changes?kind=fired", "/people/quality?kind=none", "/people/quality?section=none",
		"/people/quality?kind=blank&offset=-5", "/people/00uhead/reports?all=perhaps", "/people/export.csv?sort=salary", "/people/set-aside?offset=-1",
	} {
		status, text, _ := s.send(t, "GET", path, nil)
		if status != http.StatusBadRequest || !strings.Contains(text, "<h1>That can’t be answered") && !strings.Contains(text, "<h1>That can&#39;t be answered") {
			t.Errorf("%s: status %d", path[:min(len(path), 60)], status)
		}
	}
}

func TestTeamsSayWhoLeadsAndWhy(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	s.says(t, "/people/teams", "Finance", "Led by", "Certain", "Engineering")
	s.says(t, "/people/teams/team?field=department&value=Finance", "Leaderová", "Certain", "People")
	s.says(t, "/people/teams/team?field=department&value=Customer-Service", "Probably the same team", "Customer Service")
	s.says(t, "/people/teams?name=fin", "Finance")
}

func TestChangesShowBeforeAndAfter(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	text := s.says(t, "/people/changes", "Newly Joined", "Left", "was Accountant", "Staff engineer", "Department:", "Finance", "All 4", "Joined 1", "Moved 2", "Left 1", "Today, 24 November")
	if strings.Contains(text, "canary") {
		t.Error("a change of what is not shown is shown")
	}
	s.says(t, "/people/changes?kind=left", `aria-current="true">Left`)
}

func TestQualityCountsEverybodyOnce(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	s := startCompany(t, c, noon)
	text := s.says(t, "/people/quality", "Directory quality", "Ambiguous", "not_in_directory", "E999", "Employee number", "What helps", "Set aside")
	sum := 0
	for _, m := range regexp.MustCompile(`<b class="num strong">([\d,]+)</b>`).FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	snap, err := c.Directory().Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := snap.Quality().People; sum != all {
		t.Errorf("the reasons are of %d people, of %d", sum, all)
	}
	s.says(t, "/people/quality?kind=ambiguous", "Faulty Ambiguous", "Faulty Namesake", "What helps", "CSV")
	if _, text, _ := s.send(t, "GET", "/people/quality.csv?kind=not_in_directory", nil); !strings.Contains(text, "E999") {
		t.Errorf("the CSV is %q", text)
	}
	if _, text, _ := s.send(t, "GET", "/people/quality.json", nil); !strings.Contains(text, `"kinds"`) {
		t.Errorf("the JSON is %.80q", text)
	}
}

func TestExportsHaveWhomTheSearchFinds(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	status, text, header := s.send(t, "GET", "/people/export.csv?f.department=Finance", nil)
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Disposition"), "people.csv") || !strings.Contains(text, "Finance") || strings.Contains(text, "Road Transport") {
		t.Errorf("the CSV: status %d, %.80q", status, text)
	}
	status, text, _ = s.send(t, "GET", "/people/export.jsonl?q=zoe", nil)
	if status != http.StatusOK || !strings.HasPrefix(text, "{") || !strings.Contains(text, "Zoë") {
		t.Errorf("the JSON lines: status %d, %.80q", status, text)
	}
}

// form is what a settings form sends.
func settingsForm(c *webtest.Company, t testing.TB, do string, fields url.Values) url.Values {
	t.Helper()
	s, err := c.PeopleSettings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"do": {do}, "revision": {strconv.FormatInt(s.Revision, 10)}}
	maps.Copy(form, fields)
	return form
}

func TestSettingsTakeEffectAtOnce(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	s := startCompany(t, c, noon)
	post := func(do string, fields url.Values, want int) string {
		t.Helper()
		status, text, _ := s.send(t, "POST", "/people/settings", settingsForm(c, t, do, fields))
		if status != want {
			t.Errorf("%s: status %d, want %d: %.300s", do, status, want, plainText(text))
		}
		return text
	}
	s.says(t, "/people/settings", "profile.salaryBand", "private life", "Hidden people", "Switch off")
	post("hide", url.Values{"person": {"00u00000"}}, http.StatusSeeOther)
	if status, text, _ := s.send(t, "GET", "/people/00u00000", nil); status != http.StatusNotFound || strings.Contains(text, "Zoë Example<") {
		t.Errorf("a hidden person: status %d", status)
	}
	s.says(t, "/people/settings", "00u00000", "Show again")
	post("show", url.Values{"person": {"00u00000"}}, http.StatusSeeOther)
	s.says(t, "/people/00u00000", "Zoë Example")
	post("attributes", url.Values{"attribute": {"title", "department", "profile.badgeColor"}}, http.StatusSeeOther)
	if text := s.says(t, "/people/00u00000", "Badge color", "red"); strings.Contains(text, "Kraków") || strings.Contains(text, "mailto:") {
		t.Error("an attribute that is not allowed any more is shown")
	}
	post("units", url.Values{"unit": {"profile.badgeColor"}}, http.StatusSeeOther)
	s.says(t, "/people/teams?field=profile.badgeColor", "red", "blue")
	post("default", nil, http.StatusSeeOther)
	s.says(t, "/people/00u00000", "Kraków")
	post("pin", url.Values{"attribute": {"managerId"}, "key": {"employee_number"}}, http.StatusSeeOther)
	s.says(t, "/people/settings", "Pinned: managerId holds the Employee number")
	post("unpin", nil, http.StatusSeeOther)
	post("head", url.Values{"field": {"department"}, "value": {"Finance"}, "person": {"00u00001"}}, http.StatusSeeOther)
	s.says(t, "/people/teams/team?field=department&value=Finance", "An administrator has named the head", "/people/00u00001")
	post("no-head", url.Values{"field": {"department"}, "value": {"Finance"}}, http.StatusSeeOther)
	post("nobody", url.Values{"person": {"00u00001"}}, http.StatusSeeOther)
	s.says(t, "/people/set-aside", "00u00001", "decided")
	if status, _, _ := s.send(t, "GET", "/people/00u00001", nil); status != http.StatusNotFound {
		t.Errorf("an account that belongs to nobody: status %d", status)
	}
	post("is-person", url.Values{"person": {"00u00001"}, "to": {"/people/set-aside"}}, http.StatusSeeOther)
	s.says(t, "/people/00u00001", "Sample Example")
	post("hide", url.Values{"person": {" "}}, http.StatusBadRequest)
	post("explode", nil, http.StatusBadRequest)
}

func TestAChangeOfOldSettingsIsRefused(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	s := startCompany(t, c, noon)
	form := settingsForm(c, t, "hide", url.Values{"person": {"00u00000"}})
	c.Set(t, func(s *people.Settings) { s.Hidden = []string{"00u00001"} })
	status, text, _ := s.send(t, "POST", "/people/settings", form)
	if status != http.StatusConflict || !strings.Contains(text, "Somebody else changed the settings") {
		t.Errorf("status %d", status)
	}
	s.says(t, "/people/00u00000", "Zoë Example")
}

func TestSwitchingThePeopleViewOnAndOff(t *testing.T) {
	c := webtest.NewCompany(t, noon)
	s := startCompany(t, c, noon)
	s.says(t, "/people", "not switched on", "has not been synced yet", "Switch on People view")
	c.Mark(t, true)
	s.says(t, "/people", "Nobody is here yet", "/connections/workforce", "no complete run yet")
	c.Begin(t, noon())
	s.says(t, "/people", "people so far", "<progress")
	c = webtest.SampleCompany(t, noon)
	s = startCompany(t, c, noon)
	s.says(t, "/connections/"+webtest.HRIS, "Switch off", "Open People")
	status, _, header := s.send(t, "POST", "/people/deactivate", url.Values{"connection": {webtest.HRIS}, "back": {"connection"}})
	if status != http.StatusSeeOther || header.Get("Location") != "/connections/"+webtest.HRIS+"?said=deactivated" {
		t.Fatalf("off: status %d", status)
	}
	s.says(t, "/connections/"+webtest.HRIS+"?said=deactivated", "Nobody is shown any more", "See what it would show")
	text := s.says(t, "/people", "not switched on", "What people would see", "Managers found by", "Employee number", "Five samples", "Worst", "Fields", "Switch on People view")
	for _, canary := range webtest.Canaries {
		if strings.Contains(text, canary) {
			t.Errorf("the preview has %q", canary)
		}
	}
	s.says(t, "/people/settings?connection="+webtest.HRIS, "profile.salaryBand", "Back to the preview")
	for _, path := range []string{"/people/00u00000", "/people/teams", "/people/quality", "/people/changes", "/people/export.csv"} {
		if _, text, _ := s.send(t, "GET", path, nil); strings.Contains(text, "Zoë Example") && !strings.Contains(text, "not switched on") {
			t.Errorf("%s: the People view is off, and shows people", path)
		}
	}
	if status, _, header := s.send(t, "POST", "/people/activate", url.Values{"connection": {webtest.HRIS}}); status != http.StatusSeeOther || header.Get("Location") != "/people?said=activated" {
		t.Errorf("on: status %d", status)
	}
	s.says(t, "/people?said=activated", "The People view is switched on.", "Amálie Example")
	if status, _, _ := s.send(t, "POST", "/people/activate", url.Values{"connection": {"nobody"}}); status != http.StatusNotFound {
		t.Errorf("a connection that is not there: status %d", status)
	}
}

func TestAStaleDirectorySaysSo(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	if text := startCompany(t, c, noon).page(t, "/people"); strings.Contains(text, "This is the directory of") {
		t.Error("a fresh directory is called stale")
	}
	s := startCompany(t, c, func() time.Time { return noon().Add(48 * time.Hour) })
	s.says(t, "/people", "This is the directory of 24 Nov 10:00.", "See why")
	s.says(t, "/people/teams", "This is the directory of 24 Nov 10:00.")
}

func TestWhatIsNotAllowedIsOnNoPage(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	c.Set(t, func(s *people.Settings) { s.Hidden = []string{webtest.HiddenID} })
	s := startCompany(t, c, noon)
	pages := peoplePages()
	for _, canary := range append(slices.Clone(webtest.Canaries), webtest.HiddenName) {
		pages = append(pages, "/people?q="+url.QueryEscape(canary), "/people/export.csv?q="+url.QueryEscape(canary))
	}
	pages = append(pages, "/people/00uunder", "/people/export.csv", "/people/export.jsonl", "/people/quality.csv", "/people/quality.json", "/people/00u00000/card.vcf", "/people/"+webtest.HiddenID, "/people/"+webtest.HiddenID+"/card.vcf", "/people/00ulead4", "/people/00ulead4/reports", "/people?sort=name&offset=50")
	for _, path := range pages {
		_, text, _ := s.send(t, "GET", path, nil)
		asked, _ := url.QueryUnescape(path)
		for _, canary := range append(slices.Clone(webtest.Canaries), webtest.HiddenName, "Canaryhidden", webtest.HiddenID) {
			known := strings.Contains(asked, canary) || canary == webtest.HiddenID && path == "/people/settings" || canary == "Canaryhidden" && strings.Contains(asked, "Canaryhidden")
			if !known && strings.Contains(text, canary) {
				i := strings.Index(text, canary)
				t.Errorf("%s: has %q: %s", path, canary, text[max(0, i-200):i+40])
			}
		}
		if strings.Contains(asked, "q=") && strings.Contains(asked, "canary-") && !strings.HasPrefix(path, "/people/export") && !strings.Contains(text, "Nobody matches") {
			t.Errorf("%s: something is found", path)
		}
	}
	for _, canary := range webtest.Canaries {
		if strings.Contains(s.log.String(), canary) {
			t.Errorf("the log has %q", canary)
		}
	}
}

func TestWhatOthersWroteIsTextInPeople(t *testing.T) {
	c := webtest.NewCompany(t, noon)
	hostile := webtest.HostileMembers()
	c.Sync(t, noon().Add(-2*time.Hour), hostile[1:]...)
	c.Sync(t, noon().Add(-time.Hour), hostile...)
	c.Mark(t, true)
	s := startCompany(t, c, noon)
	snap, err := c.Directory().Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pages := append(peoplePages(), "/people?more=title", "/people?more=department", "/people/teams?field=user_type", "/people/export.csv", "/people/quality.json")
	for _, kind := range snap.Quality().Kinds {
		pages = append(pages, "/people/quality?kind="+kind.Kind)
	}
	found, err := snap.Search(people.Query{})
	if err != nil || found.Total == 0 {
		t.Fatalf("%d hostile people, %v", found.Total, err)
	}
	for _, m := range hostile {
		for _, text := range []string{m.Title, m.ID} {
			pages = append(pages, "/people?q="+url.QueryEscape(text), "/people?f.department="+url.QueryEscape(text), "/people/teams/team?field=department&value="+url.QueryEscape(text), "/people/teams?name="+url.QueryEscape(text),
				"/people/"+url.PathEscape(text), "/people/person?id="+url.QueryEscape(text))
		}
	}
	for _, path := range pages {
		status, text, header := s.send(t, "GET", path, nil)
		if status >= 500 {
			t.Errorf("%.80s: status %d", path, status)
		}
		if !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, bad := range []string{"<script>", "<img", `" onload="`, "\x00", `href="javascript:`} {
			if strings.Contains(text, bad) {
				t.Errorf("%.80s: what somebody wrote became markup: %q", path, bad)
			}
		}
		if !strings.HasSuffix(text, "</html>\n") && status < 300 {
			t.Errorf("%.80s: is not whole", path)
		}
	}
	for _, hit := range found.Hits {
		if status, text, _ := s.send(t, "GET", web.PersonAt(hit.ID), nil); status != http.StatusOK || !strings.Contains(text, "How the manager was found") {
			t.Errorf("the page of %.60q: status %d", hit.ID, status)
		}
		if status, _, _ := s.send(t, "GET", web.PersonAt(hit.ID, "/peers"), nil); status != http.StatusOK {
			t.Errorf("the peers of %.60q: status %d", hit.ID, status)
		}
	}
	csv := s.page(t, "/people/export.csv")
	if strings.Contains(csv, "\n=cmd") || strings.Contains(csv, ",=cmd") {
		t.Error("the CSV has a formula")
	}
}

func FuzzPeopleQuery(f *testing.F) {
	for _, seed := range []string{
		"q=zo%C3%AB&sort=name&offset=50", "f.department=Finance&f.department=&f.city=Porto", "more=city&q=a", "offset=-1", "f.=&f.%00=%ff", "q=%ff%fe&sort=%00",
		"q=" + strings.Repeat("a+", 300), "f.manager=00uhead&f.manager=", "more=manager", "since=2026-02-30", "kind=ambiguous&offset=1", "class=certain&field=department&name=%E2%80%AE", "id=.&all=1", "field=department&value=",
	} {
		f.Add(seed)
	}
	s := startCompany(f, webtest.SampleCompany(f, noon), noon)
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := url.ParseQuery(query); err != nil || strings.ContainsAny(query, " \r\n\t#\x00\x7f") || len(query) > 10_000 {
			t.Skip("is no address")
		}
		for _, path := range []string{"/people", "/people/teams", "/people/teams/team", "/people/changes", "/people/quality", "/people/person", "/people/person/reports", "/people/set-aside"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", s.server.URL+path+"?"+query, nil)
			if err != nil {
				t.Skip("is no address")
			}
			response, err := s.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			switch response.StatusCode {
			case http.StatusOK, http.StatusBadRequest, http.StatusNotFound:
			default:
				t.Errorf("%s?%s: status %d", path, query, response.StatusCode)
			}
		}
	})
}

func TestAxeIsWhatItSaysItIs(t *testing.T) {
	script, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	notes, err := os.ReadFile("testdata/axe/VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(script)); !strings.Contains(string(notes), sum) {
		t.Errorf("axe.min.js has SHA-256 %s, of which VENDORED.md does not know", sum)
	}
}
