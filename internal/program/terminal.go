package program

import (
	"io"
	"log/slog"
	"os"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// IsTerminal reports whether a person looks at w, or types into it: whether it
// is a file that is a terminal. It takes readers and writers.
func IsTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) //nolint:gosec // file descriptors are small
}

// NewLog makes a log for people, in colour on a terminal.
func NewLog(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: "15:04:05", NoColor: !IsTerminal(w)}))
}
