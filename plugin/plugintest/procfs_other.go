//go:build !linux

package plugintest

import "runtime"

// relative is a process that belongs to a connector.
type relative struct {
	pid  int
	name string
}

// footprint is what a process holds.
type footprint struct {
	files, threads int
	resident       int64 // bytes
	peak           int64 // the most that resident ever was
}

func (p *process) footprint() (footprint, bool) { return footprint{}, false }

func (p *process) leftovers() []relative { return nil }

func (p *process) shown() []byte { return nil }

// procfs says why processes can't be looked into; empty where they can.
const procfs = "processes are looked into through Linux's /proc, and this is " + runtime.GOOS
