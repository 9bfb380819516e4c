//go:build unix

package program

import (
	"errors"
	"io"
	"syscall"
)

// isClosedPipe reports whether the reader of what was written has left.
func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
