package api

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"patchbay.example/internal/people"
)

// read gets a path of the directory and decodes the answer.
func read[T any](t *testing.T, handler http.Handler, path string) T {
	t.Helper()
	answer, _ := ask(t, handler, http.MethodGet, Prefix+path, "", "")
	var body T
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: answered %d %s", path, answer.Code, answer.Body)
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return body
}

func TestTheDirectoryAnswers(t *testing.T) {
	h := viewOf(t, aCompany())
	if s := read[DirectorySummary](t, h, "/directory"); s.Connection != "workforce" || s.People != 59 || s.Active != 59 || !s.Complete.Equal(aTime) || len(s.Attributes) < 5 {
		t.Errorf("summary: %+v", s)
	}
	if f := read[people.Found](t, h, "/directory/people?limit=1&q="+word(20)); f.Total < 1 || f.Hits[0].ID != "20" {
		t.Errorf("search: %+v", f)
	}
	chosen := url.QueryEscape(`{"department":["Sales"]}`)
	all, sales := read[people.Found](t, h, "/directory/people?limit=200"), read[people.Found](t, h, "/directory/people?limit=200&chosen="+chosen)
	if all.Total != 59 || sales.Total != 19 || len(sales.Hits) != 19 {
		t.Errorf("%d of Sales among %d, want 19 of 59", sales.Total, all.Total)
	}
	if p := read[people.Person](t, h, "/directory/person?id=20"); p.ManagerID != "3" || p.Link.Reason != "resolved" || p.Link.Attribute != "managerId" || len(p.Line) != 2 {
		t.Errorf("person: %+v", p)
	}
	if line := read[CardList](t, h, "/directory/line?id=20"); line.Total != 2 || line.People[0].ID != "1" || line.People[1].ID != "3" {
		t.Errorf("line: %+v", line)
	}
	direct, below := read[CardList](t, h, "/directory/reports?id=1&limit=3"), read[CardList](t, h, "/directory/reports?id=1&all=true")
	if direct.Total != 8 || len(direct.People) != 3 || below.Total != 57 {
		t.Errorf("%d direct reports, %d on the page, %d below; want 8, 3 and 57", direct.Total, len(direct.People), below.Total)
	}
	if peers := read[CardList](t, h, "/directory/peers?id=2"); peers.Total != 7 {
		t.Errorf("%d peers, want 7", peers.Total)
	}
	if e := read[people.Evidence](t, h, "/directory/evidence?id=30"); e.Link.Reason != "placeholder" || len(e.References) != 1 || e.References[0].Value != "n/a" {
		t.Errorf("evidence: %+v", e)
	}
	if c := read[people.Chart](t, h, "/directory/chart?id=20"); c.Root == nil || c.Root.ID != "1" || len(c.Line) != 3 {
		t.Errorf("chart: %+v", c)
	}
	if b := read[people.Branch](t, h, "/directory/branch?id=1&list=true"); b.ID != "1" || len(b.Reports) != 8 {
		t.Errorf("branch: %+v", b)
	}
	if b := read[people.Branch](t, h, "/directory/branch?id=1&group=Finance"); !b.Grouped || len(b.Reports) != 2 {
		t.Errorf("branch of a department: %+v", b)
	}
	if u := read[people.Units](t, h, "/directory/units"); u.Total != 3 || u.Units[0].Members < 19 {
		t.Errorf("units: %+v", u)
	}
	if u := read[people.UnitPage](t, h, "/directory/unit?field=department&value=R%26D&limit=5"); u.Value != "R&D" || len(u.People) != 5 {
		t.Errorf("unit: %+v", u)
	}
	q := read[people.Quality](t, h, "/directory/quality")
	if q.People != q.Found+q.Doubtful+q.Blank+q.Missing || len(q.Kinds) < 10 {
		t.Errorf("quality: %+v", q)
	}
	if f := read[people.Findings](t, h, "/directory/findings?kind=placeholder"); f.Total != 1 || f.Rows[0].Person.ID != "30" {
		t.Errorf("findings: %+v", f)
	}
	if o := read[CardList](t, h, "/directory/outside"); o.Total != 1 || o.People[0].ID != "30" {
		t.Errorf("outside: %+v", o)
	}
	c := read[people.Changes](t, h, "/directory/changes?since=2026-02-01T00:00:00Z")
	if c.Total != 2 || c.Moved != 1 || c.Left != 1 || c.Joined != 0 {
		t.Errorf("changes: %+v", c)
	}
	if c := read[ChangeHistory](t, h, "/directory/history?id=20"); len(c.Changes) != 1 || c.Changes[0].Fields[0].Before != "Apprentice" {
		t.Errorf("history: %+v", c)
	}
}

