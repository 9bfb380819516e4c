package wire

import "time"

// Size limits of the contract, in bytes. They hold on both ends: the connector
// keeps them, the host refuses what does not.
const (
	// MaxMessageBytes is the hard limit of one gRPC message. go-plugin lifts
	// gRPC's default of 4 MiB to 2 GiB on the host's receiving side, so both
	// ends set it explicitly. 4 MiB holds the largest record (MaxRecordBytes)
	// with room for its typed view.
	MaxMessageBytes = 4 << 20

	// MaxPartBytes is what a connector puts into one message of a page before
	// it begins the next part. 1 MiB keeps the memory that gRPC holds on both
	// ends small; larger messages measured no faster.
	MaxPartBytes = 1 << 20

	// MaxPageBytes is the largest page that a host joins from parts. A page of
	// 200 users of 80 KB each still fits; a connector that reads larger ones
	// asks its service for fewer objects a page.
	MaxPageBytes = 16 << 20

	// FlowWindowBytes is how far a connector may be ahead of its host, in bytes
	// that gRPC holds: one full part. Left to itself, gRPC measures the local
	// socket and grows the window to 16 MiB.
	FlowWindowBytes = MaxPartBytes

	// MaxRecordBytes is the largest source of one record. A larger one is
	// quarantined: it is no person's profile.
	MaxRecordBytes = 3 << 20

	// MaxIDBytes is the longest id of a record.
	MaxIDBytes = 1 << 10

	// MaxCursorBytes is the longest cursor. Cursors are stored with each page
	// and pasted by people.
	MaxCursorBytes = 4 << 10

	// MaxConfigBytes and MaxSecretBytes bound ConnectRequest.
	MaxConfigBytes = 256 << 10
	MaxSecretBytes = 64 << 10
)

// Times of the contract.
const (
	// WaitNoticeAfter is the shortest wait that a connector announces.
	WaitNoticeAfter = time.Second

	// WaitRepeat is how often a connector repeats Wait while it waits. It is
	// far below the host's idle limit, so that a lost beat is not a hang.
	WaitRepeat = 20 * time.Second
)

// LogLevelVariable is the environment variable by which a host tells a
// connector how much to log: DEBUG, INFO, WARN or ERROR.
const LogLevelVariable = "PATCHBAY_LOG_LEVEL"
