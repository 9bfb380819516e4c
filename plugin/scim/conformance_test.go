package main

import (
	"encoding/json"
	"testing"

	"patchbay.example/plugin/plugintest"
	"patchbay.example/plugin/scim/scimtest"
)

// target is the connector's executable with a company of several pages.
func target(t *testing.T) plugintest.Target {
	t.Helper()
	people := scimtest.People(45)
	groups := []scimtest.Group{{ID: "g1", Name: "Everybody", Members: idsOf(people)}, {ID: "g2", Name: "Nobody"}}
	server, err := scimtest.Start(scimtest.Settings{Users: people, Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	config, err := json.Marshal(map[string]any{"base_url": server.URL(), "page_size": 10, "groups": true})
	if err != nil {
		t.Fatal(err)
	}
	return plugintest.Target{
		Path: plugintest.Build(t), Config: config, Secrets: map[string]string{"token": scimtest.Token}, Resource: resourceUsers,
	}
}

func TestConformance(t *testing.T) {
	plugintest.Conform(t, target(t))
}

func TestDocument(t *testing.T) {
	plugintest.Document(t, target(t), "../../docs/connectors/scim.md")
}
