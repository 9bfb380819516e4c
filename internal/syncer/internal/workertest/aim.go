//go:build killpoints && unix

package workertest

import (
	"sync/atomic"
	"syscall"

	"patchbay.example/host"
	"patchbay.example/internal/killpoint"
)

// aim has the connector killed in the worker's place.
func aim(connector *atomic.Pointer[host.Connector]) {
	killpoint.Kill = func() {
		if victim := connector.Load(); victim != nil {
			_ = syscall.Kill(victim.Pid(), syscall.SIGKILL) // one that has ended already is as dead
		}
	}
}
