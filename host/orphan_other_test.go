//go:build unix && !linux

package host

// Without a parent-death signal a connector has to watch its standard input.
var orphans = []string{"scripted", "sdk"}
