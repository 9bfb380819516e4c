package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/plugin/okta/oktatest"
)

// tenantFlags are the flags of tenant.
type tenantFlags struct {
	settings  oktatest.Settings
	rateLimit int
	role      string
	faults    []string
	listKinds bool
	configOut string
	certOut   string
	statsOut  string
}

// roles are the values of --role.
var roles = map[string]oktatest.RoleMode{
	"granted":   oktatest.RoleGranted,
	"forbidden": oktatest.RoleMissing403,
	"empty":     oktatest.RoleMissingEmpty,
}

func (a *app) tenantCommand() *cobra.Command {
	var f tenantFlags
	cmd := &cobra.Command{
		Use:   "tenant --users N",
		Short: "Run a fake Okta tenant until interrupted",
		Long: `Tenant serves a fake Okta tenant on a loopback address: a company of N people
who do not exist, as strict as Okta about credentials, scopes, cursors and rate
limits, and with faults to order. --config-out writes a configuration with which
a connector reaches it.`,
		Example: `  harness tenant --users 1000 --config-out t.json
  harness tenant --users 1000 --fault users:page=3:429 --fault token:1:invalid_dpop_proof`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.listKinds {
				return a.listFaultKinds()
			}
			if err := f.complete(cmd); err != nil {
				return err
			}
			return a.tenant(cmd, f)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.settings.Users, "users", 1000, "people on the plain list; 5 % more are deactivated")
	flags.StringVar(&f.settings.Addr, "addr", oktatest.DefaultAddr, "loopback address to listen on")
	flags.Uint64Var(&f.settings.Seed, "seed", 1, "which company: the same seed gives the same people")
	flags.DurationVar(&f.settings.Latency, "latency", 0, "added to each answer of the API before its header")
	flags.IntVar(&f.rateLimit, "rate-limit", oktatest.DefaultUsersPerMinute, "requests a minute for the list of users; 0 for none")
	flags.IntVar(&f.settings.PageLimit, "page-limit", oktatest.DefaultPageLimit, "people on a page at most")
	flags.StringSliceVar(&f.settings.Grants, "grant", nil, "scope that is granted; may be repeated (default: all that the connector asks for)")
	flags.StringVar(&f.role, "role", "granted", "the app's admin role: granted, forbidden (403) or empty (200 and nobody)")
	flags.BoolVar(&f.settings.DPoPRequired, "dpop", false, "demand DPoP, as an app made in the console does at first")
	flags.BoolVar(&f.settings.TLS, "tls", false, "serve https, with a certificate made at the start")
	flags.BoolVar(&f.settings.Prerender, "prerender", false, "render all pages before serving, for measurements")
	flags.StringArrayVar(&f.faults, "fault", nil, "fault to order, as endpoint:when:kind; may be repeated; see --list-faults")
	flags.BoolVar(&f.listKinds, "list-faults", false, "list the kinds of fault and end")
	flags.StringVar(&f.configOut, "config-out", "", "file to write a ready configuration to, mode 0600; written when the tenant serves")
	flags.StringVar(&f.certOut, "cert-out", "", "file to write the certificate of --tls to, for SSL_CERT_FILE")
	flags.StringVar(&f.statsOut, "stats-out", "", "file to write counts of requests to at the end (JSON)")
	return cmd
}

// complete checks the flags and fills in the settings that follow from them.
func (f *tenantFlags) complete(cmd *cobra.Command) error {
	wrong := func(err error) error { return &usageError{command: cmd, err: err} }
	role, ok := roles[f.role]
	if !ok {
		return wrong(fmt.Errorf("--role is granted, forbidden or empty, not %q", f.role))
	}
	f.settings.Role = role
	switch {
	case f.settings.Users < 1 || f.settings.Users > oktatest.MaxUsers:
		return wrong(fmt.Errorf("--users is a number from 1 to %s, not %d", thousands(oktatest.MaxUsers), f.settings.Users))
	case f.rateLimit < 0:
		return wrong(errors.New("--rate-limit is a number of requests a minute, or 0 for none"))
	case f.rateLimit == 0:
		f.settings.UsersPerMinute = oktatest.NoRateLimit
	default:
		f.settings.UsersPerMinute = f.rateLimit
	}
	for _, text := range f.faults {
		fault, err := oktatest.ParseFault(text)
		if err != nil {
			return wrong(err)
		}
		f.settings.Faults = append(f.settings.Faults, fault)
	}
	return nil
}

