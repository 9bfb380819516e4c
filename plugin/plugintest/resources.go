package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionResources = "Resources"
	caseResources    = "resources-listed"
)

func resourceCases() []Case {
	connected := []string{caseHandshake, caseDescribe, caseConnects}
	return []Case{
		{
			Name: caseResources, Section: sectionResources, Title: "It says what can be read",
			Requires: "ListResources names at least one resource. Each has a name of its own of lower case letters, digits, dashes and underscores, a title, a kind, a key field (one of kind OTHER may have none), a JSON Schema of its source and the mode FULL; the missing scopes are among the required ones. Asked again, it names the same.",
			Why:      "What can be read is chosen from this list, and remembered by name.",
			after:    connected,
			try:      tryResourcesListed,
		},
		{
			Name: "resource-unknown", Section: sectionResources, Title: "A resource that is not there is refused",
			Requires: "Sync of a resource that ListResources does not name is answered INVALID_ARGUMENT (class CONFIG_INVALID), with no event before.",
			Why:      "An empty answer would be taken for a company without people.",
			after:    append(connected, caseResources),
			try:      tryResourceUnknown,
		},
	}
}

var resourceName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

func tryResourcesListed(ctx context.Context, t *trial) error {
	p, err := t.connected(ctx)
	if err != nil {
		return err
	}
	resources, err := p.listAnew(ctx)
	if err != nil {
		return fail("%s", err)
	}
	if len(resources) == 0 {
		return fail("ListResources names no resource. A connection with which nothing can be read is to be refused.")
	}
	var names []string
	for _, resource := range resources {
		if slices.Contains(names, resource.GetName()) {
			return fail("Two resources have the name %q.", resource.GetName())
		}
		if problem := resourceProblem(resource); problem != "" {
			return fail("The resource %q %s.", resource.GetName(), problem)
		}
		names = append(names, resource.GetName())
	}
	again, err := p.listAnew(ctx)
	if err != nil {
		return fail("Asked again: %s", err)
	}
	same := slices.EqualFunc(resources, again, func(a, b *connectorv1.Resource) bool { return a.GetName() == b.GetName() })
	if !same {
		return fail("Asked again, ListResources names other resources, or in another order: first %s.", strings.Join(names, ", "))
	}
	return pass("It lists %s.", strings.Join(names, ", "))
}

// resourceProblem says what is wrong with a resource; empty for nothing.
func resourceProblem(r *connectorv1.Resource) string {
	var schema map[string]any
	switch {
	case !resourceName.MatchString(r.GetName()):
		return "has a name that does not consist of lower case letters, digits, dashes and underscores"
	case strings.TrimSpace(r.GetTitle()) == "":
		return "has no title"
	case r.GetKind() == connectorv1.ResourceKind_RESOURCE_KIND_UNSPECIFIED || connectorv1.ResourceKind_name[int32(r.GetKind())] == "":
		return fmt.Sprintf("has the kind %s", r.GetKind())
	case r.GetKeyField() == "" && r.GetKind() != connectorv1.ResourceKind_RESOURCE_KIND_OTHER:
		return "names no key field; only one of kind OTHER, whose records have no key in their source, may do without"
	case json.Unmarshal(r.GetSchemaJson(), &schema) != nil || schema == nil:
		return fmt.Sprintf("has a schema that is no JSON object: %.60q; {\"type\":\"object\"} says the least", r.GetSchemaJson())
	case !slices.Contains(r.GetModes(), connectorv1.SyncMode_SYNC_MODE_FULL):
		return "does not name the mode FULL, by which every resource can be read"
	case r.HasSuggestedInterval() && r.GetSuggestedInterval().AsDuration() <= 0:
		return fmt.Sprintf("suggests an interval of %s", r.GetSuggestedInterval().AsDuration())
	}
	for _, scope := range r.GetMissingScopes() {
		if !slices.Contains(r.GetRequiredScopes(), scope) {
			return fmt.Sprintf("misses the scope %q, which is not among those that it requires", scope)
		}
	}
	return ""
}

func tryResourceUnknown(ctx context.Context, t *trial) error {
	p, err := t.connected(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"no-such-resource", ""} {
		s, err := p.sync(ctx, connectorv1.Resource_builder{Name: name}.Build(), "", 0)
		s.stop()
		if errors.Is(err, io.EOF) {
			return fail("Sync of the resource %q ended with status OK. Answer INVALID_ARGUMENT.", name)
		}
		saw, ok := answeredWith(err, codes.InvalidArgument)
		if err == nil {
			saw = "events came."
		}
		if !ok {
			return fail("Sync of the resource %q: %s It must be answered INVALID_ARGUMENT.", name, saw)
		}
	}
	return pass("Sync of a resource that is not listed was answered INVALID_ARGUMENT.")
}
