package main

import "context"

// server is a PostgreSQL server; with an empty url, none.
type server struct {
	url  string
	stop func()
}

// findServer is the named server, or one that is started, if it can be.
func findServer(ctx context.Context, named string) (server, error) {
	if named != "" {
		return server{url: named, stop: func() {}}, nil
	}
	return startServer(ctx)
}
