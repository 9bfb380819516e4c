package plugintest

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionConnect = "Connect"
	caseConnects   = "connects"
	caseSideBySide = "side-by-side"

	// maxWrongSecrets bounds the attempts with a wrong secret: a service may lock
	// an account after some.
	maxWrongSecrets = 3
)

func connectCases() []Case {
	return []Case{
		{
			Name: caseConnects, Section: sectionConnect, Title: "It connects, and says what it checked",
			Requires: "With a configuration that works Connect is answered OK and without a refusal, with an account that has an id, and with checks. Each check has a name of its own of lower case letters and underscores, a title and an outcome; none has failed.",
			Why:      "The checks are what a person sees while setting up a connection, and the account is what tells that it is the right one.",
			after:    []string{caseHandshake, caseDescribe},
			try:      tryConnects,
		},
		{
			Name: caseSideBySide, Section: sectionConnect, Title: "Two processes run beside each other",
			Requires: "While a process of the connector runs and is connected, another one starts and connects: they share no file, no port and no lock.",
			Why:      "A host runs a process for each connection, and starts a new one before it is certain that the last has ended.",
			after:    []string{caseHandshake, caseDescribe, caseConnects},
			try:      trySideBySide,
		},
		{
			Name: "call-order", Section: sectionConnect, Title: "Calls out of order are refused",
			Requires: "ListResources and Sync before Connect, or after a Connect that was refused, and a second Connect, are answered FAILED_PRECONDITION. A process serves one connection.",
			Why:      "A process that could change its connection would mix two companies' people.",
			after:    []string{caseHandshake, caseConnects},
			try:      tryCallOrder,
		},
		{
			Name: "config-refused", Section: sectionConnect, Title: "A configuration that can't be right is refused",
			Requires: "A configuration with an unknown property, without a required one, or with a value of the wrong type or outside of its enum is refused: Connect is answered OK, with a refusal of class CONFIG_INVALID in the message.",
			Why:      "A misspelt property that is passed over is a setting that somebody believes in.",
			after:    []string{caseHandshake, caseDescribe, "config-schema"},
			try:      tryConfigRefused,
		},
		{
			Name: "config-hostile", Section: sectionConnect, Title: "A configuration that is none does no harm",
			Requires: "A configuration that is not JSON or no object, that is nested ten thousand deep, or that is as large as may be is refused as CONFIG_INVALID, and the process answers afterwards.",
			Why:      "Configurations come from files and forms that anybody may have written.",
			after:    []string{caseHandshake, caseDescribe, "config-refused"},
			try:      tryConfigHostile,
		},
		{
			Name: "secret-refused", Section: sectionConnect, Title: "A wrong secret is refused when connecting",
			Requires: "With a wrong value for a secret, Connect is answered OK with a refusal in the message: a connection is proved by using it. The wrong value stands in no answer and no log either.",
			Why:      "A connection that is stored with a wrong secret fails at night, when nobody is there.",
			after:    []string{caseHandshake, caseDescribe, caseConnects},
			try:      trySecretRefused,
		},
	}
}

var checkName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func tryConnects(ctx context.Context, t *trial) error {
	p, err := t.connected(ctx)
	if err != nil {
		return err
	}
	response := p.connected
	if problem := accountProblem(response); problem != "" {
		return fail("%s", problem)
	}
	names := map[string]bool{}
	for _, check := range response.GetChecks() {
		if problem := checkProblem(check); problem != "" {
			return fail("The check %q %s.", check.GetName(), problem)
		}
		if names[check.GetName()] {
			return fail("Two checks have the name %q.", check.GetName())
		}
		names[check.GetName()] = true
	}
	return pass("It reached the account %q (%q), with %d checks.", response.GetAccount().GetId(), response.GetAccount().GetName(), len(names))
}

func accountProblem(response *connectorv1.ConnectResponse) string {
	switch {
	case response.GetAccount().GetId() == "":
		return "It connects and names no account. Give the service's id of the account, or the domain where there is none."
	case response.GetAccount().GetName() == "":
		return "It connects and its account has no name for people."
	case len(response.GetChecks()) == 0:
		return "It connects and names no check. Name each step that proves that the connection works."
	}
	return ""
}

