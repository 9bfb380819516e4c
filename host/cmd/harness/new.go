package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/host/cmd/harness/internal/scaffold"
	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
)

func (a *app) newCommand() *cobra.Command {
	var s scaffold.Settings
	cmd := &cobra.Command{
		Use:   "new FOLDER --name NAME",
		Short: "Write a new connector, to be filled in",
		Long: `New writes a connector that compiles, runs and keeps the contract at once, with
people who do not exist; its README.md says what to fill in. In Patchbay's own
module the folder is plugin/NAME; anywhere else the connector is a module of its
own. Files that are there already are kept.`,
		Example: `  harness new plugin/roster --name roster
  harness new ../roster --name roster --patchbay .`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return program.Usagef(cmd, "name the folder, one: harness new FOLDER --name NAME")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s.Folder = args[0]
			return a.new(cmd.Context(), s)
		},
	}
	cmd.Flags().StringVar(&s.Name, "name", "", "the connector's name: lower case letters, digits and dashes")
	cmd.Flags().StringVar(&s.Patchbay, "patchbay", "", "folder of Patchbay's source, for a connector outside of it (default: the module that the working folder or harness is in)")
	_ = cmd.MarkFlagRequired("name")
	return cmd
}

// new writes a connector and says what to do next.
func (a *app) new(ctx context.Context, s scaffold.Settings) error {
	c, err := scaffold.Write(ctx, s)
	if invalid, ok := errors.AsType[*scaffold.InvalidError](err); ok {
		return &program.Error{Err: invalid, Reason: program.ReasonUsage, Fix: invalid.Fix, Code: wire.ExitUsage}
	}
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The connector %s is in %s.\n\n", c.Name, c.Folder)
	for _, name := range c.Written {
		fmt.Fprintf(&b, "  written  %s\n", name)
	}
	for _, name := range c.Kept {
		fmt.Fprintf(&b, "  kept     %s\n", name)
	}
	b.WriteString("\nNext:\n")
	for _, command := range nextCommands(c) {
		fmt.Fprintf(&b, "  %s\n", command)
	}
	b.WriteString("and then what README.md says.\n")
	return program.Output(io.WriteString(a.stdout, b.String()))
}

// nextCommands test, build and try a connector, from the folder that the first
// goes to.
func nextCommands(c scaffold.Connector) []string {
	folder, pattern, binary, config := c.Folder, "./...", "./bin/"+c.Name, "config.json"
	build := "go build -o bin/ ."
	if c.Inside {
		folder, pattern, config = c.Patchbay, "./plugin/"+c.Name, "plugin/"+c.Name+"/config.json"
		build = "go build -o bin/ ./plugin/" + c.Name
	}
	return []string{
		fmt.Sprintf("cd %s && go test %s", quoted(folder), pattern),
		build,
		fmt.Sprintf("%s=example-token %s conform --connector %s --config %s", c.Variable, quoted(ownPath()), binary, config),
	}
}

// ownPath is this program as it is called from another folder.
func ownPath() string {
	name := programName(os.Args[0])
	if !strings.ContainsRune(name, filepath.Separator) {
		return name
	}
	if absolute, err := filepath.Abs(name); err == nil {
		return absolute
	}
	return name
}
