//go:build !linux

package subprocess

func (e *Executable) execPath() string { return e.path }