// checkProblem says what is wrong with a check of a connection that is not
// refused.
func checkProblem(check *connectorv1.Check) string {
	switch {
	case !checkName.MatchString(check.GetName()):
		return "has a name that does not consist of lower case letters and underscores"
	case strings.TrimSpace(check.GetTitle()) == "":
		return "has no title"
	}
	switch check.GetStatus() {
	case connectorv1.CheckStatus_CHECK_STATUS_OK, connectorv1.CheckStatus_CHECK_STATUS_SKIPPED, connectorv1.CheckStatus_CHECK_STATUS_WARN:
		return ""
	case connectorv1.CheckStatus_CHECK_STATUS_FAIL:
		return "has failed, and the connection is not refused: a check that leaves a connection usable warns"
	default:
		return fmt.Sprintf("has the outcome %s", check.GetStatus())
	}
}

func trySideBySide(ctx context.Context, t *trial) error {
	if _, err := t.connected(ctx); err != nil {
		return err
	}
	p, err := t.another(ctx, startup{})
	if err != nil {
		if outcomeOf(err).status == Skipped {
			return err
		}
		return fail("While another process was connected: %v", err)
	}
	defer p.discard(ctx)
	if _, err := t.main.describe(ctx); err != nil {
		return fail("When another process had connected, the first one was not well: %s", err)
	}
	return pass("A second process connected while the first one was.")
}

func tryCallOrder(ctx context.Context, t *trial) error {
	p, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	_, err = p.listAnew(ctx)
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		return fail("ListResources before Connect: %s It must be FAILED_PRECONDITION.", saw)
	}
	s, err := p.sync(ctx, connectorv1.Resource_builder{Name: "users"}.Build(), "", 0)
	s.stop()
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		return fail("Sync before Connect: %s It must be FAILED_PRECONDITION.", saw)
	}
	if t.target.Config == nil {
		return pass("ListResources and Sync before Connect were refused. Whether a second Connect is was not tried, for there is no configuration.")
	}
	if _, err := p.connect(ctx, t.connectRequest(nil)); err != nil {
		return fail("Connect, after calls that came too early: %s They must do no harm.", err)
	}
	_, err = p.connect(ctx, t.connectRequest(nil))
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		return fail("A second Connect: %s It must be FAILED_PRECONDITION.", saw)
	}
	return t.afterRefusal(ctx)
}

// afterRefusal calls a process whose connection was refused.
func (t *trial) afterRefusal(ctx context.Context) error {
	p, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	response, err := p.connect(ctx, connectorv1.ConnectRequest_builder{ConfigJson: []byte(`[]`), Secrets: t.target.Secrets}.Build())
	if err != nil || !response.HasRefusal() {
		return pass("ListResources and Sync before Connect, and a second Connect, were answered FAILED_PRECONDITION. Whether they are after a refusal was not seen, for nothing was refused (see the case \"config-hostile\").")
	}
	_, err = p.listAnew(ctx)
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		return fail("ListResources after a Connect that was refused: %s It must be FAILED_PRECONDITION.", saw)
	}
	return pass("ListResources and Sync before Connect, ListResources after a refusal, and a second Connect, were answered FAILED_PRECONDITION.")
}

func trySecretRefused(ctx context.Context, t *trial) error {
	if len(t.target.Secrets) == 0 {
		return skip("No secret was given.")
	}
	if _, err := t.connected(ctx); err != nil { // without a right secret a wrong one says nothing
		return err
	}
	names := slices.Sorted(maps.Keys(t.target.Secrets))
	names = names[:min(len(names), maxWrongSecrets)]
	for _, name := range names {
		if err := t.refuseSecret(ctx, name); err != nil {
			return err
		}
	}
	return pass("A wrong value for each of %s was refused.", strings.Join(names, ", "))
}

func (t *trial) refuseSecret(ctx context.Context, name string) error {
	p, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	canary := "canary-" + rand.Text()
	t.canaries.add(name+" (a wrong value)", canary)
	secrets := maps.Clone(t.target.Secrets)
	secrets[name] = canary
	response, err := p.connect(ctx, connectorv1.ConnectRequest_builder{ConfigJson: t.target.Config, Secrets: secrets}.Build())
	if err != nil {
		return fail("With a wrong value for the secret %q: %s A connection that can't be used is a refusal in the message, and the call is OK.", name, err)
	}
	if !response.HasRefusal() {
		return fail("With a wrong value for the secret %q it connects. Prove that the connection works by using it: ask the service for something that needs the secret.", name)
	}
	return nil
}