// tenant serves until the context ends, which is its orderly end.
func (a *app) tenant(cmd *cobra.Command, f tenantFlags) error {
	tenant, err := oktatest.Start(f.settings)
	if _, ofSystem := errors.AsType[*net.OpError](err); err != nil && !ofSystem {
		return &usageError{command: cmd, err: err}
	}
	if err != nil {
		return err
	}
	defer tenant.Close()
	if f.certOut != "" {
		if err := writeFile(f.certOut, tenant.CertPEM()); err != nil {
			return err
		}
	}
	if f.configOut != "" {
		if err := writeFile(f.configOut, configOf(tenant)); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(a.stderr, "Fake Okta tenant at %s: %s people, and %s deactivated ones. Client id %s. Interrupt to end it.\n",
		tenant.URL(), thousands(tenant.Listed()), thousands(tenant.Deprovisioned()), tenant.ClientID())
	<-cmd.Context().Done()
	stats := tenant.Stats()
	_, _ = fmt.Fprintf(a.stderr, "%s requests for users, %s tokens given.\n",
		thousands(stats.UsersFirst+stats.UsersContinued), thousands(stats.TokensIssued))
	if f.statsOut != "" {
		text, err := json.MarshalIndent(stats, "", "  ")
		if err != nil {
			return err
		}
		return writeFile(f.statsOut, append(text, '\n'))
	}
	return nil
}

// configOf is a configuration file that reaches the tenant.
func configOf(t *oktatest.Tenant) []byte {
	text, _ := json.MarshalIndent(map[string]string{ // strings only
		"domain": t.URL(), "client_id": t.ClientID(), "private_key": string(t.PrivateKeyPEM()), "key_id": t.KeyID(),
	}, "", "  ")
	return append(text, '\n')
}

// writeFile writes a file of mode 0600, whole or not at all: whoever waits for
// it finds it complete. What is there already and is no regular file, such as
// /dev/stderr or a named pipe, is written to and not replaced.
func writeFile(path string, text []byte) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return writeInPlace(path, text)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".harness-*") // mode 0600
	if err != nil {
		return fmt.Errorf("%w: %s: %w", errOutput, path, withoutPath(err))
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("%w: %s: %w", errOutput, path, withoutPath(err))
	}
	return nil
}

func writeInPlace(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = file.Write(text)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", errOutput, path, withoutPath(err))
	}
	return nil
}

// withoutPath is the reason alone of an error that names a temporary file,
// which nobody knows.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// listFaultKinds prints what --fault understands.
func (a *app) listFaultKinds() error {
	var b strings.Builder
	b.WriteString(oktatest.FaultUsage + "\n\n")
	for _, kind := range oktatest.FaultKinds() {
		name, argument := kind.Name, ""
		if kind.Argument != "" {
			name += "[=ARGUMENT]"
			argument = "; ARGUMENT is " + kind.Argument
		}
		if kind.Default != "" {
			argument += " (" + kind.Default + " if left out)"
		}
		fmt.Fprintf(&b, "  %-34s %s%s\n", name, strings.TrimSuffix(kind.Help, "."), argument)
	}
	return output(io.WriteString(a.stdout, b.String()))
}

// tenantOf starts the tenant of the demonstration: small pages and a little
// latency, so that one can watch.
func tenantOf() (*oktatest.Tenant, error) {
	return oktatest.Start(oktatest.Settings{Users: demoUsers, Seed: 1, PageLimit: demoPage, Latency: demoLatency})
}

const (
	demoUsers   = 1000
	demoPage    = 50
	demoLatency = 150 * time.Millisecond
)
