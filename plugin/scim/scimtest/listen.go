package scimtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// endpoint is a server on loopback.
type endpoint struct {
	access
	server *http.Server
	base   string
	served chan error
}

// start listens on a free port of 127.0.0.1 and serves scim there, beside the
// token endpoint.
func (e *endpoint) start(scim http.Handler) error {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on loopback: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc(tokenPath, e.serveToken)
	mux.Handle("/", scim)
	e.base = "http://" + listener.Addr().String()
	e.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	e.served = make(chan error, 1)
	go func() { e.served <- e.server.Serve(listener) }()
	return nil
}

// Close ends the server with the requests in flight.
func (e *endpoint) Close() {
	_ = e.server.Close()
	if err := <-e.served; !errors.Is(err, http.ErrServerClosed) {
		panic("scimtest: serve: " + err.Error())
	}
}

// TokenURL is the address of the token endpoint.
func (e *endpoint) TokenURL() string { return e.base + tokenPath }

// RevokeTokens ends all tokens that the token endpoint has given.
func (e *endpoint) RevokeTokens() { e.revoke() }

// TokensGiven counts the tokens that the token endpoint has given.
func (e *endpoint) TokensGiven() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.given
}

// RefuseTokens answers token requests with handler from now on.
func (e *endpoint) RefuseTokens(handler http.HandlerFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refuse = handler
}

// unescape undoes the form encoding of RFC 6749 section 2.3.1.
func unescape(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}
