package plugintest

import "testing"

// Document checks that a page of documentation is what the connector says of
// itself: its configuration, its resources and every refusal with its fix. page
// is the path of the Markdown file. With the test flag -update it is written.
//
// What a reader needs to know beyond that comes first, from a file beside the
// test: connector.md, if there is one.
func Document(t *testing.T, target Target, page string) {
	t.Helper()
	_, _ = target, page
	t.Skip("not written yet")
}
