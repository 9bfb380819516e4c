// Csvdir is the connector for directory files: it reads people from a CSV or
// JSON-lines file that an HR system or a spreadsheet program exports.
//
// It is a program that a Patchbay host starts. How to export such a file, which
// columns are understood, and what each refusal means, is in
// docs/connectors/csvdir.md.
package main

import (
	"time"

	"patchbay.example/plugin"
)

func main() { plugin.Serve(connector{now: time.Now, pause: restartPause}) }
