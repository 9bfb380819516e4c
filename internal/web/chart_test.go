package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/web"
	"patchbay.example/internal/web/webtest"
)

// crowd is a company of 100,000, with the directory over it, which is made once.
var crowd = sync.OnceValue(func() *people.Directory { return webtest.Crowd{People: 100_000, Now: noon()}.Directory() })

// startCrowd is a site over it, signed in.
func startCrowd(t testing.TB) *site {
	t.Helper()
	return start(t, webtest.Sample(noon), func(config *web.Config) { config.People, config.Now = crowd(), noon }).signIn(t)
}

// chartPages are the addresses of the chart in its states, over the sample.
func chartPages() []string {
	return []string{
		"/people/chart", "/people/chart?at=00u00003", "/people/chart?at=00u00003&list=1", "/people/chart?at=00uhead&by=department", "/people/chart?at=00uhead&levels=2",
		"/people/chart?at=00uhead&by=department&of=00uhead&group=Finance", "/people/chart?open=00ulead0&shut=00uhead", "/people/chart?at=00uring1", "/people/chart/outside", "/people/chart?at=00utwin1",
	}
}

func TestTheChartSaysWhatItShows(t *testing.T) {
	s := startCrowd(t)
	page := s.says(t, "/people/chart", "5 of 100,000 people shown.", "stand outside every tree: see them", "Other trees", `href="/people/chart/outside"`)
	if n := strings.Count(page, "data-person="); n != 5 {
		t.Errorf("%d people, not 5", n)
	}
	s.says(t, "/people/chart?at="+webtest.CrowdWide, "5,000 more in 6 groups", "5,000 direct, by department", "No department", "as list")
	s.says(t, "/people/chart/outside", "1 to 50 of")
}

func TestAWideTeamIsAPagedList(t *testing.T) {
	s := startCrowd(t)
	all := "/people/chart?at=" + webtest.CrowdWide + "&of=" + webtest.CrowdWide
	s.says(t, all, "5,000 direct", "by department", "Next, from 31 of 5,000")
	page := s.says(t, all+"&offset=30&group=", "No department", "Back")
	if n := strings.Count(page, `class="row"`); n != people.WideTeam {
		t.Errorf("%d people in the list", n)
	}
	s.says(t, all+"&offset=9999", "Nobody here any more", "Back")
}

// jack is the link that opens or closes a branch.
func jack(t testing.TB, page, id string) string {
	t.Helper()
	_, after, _ := strings.Cut(page, `data-person="`+id+`"`)
	match := regexp.MustCompile(`class="jack" href="([^"]*)"`).FindStringSubmatch(after)
	if match == nil {
		t.Fatalf("%s has no jack", id)
	}
	return strings.ReplaceAll(match[1], "&amp;", "&")
}

func TestAJackIsALink(t *testing.T) {
	s := startCrowd(t)
	at := "/people/chart"
	for range 5 { // down, one branch after the other
		page := s.page(t, at)
		ids := regexp.MustCompile(`data-person="([^"]*)"(?:[^>]*)><div class="node"><a [^>]*>.*?aria-expanded="false"`).FindStringSubmatch(page)
		if ids == nil {
			t.Fatalf("at %s nothing is closed", at)
		}
		before := strings.Count(page, "data-person=")
		at = jack(t, page, ids[1])
		opened := s.page(t, at)
		if strings.Count(opened, "data-person=") <= before && !strings.Contains(opened, "by department") {
			t.Fatalf("%s has opened nothing", at)
		}
		closed := s.page(t, jack(t, opened, ids[1]))
		if n := strings.Count(closed, "data-person="); n != before {
			t.Fatalf("closed again there are %d people, not %d", n, before)
		}
	}
	// The root can be closed as well, and opened.
	page := s.page(t, "/people/chart")
	shut := s.page(t, jack(t, page, webtest.CrowdHead))
	if n := strings.Count(shut, "data-person="); n != 1 {
		t.Errorf("of the closed root %d people are shown", n)
	}
	if again := s.page(t, jack(t, shut, webtest.CrowdHead)); strings.Count(again, "data-person=") != 5 {
		t.Error("the root does not open again")
	}
}

