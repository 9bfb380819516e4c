package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/people"
	"patchbay.example/internal/program"
	"patchbay.example/internal/program/demo"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/wire"
)

// The demonstration's connection, and its connector.
const (
	demoConnection = "workforce"
	demoConnector  = "okta"
)

// peoplePath is where the People view is.
const peoplePath = "/people"

const (
	// maxDemoUsers keeps the tenant, which is in this process's memory, small.
	maxDemoUsers = 1_000_000
	// demoLook is how often the demonstration looks whether its first run is over.
	demoLook = 200 * time.Millisecond
)

// demoFlags are those of patchbay demo.
type demoFlags struct {
	users  int
	listen string
}

func (a *app) demoCommand() *cobra.Command {
	flags := demoFlags{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show everything on a fake Okta tenant",
		Long: `Demo starts the service with a fake Okta tenant and a connection to it, and
prints an address that opens in a browser. It needs no other set-up and talks to
this machine only. What it stores is removed when it ends, unless --data names a
folder.`,
		Example: `  patchbay demo
  patchbay demo --users 10000 --data demo`,
		Args: program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.users < 1 || flags.users > maxDemoUsers {
				return program.Usagef(cmd, "--users is from 1 to %s", program.Thousands(maxDemoUsers))
			}
			if err := checkListen(flags.listen); err != nil {
				return program.Usagef(cmd, "--listen %w", err)
			}
			if _, given := a.flags.given["database"]; given || a.flags.config != "" {
				return program.Usagef(cmd, "the demonstration keeps to a file of its own: it takes no --database and no --config")
			}
			return a.demo(cmd.Context(), flags)
		},
	}
	cmd.Flags().IntVar(&flags.users, "users", demo.Users, "people in the fake tenant")
	cmd.Flags().StringVar(&flags.listen, "listen", "127.0.0.1:0", "address and port, of this machine; port 0 takes a free one")
	return cmd
}

