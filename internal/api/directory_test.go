package api

import (
	"net/http"
	"strings"
	"testing"
)

// directoryPaths are all that the directory answers, with what each needs.
var directoryPaths = []string{
	"", "/people", "/person?id=1", "/line?id=1", "/reports?id=1", "/peers?id=1", "/evidence?id=1", "/chart", "/branch?id=1", "/outside", "/units",
	"/unit?field=department&value=Sales", "/quality", "/findings?kind=blank", "/set-aside", "/changes", "/history?id=1", "/export", "/findings/export", "/vcard?id=1", "/chart.svg",
}

func TestWithoutAnHRISTheDirectorySaysSo(t *testing.T) {
	handler := New(&scripted{}, "0.0.0")
	for _, path := range directoryPaths {
		answer, problem := ask(t, handler, http.MethodGet, Prefix+"/directory"+path, "", "")
		if answer.Code != http.StatusConflict || problem.Reason != "HRIS_NOT_ACTIVATED" || !strings.Contains(problem.Fix, "--hris") {
			t.Errorf("%s: answered %d %+v", path, answer.Code, problem)
		}
	}
}

// Whoever adds an operation to the directory adds it to directoryPaths.
func TestEveryPathOfTheDirectoryIsTried(t *testing.T) {
	tried := map[string]bool{"/settings": true} // an operation, tried as such
	for _, path := range directoryPaths {
		path, _, _ = strings.Cut(path, "?")
		tried[path] = true
	}
	for _, pattern := range newHandler(&scripted{}, nil, "0.0.0", bodyReadTimeout).patterns {
		_, path, _ := strings.Cut(pattern, " ")
		if rest, ok := strings.CutPrefix(path, Prefix+"/directory"); ok && !tried[rest] {
			t.Errorf("%s is not tried", pattern)
		}
	}
}

func TestQueriesOfTheDirectoryAreBounded(t *testing.T) {
	handler := New(&scripted{}, "0.0.0")
	for query, parameter := range map[string]string{
		"/people?limit=201":                                "limit",
		"/people?limit=0":                                  "limit",
		"/people?offset=-1":                                "offset",
		"/people?offset=10001":                             "offset",
		"/people?offset=99999999999999999999":              "offset",
		"/people?sort=salary":                              "sort",
		"/people?q=" + strings.Repeat("x", 257):            "q",
		"/people?chosen=" + strings.Repeat("x", 1e5):       "chosen",
		"/people?query=x":                                  "query",
		"/person":                                          "id",
		"/person?id=":                                      "id",
		"/person?id=" + strings.Repeat("x", 1025):          "id",
		"/chart?levels=5":                                  "levels",
		"/chart?group=perhaps":                             "group",
		"/branch?id=1&limit=31":                            "limit",
		"/unit?field=department":                           "value",
		"/findings":                                        "kind",
		"/changes?since=yesterday":                         "since",
		"/changes?kind=promoted":                           "kind",
		"/export?format=xml":                               "format",
		"/units?field=" + strings.Repeat("x", 201):         "field",
		"/findings/export?kind=" + strings.Repeat("x", 65): "kind",
	} {
		answer, problem := ask(t, handler, http.MethodGet, Prefix+"/directory"+query, "", "")
		if answer.Code != http.StatusBadRequest || len(problem.Errors) != 1 || problem.Errors[0].Field != parameter {
			t.Errorf("%.60s: answered %d %+v, want 400 about %s", query, answer.Code, problem.Errors, parameter)
		}
	}
}

func TestAnETagIsFoundInAList(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, `"a"`: true, `W/"a"`: true, `"b", "a"`: true, "*": true, `"b"`: false, "a": false, `"a`: false,
	} {
		if got := matches(header, `"a"`); got != want {
			t.Errorf("%q: %t, want %t", header, got, want)
		}
	}
}

func TestFacetsAreReadFromJSON(t *testing.T) {
	q, err := Asked{Chosen: `{"department":["R&D",""]}`}.query()
	if err != nil || len(q.Chosen["department"]) != 2 {
		t.Errorf("%+v, %v", q, err)
	}
	for _, text := range []string{"x", `["a"]`, `{"a":"b"}`, `{"a":[1]}`} {
		if _, err := (Asked{Chosen: text}).query(); err == nil || !strings.HasPrefix(err.Error(), "chosen ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
