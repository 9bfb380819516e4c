// Package pgserver finds or starts the PostgreSQL server that a measurement
// compares with.
package pgserver

import "context"

// Server is a PostgreSQL server.
type Server struct {
	// URL leads to its database postgres; empty: there is no server.
	URL string
	// PID is the server's, where it was started; 0 where it was there.
	PID int
	// Stop stops a server that was started. It is never nil.
	Stop func()
}

// Find is the named server, or one that is started where PostgreSQL is
// installed, with its own defaults, durable as ever, in a locale such as "C".
func Find(ctx context.Context, named, locale string) (Server, error) {
	if named != "" {
		return Server{URL: named, Stop: func() {}}, nil
	}
	return start(ctx, locale)
}
