//go:build !unix

package main

import "syscall"

// detached: there are no sessions here.
func detached() *syscall.SysProcAttr { return nil }
