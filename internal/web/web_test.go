package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/web"
	"patchbay.example/internal/web/webtest"
)

const apiToken = "synthetic-api-token"

// site is a running site with a browser that is signed in, and everything that
// it logged.
type site struct {
	*web.Site
	ops    *webtest.Operations
	server *httptest.Server
	client *http.Client
	log    *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func start(t testing.TB, ops *webtest.Operations, change ...func(*web.Config)) *site {
	t.Helper()
	s := &site{ops: ops, log: &safeBuffer{}}
	s.server = httptest.NewUnstartedServer(nil)
	config := web.Config{
		Operations: ops, Origin: "http://" + s.server.Listener.Addr().String(), APIToken: apiToken, Version: "1.2.3",
		API: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "api") }),
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	for _, c := range change {
		c(&config)
	}
	made, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	s.Site = made
	s.server.Config.Handler = made
	s.server.Start()
	t.Cleanup(func() { made.Close(); s.server.Close() })
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

// signIn opens a session.
func (s *site) signIn(t testing.TB) *site {
	t.Helper()
	status, _, _ := s.send(t, "GET", s.LoginURL(), nil)
	if status != http.StatusSeeOther {
		t.Fatalf("login: status %d", status)
	}
	return s
}

// send sends a request; an address without a host is the site's. A form makes
// it a POST's body.
func (s *site) send(t testing.TB, method, address string, form url.Values, change ...func(*http.Request)) (int, string, http.Header) {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.server.URL + address
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range change {
		c(r)
	}
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text), response.Header
}

func clock() func() time.Time {
	at := time.Date(2026, 11, 25, 14, 2, 0, 0, time.UTC)
	return func() time.Time { return at }
}

func TestOnlyThePrintedHostAnswers(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	_, port, _ := strings.Cut(s.server.Listener.Addr().String(), ":")
	for host, want := range map[string]int{
		s.server.Listener.Addr().String(): http.StatusOK,
		"evil.example.com":                http.StatusMisdirectedRequest,
		"evil.example.com:" + port:        http.StatusMisdirectedRequest,
		"127.0.0.1":                       http.StatusMisdirectedRequest,
		"localhost:1":                     http.StatusMisdirectedRequest,
		"localhost:" + port:               http.StatusUnauthorized, // let in, but the session is the address's
	} {
		for _, path := range []string{"/connections", "/healthz", "/api/v1/connections"} {
			status, text, _ := s.send(t, "GET", path, nil, func(r *http.Request) { r.Host = host })
			want := want
			if path == "/healthz" && want == http.StatusUnauthorized {
				want = http.StatusOK
			}
			if status != want {
				t.Errorf("Host %s, %s: status %d, want %d", host, path, status, want)
			}
			if want == http.StatusMisdirectedRequest && (strings.Contains(text, "workforce") || !strings.Contains(text, "answers only to")) {
				t.Errorf("Host %s, %s: answered %q", host, path, text)
			}
		}
	}
}

