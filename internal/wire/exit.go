package wire

import connectorv1 "patchbay.example/proto/patchbay/connector/v1"

// Exit codes of every command in this tree.
const (
	ExitDone       = 0   // done; also a record limit reached, also stdout closed by its reader
	ExitOurs       = 1   // our own machine's fault: disk, database, bug
	ExitUsage      = 2   // usage or configuration
	ExitRefused    = 3   // the service refuses us: credentials, scopes, role, DPoP
	ExitService    = 4   // the service is unavailable or misbehaves, or the wait budget is spent
	ExitConnector  = 5   // the connector crashed or broke the contract
	ExitHeld       = 6   // held for review
	ExitInterrupt  = 130 // SIGINT
	ExitTerminated = 143 // SIGTERM
)

// ExitCode is the exit code that a refusal of class c ends a command with.
func ExitCode(c connectorv1.Class) int {
	switch c {
	case connectorv1.Class_CLASS_CONFIG_INVALID:
		return ExitUsage
	case connectorv1.Class_CLASS_CREDENTIALS_REJECTED, connectorv1.Class_CLASS_PERMISSION_MISSING:
		return ExitRefused
	case connectorv1.Class_CLASS_RATE_LIMITED, connectorv1.Class_CLASS_SERVICE_UNAVAILABLE,
		connectorv1.Class_CLASS_SERVICE_MISBEHAVED, connectorv1.Class_CLASS_CURSOR_LOST:
		return ExitService
	default:
		return ExitConnector
	}
}
