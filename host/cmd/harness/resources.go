package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func (a *app) resourcesCommand() *cobra.Command {
	var t target
	var format string
	cmd := &cobra.Command{
		Use:   "resources --connector PATH --config FILE",
		Short: "Connect, and list what can be read",
		Args:  program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := program.RequireOneOf(cmd, "format", format, "text", "json"); err != nil {
				return err
			}
			return a.nameDefault(cmd, a.resources(cmd.Context(), t, format))
		},
	}
	t.addFlags(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func (a *app) resources(ctx context.Context, t target, format string) error {
	connector, _, err := a.connect(ctx, t, nil)
	if connector != nil {
		defer func() { _ = connector.Close() }()
	}
	if err != nil {
		return err
	}
	resources, err := connector.ListResources(ctx)
	if err != nil {
		return err
	}
	if format == "json" {
		list := make([]resource, len(resources))
		for i, r := range resources {
			list[i] = resourceOf(r)
		}
		return program.WriteJSON(a.stdout, map[string]any{"resources": list})
	}
	return writeResources(a.stdout, resources)
}

// resource is one of `resources --format json`.
type resource struct {
	Name                     string          `json:"name"`
	Title                    string          `json:"title"`
	Kind                     string          `json:"kind"`
	KeyField                 string          `json:"key_field"`
	Modes                    []string        `json:"modes"`
	SuggestedIntervalSeconds float64         `json:"suggested_interval_seconds"`
	RequiredScopes           []string        `json:"required_scopes"`
	MissingScopes            []string        `json:"missing_scopes"`
	Schema                   json.RawMessage `json:"schema,omitempty"`
}

func resourceOf(r *connectorv1.Resource) resource {
	out := resource{
		Name: r.GetName(), Title: r.GetTitle(), Kind: lowerEnum(r.GetKind().String(), "RESOURCE_KIND_"), KeyField: r.GetKeyField(),
		Modes: []string{}, SuggestedIntervalSeconds: r.GetSuggestedInterval().AsDuration().Seconds(),
		RequiredScopes: append([]string{}, r.GetRequiredScopes()...), MissingScopes: append([]string{}, r.GetMissingScopes()...),
	}
	for _, mode := range r.GetModes() {
		out.Modes = append(out.Modes, lowerEnum(mode.String(), "SYNC_MODE_"))
	}
	if json.Valid(r.GetSchemaJson()) {
		out.Schema = r.GetSchemaJson()
	}
	return out
}

func lowerEnum(name, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(name, prefix))
}

// writeResources lists resources for people.
func writeResources(w io.Writer, resources []*connectorv1.Resource) error {
	var b strings.Builder
	for _, r := range resources {
		out := resourceOf(r)
		fmt.Fprintf(&b, "%-12s %s, %s", out.Name, out.Title, strings.Join(out.Modes, "+"))
		if interval := r.GetSuggestedInterval().AsDuration(); interval > 0 {
			fmt.Fprintf(&b, ", every %s", program.ShortDuration(interval))
		}
		if len(out.RequiredScopes) > 0 {
			fmt.Fprintf(&b, "; needs %s", strings.Join(out.RequiredScopes, ", "))
		}
		if len(out.MissingScopes) > 0 {
			fmt.Fprintf(&b, " (not granted: %s)", strings.Join(out.MissingScopes, ", "))
		}
		b.WriteByte('\n')
	}
	return program.Output(io.WriteString(w, b.String()))
}
