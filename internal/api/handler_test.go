package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// ask gives a handler one request and returns its answer, with the problem if it
// is one.
func ask(t *testing.T, handler http.Handler, method, path, contentType, body string) (*httptest.ResponseRecorder, Problem) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	var problem Problem
	if recorder.Header().Get("Content-Type") == problemType {
		if err := json.Unmarshal(recorder.Body.Bytes(), &problem); err != nil {
			t.Errorf("%s %s: the problem is no JSON: %v", method, path, err)
		}
		if problem.Status != recorder.Code || problem.Title == "" || problem.Reason == "" || problem.Detail == "" {
			t.Errorf("%s %s: status %d with an incomplete problem: %s", method, path, recorder.Code, recorder.Body)
		}
	}
	return recorder, problem
}

func TestRequestsAreTakenStrictly(t *testing.T) {
	const draft = `{"name":"w","connector":"okta","config":{}`
	tests := []struct {
		name, method, path, contentType, body string
		status                                int
		reason, detail                        string
	}{
		{"unknown member", "POST", "/connections", jsonType, draft + `,"intervall":"6h"}`, 422, reasonInput, "intervall is not known; did you mean interval?"},
		{"other case", "POST", "/connections", jsonType, draft + `,"Interval":"6h"}`, 422, reasonInput, "Interval is not known; did you mean interval?"},
		{"far from all", "POST", "/connections/w/sync", jsonType, `{"colour":1}`, 422, reasonInput, "colour is not known; there are plan"},
		{"several", "PATCH", "/connections/w", jsonType, `{"hriss":true,"deadlin":"1h"}`, 422, reasonInput, "deadlin is not known; did you mean deadline?; hriss is not known; did you mean hris?"},
		{"missing member", "POST", "/drafts/test", jsonType, `{"name":"w","config":{}}`, 422, reasonInput, "connector is missing"},
		{"wrong type", "POST", "/drafts/test", jsonType, draft + `,"hris":"yes"}`, 422, reasonInput, "hris is not right: expected boolean"},
		{"configuration of the wrong type", "PATCH", "/connections/w", jsonType, `{"config":"x"}`, 422, reasonInput, "config is not right: expected object"},
		{"no duration", "PATCH", "/connections/w", jsonType, `{"interval":"soon"}`, 422, reasonInput, "interval is not right: expected string to be a duration such as 6h0m0s"},
		{"a duration too long", "PATCH", "/connections/w", jsonType, `{"interval":"99999999999h"}`, 422, reasonInput, "body has a value that can't be taken"},
		{"out of bounds", "PATCH", "/connections/w", jsonType, `{"shrink_percent":101}`, 422, reasonInput, "shrink_percent is not right: expected number <= 100"},
		{"no JSON", "POST", "/connections", jsonType, "{\n\"name\": x}", 400, reasonInput, "body is not JSON: look at line 2"},
		{"two values", "POST", "/connections", jsonType, draft + `}{}`, 400, reasonInput, "body is not JSON"},
		{"no body", "POST", "/connections", jsonType, "", 400, reasonInput, "body is missing"},
		{"another content type", "POST", "/connections", "text/plain", draft + `}`, 415, "NOT_JSON", "something else than JSON"},
		{"a form", "POST", "/connections/w/sync", "application/x-www-form-urlencoded", "plan=true", 415, "NOT_JSON", "something else than JSON"},
		{"too large", "POST", "/connections", jsonType, `"` + strings.Repeat("x", maxBodyBytes) + `"`, 413, "BODY_TOO_LARGE", "more than 1048576 bytes"},
		{"unknown parameter", "GET", "/runs?limt=3", "", "", 422, reasonInput, "limt is not known; did you mean limit?"},
		{"parameter where none is", "GET", "/connections?limit=3", "", "", 422, reasonInput, "limit is not known; there are none here"},
		{"twice", "GET", "/runs?limit=3&limit=4", "", "", 422, reasonInput, "limit is given more than once"},
		{"bad escape", "GET", "/runs?limit=%zz", "", "", 422, reasonInput, "query is not right"},
		{"no number", "GET", "/runs?limit=many", "", "", 422, reasonInput, "limit is not right: invalid integer"},
		{"too many", "GET", "/runs?limit=1001", "", "", 422, reasonInput, "limit is not right: expected number <= 1000"},
		{"no format", "GET", "/connections/w/export?format=xml", "", "", 422, reasonInput, "format is not right"},
		{"no id", "GET", "/connections/w/person", "", "", 422, reasonInput, "id is missing"},
		{"no run", "GET", "/runs/first", "", "", 422, reasonInput, "run is not right: invalid integer"},
		{"no path", "GET", "/nothing", "", "", 404, "NO_SUCH_PATH", "nothing at this path"},
		{"no method", "PUT", "/connections/w", "", "", 405, "METHOD_NOT_ALLOWED", "does not take that method"},
	}
	handler := New(&scripted{}, "0.0.0")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer, problem := ask(t, handler, tt.method, Prefix+tt.path, tt.contentType, tt.body)
			if answer.Code != tt.status || problem.Reason != tt.reason || !strings.Contains(problem.Detail, tt.detail) {
				t.Errorf("answered %d %s %q, want %d %s with %q", answer.Code, problem.Reason, problem.Detail, tt.status, tt.reason, tt.detail)
			}
			if problem.Fix == "" {
				t.Error("the problem says not how to fix it")
			}
		})
	}
}

