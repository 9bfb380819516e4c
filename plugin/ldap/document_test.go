package main

import (
	"testing"

	"patchbay.example/plugin/ldap/ldaptest"
	"patchbay.example/plugin/plugintest"
)

func TestThePageOfTheConnectorIsCurrent(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(2)})
	plugintest.Document(t, target(t, server, map[string]any{"groups": true}), "../../docs/connectors/ldap.md")
}
