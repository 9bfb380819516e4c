package api

import (
	"context"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
)

// Tags group the operations of the document.
const (
	tagConnectors   = "Connectors"
	tagConnections  = "Connections"
	tagRuns         = "Runs"
	tagPeople       = "People"
	tagDirectory    = "Directory"
	tagInstallation = "Installation"
)

// routes registers the operations.
type routes struct {
	api       huma.API
	ops       service.Operations
	directory *people.Directory // nil: there is none
}

// An answer has one body.
type answer[T any] struct{ Body T }

// ConnectionPath is the parameter of what is about one connection.
type ConnectionPath struct {
	Name string `path:"name" doc:"The connection's name" example:"workforce"`
}

// Page bounds a list. Like [ConnectionPath] and [RunPath] it is exported for the
// sake of huma, which sees no other embedded type.
type Page struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" doc:"How many at most; 50 unless given"`
}

// size is how many rows a full page has.
func (p Page) size() int {
	if p.Limit == 0 {
		return service.DefaultPage
	}
	return p.Limit
}

// register adds an operation whose errors become problems.
func register[I, O any](r routes, op huma.Operation, serve func(context.Context, *I) (*O, error)) {
	op.Path = Prefix + op.Path
	members := memberNames(reflect.TypeFor[I]())
	op.Errors = append(op.Errors, http.StatusUnprocessableEntity)
	if members != nil {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["401"] = &huma.Response{ // the guard's, which knows no problem details
		Description: "The token or session is missing, or not that of this installation",
		Content:     map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	op.MaxBodyBytes = maxBodyBytes + 1 // the handler has seen to it
	op.BodyReadTimeout = -1            // likewise, and huma would leave its deadline standing
	op.Metadata = map[string]any{membersKey: members}
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := serve(ctx, in)
		if err != nil {
			return nil, asProblem(err)
		}
		return out, nil
	})
}

// reported is an error that comes with a report.
type reported struct {
	error
	report service.Report
}

func asProblem(err error) *Problem {
	if with, ok := err.(reported); ok { //nolint:errorlint // made by the route itself, around everything
		return problemOf(with.error, with.report)
	}
	return problemOf(err, service.Report{})
}

// membersKey is where an operation's metadata holds its body's members.
const membersKey = "members"

func bodyMembers(op *huma.Operation) []string {
	members, _ := op.Metadata[membersKey].([]string)
	return members
}

// memberNames are the JSON members of an input's body.
func memberNames(input reflect.Type) []string {
	field, ok := input.FieldByName("Body")
	if !ok {
		return nil
	}
	body := field.Type
	if body.Kind() == reflect.Pointer {
		body = body.Elem()
	}
	var names []string
	for _, f := range reflect.VisibleFields(body) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// aliasTypes says how types of ours stand in JSON.
func aliasTypes(registry huma.Registry) {
	registry.RegisterTypeAlias(reflect.TypeFor[service.Duration](), reflect.TypeFor[durationSchema]())
}

// durationSchema describes a [service.Duration].
type durationSchema struct{}

// Schema implements [huma.SchemaProvider].
func (durationSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type:               huma.TypeString,
		Pattern:            `^(0|-?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$`,
		PatternDescription: "a duration such as 6h0m0s",
		Examples:           []any{"6h0m0s"},
	}
}

// requestSchemas are those that requests are held against.
var requestSchemas = map[string]bool{
	"Draft": true, "Change": true, "SyncRequest": true,
	"DirectorySettings": true, "DirectoryPair": true, "DirectoryHead": true,
}

// schemaName names a type in the document. Packages below people call things by
// the same names as others: theirs get a word in front.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	word := ""
	switch path.Base(t.PkgPath()) {
	case "people":
		word = "Directory"
	case "reporting":
		word = "Reporting"
	case "unit":
		word = "Unit"
	}
	if strings.HasPrefix(name, word) {
		return name
	}
	return word + name
}

// finishSchemas says what the types alone do not: which members are objects, and
// that answers may have more members one day.
func finishSchemas(registry huma.Registry) {
	for name, schema := range registry.Map() {
		if !requestSchemas[name] {
			schema.AdditionalProperties = nil
		}
		for _, member := range []string{"config", "schema"} {
			if property := schema.Properties[member]; property != nil && property.Type == "" && property.Ref == "" {
				property.Type, property.AdditionalProperties = huma.TypeObject, true
				property.PrecomputeMessages()
			}
		}
	}
}
