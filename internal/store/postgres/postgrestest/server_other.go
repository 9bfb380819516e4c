//go:build !unix

package postgrestest

import (
	"context"
	"errors"
)

// startServer starts no server here: what keeps it needs a shell.
func startServer(context.Context) (string, error) {
	return "", errors.New("on this system, name a server in " + serverVariable)
}
