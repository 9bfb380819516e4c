package host

import (
	"errors"
	"syscall"
)

// ERROR_BAD_EXE_FORMAT and ERROR_EXE_MACHINE_TYPE_MISMATCH of winerror.h.
const (
	badExeFormat        = syscall.Errno(193)
	machineTypeMismatch = syscall.Errno(216)
)

func isWrongArchitecture(err error) bool {
	return errors.Is(err, badExeFormat) || errors.Is(err, machineTypeMismatch)
}
