package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/service"
)

// Diagnosis is how an installation stands.
type Diagnosis struct {
	Checks []service.Check `json:"checks" doc:"The checks, in the order in which they were made"`
}

func (r routes) installation() {
	register(r, huma.Operation{
		OperationID: "diagnose", Method: http.MethodGet, Path: "/diagnosis", Tags: []string{tagInstallation},
		Summary: "Check the installation", Description: "Store, sealing key, connectors, schedule, and notifications that could not be delivered.",
		Errors: []int{http.StatusInternalServerError},
	}, func(ctx context.Context, _ *struct{}) (*answer[Diagnosis], error) {
		checks, err := r.ops.Diagnose(ctx)
		return &answer[Diagnosis]{Diagnosis{checks}}, err
	})
}

type documentAnswer struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Body        []byte
}

// document adds the operations that serve the document, which is filled when
// all others are there.
func (r routes) document() *document {
	d := &document{}
	register(r, documentOperation("openapi-json", "/openapi.json", "application/json", "as JSON"),
		func(context.Context, *struct{}) (*documentAnswer, error) {
			return &documentAnswer{"application/json", d.json}, nil
		})
	register(r, documentOperation("openapi-yaml", "/openapi.yaml", "application/yaml", "as YAML"),
		func(context.Context, *struct{}) (*documentAnswer, error) {
			return &documentAnswer{"application/yaml", d.yaml}, nil
		})
	return d
}

func documentOperation(id, path, contentType, form string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{tagInstallation},
		Summary: "Get this description " + form, Description: "The OpenAPI 3.1 description of this API.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The description",
			Content:     map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{}}},
		}},
	}
}
