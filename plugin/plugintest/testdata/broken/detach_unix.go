//go:build unix

package main

import "syscall"

// detached puts a child out of its parent's process group.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