func TestABranchIsOneElement(t *testing.T) {
	s := startCrowd(t)
	fragment := func(path string) string {
		status, text, _ := s.send(t, "GET", path, nil, func(r *http.Request) { r.Header.Set("HX-Request", "true") })
		if status != http.StatusOK {
			t.Errorf("%s: status %d", path, status)
		}
		return strings.TrimSpace(text)
	}
	low := webtest.Crowd{People: 100_000}.Low()
	text := fragment("/people/" + webtest.CrowdHead + "/branch?at=" + low)
	if !strings.HasPrefix(text, "<li ") || !strings.HasSuffix(text, "</li>") || strings.Count(text, "data-person=") != 5 || strings.Count(text, "li-hot") != 2 {
		t.Errorf("the branch of the head is %s", text)
	}
	text = fragment("/people/" + webtest.CrowdWide + "/branch?card=list&group=Depots+South&offset=60")
	if !strings.HasPrefix(text, `<li class="li-card">`) || !strings.Contains(text, "Depots South") || strings.Count(text, `class="row"`) != people.WideTeam {
		t.Errorf("the page of a group is %s", text)
	}
	text = fragment("/people/" + webtest.CrowdWide + "/branch?card=groups")
	if !strings.Contains(text, "5,000 direct, by department") {
		t.Errorf("the groups are %s", text)
	}
	// Opened as a page it leads to the chart.
	status, _, header := s.send(t, "GET", "/people/"+webtest.CrowdChief+"/branch", nil)
	if status != http.StatusSeeOther || header.Get("Location") != "/people/chart?open="+webtest.CrowdChief {
		t.Errorf("status %d to %q", status, header.Get("Location"))
	}
}

var item = regexp.MustCompile(`<li`)

// tree is the part of a page that is the chart.
func tree(page string) string {
	_, after, _ := strings.Cut(page, `id="chart"`)
	before, _, _ := strings.Cut(after, `id="chart-said"`)
	return before
}

func TestTheChartIsNeverLarge(t *testing.T) {
	s := startCrowd(t)
	low := webtest.Crowd{People: 100_000}.Low()
	q := url.Values{"at": {low}, "levels": {"4"}}
	for range 20 {
		page := s.page(t, "/people/chart?"+q.Encode())
		if n := len(item.FindAllString(tree(page), -1)); n == 0 || n > 300 {
			t.Fatalf("%s: %d nodes", q.Encode(), n)
		}
		closed := regexp.MustCompile(`data-person="([^"]*)"[^>]*><div class="node[^"]*"><a [^>]*>[^\n]*?aria-expanded="false"`).FindStringSubmatch(tree(page))
		if closed == nil || len(q["open"]) == 20 {
			break
		}
		q.Add("open", closed[1])
	}
	for _, path := range []string{"/people/chart?levels=4", "/people/chart?at=" + webtest.CrowdChief + "&levels=4", "/people/chart?levels=4&by=department", "/people/chart?levels=4&list=1"} {
		if n := len(item.FindAllString(tree(s.page(t, path)), -1)); n == 0 || n > 300 {
			t.Errorf("%s: %d nodes", path, n)
		}
	}
}

func TestALineOfAnyLengthIsShown(t *testing.T) {
	var chain []webtest.Member
	for i := range 400 {
		m := webtest.Member{ID: "00u" + string(rune('a'+i/26%26)) + string(rune('a'+i%26)) + string(rune('a'+i/676)), Given: "Sample", Family: "Link"}
		if i > 0 {
			m.ManagerID = chain[i-1].ID
		}
		chain = append(chain, m)
	}
	c := webtest.NewCompany(t, noon)
	c.Sync(t, noon().Add(-time.Hour), chain...)
	c.Mark(t, true)
	s := startCompany(t, c, noon)
	page := s.says(t, "/people/chart?at="+chain[399].ID, "of 400 people shown", "379 levels of this line, above the tree, are in the line only")
	if n := strings.Count(page, "data-person="); n != 21 {
		t.Errorf("%d people in the tree", n)
	}
	if n := strings.Count(tree(page), "aria-current"); n != 1 {
		t.Errorf("%d people in view", n)
	}
}

func TestWhatTheChartCanNotShow(t *testing.T) {
	s := startCompany(t, webtest.SampleCompany(t, noon), noon)
	many := strings.Repeat("&open=x", 21)
	for path, want := range map[string]int{
		"/people/chart?at=nobody": http.StatusNotFound, "/people/chart?levels=5": http.StatusBadRequest, "/people/chart?levels=x": http.StatusBadRequest,
		"/people/chart?by=colour": http.StatusBadRequest, "/people/chart?list=2": http.StatusBadRequest, "/people/chart?x" + many: http.StatusBadRequest,
		"/people/chart?offset=-1": http.StatusBadRequest, "/people/chart?at=" + strings.Repeat("x", 2000): http.StatusBadRequest,
		"/people/chart?open=nobody&shut=nobody&of=nobody": http.StatusOK, "/people/chart.svg?at=nobody": http.StatusNotFound,
		"/people/chart.svg?levels=0": http.StatusBadRequest, "/people/chart/outside?offset=x": http.StatusBadRequest, "/people/chart/outside?offset=9999": http.StatusOK,
		"/people/nobody/branch": http.StatusSeeOther,
	} {
		if status, text, _ := s.send(t, "GET", path, nil); status != want {
			t.Errorf("%s: status %d, not %d: %.300s", path, status, want, plainText(text))
		}
	}
	status, _, _ := s.send(t, "GET", "/people/nobody/branch", nil, func(r *http.Request) { r.Header.Set("HX-Request", "true") })
	if status != http.StatusNotFound {
		t.Errorf("a branch of nobody: status %d", status)
	}
}

