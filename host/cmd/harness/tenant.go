package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/program/demo"
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
		Args: program.NoArguments,
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
	flags.BoolVar(&f.settings.DPoPRequired, "dpop", false, "demand DPoP proofs, as an app made in the console does at first")
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
	wrong := func(err error) error { return &program.UsageError{Command: cmd, Err: err} }
	role, ok := roles[f.role]
	if !ok {
		return wrong(fmt.Errorf("--role is granted, forbidden or empty, not %q", f.role))
	}
	f.settings.Role = role
	switch {
	case f.settings.Users < 1 || f.settings.Users > oktatest.MaxUsers:
		return wrong(fmt.Errorf("--users is a number from 1 to %s, not %d", program.Thousands(oktatest.MaxUsers), f.settings.Users))
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
		return &program.UsageError{Command: cmd, Err: err}
	}
	if err != nil {
		return err
	}
	defer tenant.Close()
	if f.certOut != "" {
		if err := program.WriteFile(f.certOut, tenant.CertPEM()); err != nil {
			return err
		}
	}
	if f.configOut != "" {
		if err := program.WriteFile(f.configOut, demo.Configuration(tenant)); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(a.stderr, "Fake Okta tenant at %s: %s people, and %s deactivated ones. Client id %s. Interrupt to end it.\n",
		tenant.URL(), program.Thousands(tenant.Listed()), program.Thousands(tenant.Deprovisioned()), tenant.ClientID())
	<-cmd.Context().Done()
	stats := tenant.Stats()
	_, _ = fmt.Fprintf(a.stderr, "%s requests for users, %s tokens given.\n",
		program.Thousands(stats.UsersFirst+stats.UsersContinued), program.Thousands(stats.TokensIssued))
	if f.statsOut != "" {
		text, err := json.MarshalIndent(stats, "", "  ")
		if err != nil {
			return err
		}
		return program.WriteFile(f.statsOut, append(text, '\n'))
	}
	return nil
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
	return program.Output(io.WriteString(a.stdout, b.String()))
}
