package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
)

// Prefix is where the API stands.
const Prefix = "/api/v1"

const (
	// maxBodyBytes bounds what is read of a request. A configuration has at most
	// 256 KiB and a secret 64 KiB (the contract's limits), and line ends and
	// quotes double in JSON.
	maxBodyBytes = 1 << 20

	// bodyReadTimeout is how long a request's body may take: a megabyte over the
	// slowest line that somebody would work on. It ends before the operation
	// begins, which may take minutes.
	bodyReadTimeout = 30 * time.Second
)

// New makes the handler of the API over ops. version is the program's, as the
// document tells it. Whoever serves the handler must allow answers several
// minutes: a test of a connection starts its connector and waits for the
// service.
func New(ops service.Operations, version string) http.Handler {
	return newHandler(ops, nil, version, bodyReadTimeout)
}

// WithDirectory is [New] with the People view, which directory answers. Without
// it the People view is not activated.
func WithDirectory(ops service.Operations, directory *people.Directory, version string) http.Handler {
	return newHandler(ops, directory, version, bodyReadTimeout)
}

func newHandler(ops service.Operations, directory *people.Directory, version string, bodyReadTimeout time.Duration) *handler {
	humaGlobals()
	h := &handler{mux: http.NewServeMux(), bodyReadTimeout: bodyReadTimeout}
	api := humago.New(recording{h}, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Patchbay", Version: version,
				Description: "Connections to the services where a company's people are listed, their runs, and the directory that they bring.\n\n" +
					"Times are RFC 3339; durations are written as 6h0m0s. Errors are problem details (RFC 9457) whose `reason` is for code and whose `fix` says what to do. " +
					"Members may be added to answers; requests may hold no other members than those named here.",
			},
			Tags: []*huma.Tag{
				{Name: tagConnectors, Description: "The programs that know a service"},
				{Name: tagConnections, Description: "Configured connections"},
				{Name: tagRuns, Description: "What synced, and what is held for review"},
				{Name: tagPeople, Description: "The directory of a connection"},
				{Name: tagDirectory, Description: "The People view: the company as the connection marked as the HRIS lists it"},
				{Name: tagInstallation, Description: "The installation itself"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "The machine token that the service prints, and keeps in its runtime file. A browser's session serves as well."},
				},
			},
			Security: []map[string][]string{{"token": {}}},
		},
		// The second is for what ends in +json, problem details among them.
		Formats: map[string]huma.Format{
			jsonType: {Marshal: marshal, Unmarshal: unmarshal},
			"json":   {Marshal: marshal, Unmarshal: unmarshal},
		},
		DefaultFormat:                jsonType,
		RejectUnknownQueryParameters: true,
	})
	aliasTypes(api.OpenAPI().Components.Schemas)
	r := routes{api: api, ops: ops, directory: directory}
	r.connectors()
	r.connections()
	r.runs()
	r.people()
	r.peopleSettings()
	r.viewRoutes()
	r.fileRoutes()
	r.installation()
	document := r.document()
	finishSchemas(api.OpenAPI().Components.Schemas)
	document.fill(api.OpenAPI())
	return h
}

// handler checks what is the same for all routes, and gives each its request.
type handler struct {
	mux             *http.ServeMux
	patterns        []string
	bodyReadTimeout time.Duration
}

// recording is the handler's mux, which remembers the patterns.
type recording struct{ *handler }

func (r recording) HandleFunc(pattern string, serve func(http.ResponseWriter, *http.Request)) {
	r.patterns = append(r.patterns, pattern)
	r.mux.HandleFunc(pattern, serve)
}

var globals sync.Once

// humaGlobals sets what huma keeps in variables: the shape of errors, and that
// a member's name is written as it is. Nothing else in the program uses huma.
func humaGlobals() {
	globals.Do(func() {
		huma.NewError = func(status int, text string, errs ...error) huma.StatusError {
			return invalidRequest(nil, status, text, errs)
		}
		huma.NewErrorWithContext = func(ctx huma.Context, status int, text string, errs ...error) huma.StatusError {
			return invalidRequest(ctx, status, text, errs)
		}
		huma.ValidateStrictCasing = true
	})
}

// The content types that are spoken.
const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
)

// document serves the description of the API.
type document struct{ json, yaml []byte }

func (d *document) fill(described *huma.OpenAPI) {
	var err error
	if d.json, err = json.Marshal(described); err == nil {
		var indented bytes.Buffer
		if err = json.Indent(&indented, d.json, "", "  "); err == nil {
			indented.WriteByte('\n')
			d.json = indented.Bytes()
			d.yaml, err = described.YAML()
		}
	}
	if err != nil { // the description is the same in every program: a test would have seen it
		panic(fmt.Errorf("describe the API: %w", err))
	}
}
