package main

import (
	"path/filepath"
	"testing"

	"patchbay.example/plugin/plugintest"
)

func TestThePageAboutTheConnectorIsCurrent(t *testing.T) {
	plugintest.Document(t, target(t, company(10), 5), filepath.Join("..", "..", "docs", "connectors", "csvdir.md"))
}
