package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/people"
)

type settingsInput struct{ Body people.Settings }

// peopleSettings are the operations of who decides what the People view shows.
func (r routes) peopleSettings() {
	register(r, huma.Operation{
		OperationID: "preview-people", Method: http.MethodGet, Path: "/connections/{name}/people-preview", Tags: []string{tagDirectory},
		Summary: "Try a connection as the HRIS", Description: "What the People view would show if the connection were marked as the HRIS. Changes nothing.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ConnectionPath) (*answer[people.Preview], error) {
		preview, err := r.ops.PreviewPeople(ctx, in.Name)
		return &answer[people.Preview]{preview}, err
	})
	register(r, huma.Operation{
		OperationID: "get-directory-settings", Method: http.MethodGet, Path: "/directory/settings", Tags: []string{tagDirectory},
		Summary: "Get what the People view shows", Description: "The settings, with their revision.",
	}, func(ctx context.Context, _ *struct{}) (*answer[people.Settings], error) {
		settings, err := r.ops.PeopleSettings(ctx)
		return &answer[people.Settings]{settings}, err
	})
	register(r, huma.Operation{
		OperationID: "set-directory-settings", Method: http.MethodPut, Path: "/directory/settings", Tags: []string{tagDirectory},
		Summary: "Say what the People view shows", Description: "Replaces the settings, at once: when the answer comes, nothing that they hide is shown or found any more. " +
			"The revision must be that of the settings that stand.",
		Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *settingsInput) (*answer[people.Settings], error) {
		settings, err := r.ops.SetPeopleSettings(ctx, in.Body)
		return &answer[people.Settings]{settings}, err
	})
}
