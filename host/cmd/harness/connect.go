package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/program"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// target is a connector and the configuration to run it with, from flags.
type target struct {
	connector, folder, sha256 string
	config                    string
}

// defaultConnector is run where --connector names none.
const defaultConnector = "okta"

func (t *target) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&t.connector, "connector", defaultConnector, "the connector's executable, or its name: beside harness, in --connectors, or built from source when the working folder is inside it")
	flags.StringVar(&t.folder, "connectors", "", "folder of connectors")
	flags.StringVar(&t.sha256, "connector-sha256", "", "run the connector only if this is its SHA-256, in hexadecimal")
	flags.StringVar(&t.config, "config", "", "configuration file (JSON); secrets as they are, or as env:NAME, file:PATH or - for standard input")
	_ = cmd.MarkFlagRequired("config")
}

// nameDefault says of a run that failed which connector it was of, where nobody
// named one: whoever forgot to would look for the mistake in the configuration.
func (a *app) nameDefault(cmd *cobra.Command, err error) error {
	output := errors.Is(err, program.ErrOutput) || errors.Is(err, program.ErrOutputClosed)
	if err != nil && !output && cmd.Context().Err() == nil && !cmd.Flags().Changed("connector") {
		_, _ = fmt.Fprintf(a.stderr, "harness: this was the connector %s, for --connector names no other\n", defaultConnector)
	}
	return err
}

// launched is a running connector.
type launched struct {
	*host.Connector
	found host.Found
}

// Close ends the connector.
func (l launched) Close() error { return errors.Join(l.Connector.Close(), l.found.Close()) }

// find finds the connector's executable, or builds it.
func (a *app) find(ctx context.Context, t target) (host.Found, error) {
	return host.Find(ctx, host.Lookup{
		Name: t.connector, Folder: t.folder,
		Building: func(command string) { _, _ = fmt.Fprintf(a.stderr, "building the connector: %s\n", command) },
	})
}

// launch finds and starts the connector.
func (a *app) launch(ctx context.Context, t target) (launched, error) {
	found, err := a.find(ctx, t)
	if err != nil {
		return launched{}, err
	}
	connector, err := host.Launch(ctx, host.Settings{
		Path: found.Path, SHA256: t.sha256, Log: a.log(), LogLevel: a.logLevel.Level(), HostName: "patchbay-harness/" + version,
	})
	if err != nil {
		return launched{}, errors.Join(err, found.Close())
	}
	return launched{connector, found}, nil
}

// connect starts the connector and connects it. The response is there also
// when the connection was refused, if the connector sent one. The connector is
// the caller's to close whenever it is not nil.
//
// resume holds the cursor that Sync will begin with, by resource; nil for none.
func (a *app) connect(ctx context.Context, t target, resume map[string]string) (connector *launched, response *connectorv1.ConnectResponse, err error) {
	text, err := connection.ReadFile(t.config)
	if err != nil {
		return nil, nil, invalid(err)
	}
	l, err := a.launch(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	described, err := l.Describe(ctx)
	if err != nil {
		return &l, nil, err
	}
	parsed, err := connection.Parse(text, described.GetConfigSchemaJson(), connection.Sources{Folder: filepath.Dir(t.config), Stdin: program.Interruptible(ctx, a.stdin)})
	if err != nil {
		return &l, nil, invalid(err)
	}
	response, err = l.Connect(ctx, host.Configuration{JSON: parsed.JSON, Secrets: parsed.Secrets, ResumeCursors: resume})
	if refused, ok := errors.AsType[*host.RefusedError](err); ok {
		response = refused.Response
	}
	return &l, response, err
}

// invalid says what to do about a configuration that can't be used.
func invalid(err error) error {
	return &program.Error{Err: err, Reason: program.ReasonConfig, Fix: "Correct the file that --config names, and run this again."}
}
