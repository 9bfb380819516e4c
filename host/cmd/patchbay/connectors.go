package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
)

func (a *app) connectorsCommand() *cobra.Command {
	return group("connectors", "Show connectors, and declare one trusted",
		`  patchbay connectors list
  patchbay connectors form okta
  patchbay connectors trust okta`,
		a.connectorsListCommand(), a.connectorsTrustCommand(), a.connectorsFormCommand())
}

func (a *app) connectorsListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the connectors that can be found", Args: program.NoArguments,
		Example: "  patchbay connectors list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				connectors, err := o.ops.Connectors(cmd.Context())
				if err != nil {
					return err
				}
				return a.show(map[string][]service.Connector{"connectors": connectors}, func(w io.Writer) { writeConnectors(w, connectors) })
			})
		},
	}
}

// shownHash is how much of a hash a list shows; connectors trust shows all.
const shownHash = 12

func writeConnectors(w io.Writer, connectors []service.Connector) {
	if len(connectors) == 0 {
		_, _ = fmt.Fprintln(w, "There is no connector. They are looked for beside the program and in the folder of --connectors.")
		return
	}
	t := newTable("NAME", "SERVICE", "VERSION", "TRUST", "SHA-256", "PATH")
	for _, c := range connectors {
		t.row(c.Name, c.Title, c.Version, string(c.Trust), c.SHA256[:min(shownHash, len(c.SHA256))], c.Path)
	}
	t.write(w)
	for _, c := range connectors {
		if c.Problem != "" {
			_, _ = fmt.Fprintf(w, "\n%s: %s\n", c.Name, clean(c.Problem))
			program.WriteFix(w, "", clean(c.Fix))
		}
	}
}

// onConnector is a command about one connector.
func (a *app) onConnector(use, summary, long, example string, do func(ctx context.Context, o opened, name string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: summary, Long: long, Example: example, Args: oneArgument("the connector's name"),
		ValidArgsFunction: a.connectorNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(o opened) error { return do(cmd.Context(), o, args[0]) })
		},
	}
}

func (a *app) connectorsTrustCommand() *cobra.Command {
	return a.onConnector("trust NAME", "Pin a connector to the executable that is found now",
		`Trust keeps the SHA-256 of the executable. From then on, another file under the
connector's name is not run. Do it after installing a connector, and after each
update: compare the SHA-256 with the one that its publisher names.`,
		"  patchbay connectors trust okta",
		func(ctx context.Context, o opened, name string) error {
			c, err := o.ops.TrustConnector(ctx, name)
			if err != nil {
				return err
			}
			return a.show(c, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "%s is pinned to %s\nSHA-256 %s\n", c.Name, clean(c.Path), c.SHA256)
			})
		})
}

func (a *app) connectorsFormCommand() *cobra.Command {
	return a.onConnector("form NAME", "Show what a connector needs to be told", "",
		"  patchbay connectors form okta",
		func(ctx context.Context, o opened, name string) error {
			form, err := o.ops.Form(ctx, name)
			if err != nil {
				return err
			}
			return a.show(form, func(w io.Writer) { writeForm(w, form) })
		})
}

func writeForm(w io.Writer, form service.Form) {
	_, _ = fmt.Fprintf(w, "%s %s. %s\n", clean(form.Title), clean(form.Version), clean(form.Summary))
	group := ""
	for _, f := range form.Fields {
		if f.Group != group {
			group = f.Group
			_, _ = fmt.Fprintf(w, "\n%s\n", clean(cmp.Or(group, "More")))
		}
		_, _ = fmt.Fprintf(w, "\n  %s  %s (%s)\n", f.Name, clean(f.Title), clean(strings.Join(traits(f), ", ")))
		if f.Help != "" {
			_, _ = fmt.Fprintf(w, "      %s\n", clean(f.Help))
		}
		if f.Example != "" && !f.Secret {
			_, _ = fmt.Fprintf(w, "      Example: %s\n", clean(f.Example))
		}
	}
}

// traits are what a value of the field must be.
func traits(f service.Field) []string {
	t := []string{f.Type}
	switch {
	case f.Secret:
		t = []string{"secret"}
	case f.Type == "array":
		t = []string{"list with commas between"}
	}
	if f.Required {
		t = append(t, "required")
	}
	if len(f.Choices) > 0 {
		t = append(t, "one of "+strings.Join(f.Choices, ", "))
	}
	if f.Minimum != nil {
		t = append(t, fmt.Sprintf("at least %g", *f.Minimum))
	}
	if f.Maximum != nil {
		t = append(t, fmt.Sprintf("at most %g", *f.Maximum))
	}
	if f.Default != "" {
		t = append(t, "default "+strings.ReplaceAll(f.Default, "\n", ", "))
	}
	return t
}

// connectorNames offers connectors to the shell.
func (a *app) connectorNames(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	var names []string
	_ = a.with(ctx, func(o opened) error { // no names are an answer, too
		connectors, err := o.ops.Connectors(ctx)
		for _, c := range connectors {
			names = append(names, c.Name+"\t"+c.Title)
		}
		return err
	})
	return names, cobra.ShellCompDirectiveNoFileComp
}
