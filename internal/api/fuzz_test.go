package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzHandler sends what it likes to a handler whose operations always succeed:
// whatever fails is the request's fault, and says so.
func FuzzHandler(f *testing.F) {
	type seed struct{ method, path, query, contentType, body string }
	seeds := []seed{
		{"GET", "/connections", "", "", ""},
		{"POST", "/connections", "", jsonType, `{"name":"w","connector":"okta","config":{"key":"a\nb"},"interval":"6h"}`},
		{"POST", "/connections", "", "application/json; charset=utf-8", `{"name":1e999,"config":[],"x":{}}`},
		{"POST", "/drafts/test", "", "a+b;c", `{"name":"w","connector":"okta","config":null,"hris":null}`},
		{"PATCH", "/connections/w", "", "", `{"config":null,"shrink_percent":1.5,"interval":"-1h","deadline":"9999999999h"}`},
		{"POST", "/connections/%2e%2e/test", "", jsonType, `{}`},
		{"POST", "/connections/a%2Fb/sync", "", jsonType, `{"plan":true,"plan":false}`},
		{"POST", "/connections/../sync", "", ";+", "\x00\xff"},
		{"GET", "/runs", "before=9223372036854775807&limit=1000&connection=%00", "", ""},
		{"GET", "/runs", "before=9223372036854775808&limit=0&limit", "", ""},
		{"GET", "/runs/0/changes", "after=%ff", "", ""},
		{"POST", "/runs/-1/approve", "", "", "x"},
		{"GET", "/connections/w/people", "q=%zz&after=+%2B;&=&&", "", ""},
		{"GET", "/connections/w/person", "id=..%2F", "", ""},
		{"DELETE", "/connections/w/person", "id", "", ""},
		{"GET", "/connections/%0d%0a\"/export", "format=csv", "", ""},
		{"OPTIONS", "//", "?", "", ""},
		{"CONNECT", "/runs", "", "", ""},
		{"HEAD", "/openapi.json", "", "", ""},
	}
	for _, s := range seeds {
		f.Add(s.method, s.path, s.query, s.contentType, s.body)
	}
	handler := New(&scripted{export: "{}\n"}, "0.0.0")
	f.Fuzz(func(t *testing.T, method, path, query, contentType, body string) {
		u, err := url.Parse("http://127.0.0.1" + Prefix + path)
		if err != nil {
			return // no server sees it
		}
		u.RawQuery = query
		request := &http.Request{
			Method: method, URL: u, Host: "127.0.0.1", Header: http.Header{"Content-Type": {contentType}, "Accept": {contentType}},
			Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}
		if body != "" {
			request.Body = readCloser{strings.NewReader(body)}
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request.WithContext(t.Context()))
		if recorder.Code >= 500 {
			t.Errorf("%s %s: answered %d %s", method, u, recorder.Code, recorder.Body)
		}
		if recorder.Code >= 400 {
			var problem Problem
			if err := json.Unmarshal(recorder.Body.Bytes(), &problem); err != nil || problem.Reason == "" || problem.Detail == "" || problem.Fix == "" {
				t.Errorf("%s %s: answered %d without a whole problem: %s", method, u, recorder.Code, recorder.Body)
			}
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// FuzzDecodeProblem reads what something that is no installation answers.
func FuzzDecodeProblem(f *testing.F) {
	f.Add([]byte(`{"reason":"NOT_FOUND","detail":"x","errors":[{}],"configuration":{},"connector":{"kind":"fault","class":"X"},"report":{}}`))
	f.Add([]byte(`{"reason":"TEST_FAILED","connector":{"kind":"refusal","class":"CONFIG_INVALID","retry_after":"1h"}}`))
	f.Add([]byte(`{"reason":"X","errors":[null],"report":null}`))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		problem, ok := decodeProblem(body)
		if !ok {
			return
		}
		if err := newRemoteError(problem); err.Error() != problem.Detail {
			t.Errorf("text = %q, want %q", err, problem.Detail)
		}
	})
}

// FuzzEscape holds that any name arrives as it was sent.
func FuzzEscape(f *testing.F) {
	for _, name := range []string{"..", ".", "a/b", "%2F", " ", "é", "\x00", "\xff", "w"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		back, err := url.PathUnescape(escape(name))
		if err != nil || back != name || strings.ContainsAny(escape(name), "./?#") {
			t.Errorf("escape(%q) = %q, which is read as %q (%v)", name, escape(name), back, err)
		}
	})
}
