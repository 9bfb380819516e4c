// Package demo sets up the fake Okta tenant with which a program shows what it
// does. Programs alone may link it: it brings package oktatest with it.
package demo

import (
	"encoding/json"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

// Settings of the tenant. Zero values mean the default.
type Settings struct {
	Users   int           // people on the plain list; [Users]
	Page    int           // people on a page; [Page]
	Latency time.Duration // of each answer; [Latency]; below zero: none
}

// The defaults: small pages and a little latency, so that one can watch.
const (
	Users   = 1000
	Page    = 50
	Latency = 150 * time.Millisecond
)

// Tenant is the fake tenant, for programs that may not import its package.
type Tenant = oktatest.Tenant

// Start starts the tenant on a loopback address: the same people every time, with
// records as untidy as those of real companies. It
// lives until it is closed.
func Start(s Settings) (*Tenant, error) {
	if s.Users == 0 {
		s.Users = Users
	}
	if s.Page == 0 {
		s.Page = Page
	}
	if s.Latency == 0 {
		s.Latency = Latency
	}
	return oktatest.Start(oktatest.Settings{Users: s.Users, Seed: 1, Untidy: true, PageLimit: s.Page, Latency: max(s.Latency, 0)})
}

// Configuration is the configuration of an Okta connection that reaches a
// tenant: a JSON object with the private key in it.
func Configuration(t *Tenant) []byte {
	text, _ := json.MarshalIndent(map[string]string{ // strings only
		"domain": t.URL(), "client_id": t.ClientID(), "private_key": string(t.PrivateKeyPEM()), "key_id": t.KeyID(),
	}, "", "  ")
	return append(text, '\n')
}
