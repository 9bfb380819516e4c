package service

import (
	"context"
	"errors"
	"fmt"

	"patchbay.example/internal/connection"
)

// ErrSealingKey says that this process has another sealing key than the one
// that the installation's secrets are sealed with.
var ErrSealingKey = errors.New("the sealing key is not this installation's")

// CheckSealingKey finds out, before anything runs, whether this process can read
// the installation's secrets: on PostgreSQL each process has a key file of its
// own, and one with another key would fail every run that it takes. It returns
// [ErrSealingKey] where secrets are sealed and none of them opens; a single one
// that does not is its connection's trouble, and left to its run.
func (s *Service) CheckSealingKey(ctx context.Context) error {
	stored, err := s.Store.Connections(ctx)
	if err != nil {
		return fmt.Errorf("list the connections: %w", err)
	}
	closed := ""
	for _, c := range stored {
		for name, secret := range c.Secrets {
			if connection.Whereabouts(secret) != connection.Sealed {
				continue
			}
			_, err := s.Sealer.Load(c.Name, map[string][]byte{name: secret}, connection.Sources{})
			if err == nil {
				return nil
			}
			closed = c.Name
		}
	}
	if closed != "" {
		return fmt.Errorf("%w: it opens no secret that is stored, such as that of connection %s", ErrSealingKey, closed)
	}
	return nil
}
