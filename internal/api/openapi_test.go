package api

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// documentVersion stands in the committed document in place of the program's.
const documentVersion = "v1"

// described is what the tests look at in the document.
type described struct {
	OpenAPI    string
	Security   []map[string][]string
	Components struct {
		Schemas         map[string]describedSchema
		SecuritySchemes map[string]struct{ Type, Scheme string }
	}
	Paths map[string]map[string]struct {
		OperationID string
		Summary     string
		Description string
		Tags        []string
		Responses   map[string]any
	}
}

type describedSchema struct {
	Type                 any
	Ref                  string `json:"$ref"`
	Description          string
	Properties           map[string]describedSchema
	Required             []string
	AdditionalProperties any
}

func readDocument(t *testing.T) (text []byte, d described) {
	t.Helper()
	answer, _ := ask(t, New(&scripted{}, documentVersion), http.MethodGet, Prefix+"/openapi.json", "", "")
	if answer.Code != http.StatusOK {
		t.Fatalf("answered %d", answer.Code)
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return answer.Body.Bytes(), d
}

// go test ./internal/api -run TestTheDocumentIsCommitted -update
func TestTheDocumentIsCommitted(t *testing.T) {
	text, _ := readDocument(t)
	if *update {
		if err := os.WriteFile("openapi.json", text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != string(text) {
		t.Error("openapi.json is not what the handler serves: run go test ./internal/api -run TestTheDocumentIsCommitted -update, and look at what changed")
	}
}

func TestEveryRouteIsDescribed(t *testing.T) {
	_, d := readDocument(t)
	ids := map[string]bool{}
	h := newHandler(&scripted{}, nil, documentVersion, bodyReadTimeout)
	for _, pattern := range h.patterns {
		method, path, _ := strings.Cut(pattern, " ")
		operation, ok := d.Paths[path][strings.ToLower(method)]
		switch {
		case !ok:
			t.Errorf("%s is not in the document", pattern)
		case operation.OperationID == "" || ids[operation.OperationID]:
			t.Errorf("%s: operation id %q is empty or not its own", pattern, operation.OperationID)
		case operation.Summary == "" || operation.Description == "" || len(operation.Tags) == 0:
			t.Errorf("%s has no summary, description or tag", pattern)
		case operation.Responses["401"] == nil || operation.Responses["500"] == nil:
			t.Errorf("%s does not describe its errors: %v", pattern, operation.Responses)
		}
		ids[operation.OperationID] = true
	}
	if len(h.patterns) < 20 {
		t.Errorf("only %d routes", len(h.patterns))
	}
}

func TestTheDocumentSaysWhatTheTypesSay(t *testing.T) {
	_, d := readDocument(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") || d.Components.SecuritySchemes["token"].Scheme != "bearer" || len(d.Security) != 1 {
		t.Errorf("openapi %q, security %v %v", d.OpenAPI, d.Security, d.Components.SecuritySchemes)
	}
	draft := d.Components.Schemas["Draft"]
	if draft.AdditionalProperties != false || draft.Properties["config"].Type != "object" || draft.Properties["interval"].Description == "" {
		t.Errorf("Draft = %+v", draft)
	}
	if connection := d.Components.Schemas["Connection"]; connection.AdditionalProperties == false || connection.Properties["interval"].Type != "string" {
		t.Errorf("Connection = %+v", connection)
	}
}

func TestTheDocumentIsServedAsYAML(t *testing.T) {
	answer, _ := ask(t, New(&scripted{}, documentVersion), http.MethodGet, Prefix+"/openapi.yaml", "", "")
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "application/yaml" || !strings.Contains(answer.Body.String(), "openapi: 3.1") {
		t.Errorf("answered %d %s", answer.Code, answer.Header())
	}
}

func TestTheDocumentNeedsNothingFromOutside(t *testing.T) {
	text, _ := readDocument(t)
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "://") && !strings.Contains(line, "example.com") {
			t.Errorf("the document refers to %s", strings.TrimSpace(line))
		}
	}
}
