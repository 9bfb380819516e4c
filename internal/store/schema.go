package store

import "errors"

// ErrSchemaNewer says that a newer Patchbay has migrated what an engine was to open; this
// one would not understand it, and leaves it alone.
var ErrSchemaNewer = errors.New("a newer version of Patchbay has written this database")
