package program

import (
	"errors"
	"io"
	"syscall"
)

// errNoData is ERROR_NO_DATA: the pipe is being closed (Windows system error
// codes).
const errNoData = syscall.Errno(232)

// isClosedPipe reports whether the reader of what was written has left.
func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errNoData) || errors.Is(err, io.ErrClosedPipe)
}
