package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/program"
	"patchbay.example/internal/program/demo"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// demo shows the whole way: a fake tenant, the connector as a process of its
// own, Connect, ListResources and Sync.
func (a *app) demo(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "patchbay-harness-")
	if err != nil {
		return fmt.Errorf("%w: %w", program.ErrOutput, err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	tenant, err := demo.Start(demo.Settings{})
	if err != nil {
		return err
	}
	defer tenant.Close()
	config := filepath.Join(folder, "okta.json")
	if err := program.WriteFile(config, demo.Configuration(tenant)); err != nil {
		return err
	}
	d := demonstration{app: a, out: a.stdout, total: tenant.Listed()}
	d.heading("A fake Okta tenant")
	d.line("%s, %s people, %d a page, %s a page", tenant.URL(), program.Thousands(tenant.Listed()), demo.Page, demo.Latency)
	if err := d.run(ctx, target{connector: "okta", config: config}); err != nil {
		return err
	}
	d.heading("Next")
	d.line("go build -o bin/ ./host/cmd/... ./plugin/...")
	d.line("bin/harness tenant --users 1000 --config-out t.json   in one terminal, and in another:")
	d.line("bin/harness sync --config t.json --resource users --format jsonl")
	d.line("With an Okta org of your own: docs/okta-setup.md")
	return d.err
}

// demonstration writes what happens as it happens.
type demonstration struct {
	app   *app
	out   io.Writer
	total int
	err   error // of the first write that failed
}

func (d *demonstration) heading(text string) { d.write("\n" + text + "\n") }

func (d *demonstration) line(format string, args ...any) {
	d.write("  " + fmt.Sprintf(format, args...) + "\n")
}

func (d *demonstration) write(text string) {
	if d.err == nil {
		d.err = program.Output(io.WriteString(d.out, text))
	}
}

func (d *demonstration) run(ctx context.Context, t target) error {
	began := time.Now()
	connector, response, err := d.app.connect(ctx, t, nil)
	if connector != nil {
		defer func() { _ = connector.Close() }()
	}
	if err != nil && response == nil {
		return err
	}
	described, describeErr := connector.Describe(ctx)
	if describeErr != nil {
		return describeErr
	}
	d.heading(fmt.Sprintf("Connect: %s %s, process %d, ready in %.1f s", described.GetTitle(), described.GetVersion(), connector.Pid(), time.Since(began).Seconds()))
	for _, check := range reportOf(response, err).Checks {
		d.line("%s", check)
	}
	if err != nil {
		return err
	}
	resources, err := connector.ListResources(ctx)
	if err != nil {
		return err
	}
	d.heading("ListResources")
	var list strings.Builder
	_ = writeResources(&list, resources) // a Builder takes everything
	d.line("%s", strings.TrimSpace(list.String()))
	return d.sync(ctx, connector)
}

func (d *demonstration) sync(ctx context.Context, connector *launched) error {
	d.heading("Sync users")
	began := time.Now()
	records := 0
	result, err := connector.Sync(ctx, host.SyncRequest{Resource: "users", WaitBudget: defaultWaitBudget}, host.Consumer{
		Page: func(_ context.Context, page host.Page) error {
			records += len(page.Records)
			d.line("page %2d  %5s of %s  %s", page.Sequence, program.Thousands(records), program.Thousands(d.total), sample(page.Records))
			return d.err
		},
		Wait: func(w host.Wait) { d.line("%s (%s)", w.Message, w.Reason) },
	})
	if err != nil {
		return errors.Join(err, d.err)
	}
	var s summary
	s.take(result, written{records: uint64(records), bytes: result.Bytes}, time.Since(began)) //nolint:gosec // a count
	s.conclude(ctx, err)
	d.line("%s", s.sentence())
	return d.err
}

// sample names a few people of a page.
func sample(records []*connectorv1.Record) string {
	const few = 2
	names := make([]string, 0, few)
	for _, record := range records[:min(few, len(records))] {
		name := nameOf(record.GetUser())
		if title := record.GetUser().GetTitle(); title != "" {
			name += ", " + title
		}
		names = append(names, name)
	}
	return strings.Join(names, " · ") + " …"
}