func TestAnotherOriginCanNotWrite(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	for name, header := range map[string]http.Header{
		"another site":        {"Sec-Fetch-Site": {"cross-site"}},
		"another port":        {"Sec-Fetch-Site": {"same-site"}},
		"an old browser":      {"Origin": {"http://evil.example.com"}},
		"an origin of null":   {"Origin": {"null"}},
		"the same, elsewhere": {"Origin": {"https://" + s.server.Listener.Addr().String() + "1"}},
	} {
		for _, path := range []string{"/connections/workforce/remove", "/connections/workforce/sync", "/theme", "/api/v1/connections"} {
			status, _, _ := s.send(t, "POST", path, url.Values{"typed": {"workforce"}, "theme": {"dark"}}, func(r *http.Request) {
				maps.Copy(r.Header, header)
			})
			if status != http.StatusForbidden {
				t.Errorf("%s, %s: status %d", name, path, status)
			}
		}
	}
	if _, err := s.ops.Connection(t.Context(), "workforce"); err != nil {
		t.Errorf("the connection: %v", err)
	}
	status, _, _ := s.send(t, "POST", "/connections/workforce/pause", url.Values{}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") })
	if status != http.StatusSeeOther {
		t.Errorf("our own page: status %d", status)
	}
}

func TestATokenIsGoodForOneUse(t *testing.T) {
	at := time.Now()
	s := start(t, webtest.Sample(time.Now), func(c *web.Config) { c.Now = func() time.Time { return at } })
	link := s.LoginURL()
	if token := link[strings.Index(link, "=")+1:]; len(token) != 64 {
		t.Errorf("the token %q has not 256 bits in hexadecimal", token)
	}
	if status, _, _ := s.send(t, "HEAD", link, nil); status == http.StatusSeeOther {
		t.Error("a HEAD used the token")
	}
	status, _, header := s.send(t, "GET", link, nil)
	cookie := header.Get("Set-Cookie")
	if status != http.StatusSeeOther || header.Get("Location") != "/connections" {
		t.Fatalf("status %d to %q", status, header.Get("Location"))
	}
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie %q has no %s", cookie, want)
		}
	}
	if status, _, _ := s.send(t, "GET", "/connections", nil); status != http.StatusOK {
		t.Errorf("with the session: status %d", status)
	}

	stranger := &site{Site: s.Site, server: s.server, client: &http.Client{CheckRedirect: s.client.CheckRedirect}}
	status, text, _ := stranger.send(t, "GET", link, nil)
	if status != http.StatusUnauthorized || !strings.Contains(text, "used already") || !strings.Contains(text, "patchbay open") {
		t.Errorf("the token again: status %d", status)
	}
	late := s.LoginURL()
	at = at.Add(web.LoginLifetime)
	if status, _, _ := stranger.send(t, "GET", late, nil); status != http.StatusUnauthorized {
		t.Errorf("a token that is too old: status %d", status)
	}
	at = at.Add(web.SessionLifetime)
	if status, _, _ := s.send(t, "GET", "/connections", nil); status != http.StatusUnauthorized {
		t.Errorf("a session that is too old: status %d", status)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	other := &site{Site: s.Site, server: s.server, client: &http.Client{CheckRedirect: s.client.CheckRedirect}}
	for range 64 {
		other.send(t, "GET", s.LoginURL(), nil)
	}
	if status, _, _ := s.send(t, "GET", "/connections", nil); status != http.StatusUnauthorized {
		t.Errorf("the 65th oldest session: status %d", status)
	}
}

func TestWithoutASessionNothingIsShown(t *testing.T) {
	s := start(t, webtest.Sample(time.Now))
	for _, path := range []string{"/", "/connections", "/connections/workforce", "/add/okta", "/runs", "/records", "/records/workforce?id=00u00001", "/export/workforce?format=csv", "/connectors", "/doctor", "/people", "/connections/workforce/live", "/nothing"} {
		status, text, header := s.send(t, "GET", path, nil)
		if status != http.StatusUnauthorized || strings.Contains(text, "workforce") || !strings.Contains(text, "patchbay open") {
			t.Errorf("%s: status %d", path, status)
		}
		if header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, header.Get("Cache-Control"))
		}
	}
	if status, _, _ := s.send(t, "POST", "/connections/workforce/remove", url.Values{"typed": {"workforce"}}); status != http.StatusUnauthorized {
		t.Errorf("a removal: status %d", status)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/api/v1/connections": 401, "/metrics": 401} {
		if status, _, _ := s.send(t, "GET", path, nil); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
	for token, want := range map[string]int{"Bearer " + apiToken: 200, "Bearer wrong": 401, "Bearer ": 401, apiToken: 401, "Basic " + apiToken: 401} {
		if status, _, _ := s.send(t, "GET", "/api/v1/connections", nil, func(r *http.Request) { r.Header.Set("Authorization", token) }); status != want {
			t.Errorf("Authorization %q: status %d, want %d", token, status, want)
		}
	}
}

func TestReadySaysWhenItCanNotWork(t *testing.T) {
	s := start(t, webtest.Sample(time.Now), func(c *web.Config) {
		c.Ready = func(context.Context) error { return errors.New("the store is gone: /secret/path") }
	})
	status, text, _ := s.send(t, "GET", "/readyz", nil)
	if status != http.StatusServiceUnavailable || strings.Contains(text, "/secret/path") {
		t.Errorf("status %d, %q", status, text)
	}
	if !strings.Contains(s.log.String(), "the store is gone") {
		t.Error("the log does not say why")
	}
}