func TestTheDirectoryIsExported(t *testing.T) {
	h := viewOf(t, aCompany())
	answer, _ := ask(t, h, http.MethodGet, Prefix+"/directory/export?chosen="+url.QueryEscape(`{"department":["Sales"]}`), "", "")
	rows, err := csv.NewReader(answer.Body).ReadAll()
	if err != nil || len(rows) != 20 || !strings.Contains(answer.Header().Get("Content-Disposition"), "people.csv") {
		t.Errorf("%d rows, %v, %v; want a heading and 19", len(rows), err, answer.Header())
	}
	answer, _ = ask(t, h, http.MethodGet, Prefix+"/directory/export?format=jsonl", "", "")
	lines := 0
	for scanner := bufio.NewScanner(answer.Body); scanner.Scan(); lines++ {
		if !json.Valid(scanner.Bytes()) {
			t.Errorf("no JSON: %s", scanner.Text())
		}
	}
	if lines != 59 {
		t.Errorf("%d lines, want 59", lines)
	}
	answer, _ = ask(t, h, http.MethodGet, Prefix+"/directory/findings/export", "", "")
	if rows, err := csv.NewReader(answer.Body).ReadAll(); err != nil || len(rows) < 2 {
		t.Errorf("%d rows of findings, %v", len(rows), err)
	}
	answer, _ = ask(t, h, http.MethodGet, Prefix+"/directory/chart.svg", "", "")
	if svg := answer.Body.String(); !strings.HasPrefix(svg, "<?xml") || strings.Count(svg, "<circle") != 58 || answer.Header().Get("Content-Type") != svgType {
		t.Errorf("%v, %d circles, want one for each of the tree", answer.Header(), strings.Count(svg, "<circle"))
	}
	answer, _ = ask(t, h, http.MethodGet, Prefix+"/directory/chart.svg?id=1&levels=1", "", "")
	if n := strings.Count(answer.Body.String(), "<circle"); n != 9 {
		t.Errorf("%d circles in one level, want 9", n)
	}
	answer, _ = ask(t, h, http.MethodGet, Prefix+"/directory/vcard?id=20", "", "")
	if !strings.HasPrefix(answer.Body.String(), "BEGIN:VCARD\r\nVERSION:4.0\r\n") || answer.Header().Get("Content-Type") != vcardType {
		t.Errorf("%v %s", answer.Header(), answer.Body)
	}
}

func TestNothingPrivateIsAnswered(t *testing.T) {
	h := viewOf(t, aCompany())
	paths := append([]string{
		"/people?q=" + canary, "/people?q=birthday", "/people?more=city&limit=200", "/export?format=jsonl", "/person?id=20", "/person?id=60", "/history?id=60",
		"/history?id=20", "/reports?id=1&all=true&limit=200", "/units?field=profile.birthday", "/unit?field=profile.birthday&value=x", "/vcard?id=60",
		"/branch?id=60", "/chart?id=60", "/evidence?id=20", "/changes?since=2026-01-01T00:00:00Z",
	}, directoryPaths...)
	for _, path := range paths {
		answer, _ := ask(t, h, http.MethodGet, Prefix+"/directory"+path, "", "")
		if answer.Code >= 500 || strings.Contains(strings.ReplaceAll(answer.Body.String(), `"asked":"`+canary, ""), canary) {
			t.Errorf("%s: answered %d with what is private: %s", path, answer.Code, answer.Body)
		}
	}
	answer, _ := ask(t, h, http.MethodGet, Prefix+"/connections/workforce/people-preview", "", "")
	if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), canary) {
		t.Errorf("the preview: %d %s", answer.Code, answer.Body)
	}
}

// What is hidden is hidden when the answer to hiding it comes.
func TestSettingsHoldAtOnce(t *testing.T) {
	h := viewOf(t, aCompany())
	settings := read[people.Settings](t, h, "/directory/settings")
	settings.Hidden = append(settings.Hidden, "20")
	body, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	before := get(t, h, "/directory/person?id=20", "").Header().Get("ETag")
	if answer, _ := ask(t, h, http.MethodPut, Prefix+"/directory/settings", jsonType, string(body)); answer.Code != http.StatusOK {
		t.Fatalf("answered %d %s", answer.Code, answer.Body)
	}
	if answer := get(t, h, "/directory/person?id=20", before); answer.Code != http.StatusNotFound {
		t.Errorf("a hidden person answers %d", answer.Code)
	}
	if answer, problem := ask(t, h, http.MethodPut, Prefix+"/directory/settings", jsonType, string(body)); answer.Code != http.StatusConflict || problem.Reason != "SETTINGS_MOVED" {
		t.Errorf("settings of before: %d %+v", answer.Code, problem)
	}
	settings.Revision, settings.Attributes = 2, []string{"profile.password"}
	body, _ = json.Marshal(settings) // as above
	if answer, problem := ask(t, h, http.MethodPut, Prefix+"/directory/settings", jsonType, string(body)); answer.Code != http.StatusBadRequest || problem.Reason != reasonQuery || problem.Errors[0].Field != "attributes" {
		t.Errorf("a secret attribute: %d %+v", answer.Code, problem)
	}
}

