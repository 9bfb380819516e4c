package host

import connectorv1 "patchbay.example/proto/patchbay/connector/v1"

// Reason names what the host found wrong. Reasons are stable; a connector's own
// reasons are in its Describe.
type Reason string

// The reasons of a [Fault].
const (
	// SettingsInvalid: Launch was given what can't be right.
	SettingsInvalid Reason = "SETTINGS_INVALID"
	// ConnectorNotFound: there is no file at the path.
	ConnectorNotFound Reason = "CONNECTOR_NOT_FOUND"
	// ConnectorNotExecutable: the path is no file that this user can read and run.
	ConnectorNotExecutable Reason = "CONNECTOR_NOT_EXECUTABLE"
	// ConnectorWritableByOthers: somebody else could replace the file.
	ConnectorWritableByOthers Reason = "CONNECTOR_WRITABLE_BY_OTHERS"
	// ChecksumMismatch: the file is not the one that was pinned.
	ChecksumMismatch Reason = "CHECKSUM_MISMATCH"
	// ConnectorUndeclared: an installation that runs declared connectors only has
	// not been told to trust this one.
	ConnectorUndeclared Reason = "CONNECTOR_UNDECLARED"
	// WrongArchitecture: the file is no program for this machine.
	WrongArchitecture Reason = "WRONG_ARCHITECTURE"
	// SocketPathTooLong: a socket's path would exceed what systems take.
	SocketPathTooLong Reason = "SOCKET_PATH_TOO_LONG"
	// RuntimeDirUnusable: the folder for sockets can't be used.
	RuntimeDirUnusable Reason = "RUNTIME_DIR_UNUSABLE"
	// StartFailed: the system could not start the process.
	StartFailed Reason = "START_FAILED"
	// StartTimeout: the connector was not ready in time.
	StartTimeout Reason = "START_TIMEOUT"
	// HandshakeGarbled: something else than the handshake came first.
	HandshakeGarbled Reason = "HANDSHAKE_GARBLED"
	// ProtocolIncompatible: host and connector share no protocol version.
	ProtocolIncompatible Reason = "PROTOCOL_INCOMPATIBLE"
	// ConnectorCrashed: the process ended though nobody had asked it to.
	ConnectorCrashed Reason = "CONNECTOR_CRASHED"
	// ConnectorHung: the process gave no sign of life in time.
	ConnectorHung Reason = "CONNECTOR_HUNG"
	// ConnectorFailed: a call failed, and the connector gave no refusal.
	ConnectorFailed Reason = "CONNECTOR_FAILED"
	// ConnectorReplaced: the executable became another version meanwhile.
	ConnectorReplaced Reason = "CONNECTOR_REPLACED"
	// ConnectorWontStop: the process could not be ended.
	ConnectorWontStop Reason = "CONNECTOR_WONT_STOP"
	// MessageTooLarge: a message exceeded the limit of one.
	MessageTooLarge Reason = "MESSAGE_TOO_LARGE"
	// PageTooLarge: the parts of a page exceeded the limit of all together.
	PageTooLarge Reason = "PAGE_TOO_LARGE"
	// ContractBroken: the connector did what the contract forbids.
	ContractBroken Reason = "CONTRACT_BROKEN"
	// RecordsUnreadable: more records were quarantined than a run may lose.
	RecordsUnreadable Reason = "RECORDS_UNREADABLE"
	// WaitBudgetSpent: the connector wants to wait longer than it may.
	WaitBudgetSpent Reason = "WAIT_BUDGET_SPENT"
	// RestartedTooOften: the service lost our place again and again.
	RestartedTooOften Reason = "RESTARTED_TOO_OFTEN"
	// ConfigurationTooLarge: a configuration or secret exceeds the contract's
	// limit.
	ConfigurationTooLarge Reason = "CONFIGURATION_TOO_LARGE"
	// CallOutOfOrder: the caller called Connect twice, or Sync before it or
	// beside another.
	CallOutOfOrder Reason = "CALL_OUT_OF_ORDER"
)

type reasonDetails struct {
	class connectorv1.Class
	fix   string
}

// Faults of the machine have no class of the contract: they are ours.
const ours = connectorv1.Class_CLASS_UNSPECIFIED

const (
	config   = connectorv1.Class_CLASS_CONFIG_INVALID
	broken   = connectorv1.Class_CLASS_CONNECTOR_FAULT
	tellThem = "Tell the connector's author; its last log lines say more."
)

var reasons = map[Reason]reasonDetails{
	SettingsInvalid:           {config, "Correct the setting that the message names."},
	ConnectorNotFound:         {config, "Check the path, or build the connector first."},
	ConnectorNotExecutable:    {config, "Name the connector's executable, and make it readable and executable for this user (chmod 755)."},
	ConnectorWritableByOthers: {config, "Take the right to write from others (chmod go-w) after making sure that the file is still the one you installed."},
	ChecksumMismatch:          {config, "Install the connector again from where you trust, or pin the checksum of the version that you mean to run."},
	ConnectorUndeclared:       {config, "If it is the connector that you mean to run, declare it: patchbay connectors trust, with its name."},
	WrongArchitecture:         {config, "Get or build the connector for this operating system and processor."},
	SocketPathTooLong:         {config, "Choose a shorter runtime folder."},
	RuntimeDirUnusable:        {ours, "Choose another runtime folder, one that only this user can use, on a disk with room."},
	StartFailed:               {ours, "Look at the system's limits for processes, open files and memory."},
	StartTimeout:              {broken, "Try again when the machine is less busy; if it stays so, tell the connector's author."},
	HandshakeGarbled:          {broken, "Make sure that the file is a Patchbay connector. Its author must print nothing before plugin.Serve."},
	ProtocolIncompatible:      {broken, "Use a connector and a host of versions that fit: update the older one."},
	ConnectorCrashed:          {broken, tellThem},
	ConnectorHung:             {broken, tellThem},
	ConnectorFailed:           {broken, tellThem},
	ConnectorReplaced:         {config, "Launch the connector anew, and begin the run from its start."},
	ConnectorWontStop:         {ours, "End the process by hand; a process that not even SIGKILL ends waits for the system, for example a disk."},
	MessageTooLarge:           {broken, "Tell the connector's author: pages are sent in parts, and oversize records are quarantined."},
	PageTooLarge:              {broken, "Tell the connector's author: it should ask its service for fewer objects a page."},
	ContractBroken:            {broken, "Tell the connector's author what the message says."},
	RecordsUnreadable:         {connectorv1.Class_CLASS_SERVICE_MISBEHAVED, "Look at the quarantined records' reasons. What was read is kept; nobody counts as gone."},
	WaitBudgetSpent:           {connectorv1.Class_CLASS_RATE_LIMITED, "Run again later, or allow a longer wait."},
	RestartedTooOften:         {connectorv1.Class_CLASS_CURSOR_LOST, "Run again when the service is quieter."},
	ConfigurationTooLarge:     {config, "Shorten it: no sensible configuration or secret is that large."},
	CallOutOfOrder:            {ours, "Call Connect once and first, and let one Sync end before the next."},
}

func (r Reason) details() reasonDetails {
	if details, ok := reasons[r]; ok {
		return details
	}
	return reasonDetails{class: broken, fix: tellThem}
}
