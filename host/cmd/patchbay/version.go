package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
)

// version is the program's own, which connectors see.
const version = "0.1.0"

// hostName is how connectors are told of the program.
func hostName() string { return programName + "/" + version }

// build is what `version --format json` prints.
type build struct {
	Version string `json:"version"`
	// Revision is the commit that it was built from; empty where unknown.
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which Patchbay this is",
		Example: "  patchbay version --format json",
		Args:    program.NoArguments,
		RunE: func(*cobra.Command, []string) error {
			b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						b.Revision = s.Value
					}
				}
			}
			return a.show(b, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "patchbay %s (%s, %s)\n", b.Version, b.Go, b.Platform)
			})
		},
	}
}
