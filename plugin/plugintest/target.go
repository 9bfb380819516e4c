package plugintest

import "time"

// Target is the connector to examine.
type Target struct {
	// Path is the connector's executable.
	Path string
	// Config is a configuration with which the connector connects: a JSON object
	// without its secret properties. Nil: there is none, and every case that
	// needs a connection is skipped.
	Config []byte
	// Secrets are the secret properties, by name. The suite looks for their
	// values in all that the connector logs and answers.
	Secrets map[string]string
	// Resource is what the cases about streams read. Empty: the first that can
	// be read. For the cases about cursors it should have three pages at least.
	Resource string
	// Records is how many records a listing of that resource has at least, those
	// that are quarantined included: a fake service's author knows, and a
	// connector that does not follow the next page shows by it. Zero: unknown.
	Records int
	// Only names the cases to run; empty for all. A name that is no case's is an
	// error of [Run].
	Only []string
	// Patience is how long a call may take, and how long a stream may say nothing
	// without announcing a wait; Connect may take four times as long. Zero:
	// [DefaultPatience].
	Patience time.Duration
}