func TestAMethodThatIsNotTakenNamesThoseThatAre(t *testing.T) {
	answer, _ := ask(t, New(&scripted{}, "0.0.0"), "PUT", Prefix+"/connections/w", "", "")
	if allow := answer.Header().Get("Allow"); allow != "DELETE, GET, HEAD, PATCH" {
		t.Errorf("Allow = %q", allow)
	}
}

// A secret in a place where none belongs must not come back, for answers are
// logged and pasted.
func TestNoAnswerQuotesWhatWasSent(t *testing.T) {
	const canary = "CANARY-d41d8cd98f"
	handler := New(&scripted{}, "0.0.0")
	bodies := []string{
		`{"name":"` + canary + `","connector":7}`,
		`{"name":"w","connector":"okta","config":"` + canary + `"}`,
		`{"name":"w","connector":"okta","config":["` + canary + `"]}`,
		`{"name":"w","connector":"okta","config":{},"interval":"` + canary + `"}`,
		`{"name":"w","connector":"okta","config":{},"resource":{"x":"` + canary + `"}}`,
		`{"name":"w","connector":"okta","config":{},"-----BEGIN ` + canary + `":1}`,
		`{"name":"w","connector":"okta","config":{},"` + strings.Repeat("x", 80) + canary + `":1}`,
		`{"name":"w","connector":"okta","config":{"key":"` + canary + `"}`,
		`{"name":"w","connector":"okta","config":{"key":"` + canary + "\n" + `"}}`,
		`"` + canary + `"`, canary, `["` + canary + `"]`,
	}
	paths := []struct{ method, path string }{
		{"POST", "/connections"}, {"POST", "/drafts/test"}, {"PATCH", "/connections/w"}, {"POST", "/connections/w/test"}, {"POST", "/connections/w/sync"},
	}
	for _, body := range bodies {
		for _, p := range paths {
			answer, _ := ask(t, handler, p.method, Prefix+p.path, jsonType, body)
			if answer.Code < 400 || strings.Contains(answer.Body.String(), canary) {
				t.Errorf("%s %s %s: answered %d %s", p.method, p.path, body, answer.Code, answer.Body)
			}
		}
	}
	for _, query := range []string{"limit=" + canary, "before=" + canary, url.QueryEscape("\n"+canary) + "=1", canary + "%zz"} {
		answer, _ := ask(t, handler, "GET", Prefix+"/runs?"+query, "", "")
		if answer.Code != 422 || strings.Contains(answer.Body.String(), canary) {
			t.Errorf("GET /runs?%s: answered %d %s", query, answer.Code, answer.Body)
		}
	}
}

func TestPagesLeadToTheNext(t *testing.T) {
	handler := New(&scripted{}, "0.0.0")
	tests := []struct{ path, want string }{
		{"/runs?connection=w&limit=2", Prefix + "/runs?before=42&connection=w&limit=2"},
		{"/runs?limit=2", Prefix + "/runs?before=42&limit=2"},
		{"/runs?limit=3", ""}, // the scripted page has two
		{"/runs", ""},
		{"/runs/42/changes?limit=2", Prefix + "/runs/42/changes?after=2&limit=2"},
		{"/connections/w/people?q=one+two&limit=1", Prefix + "/connections/w/people?after=" + url.QueryEscape(oddID) + "&limit=1&q=one+two"},
	}
	for _, tt := range tests {
		answer, _ := ask(t, handler, "GET", Prefix+tt.path, "", "")
		var page struct{ Next string }
		if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		if page.Next != tt.want {
			t.Errorf("%s: next = %q, want %q", tt.path, page.Next, tt.want)
		}
		if page.Next != "" {
			if answer, _ := ask(t, handler, "GET", page.Next, "", ""); answer.Code != http.StatusOK {
				t.Errorf("%s: the next page answers %d", tt.path, answer.Code)
			}
		}
	}
}

func TestAnswersAreNotCached(t *testing.T) {
	answer, _ := ask(t, New(&scripted{}, "0.0.0"), "GET", Prefix+"/connections", "", "")
	if got := answer.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control = %q", got)
	}
}

