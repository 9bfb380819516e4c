package plugintest

import (
	"context"
	"fmt"
	"time"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// maxWaitAhead is how far ahead a wait may be: a service that asks for more than
// a day is not waited for.
const maxWaitAhead = 24 * time.Hour

// lastCases look at what was seen in all the others.
func lastCases() []Case {
	premises := []string{caseHandshake, caseDescribe, "reasons-declared"}
	return []Case{
		{
			Name: "refusals-typed", Section: sectionConnect, Title: "Whatever is refused says why, and what to do",
			Requires: "Every refusal, in an answer to Connect or on a status, has a reason that Describe declares, the class declared for it, a message and a fix. A status carries them in a google.rpc.ErrorInfo of the domain patchbay.connector.v1, with class and fix in its metadata, and its code is that of the class; a call out of order is FAILED_PRECONDITION, of class CONNECTOR_FAULT. A check that warns or failed has a declared reason, and one that failed a fix.",
			Why:      "The class decides whether trying again helps, and the fix is what a person does next.",
			after:    premises,
			try:      described(tryRefusalsTyped),
		},
		{
			Name: "waits-typed", Section: sectionStreams, Title: "Waits and restarts say why",
			Requires: "A Wait says until when, which is not in the past nor more than a day ahead, a declared reason, and a message; it is repeated at least every 30 s while it lasts. A Restarted has a declared reason and a message.",
			Why:      "A wait that is not announced is a hang, and one that is without an end can't be told from it.",
			after:    premises,
			try:      described(tryWaitsTyped),
		},
		{
			Name: "quarantine-typed", Section: sectionStreams, Title: "A quarantined record says where and why",
			Requires: "A Quarantined says where the record stood, a declared reason, and what is wrong with it; its id, if it could be read, has at most 1 KiB.",
			Why:      "Somebody has to find the object at the service, which is left out until it can be read.",
			after:    premises,
			try:      described(tryQuarantineTyped),
		},
		{
			Name: "secrets-kept", Section: sectionLog, Title: "Secrets are told to nobody",
			Requires: "The value of a secret, or a long part of it, stands in no log, no answer, no cursor, no record, no file, and in no argument or environment of the connector or of what it starts; nor does it in base64, hexadecimal, JSON or a URL. A wrong value is a secret as well.",
			Why:      "Logs are kept for years and sent around; a customer's key must not be in them.",
			after:    []string{caseHandshake}, limit: listingLimit,
			try: trySecretsKept,
		},
	}
}

func tryRefusalsTyped(t *trial, d *connectorv1.DescribeResponse) error {
	declared := reasonsOf(d)
	var problems []string
	for _, said := range t.seen.statuses {
		if problem := declared.statusProblem(said); problem != "" {
			problems = append(problems, problem)
		}
	}
	for _, refusal := range t.seen.refusals {
		if problem := declared.refusalProblem(refusal); problem != "" {
			problems = append(problems, "Connect was refused, and "+problem)
		}
	}
	for _, check := range t.seen.checks {
		failed := check.GetStatus() == connectorv1.CheckStatus_CHECK_STATUS_FAIL
		warns := check.GetStatus() == connectorv1.CheckStatus_CHECK_STATUS_WARN
		if reason := check.GetReason(); (failed || warns || reason != "") && declared[reason] == nil {
			problems = append(problems, fmt.Sprintf("the check %q has the reason %.60q, which is not declared in Describe", check.GetName(), reason))
		}
		if failed && check.GetFix() == "" {
			problems = append(problems, fmt.Sprintf("the check %q has failed and has no fix", check.GetName()))
		}
	}
	seen := len(t.seen.statuses) + len(t.seen.refusals)
	switch {
	case len(problems) > 0:
		return fail("%s.", capital(some(problems)))
	case seen == 0:
		return skip("Nothing was refused in the cases that ran.")
	}
	return pass("%d refusals and statuses in all cases had what they need.", seen)
}

func tryWaitsTyped(t *trial, d *connectorv1.DescribeResponse) error {
	declared, problems := reasonsOf(d), t.seen.unrepeated
	for _, said := range t.seen.waits {
		until := said.wait.GetUntil()
		if problem := declared.explained("a Wait", said.wait.GetReason(), said.wait.GetMessage()); problem != "" {
			problems = append(problems, problem)
		}
		switch ahead := until.AsTime().Sub(said.at); {
		case until == nil || until.CheckValid() != nil:
			problems = append(problems, fmt.Sprintf("a Wait (%.60q) does not say until when", said.wait.GetReason()))
		case ahead < -time.Minute:
			problems = append(problems, fmt.Sprintf("a Wait (%.60q) was until %s before it came", said.wait.GetReason(), -ahead.Round(time.Second)))
		case ahead > maxWaitAhead:
			problems = append(problems, fmt.Sprintf("a Wait (%.60q) is until %s ahead", said.wait.GetReason(), ahead.Round(time.Second)))
		}
	}
	for _, restarted := range t.seen.restarts {
		if problem := declared.explained("a Restarted", restarted.GetReason(), restarted.GetMessage()); problem != "" {
			problems = append(problems, problem)
		}
	}
	switch {
	case len(problems) > 0:
		return fail("%s.", capital(some(problems)))
	case len(t.seen.waits)+len(t.seen.restarts) == 0:
		return skip("No stream waited or began again in the cases that ran.")
	}
	return pass("%d waits and %d restarts said why.", len(t.seen.waits), len(t.seen.restarts))
}

func tryQuarantineTyped(t *trial, d *connectorv1.DescribeResponse) error {
	declared := reasonsOf(d)
	var problems []string
	for _, q := range t.seen.quarantines {
		if problem := declared.explained("a Quarantined", q.GetReason(), q.GetMessage()); problem != "" {
			problems = append(problems, problem)
		}
		if q.GetLocation() == "" {
			problems = append(problems, fmt.Sprintf("a Quarantined (id %.80q) does not say where the record stood", q.GetId()))
		}
		if len(q.GetId()) > wire.MaxIDBytes {
			problems = append(problems, fmt.Sprintf("a Quarantined has an id of %d bytes", len(q.GetId())))
		}
	}
	switch {
	case len(problems) > 0:
		return fail("%s.", capital(some(problems)))
	case t.seen.quarantinedN == 0:
		return skip("No record was quarantined in the cases that ran.")
	}
	return pass("%d quarantined records said where they stood and why.", t.seen.quarantinedN)
}

func trySecretsKept(ctx context.Context, t *trial) error {
	if t.canaries.empty() {
		return skip("No secret of %d bytes or more was given.", minSecret)
	}
	_, unread := t.listing(ctx) // which others have read already, unless this case was asked for alone
	for p := range t.running {  // what is still there is looked at as well
		t.canaries.in(p.shown(), "its arguments or environment, or those of a process that it started")
		t.searchFolder(p.temporary())
	}
	leaks, bytes := t.canaries.found()
	if len(leaks) > 0 {
		return fail("%s. Whoever reads that has the secret. Wrap secrets in a type that prints a placeholder, and build messages from your own words.", capital(some(leaks)))
	}
	switch {
	case unread != nil && outcomeOf(unread).status == Failed:
		return unread
	case bytes == 0:
		return skip("Nothing was logged or answered in the cases that ran.")
	}
	return pass("No secret stood in %d KiB of logs, answers, arguments and environments.", bytes>>10)
}