// pages are the addresses of all pages, for [webtest.Sample].
func pages(t testing.TB, s *site) []string {
	t.Helper()
	out := []string{"/connections", "/add/okta", "/runs", "/runs?connection=emea", "/records", "/records?q=zoë", "/records?q=nobody", "/records?connection=lab", "/records/workforce?id=00u00003", "/connectors", "/doctor"}
	connections, err := s.ops.Connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range connections {
		out = append(out, "/connections/"+c.Name, "/connections/"+c.Name+"/edit", "/connections/"+c.Name+"/remove")
		if c.LastRun != nil {
			out = append(out, fmt.Sprintf("/runs/%d", c.LastRun.ID))
		}
		if c.LastRun != nil && c.LastRun.Plan != nil {
			out = append(out, fmt.Sprintf("/runs/%d/approve", c.LastRun.ID))
		}
	}
	return out
}

var inline = regexp.MustCompile(`(?i)<script>|<style|\sstyle="|\son[a-z]+="|javascript:|hx-on|"js:|(src|href|action)="(https?:)?//`)

func TestEveryPageIsWhole(t *testing.T) {
	s := start(t, webtest.Sample(clock()), func(c *web.Config) { c.Now = clock() }).signIn(t)
	for _, path := range pages(t, s) {
		wholePage(t, s, path)
	}
}

