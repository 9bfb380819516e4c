package plugintest

import "testing"

// A listing that is long enough to tell, by a connector that waits for its
// reader.
func TestALongListingShowsThatMemoryIsBounded(t *testing.T) {
	if raceDetector {
		t.Skip("to judge 120 MB takes half a minute under the race detector")
	}
	target := libraryTarget(t, `{"place":"town","pages":120,"bytes":150000}`)
	target.Only = []string{"slow-reader", "one-sync", "page-bounded"}
	for name, result := range examine(t, target) {
		if result.Status != Passed {
			t.Errorf("%s: %s, saw %q", name, result.Status, result.Saw)
		}
	}
}
