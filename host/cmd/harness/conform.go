package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/plugintest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// conformFlags are the flags of conform.
type conformFlags struct {
	target

	resource, format string
	records          int
	cases            []string
}

func (a *app) conformCommand() *cobra.Command {
	var f conformFlags
	cmd := &cobra.Command{
		Use:   "conform --connector PATH",
		Short: "Examine whether a connector keeps the contract",
		Long: `Conform starts a connector again and again and tries from outside whether it
keeps each rule of the contract, in whatever language it is written. It reads,
stops, kills and resumes, and changes nothing at the service.

With --config, an account of the service is read, whose people come up to three
pages and more; one for trials is best. Without, what needs a connection is
skipped. The rules are written down in docs/contract.md.`,
		Example: `  harness conform --connector bin/roster --config config.json
  harness conform --connector bin/roster --config config.json --case cursor-resume --case kill-resume
  harness conform --connector bin/roster --format junit > conformance.xml`,
		Args: program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			return a.conform(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.connector, "connector", "", "the connector's executable, or its name: beside harness, in --connectors, or built from source when the working folder is inside it")
	flags.StringVar(&f.folder, "connectors", "", "folder of connectors")
	flags.StringVar(&f.config, "config", "", "configuration file (JSON); secrets as they are, or as env:NAME, file:PATH or - for standard input")
	flags.StringVar(&f.resource, "resource", "", "resource to read (default: the first that can be read)")
	flags.IntVar(&f.records, "records", 0, "how many records the listing has at least, where that is known: fewer fail, as where a page is not followed")
	flags.StringSliceVar(&f.cases, "case", nil, "case to try, and no other; may be repeated")
	flags.StringVar(&f.format, "format", "text", "text, json or junit")
	_ = cmd.MarkFlagRequired("connector")
	return cmd
}

// check checks the flags.
func (f conformFlags) check(cmd *cobra.Command) error {
	names := caseNames()
	for _, name := range f.cases {
		if !slices.Contains(names, name) {
			return program.Usagef(cmd, "--case %q is none; there are %s", name, strings.Join(names, ", "))
		}
	}
	if f.records < 0 {
		return program.Usagef(cmd, "--records is a number of records, or 0 where it is not known, not %d", f.records)
	}
	return program.RequireOneOf(cmd, "format", f.format, "text", "json", "junit")
}

func caseNames() []string {
	var names []string
	for _, c := range plugintest.Cases() {
		names = append(names, c.Name)
	}
	return names
}

// conform examines a connector and reports. An error of a failed case is one
// that was explained: what remains of it is the exit code.
func (a *app) conform(ctx context.Context, f conformFlags) error {
	found, err := a.find(ctx, f.target)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	examined := plugintest.Target{Path: found.Path, Resource: f.resource, Records: f.records, Only: f.cases}
	described, err := a.describe(ctx, found)
	if err != nil {
		return err
	}
	if err := a.configure(ctx, f.config, described, &examined); err != nil {
		return err
	}
	var observe func(plugintest.Result)
	text := &conformText{out: a.stdout}
	if f.format == "text" {
		text.heading(described.GetTitle(), described.GetVersion(), found.Path)
		observe = text.result
	}
	report, err := plugintest.Run(ctx, examined, observe)
	if err != nil {
		return err
	}
	if report.Connector == "" { // the cases that ran did not ask
		report.Connector, report.Version = described.GetName(), described.GetVersion()
	}
	switch f.format {
	case "json":
		err = writeConformJSON(a.stdout, report)
	case "junit":
		err = writeConformJUnit(a.stdout, report)
	default:
		err = text.conclusion(report)
	}
	if err == nil && !report.OK() {
		err = program.Explained(&program.Error{Err: errNotConforming, Code: wire.ExitConnector})
	}
	return err
}

var errNotConforming = errors.New("the connector does not keep the contract")

// describe asks the connector what it is, for its schema. One that can't be
// started, or does not say, has none, and is examined all the same.
func (a *app) describe(ctx context.Context, found host.Found) (*connectorv1.DescribeResponse, error) {
	connector, err := host.Launch(ctx, host.Settings{
		Path: found.Path, Log: a.log(), LogLevel: a.logLevel.Level(), HostName: "patchbay-harness/" + version,
	})
	if err != nil {
		fault, faulty := errors.AsType[*host.Fault](err)
		_, refused := errors.AsType[*host.RefusedError](err) // Describe, of which there is nothing to refuse
		if ctx.Err() != nil || !refused && (!faulty || host.ExitCode(fault) != wire.ExitConnector) {
			return nil, err
		}
		return nil, nil //nolint:nilnil // a message's getters take nil for an empty one
	}
	defer func() { _ = connector.Close() }()
	return connector.Describe(ctx)
}

// configure reads the configuration file, if one is given.
func (a *app) configure(ctx context.Context, file string, described *connectorv1.DescribeResponse, examined *plugintest.Target) error {
	if file == "" {
		return nil
	}
	text, err := connection.ReadFile(file)
	if err != nil {
		return invalid(err)
	}
	if !isObject(described.GetConfigSchemaJson()) {
		_, _ = fmt.Fprintln(a.stderr, "harness: the connector can't be asked for its schema, so it is examined without the configuration")
		return nil
	}
	parsed, err := connection.Parse(text, described.GetConfigSchemaJson(), connection.Sources{Folder: filepath.Dir(file), Stdin: program.Interruptible(ctx, a.stdin)})
	if err != nil {
		return invalid(err)
	}
	examined.Config, examined.Secrets = parsed.JSON, parsed.Secrets
	return nil
}

// isObject reports whether a schema can be read at all. What else may be wrong
// with it is the suite's to say.
func isObject(schema []byte) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal(schema, &members) == nil
}
