// Package killpoint lets a test end a process at an exact place, as a power cut
// would.
//
// Code that must survive being killed anywhere names its points, just before and
// just after whatever it commits:
//
//	killpoint.Here("Promote.before")
//
// In every ordinary build [Here] is empty and inlined to nothing, and neither it
// nor the names reach the program. Under the build tag killpoints (on Unix) it
// counts the points that the process comes by. A test builds a program with that
// tag, runs it once with [ListVariable] to learn its points, and then once per
// point with [Variable], to be killed there.
package killpoint

const (
	// Variable is the environment variable that names the point at which the
	// process is killed, as NAME:N: the Nth time that it comes by NAME, from 1.
	// Unset or empty: nowhere.
	Variable = "PATCHBAY_KILLPOINT"
	// ListVariable is the environment variable that names a file to which the
	// points are written, one NAME:N a line, in the order in which the process
	// comes by them. Unset or empty: none.
	ListVariable = "PATCHBAY_KILLPOINT_LIST"
)
