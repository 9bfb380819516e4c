package main

import (
	"context"
	"time"
)

// server is a PostgreSQL server; with an empty url, none.
type server struct {
	url  string
	pid  int // of the server that was started; 0: it was there
	stop func()
}

// findServer is the named server, or one that is started, if it can be.
func findServer(ctx context.Context, named string) (server, error) {
	if named != "" {
		return server{url: named, stop: func() {}}, nil
	}
	return startServer(ctx)
}

// time is the server's CPU time so far, as far as it can be known.
func (s server) time() time.Duration {
	if s.pid == 0 {
		return 0
	}
	return treeTime(s.pid)
}