// wholePage asserts what holds for every page: it is whole, nothing in it is
// inline, and its ids are each of one element.
func wholePage(t *testing.T, s *site, path string) {
	t.Helper()
	status, text, header := s.send(t, "GET", path, nil)
	if status != http.StatusOK || !strings.HasSuffix(text, "</html>\n") {
		t.Errorf("%s: status %d, ends with %q", path, status, text[max(0, len(text)-80):])
		return
	}
	if found := inline.FindString(text); found != "" {
		t.Errorf("%s: has %q", path, found)
	}
	if strings.Count(text, "<h1") != 1 || strings.Count(text, `id="main"`) != 1 {
		t.Errorf("%s: has not one heading and one main", path)
	}
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: policy %q", path, csp)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if ids[m[1]] {
			t.Errorf("%s: two elements are called %s", path, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`aria-(?:labelledby|describedby)="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		for name := range strings.FieldsSeq(m[1]) {
			if !ids[name] {
				t.Errorf("%s: refers to %q, which is not there", path, name)
			}
		}
	}
}

func TestPagesSayHowThingsStand(t *testing.T) {
	s := start(t, webtest.Sample(clock()), func(c *web.Config) { c.Now = clock() }).signIn(t)
	for path, wants := range map[string][]string{
		"/connections":                   {"Needs you", "In order", "Held for review", "Credentials expired", "Sync failed", "Syncing", "Paused", "Active", "New", "18,204", "Today 08:02", "27 of 28 runs succeeded", "Review plan", "Replace key"},
		"/connections/emea":              {"Okta has refused the key since yesterday", "To fix: Okta Admin Console", "the key is tried again once a day", "Replace key", "EVENT_SECRET"},
		"/connections/joint-venture":     {"11,200", "61 %", "Refresh", `data-live="/connections/joint-venture/live?run=`, "<progress"},
		"/connections/board":             {"Resume"},
		"/connections/lab":               {"No run yet", "not synced yet"},
		"/records":                       {"Zoë Example 1", "SUSPENDED", "last good state", "Next", "50 of 70"},
		"/records?q=nobody":              {"Nobody matches", "70 people"},
		"/records/workforce?id=00u00003": {"例 太郎 3", "9007199254740993", "badgeSerial"},
		"/connectors":                    {"Not declared", "Trust this file", strings.Repeat("ab", 32)},
		"/doctor":                        {"3 passed, 1 warning, 1 failed", "Check the address of the webhook."},
	} {
		_, text, _ := s.send(t, "GET", path, nil)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	connection, _ := s.ops.Connection(t.Context(), "workforce")
	_, text, _ := s.send(t, "GET", fmt.Sprintf("/runs/%d", connection.LastRun.ID), nil)
	for _, want := range []string{"Joined", "Left", `<bdi class="was">Engineer</bdi> → <bdi>Dispatcher</bdi>`, "nothing"} {
		if !strings.Contains(text, want) {
			t.Errorf("the run's page does not say %q", want)
		}
	}
	_, text, _ = start(t, webtest.New(time.Now)).signIn(t).send(t, "GET", "/connections", nil)
	if !strings.Contains(text, "Nothing is plugged in yet") {
		t.Error("the empty list does not say so")
	}
}

func TestWhatOthersWroteIsText(t *testing.T) {
	const canary = `<script>alert("canary")</script><img src=x onerror=alert(1)>"' onload="x`
	ops := webtest.Sample(time.Now)
	ops.SetWhy("emea", canary, canary)
	person := webtest.Hostile(canary)
	ops.AddPerson("workforce", person)
	s := start(t, ops).signIn(t)
	addresses := append(pages(t, s), "/records?q="+url.QueryEscape(canary), "/runs?connection="+url.QueryEscape(canary), "/records/workforce?id="+url.QueryEscape(person.ID), "/connections?said="+url.QueryEscape(canary))
	for _, path := range addresses {
		_, text, _ := s.send(t, "GET", path, nil)
		if strings.Contains(text, "<script>") || strings.Contains(text, "<img") || strings.Contains(text, `" onload="`) {
			t.Errorf("%s: what somebody wrote became markup", path)
		}
	}
}

func TestAFailureIsASentence(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	for path, want := range map[string]int{
		"/nothing": 404, "/people": 404, "/people/settings": 404, "/connections/nobody": 404, "/runs/x": 404, "/runs/999999": 404, "/records?connection=nobody": 404,
		"/records/workforce?id=nobody": 404, "/export/workforce?format=exe": 400, "/add/nobody": 404, "/runs/1/approve": 409,
	} {
		status, text, _ := s.send(t, "GET", path, nil)
		if status != want || !strings.Contains(text, "<h1>") {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
	ops.FailWith(errors.New("disk I/O error at /secret/path"))
	status, text, _ := s.send(t, "GET", "/connections", nil)
	if status != http.StatusInternalServerError || strings.Contains(text, "/secret/path") || !strings.Contains(text, "What stood still stands") {
		t.Errorf("a fault: status %d", status)
	}
	if !strings.Contains(s.log.String(), "disk I/O error") {
		t.Error("the log does not have the cause")
	}
}

func TestDecidingAHeldRun(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	held, _ := ops.Connection(t.Context(), "seasonal")
	approve := fmt.Sprintf("/runs/%d/approve", held.LastRun.ID)
	for _, typed := range []string{"", "yes", "570", "57000"} {
		status, text, _ := s.send(t, "POST", approve, url.Values{"typed": {typed}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, "Nothing was changed") {
			t.Errorf("typed %q: status %d", typed, status)
		}
	}
	if c, _ := ops.Connection(t.Context(), "seasonal"); c.State != held.State {
		t.Fatalf("the state is %s", c.State)
	}
	if status, _, _ := s.send(t, "POST", approve, url.Values{"typed": {"5,700"}}); status != http.StatusSeeOther {
		t.Errorf("approval: status %d", status)
	}
	if c, _ := ops.Connection(t.Context(), "seasonal"); c.People != 12510 {
		t.Errorf("%d people after the approval", c.People)
	}
	if status, text, _ := s.send(t, "POST", approve, url.Values{"typed": {"5700"}}); status != http.StatusConflict || !strings.Contains(text, "not held any more") {
		t.Errorf("approval again: status %d", status)
	}
}

func TestActionsOnAConnection(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	for _, step := range []struct {
		path, typed string
		want        int
	}{
		{"/connections/workforce/check", "", http.StatusSeeOther},
		{"/connections/board/sync", "", http.StatusConflict},
		{"/connections/board/resume", "", http.StatusSeeOther},
		{"/connections/board/sync", "", http.StatusSeeOther},
		{"/connections/board/sync", "", http.StatusConflict},
		{"/connections/lab/remove", "not lab", http.StatusUnprocessableEntity},
		{"/connections/lab/remove", "lab", http.StatusSeeOther},
		{"/connections/lab/remove", "lab", http.StatusNotFound},
		{"/connectors/okta/trust", "", http.StatusSeeOther},
		{"/connectors/other/trust", "", http.StatusNotFound},
	} {
		if status, _, _ := s.send(t, "POST", step.path, url.Values{"typed": {step.typed}}); status != step.want {
			t.Errorf("%s: status %d, want %d", step.path, status, step.want)
		}
	}
}

func TestAnExportIsAFile(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	status, text, header := s.send(t, "GET", "/export/workforce?format=csv", nil)
	if status != http.StatusOK || strings.Count(text, "\n") != 71 || !strings.Contains(header.Get("Content-Disposition"), `"workforce.csv"`) {
		t.Errorf("status %d, %d lines, %q", status, strings.Count(text, "\n"), header.Get("Content-Disposition"))
	}
}

func TestThemeComesBackToThisSiteOnly(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	for from, want := range map[string]string{"/runs?connection=emea": "/runs?connection=emea", "https://evil.example.com/": "/connections", "//evil.example.com": "/connections", `/\evil.example.com`: "/connections", "": "/connections"} {
		_, _, header := s.send(t, "POST", "/theme", url.Values{"theme": {"dark"}, "back": {from}})
		if header.Get("Location") != want {
			t.Errorf("from %q: to %q, want %q", from, header.Get("Location"), want)
		}
	}
	if _, text, _ := s.send(t, "GET", "/runs", nil); !strings.Contains(text, `data-theme="dark"`) {
		t.Error("the theme is not dark")
	}
	if status, _, _ := s.send(t, "POST", "/theme", url.Values{"theme": {"<b>"}}); status != http.StatusBadRequest {
		t.Errorf("a theme that is none: status %d", status)
	}
}

func TestProgressIsStreamedUntilTheRunEnds(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	if _, err := ops.SyncNow(t.Context(), "workforce", false); err != nil {
		t.Fatal(err)
	}
	status, text, header := s.send(t, "GET", "/connections/workforce/live", nil)
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("status %d, %s", status, header.Get("Content-Type"))
	}
	if n := strings.Count(text, "event: progress\n"); n < 2 {
		t.Errorf("%d messages", n)
	}
	if !strings.HasSuffix(text, "event: done\ndata: \n\n") {
		t.Errorf("the stream ends with %q", text[max(0, len(text)-60):])
	}
}

// A page that was asked for before its run began shows the state of before.
func TestAPageIsAskedForAgainWhenItsRunBegins(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	if _, err := ops.SyncNow(t.Context(), "workforce", false); err != nil {
		t.Fatal(err)
	}
	_, text, _ := s.send(t, "GET", "/connections/workforce/live?run=0", nil)
	if text != "event: done\ndata: \n\n" {
		t.Errorf("the stream of a page that awaits a run says %q", text)
	}
	_, page, _ := s.send(t, "GET", "/connections/workforce", nil)
	c, err := ops.Connection(t.Context(), "workforce")
	if want := fmt.Sprintf("/live?run=%d\"", c.LastRun.ID); err != nil || !strings.Contains(page, want) {
		t.Errorf("the page lacks %s, %v", want, err)
	}
}

func TestARunThatWasDecidedAsksForNothing(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	held, err := ops.Connection(t.Context(), "seasonal")
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprint("/runs/", held.LastRun.ID)
	if _, text, _ := s.send(t, "GET", path, nil); !strings.Contains(text, "Nothing was changed") {
		t.Error("the held run does not say that nothing was changed")
	}
	if _, err := ops.Approve(t.Context(), held.LastRun.ID); err != nil {
		t.Fatal(err)
	}
	_, text, _ := s.send(t, "GET", path, nil)
	if strings.Contains(text, "Nothing was changed") || strings.Contains(text, "To fix") || !strings.Contains(text, "It was held for review, and approved.") {
		t.Error("the approved run is shown as the held one was")
	}
}

func TestStreamsAreBounded(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	for i := range 33 {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.server.URL+"/connections/joint-venture/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if want := map[bool]int{true: 200, false: 503}[i < 32]; response.StatusCode != want {
			t.Fatalf("stream %d: status %d, want %d", i+1, response.StatusCode, want)
		}
	}
}
