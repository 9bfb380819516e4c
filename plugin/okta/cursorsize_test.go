package main

import (
	"strings"
	"testing"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// What oktaapi takes for a link to the next page must fit a cursor of the
// contract, whatever the page's address is made of.
func TestTheLongestNextQueryFitsACursor(t *testing.T) {
	host := strings.Repeat(strings.Repeat("a", 62)+".", 4) + "com:65535"
	for _, character := range []string{"a", "&", "%", "'", "+"} {
		at := cursor{Host: host, Resource: resourceUsers, Pass: passDeprovisioned, Query: strings.Repeat(character, oktaapi.MaxNextQuery)}
		text := at.String()
		if len(text) > wire.MaxCursorBytes {
			t.Errorf("of %q: a cursor of %d bytes, more than %d", character, len(text), wire.MaxCursorBytes)
		}
		if got, err := parseCursor(text, host, resourceUsers); err != nil || got != at {
			t.Errorf("of %q: it reads as %+v, %v", character, got, err)
		}
	}
}
