package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
)

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 4 << 10

// confirm asks for a word before something is done that can't be undone. Where
// nobody can be asked, --yes is asked for.
func (a *app) confirm(ctx context.Context, cmd *cobra.Command, yes bool, consequence, word string) error {
	if yes {
		return nil
	}
	if !a.interactive && !program.IsTerminal(a.stdin) {
		return program.Usagef(cmd, "%s Say --yes where nobody can be asked", consequence)
	}
	_, _ = fmt.Fprintf(a.stderr, "%s\nType %s to go on: ", consequence, word)
	line, err := bufio.NewReader(io.LimitReader(program.Interruptible(ctx, a.stdin), maxAnswerBytes)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(line) != word {
		return &program.Error{Err: errors.New("not confirmed: nothing was changed"), Reason: "NOT_CONFIRMED", Code: wire.ExitUsage}
	}
	return nil
}