func TestTheDrawing(t *testing.T) {
	s := startCrowd(t)
	status, text, header := s.send(t, "GET", "/people/chart.svg?at="+webtest.CrowdWide, nil)
	if status != http.StatusOK || header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("status %d, %v", status, header)
	}
	if n := wellFormed(t, text)["g"]; n != 5001 {
		t.Errorf("%d boxes", n)
	}
	// Everybody is too much: as many levels as fit, and who is below them counted.
	status, text, _ = s.send(t, "GET", "/people/chart.svg", nil)
	if n := wellFormed(t, text)["g"]; status != http.StatusOK || n < 5000 || n > 20_000 || !strings.Contains(text, " more<") {
		t.Errorf("status %d, %d boxes", status, n)
	}
	if status, text, _ = s.send(t, "GET", "/people/chart.svg?levels=9", nil); status != http.StatusUnprocessableEntity || !strings.Contains(text, "at most 20000 people") {
		t.Errorf("all levels: status %d: %.200s", status, plainText(text))
	}
	if _, text, _ = s.send(t, "GET", "/people/chart.svg?levels=1", nil); wellFormed(t, text)["g"] != 5 || !strings.Contains(text, ">5,000 more<") {
		t.Errorf("one level is %.300s", text)
	}
}

// wellFormed counts the elements of a drawing.
func wellFormed(t testing.TB, text string) map[string]int {
	t.Helper()
	count := map[string]int{}
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("the drawing is not well-formed: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			count[start.Name.Local]++
		}
	}
}

func TestHostileTextInTheChart(t *testing.T) {
	c := webtest.NewCompany(t, noon)
	members := webtest.HostileMembers()
	for i := range members {
		if i > 0 {
			members[i].ManagerID, members[i].Manager = members[i-1].ID, ""
		}
	}
	c.Sync(t, noon().Add(-time.Hour), members...)
	c.Mark(t, true)
	s := startCompany(t, c, noon)
	for _, m := range members {
		id := url.QueryEscape(m.ID)
		for _, path := range []string{"/people/chart?at=" + id, "/people/chart?at=" + id + "&list=1&by=department&of=" + id, "/people/chart?open=" + id} {
			page := s.page(t, path)
			for _, bad := range []string{"<script>alert", "onerror=alert(1)>", "\x00", "href=\"javascript:"} {
				if strings.Contains(page, bad) {
					t.Errorf("%.60s holds %q", path, bad)
				}
			}
		}
		_, text, _ := s.send(t, "GET", "/people/chart.svg?at="+id, nil)
		if counts := wellFormed(t, text); counts["g"] == 0 || counts["script"]+counts["image"]+counts["img"] > 0 {
			t.Errorf("the drawing around %.60q has %v", m.ID, counts)
		}
		if strings.Contains(text, "\u202e") {
			t.Errorf("the drawing around %.60q turns its text", m.ID)
		}
	}
}

func TestTheHiddenAreInNoChart(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	c.Set(t, func(s *people.Settings) { s.Hidden = []string{webtest.HiddenID} })
	s := startCompany(t, c, noon)
	for _, path := range append(chartPages(), "/people/chart.svg", "/people/chart?at=00ulead4", "/people/chart.svg?at=00ulead4") {
		if text := s.page(t, path); strings.Contains(text, webtest.HiddenName) || strings.Contains(text, webtest.HiddenID) {
			t.Errorf("%s shows who is hidden", path)
		}
	}
	if status, text, _ := s.send(t, "GET", "/people/chart?at="+webtest.HiddenID, nil); status != http.StatusNotFound || strings.Contains(text, webtest.HiddenName) {
		t.Errorf("the chart around who is hidden: status %d", status)
	}
}

func FuzzChartAddress(f *testing.F) {
	for _, seed := range []string{"at=00uhead", "levels=4&by=department&list=1", "open=00ulead1&open=00ulead2&shut=00uhead", "of=00uhead&group=&offset=30", "at=%00&open=%ff", "levels=-1", "card=list"} {
		f.Add(seed)
	}
	s := startCompany(f, webtest.SampleCompany(f, noon), noon)
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/people/chart?", "/people/chart.svg?", "/people/00uhead/branch?"} {
			r := strings.NewReplacer("#", "", " ", "", "\x00", "").Replace(query)
			if u, err := url.Parse(path + r); err != nil || u.Fragment != "" || len(r) > 4000 {
				return
			}
			status, text, _ := s.send(t, "GET", path+r, nil)
			if status >= http.StatusInternalServerError {
				t.Errorf("%s%q: status %d: %.300s", path, query, status, plainText(text))
			}
		}
	})
}
