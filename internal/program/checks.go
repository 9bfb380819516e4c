package program

import (
	"fmt"
	"io"
	"strings"
)

// Check is a named check as it is shown, and printed as JSON by the harness.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warn, fail or skipped
	Reason string `json:"reason"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
}

// marks stand before a check in a text for people.
var marks = map[string]string{"ok": "✓", "warn": "!", "fail": "✗", "skipped": "–"}

// minNameWidth lines checks up the same way whatever their names, unless one is
// longer.
const minNameWidth = 11

// WriteChecks writes checks for people, a line each, with the fixes beneath.
// The error is as of [Output].
func WriteChecks(w io.Writer, checks []Check) error {
	width := minNameWidth
	for _, c := range checks {
		width = max(width, len(c.Name))
	}
	var b strings.Builder
	for _, c := range checks {
		fmt.Fprintf(&b, "%s %-*s %s\n", marks[c.Status], width, c.Name, c.text())
		WriteFix(&b, strings.Repeat(" ", width+3), c.Fix)
	}
	return Output(io.WriteString(w, b.String()))
}

// String is the check on a line, without its fix.
func (c Check) String() string {
	return fmt.Sprintf("%s %-*s %s", marks[c.Status], minNameWidth, c.Name, c.text())
}

func (c Check) text() string {
	switch {
	case c.Status == "skipped" && c.Detail == "":
		return "Skipped."
	case c.Reason != "" && !strings.HasSuffix(c.Detail, "("+c.Reason+")"):
		return c.Detail + " (" + c.Reason + ")"
	default:
		return c.Detail
	}
}
