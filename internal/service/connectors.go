package service

import (
	"context"
	"errors"
	"fmt"

	"patchbay.example/host"
	"patchbay.example/internal/store"
)

// Connectors implements [Operations]. Each is started to be asked what it is,
// unless it is not the one that was declared.
func (s *Service) Connectors(ctx context.Context) ([]Connector, error) {
	connectors := []Connector{}
	for _, name := range host.Names(ctx, s.ConnectorFolder) {
		c, err := s.connector(ctx, name)
		if err != nil {
			return nil, err
		}
		connectors = append(connectors, c)
	}
	return connectors, nil
}

// TrustConnector implements [Operations].
func (s *Service) TrustConnector(ctx context.Context, name string) (Connector, error) {
	path, err := s.find(ctx, name)
	if err != nil {
		return Connector{}, err
	}
	hash, err := hashOf(path)
	if err != nil {
		return Connector{}, fmt.Errorf("read connector %s: %w", name, err)
	}
	if err := s.Store.SetTrust(ctx, store.Trust{Connector: name, SHA256: hash, At: s.Now()}); err != nil {
		return Connector{}, fmt.Errorf("declare connector %s trusted: %w", name, err)
	}
	return s.connector(ctx, name)
}

// connector describes a connector. That it can't be used is part of the answer.
func (s *Service) connector(ctx context.Context, name string) (Connector, error) {
	c := Connector{Name: name, Trust: TrustUnpinned}
	var err error
	if c.Path, err = s.find(ctx, name); err != nil {
		return c.unusable(err), ctx.Err()
	}
	if c.SHA256, err = hashOf(c.Path); err != nil {
		return c.unusable(err), nil
	}
	trust, err := s.Store.Trust(ctx, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return Connector{}, fmt.Errorf("look up whether connector %s is trusted: %w", name, err)
	case trust.SHA256 == c.SHA256:
		c.Trust = TrustPinned
	default:
		c.Trust = TrustChanged
	}
	launched, err := s.launch(ctx, name)
	if errors.Is(err, &host.Fault{Reason: host.ChecksumMismatch}) || errors.Is(err, &host.Fault{Reason: host.ConnectorUndeclared}) {
		c = c.unusable(err)
		c.Fix = fmt.Sprintf("If this is the connector that you mean to run, declare it: patchbay connectors trust %s. Else install the right one.", name)
		return c, nil
	}
	if err != nil {
		return c.unusable(err), ctx.Err()
	}
	defer func() { _ = launched.Close() }()
	described, err := launched.Describe(ctx)
	if err != nil {
		return c.unusable(err), ctx.Err()
	}
	c.Title, c.Version, c.Summary = described.GetTitle(), described.GetVersion(), described.GetSummary()
	return c, nil
}

func (c Connector) unusable(err error) Connector {
	c.Problem = err.Error()
	if e, ok := host.Explain(err); ok {
		c.Problem, c.Fix = e.Message, e.Fix
	}
	return c
}