func TestAnExportIsADownload(t *testing.T) {
	handler := New(&scripted{export: "id\r\n"}, "0.0.0")
	answer, _ := ask(t, handler, "GET", Prefix+"/connections/workforce/export?format=csv", "", "")
	if answer.Body.String() != "id\r\n" || answer.Header().Get("Content-Type") != "text/csv; charset=utf-8" ||
		answer.Header().Get("Content-Disposition") != "attachment; filename=workforce.csv" {
		t.Errorf("answered %v %q", answer.Header(), answer.Body)
	}
}

func TestAnExportThatBreaksOffIsSeen(t *testing.T) {
	client := serve(t, &scripted{export: `{"id":"1"}` + "\n", err: store.ErrBaseMoved})
	var out bytes.Buffer
	err := client.Export(t.Context(), "workforce", "jsonl", &out)
	if err == nil || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("err = %v, want one that says that the export broke off", err)
	}
}

func TestAnExportReportsItsWritersError(t *testing.T) {
	full := errors.New("the disk is full")
	err := serve(t, &scripted{export: "id\r\n"}).Export(t.Context(), "workforce", "csv", writerFunc(func([]byte) (int, error) { return 0, full }))
	if !errors.Is(err, full) {
		t.Errorf("err = %v, want the writer's", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// huma sets a deadline for reading a body and leaves it standing, and a server
// ends a request whose connection can't be read: a test of a connection, which
// takes minutes, would be cut off.
func TestAnOperationOutlastsTheTimeForItsBody(t *testing.T) {
	const bodyTime = 200 * time.Millisecond
	ops := &scripted{until: func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-time.After(3 * bodyTime):
		}
	}}
	if _, err := serveHandler(t, newHandler(ops, nil, "0.0.0", bodyTime)).Test(t.Context(), aDraft()); err != nil {
		t.Errorf("the operation was cut off: %v", err)
	}
}

// deadlines remembers the deadlines for reading that were set.
type deadlines struct {
	*httptest.ResponseRecorder

	set []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

func TestNoDeadlineForReadingIsLeftStanding(t *testing.T) {
	handler := New(&scripted{}, "0.0.0")
	for _, path := range []string{"/drafts/test", "/connections/w/sync", "/connections/w/pause"} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, Prefix+path, strings.NewReader("{}")))
		if len(w.set) < 2 || w.set[0].IsZero() || !w.set[len(w.set)-1].IsZero() {
			t.Errorf("%s: deadlines %v, want one for the body that is lifted", path, w.set)
		}
	}
}

func TestABodyThatDoesNotComeIsGivenUp(t *testing.T) {
	server := httptest.NewServer(newHandler(&scripted{}, nil, "0.0.0", 100*time.Millisecond))
	t.Cleanup(server.Close)
	reader, writer := io.Pipe()
	t.Cleanup(func() { _ = writer.Close() })
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+Prefix+"/connections", reader)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("answered %s, want 408", response.Status)
	}
}

// Clients speak to something else by mistake: another program on the port, or a
// guard that does not know the token.
func TestAClientSaysWhatIsWrongWithTheOtherEnd(t *testing.T) {
	moved := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
	}
	tests := []struct {
		name  string
		serve http.HandlerFunc
		want  string
	}{
		{"no JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "not of this API"},
		{"an error of its own", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) }, "HTTP status 418"},
		{"a guard", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }, "token is not that"},
		{"a redirect", moved, "HTTP status 307"},
		{"far too much", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `"%s"`, strings.Repeat("x", maxAnswerBytes))
		}, "more than 33554432 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := serveHandler(t, tt.serve).Connection(t.Context(), "workforce")
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("err = %v, want one with %q and the address", err, tt.want)
			}
		})
	}
}

func TestAClientKeepsTokenAndIDToItself(t *testing.T) {
	client := serve(t, &scripted{})
	client.base = &url.URL{Scheme: "http", Host: "127.0.0.1:1"} // nothing listens there
	_, err := client.Person(t.Context(), "workforce", "CANARY-ID")
	if err == nil || strings.Contains(err.Error(), aToken) || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("err = %v, want one without token and id", err)
	}
	_, err = client.Test(t.Context(), service.Draft{Config: json.RawMessage("CANARY")})
	if input, ok := errors.AsType[*service.InputError](err); !ok || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("err = %v (%v), want an InputError that does not quote the configuration", err, input)
	}
}

func TestACallersContextEndsACall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ops := &scripted{until: func(ctx context.Context) {
		cancel()
		<-ctx.Done()
	}}
	if _, err := serve(t, ops).Test(ctx, aDraft()); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func TestWhatHasNoNameIsNotFound(t *testing.T) {
	client := serve(t, &scripted{})
	_, connection := client.Connection(t.Context(), "")
	_, person := client.Person(t.Context(), "workforce", "")
	_, run := client.Run(t.Context(), 0)
	for what, err := range map[string]error{"connection": connection, "person": person, "run": run, "forgetting": client.Forget(t.Context(), "workforce", "")} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: err = %v, want store.ErrNotFound", what, err)
		}
	}
}
