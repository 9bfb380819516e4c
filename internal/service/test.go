package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Names of checks that are made here, where the connector could not be asked.
const (
	checkConfig    = "config"
	checkConnector = "connector"
)

// reasonConfig is the reason of a configuration that can't be read.
const reasonConfig = "CONFIG_INVALID"

// Test implements [Operations].
func (s *Service) Test(ctx context.Context, d Draft) (Report, error) {
	if err := d.check(); err != nil {
		return Report{}, err
	}
	report, _, err := s.test(ctx, d.Connector, enterDraft(d.Config))
	return report, err
}

// enter makes what an administrator entered of a connector's schema, and the
// secrets to connect with.
type enter func(schema []byte) (entered connection.Entered, configuration host.Configuration, err error)

func enterDraft(config json.RawMessage) enter {
	return func(schema []byte) (connection.Entered, host.Configuration, error) {
		entered, err := connection.Enter(config, schema)
		if err != nil {
			return connection.Entered{}, host.Configuration{}, err
		}
		resolved, err := entered.Resolve(connection.Sources{})
		return entered, host.Configuration{JSON: resolved.JSON, Secrets: resolved.Secrets}, err
	}
}

// test connects, and says what was found. What keeps a connection from working
// is a report; an error is the end of ctx.
func (s *Service) test(ctx context.Context, connector string, enter enter) (Report, connection.Entered, error) {
	var entered connection.Entered
	report, err := s.probe(ctx, connector, func(schema []byte) (host.Configuration, error) {
		var configuration host.Configuration
		var err error
		entered, configuration, err = enter(schema)
		return configuration, err
	})
	if ctx.Err() != nil {
		return Report{}, entered, fmt.Errorf("test the connection: %w", context.Cause(ctx))
	}
	report.blame(err)
	return report, entered, nil
}

// probe connects and asks what there is to list.
func (s *Service) probe(ctx context.Context, connector string, configure func(schema []byte) (host.Configuration, error)) (Report, error) {
	launched, err := s.launch(ctx, connector)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = launched.Close() }()
	described, err := launched.Describe(ctx)
	if err != nil {
		return Report{}, err
	}
	configuration, err := configure(described.GetConfigSchemaJson())
	if err != nil {
		return Report{}, err
	}
	response, err := launched.Connect(ctx, configuration)
	if refused, ok := errors.AsType[*host.RefusedError](err); ok {
		response = refused.Response
	}
	report := Report{
		Account: response.GetAccount().GetName(), AccountURL: response.GetAccount().GetUrl(),
		Scopes: response.GetGrantedScopes(), Checks: checksOf(response),
	}
	if err != nil {
		return report, err
	}
	resources, err := launched.ListResources(ctx)
	for _, r := range resources {
		report.Resources = append(report.Resources, Resource{
			Name: r.GetName(), Title: r.GetTitle(), Interval: Duration(r.GetSuggestedInterval().AsDuration()),
			MissingScopes: r.GetMissingScopes(), people: r.GetKind() == connectorv1.ResourceKind_RESOURCE_KIND_USERS,
		})
	}
	return report, err
}

// blame completes a report with what went wrong, if anything: where no check
// says so, it becomes one that failed.
func (r *Report) blame(err error) {
	if r.Checks == nil {
		r.Checks = []Check{}
	}
	if r.OK = err == nil; r.OK {
		return
	}
	failed := Check{Name: checkConnector, Title: "Connector", Status: CheckFail, Detail: err.Error()}
	if e, ok := host.Explain(err); ok {
		r.Class = classText(e.Class)
		failed.Reason, failed.Detail, failed.Fix = e.Reason, e.Message, e.Fix
	}
	if invalid, ok := errors.AsType[*connection.InvalidError](err); ok {
		r.Class = classText(connectorv1.Class_CLASS_CONFIG_INVALID)
		failed = Check{Name: checkConfig, Title: "Configuration", Status: CheckFail, Reason: reasonConfig, Detail: sentence(invalid.Error()), Fix: "Correct it, and test again. A reference is read by the service: from its environment, and its machine's files."}
	}
	for _, c := range r.Checks {
		if c.Status == CheckFail {
			return
		}
	}
	r.Checks = append(r.Checks, failed)
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

func classText(class connectorv1.Class) string {
	if class == connectorv1.Class_CLASS_UNSPECIFIED {
		return ""
	}
	return strings.TrimPrefix(class.String(), "CLASS_")
}

// checksOf are the checks of a connector's answer.
func checksOf(response *connectorv1.ConnectResponse) []Check {
	checks := []Check{}
	for _, c := range response.GetChecks() {
		checks = append(checks, Check{
			Name: c.GetName(), Title: c.GetTitle(), Status: CheckStatus(strings.ToLower(strings.TrimPrefix(c.GetStatus().String(), "CHECK_STATUS_"))),
			Reason: c.GetReason(), Detail: c.GetDetail(), Fix: c.GetFix(), TookMS: c.GetTook().AsDuration().Milliseconds(),
		})
	}
	return checks
}