// get asks as somebody who has an answer already.
func get(t *testing.T, handler http.Handler, path, etag string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, Prefix+path, http.NoBody)
	request.Header.Set("If-None-Match", etag)
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

func TestAnAnswerThatHoldsIsNotSentAgain(t *testing.T) {
	c := aCompany()
	h := viewOf(t, c)
	for _, path := range []string{"/directory", "/directory/people?q=a", "/directory/person?id=20", "/directory/chart", "/directory/quality"} {
		first := get(t, h, path, "")
		etag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || etag == "" {
			t.Fatalf("%s: answered %d with ETag %q", path, first.Code, etag)
		}
		if again := get(t, h, path, `"other", `+etag); again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != etag {
			t.Errorf("%s: answered %d %s", path, again.Code, again.Body)
		}
		if other := get(t, h, path, `"other"`); other.Code != http.StatusOK {
			t.Errorf("%s: answered %d to another ETag", path, other.Code)
		}
	}
}

func TestWhoIsNotThereComesWithSuggestions(t *testing.T) {
	h := viewOf(t, aCompany())
	answer, problem := ask(t, h, http.MethodGet, Prefix+"/directory/unit?field=department&value=Sale", "", "")
	if answer.Code != http.StatusNotFound || problem.Reason != reasonUnknown || problem.Suggestions == nil || len(problem.Suggestions.Units) == 0 || problem.Suggestions.Units[0].Value != "Sales" {
		t.Errorf("a unit: %d %s", answer.Code, answer.Body)
	}
	given, family := memberName(20)
	answer, problem = ask(t, h, http.MethodGet, Prefix+"/directory/person?id="+url.QueryEscape(given+" "+family), "", "")
	if answer.Code != http.StatusNotFound || problem.Suggestions == nil || len(problem.Suggestions.People) == 0 || problem.Suggestions.People[0].ID != "20" {
		t.Errorf("a person: %d %s", answer.Code, answer.Body)
	}
}

func TestWithoutARunTheDirectorySaysSo(t *testing.T) {
	c := aCompany()
	c.view.Generation = 0
	answer, problem := ask(t, viewOf(t, c), http.MethodGet, Prefix+"/directory/people", "", "")
	if answer.Code != http.StatusConflict || problem.Reason != "HRIS_NOT_SYNCED" {
		t.Errorf("answered %d %+v", answer.Code, problem)
	}
}

// FuzzDirectory asks what it likes: the directory answers, or says what is wrong
// with the question, and never shows what is private.
func FuzzDirectory(f *testing.F) {
	for _, seed := range [][2]string{
		{"/people", "q=anna&limit=3&offset=2&sort=-name&chosen=%7B%22department%22%3A%5B%22%22%5D%7D"},
		{"/people", "chosen=%7B%22manager%22%3A%5B%221%22%5D%2C%22x%22%3Anull%7D&more=department"},
		{"/people", "q=%ff%00%E2%80%AE&more=birthday"},
		{"/person", "id=20"},
		{"/person", "id=%00"},
		{"/reports", "id=1&all=true&offset=9999999"},
		{"/chart", "levels=4&group=true&id="},
		{"/branch", "id=1&nowhere=true&grouped=true&limit=30"},
		{"/unit", "field=department&value=%20sales&offset=100"},
		{"/units", "class=certain&q=%2B"},
		{"/findings", "kind=spelling"},
		{"/changes", "since=0001-01-01T00:00:00Z&kind=left"},
		{"/changes", "since=9999-12-31T23:59:59%2B23:59"},
		{"/export", "format=jsonl&q=anna&chosen=%7B%7D"},
		{"/findings/export", "kind=x"},
		{"/vcard", "id=1"},
		{"/history", "id=61"},
	} {
		f.Add(seed[0], seed[1])
	}
	handler := viewOf(f, aCompany())
	f.Fuzz(func(t *testing.T, path, query string) {
		u, err := url.Parse("http://127.0.0.1" + Prefix + "/directory" + path)
		if err != nil || strings.Contains(path, "settings") {
			return
		}
		u.RawQuery = query
		request := &http.Request{Method: http.MethodGet, URL: u, Host: "127.0.0.1", Header: http.Header{}, Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request.WithContext(t.Context()))
		if recorder.Code >= 500 || recorder.Code < 300 && strings.Contains(recorder.Body.String(), canary) {
			t.Errorf("%s: answered %d %s", u, recorder.Code, recorder.Body)
		}
		if recorder.Code >= 400 {
			var problem Problem
			if err := json.Unmarshal(recorder.Body.Bytes(), &problem); err != nil || problem.Reason == "" || problem.Fix == "" {
				t.Errorf("%s: answered %d without a whole problem: %s", u, recorder.Code, recorder.Body)
			}
		}
	})
}