// demo runs the demonstration until ctx ends.
func (a *app) demo(ctx context.Context, flags demoFlags) (err error) {
	s, err := a.demoSettings(flags)
	if err != nil {
		return err
	}
	if s.data == "" {
		if s.data, err = os.MkdirTemp("", "patchbay-demo-"); err != nil {
			return folderError(os.TempDir(), err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(s.data)) }()
	}
	if err := s.complete(); err != nil {
		return err
	}
	connector := a.findDemoConnector(ctx, s)
	tenant, err := demo.Start(demo.Settings{Users: flags.users})
	if err != nil {
		found := <-connector
		return errors.Join(err, found.err, found.Close())
	}
	defer tenant.Close()
	found := <-connector
	if found.err != nil {
		return found.err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	s.connectors = filepath.Dir(found.Path)
	sv, err := start(ctx, s, s.log(a))
	if err != nil {
		return err
	}
	err = a.present(ctx, sv, tenant, s)
	if err == nil {
		err = sv.wait(ctx)
	}
	return errors.Join(err, sv.stop(ctx))
}

// demoSettings are the defaults and what flags say. Environment and
// configuration file are about the real installation, which the demonstration
// must not touch.
func (a *app) demoSettings(flags demoFlags) (settings, error) {
	s := defaultSettings()
	s.logLevel = slog.LevelWarn
	if err := s.apply(a.flags.given, func(k key) string { return "--" + k.flag() }); err != nil {
		return settings{}, err
	}
	s.listen = flags.listen
	return s, nil
}

// foundConnector is the result of a search that may have built it.
type foundConnector struct {
	host.Found
	err error
}

// findDemoConnector looks for the connector, and builds it from source if need
// be, while the rest is set up.
func (a *app) findDemoConnector(ctx context.Context, s settings) <-chan foundConnector {
	result := make(chan foundConnector, 1)
	go func() {
		found, err := host.Find(ctx, host.Lookup{
			Name: demoConnector, Folder: s.connectors,
			Building: func(command string) { _, _ = fmt.Fprintf(a.stderr, "Building the connector: %s\n", command) },
		})
		result <- foundConnector{found, err}
	}()
	return result
}

// present adds the connection, prints what there is to see, and says when the
// first run is over.
func (a *app) present(ctx context.Context, sv *served, tenant *demo.Tenant, s settings) error {
	say := func(format string, args ...any) error {
		return program.Output(fmt.Fprintf(a.stdout, format+"\n", args...))
	}
	if err := say("A fake Okta tenant with %s people, at %s", program.Thousands(tenant.Listed()), tenant.URL()); err != nil {
		return err
	}
	connection, report, err := addDemoConnection(ctx, sv.service, tenant)
	if checksErr := a.print(func(w io.Writer) { _ = writeChecks(w, report.Checks) }); checksErr != nil {
		return checksErr
	}
	if err != nil {
		return fmt.Errorf("add the connection to the fake tenant: %w", err)
	}
	kept := "removed when this ends"
	if _, given := a.flags.given["data"]; given {
		kept = "kept"
	}
	if err := say("Connection %s is added and syncs every %s. Data in %s, %s.\n\nOpen %s\n\nCtrl-C ends it.",
		connection.Name, program.ShortDuration(time.Duration(connection.Interval)), s.data, kept, sv.site.LoginURL()); err != nil {
		return err
	}
	run, err := awaitFirstRun(ctx, sv.service)
	if err != nil {
		return err
	}
	if run.Status != store.RunPromoted {
		return say("The sync ended as %s: %s", run.Status, run.Message)
	}
	if err := say("Synced: %s people in %.1f s.", program.Thousands(run.Records), run.Finished.Sub(run.Started).Seconds()); err != nil {
		return err
	}
	if err := showTeams(ctx, sv.service); err != nil {
		return err
	}
	if err := sv.directory.Warm(ctx); err != nil {
		return fmt.Errorf("show the people: %w", err)
	}
	return say("The People view: %s%s", sv.address, peoplePath)
}

// demoTeam is the tenant's own attribute for teams.
const demoTeam = "profile.teamName"

// showTeams has the People view show teams, unless somebody has decided what it
// shows, in a folder that is kept.
func showTeams(ctx context.Context, operations service.Operations) error {
	settings, err := operations.PeopleSettings(ctx)
	if err != nil || settings.Revision != 0 {
		return err
	}
	settings.Attributes, settings.Units = append(people.DefaultAttributes(), demoTeam), []string{demoTeam}
	_, err = operations.SetPeopleSettings(ctx, settings)
	return err
}

// addDemoConnection adds the connection, or, in a folder of an earlier
// demonstration, points it to this one's tenant.
func addDemoConnection(ctx context.Context, operations service.Operations, tenant *demo.Tenant) (service.Connection, service.Report, error) {
	config := demo.Configuration(tenant)
	earlier, err := operations.Connection(ctx, demoConnection)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return operations.Add(ctx, service.Draft{
			Name: demoConnection, Connector: demoConnector, Config: config, Settings: service.Settings{HRIS: true},
		})
	case err != nil:
		return service.Connection{}, service.Report{}, err
	case !ofDemo(earlier):
		return service.Connection{}, service.Report{}, &program.Error{
			Err:    fmt.Errorf("this folder holds a connection %s that is not the demonstration's", demoConnection),
			Reason: "NOT_A_DEMO", Fix: "Name another folder with --data, or none.", Code: wire.ExitUsage,
		}
	}
	connection, report, err := operations.Change(ctx, demoConnection, service.Change{Config: config})
	if err == nil {
		connection, err = operations.SyncNow(ctx, demoConnection, false)
	}
	if errors.Is(err, store.ErrRunning) {
		err = nil
	}
	return connection, report, err
}

// ofDemo reports whether a connection leads to a tenant of this machine.
func ofDemo(c service.Connection) bool {
	var config struct {
		Domain string `json:"domain"`
	}
	if json.Unmarshal(c.Config, &config) != nil {
		return false
	}
	domain, err := url.Parse(config.Domain)
	return err == nil && domain.Scheme == "http" && strings.HasPrefix(domain.Host, "127.0.0.1:")
}

// awaitFirstRun waits for the end of the newest run that began in this process.
func awaitFirstRun(ctx context.Context, operations service.Operations) (service.Run, error) {
	began := time.Now()
	ticker := time.NewTicker(demoLook)
	defer ticker.Stop()
	for {
		connection, err := operations.Connection(ctx, demoConnection)
		if err != nil && ctx.Err() == nil {
			return service.Run{}, err
		}
		if run := connection.LastRun; run != nil && run.Finished != nil && run.Finished.After(began) {
			return *run, nil
		}
		select {
		case <-ctx.Done():
			return service.Run{}, context.Cause(ctx)
		case <-ticker.C:
		}
	}
}
