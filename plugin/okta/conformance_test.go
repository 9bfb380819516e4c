package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"patchbay.example/plugin/okta/oktatest"
	"patchbay.example/plugin/plugintest"
)

// These tests run by themselves, before those that run beside each other: they
// measure memory, and a busy machine would spoil the others' clocks.

// conformingTenant is a tenant with pages enough for every case of the contract,
// and a target that reaches it.
func conformingTenant(t *testing.T, settings oktatest.Settings) plugintest.Target {
	t.Helper()
	settings.UsersPerMinute, settings.GroupsPerMinute, settings.TokensPerMinute = oktatest.NoRateLimit, oktatest.NoRateLimit, oktatest.NoRateLimit
	tenant, err := oktatest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	return plugintest.Target{
		Path:    plugintest.Build(t),
		Config:  fmt.Appendf(nil, `{"domain":%q,"client_id":%q,"include_groups":true,"include_deprovisioned":true}`, tenant.URL(), tenant.ClientID()),
		Secrets: map[string]string{"private_key": string(tenant.PrivateKeyJWK())},
	}
}

// Once there is a limit to wait for, and once the place is lost; somebody can never
// be read.
func TestConformance(t *testing.T) {
	plugintest.Conform(t, conformingTenant(t, oktatest.Settings{Users: 120, PageLimit: 10, Faults: []oktatest.Fault{
		parseFault(t, "users:page=3:429=2s"), parseFault(t, "users:page=5:cursor-lost"), parseFault(t, "users:page=7x*:member-no-id"),
	}}))
}

// A listing that is larger than what a connector may hold.
func TestConformanceToASlowReader(t *testing.T) {
	const people, bytes = 1_100, 100_000
	users := make([]json.RawMessage, people)
	for i := range users {
		users[i] = fmt.Appendf(nil, `{"id":"00u%d","status":"ACTIVE","profile":{"login":"p%d@example.com","badge":%q}}`, i, i, strings.Repeat("x", bytes))
	}
	target := conformingTenant(t, oktatest.Settings{CustomUsers: users, PageLimit: 20})
	target.Only = []string{"handshake", "connects", "resources-listed", "completed-last", "slow-reader"}
	plugintest.Conform(t, target)
}

// The longest way through the connector: group by group, with a proof for each
// request.
func TestConformanceOfMemberships(t *testing.T) {
	target := conformingTenant(t, oktatest.Settings{Users: 30, Groups: 6, GroupPageLimit: 6, DPoPRequired: true})
	target.Resource = resourceMemberships
	plugintest.Conform(t, target)
}
