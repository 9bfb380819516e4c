//go:build unix

package host

import (
	"errors"
	"syscall"
)

func isWrongArchitecture(err error) bool { return errors.Is(err, syscall.ENOEXEC) }
