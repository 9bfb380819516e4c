package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/ldaptest"
	"patchbay.example/plugin/plugintest"
)

// target is the connector, configured for a server with further properties.
func target(t *testing.T, server *ldaptest.Server, more map[string]any) plugintest.Target {
	t.Helper()
	config := server.Config()
	maps.Copy(config, more)
	object, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return plugintest.Target{Path: plugintest.Build(t), Config: object, Secrets: server.Secrets()}
}

// Somebody's id is hidden, so that there is an entry that can't be read.
func TestConformance(t *testing.T) {
	t.Parallel()
	groups := []ldaptest.Group{{Name: "Staff", Class: "groupOfNames", Members: []string{"p001", "p077"}}}
	server := ldaptest.Start(t, ldaptest.Settings{People: people(120), Groups: groups, TLS: true, Access: []string{
		fmt.Sprintf("access to dn.exact=%q attrs=entryUUID by * none", "uid=p077,"+ldaptest.PeopleDN),
	}})
	plugintest.Conform(t, target(t, server, map[string]any{"page_size": 20, "start_tls": true, "ca_certificate": server.CA, "groups": true}))
}

func TestConformanceWithActiveDirectory(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(60), ActiveDirectory: true})
	plugintest.Conform(t, target(t, server, map[string]any{"page_size": 10}))
}

// A server that is busy now and then, for longer than a moment.
func TestConformanceOfWaits(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := scripted(50, func(s ldaptest.Search, a *ldaptest.Answer) {
		if s.Cookie == "20" && asked.Add(1)%3 != 0 {
			*a = ldaptest.Answer{Result: ldaptest.Result{Code: ldap.LDAPResultBusy}}
		}
	})
	plugintest.Conform(t, plugintest.Target{
		Path: plugintest.Build(t), Secrets: map[string]string{"bind_password": ldaptest.BindPassword},
		Config: fmt.Appendf(nil, `{"url":%q,"bind_dn":%q,"base_dn":%q,"page_size":10}`, server.Serve(t), ldaptest.BindDN, ldaptest.BaseDN),
		Only:   []string{"handshake", "connects", "resources-listed", "completed-last", "waits-typed"},
	})
}

// The resource whose place may be in the middle of a group.
func TestConformanceOfMemberships(t *testing.T) {
	t.Parallel()
	settings := ldaptest.Settings{People: people(30)}
	for i := range 12 {
		group := ldaptest.Group{Name: fmt.Sprintf("Group %d", i), Class: "groupOfNames"}
		for _, p := range settings.People[i:] {
			group.Members = append(group.Members, p.UID)
		}
		settings.Groups = append(settings.Groups, group)
	}
	server := ldaptest.Start(t, settings)
	object := target(t, server, map[string]any{"page_size": 2, "groups": true})
	object.Resource = resourceMemberships
	plugintest.Conform(t, object)
}

// A listing that is larger than what a connector may hold.
func TestConformanceToASlowReader(t *testing.T) {
	t.Parallel()
	settings := ldaptest.Settings{People: people(1_100)}
	for i := range settings.People {
		settings.People[i].Attributes = map[string][]string{"description": {strings.Repeat("x", 100_000)}}
	}
	object := target(t, ldaptest.Start(t, settings), map[string]any{"page_size": 20})
	object.Only = []string{"handshake", "connects", "resources-listed", "completed-last", "slow-reader"}
	plugintest.Conform(t, object)
}
