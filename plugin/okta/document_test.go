package main

import (
	"testing"

	"patchbay.example/plugin/okta/oktatest"
	"patchbay.example/plugin/plugintest"
)

func TestThePageOfTheConnectorIsCurrent(t *testing.T) {
	t.Parallel()
	plugintest.Document(t, conformingTenant(t, oktatest.Settings{Users: 5}), "../../docs/connectors/okta.md")
}
