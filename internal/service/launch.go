package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Launch starts a connection's connector, if it may be run. It is a Syncer's
// Launch.
func (s *Service) Launch(ctx context.Context, c store.Connection) (*host.Connector, error) {
	return s.launch(ctx, c.Connector)
}

// Configure makes a connection's configuration, with its secrets in the clear.
// It is a Syncer's Configure.
func (s *Service) Configure(_ context.Context, c store.Connection) (host.Configuration, error) {
	secrets, err := s.Sealer.Load(c.Name, c.Secrets, connection.Sources{})
	if err != nil {
		return host.Configuration{}, err
	}
	return host.Configuration{JSON: c.Config, Secrets: secrets}, nil
}

// Connected keeps what a connector found when it connected. It is a Syncer's
// Connected.
func (s *Service) Connected(ctx context.Context, c store.Connection, response *connectorv1.ConnectResponse) {
	if len(response.GetChecks()) == 0 {
		return
	}
	if err := s.saveChecks(ctx, c.ID, checksOf(response)); err != nil {
		s.Log.WarnContext(ctx, "the checks of a connection could not be kept", slog.String("connection", c.Name), slog.Any("error", err))
	}
}

// Close removes connectors that were built for the occasion. Nothing may be
// launched afterwards.
func (s *Service) Close() error { return s.found.close() }

// launch starts a connector by name, if it may be run.
func (s *Service) launch(ctx context.Context, name string) (*host.Connector, error) {
	path, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	trust, err := s.Store.Trust(ctx, name)
	switch {
	case errors.Is(err, store.ErrNotFound) && s.RequirePin:
		return nil, &host.Fault{
			Reason:  host.ConnectorUndeclared,
			Message: fmt.Sprintf("this installation runs declared connectors only, and nobody has declared %s trusted (patchbay connectors trust %s)", name, name),
		}
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("look up whether connector %s is trusted: %w", name, err)
	}
	return host.Launch(ctx, host.Settings{
		Path: path, SHA256: trust.SHA256, RuntimeDir: s.RuntimeDir, HostName: s.HostName, Log: s.Log,
	})
}

// find is the path of a connector's executable.
func (s *Service) find(ctx context.Context, name string) (string, error) {
	return s.found.path(ctx, host.Lookup{
		Name: name, Folder: s.ConnectorFolder,
		Building: func(command string) { s.Log.InfoContext(ctx, "building a connector", slog.String("command", command)) },
	})
}

// finder remembers where connectors were found, so that one that is built from
// source is built once.
type finder struct {
	mu    sync.Mutex
	found map[string]host.Found
}

func (f *finder) path(ctx context.Context, lookup host.Lookup) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if found, ok := f.found[lookup.Name]; ok {
		if _, err := os.Stat(found.Path); err == nil {
			return found.Path, nil
		}
	}
	found, err := host.Find(ctx, lookup)
	if err != nil {
		return "", err
	}
	if f.found == nil {
		f.found = map[string]host.Found{}
	}
	f.found[lookup.Name] = found
	return found.Path, nil
}

func (f *finder) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, found := range f.found {
		errs = append(errs, found.Close())
	}
	clear(f.found)
	return errors.Join(errs...)
}

// hashOf is a file's SHA-256 in hexadecimal.
func hashOf(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // a connector that was found
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
