package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/service"
)

// ConnectorList is the connectors that can be found.
type ConnectorList struct {
	Connectors []service.Connector `json:"connectors" doc:"The connectors, by name"`
}

type connectorPath struct {
	Connector string `path:"connector" doc:"The connector's name" example:"okta"`
}

func (r routes) connectors() {
	register(r, huma.Operation{
		OperationID: "list-connectors", Method: http.MethodGet, Path: "/connectors", Tags: []string{tagConnectors},
		Summary: "List connectors", Description: "The connectors that can be found on this machine. Each is started to ask its name and version.",
		Errors: []int{http.StatusInternalServerError},
	}, func(ctx context.Context, _ *struct{}) (*answer[ConnectorList], error) {
		connectors, err := r.ops.Connectors(ctx)
		return &answer[ConnectorList]{ConnectorList{connectors}}, err
	})
	register(r, huma.Operation{
		OperationID: "get-connector-form", Method: http.MethodGet, Path: "/connectors/{connector}/form", Tags: []string{tagConnectors},
		Summary: "Get a connector's form", Description: "What the connector asks of an administrator: fields in order, and its JSON Schema.",
		Errors: []int{http.StatusBadGateway},
	}, func(ctx context.Context, in *connectorPath) (*answer[service.Form], error) {
		form, err := r.ops.Form(ctx, in.Connector)
		return &answer[service.Form]{form}, err
	})
	register(r, huma.Operation{
		OperationID: "trust-connector", Method: http.MethodPost, Path: "/connectors/{connector}/trust", Tags: []string{tagConnectors},
		Summary: "Trust a connector", Description: "Declares the executable that is found under the name now, by its SHA-256. From then on no other is run under the name.",
		Errors: []int{http.StatusBadGateway},
	}, func(ctx context.Context, in *connectorPath) (*answer[service.Connector], error) {
		connector, err := r.ops.TrustConnector(ctx, in.Connector)
		return &answer[service.Connector]{connector}, err
	})
}
