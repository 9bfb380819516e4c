// Command broken is a connector that breaks one rule of the contract, so that
// package plugintest can be seen to notice. Which one is in its name: started as
// broken-cursor-late it breaks what the table calls cursor-late, and nothing
// else. Started as sound it keeps every rule.
//
// By hand, `broken breaks` writes the table as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"patchbay.example/internal/wire"
)

// prefix stands before a break's name in the program's name.
const prefix = "broken-"

// lingerLimit ends a child that nobody else has ended.
const lingerLimit = 30 * time.Second

func main() {
	if len(os.Args) > 1 {
		os.Exit(answer(os.Args[1]))
	}
	flaw, err := flawNamed(filepath.Base(os.Args[0]))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(wire.ExitUsage)
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	os.Exit((&process{flaw: flaw, server: newServer(flaw, log)}).run())
}

// answer does what a program called by hand is asked for.
func answer(argument string) int {
	switch argument {
	case "breaks":
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		if encoder.Encode(breaks()) != nil {
			return wire.ExitOurs
		}
		return wire.ExitDone
	case accompany:
		time.AfterFunc(lingerLimit, func() { os.Exit(wire.ExitOurs) })
		_, _ = io.Copy(io.Discard, os.Stdin)
		return wire.ExitDone
	case outlive:
		time.Sleep(lingerLimit)
		return wire.ExitDone
	default:
		fmt.Fprintf(os.Stderr, "broken: unknown argument %q; there is \"breaks\"\n", argument)
		return wire.ExitUsage
	}
}

// flawNamed finds the break that a program's name asks for.
func flawNamed(program string) (flaw, error) {
	if program == "sound" {
		return flaw{Name: program}, nil
	}
	for _, flaw := range breaks() {
		if prefix+flaw.Name == program {
			return flaw, nil
		}
	}
	return flaw{}, fmt.Errorf("%s is started by a host as \"sound\" or %sNAME; the names are in `broken breaks`, and %q is none",
		filepath.Base(os.Args[0]), prefix, strings.TrimPrefix(program, prefix))
}
