package oktaapi

import (
	"strings"
	"testing"
)

// Naming a file where its text belongs is an easy slip: the refusal says how to
// name a file.
func TestTheNameOfAFileIsTakenForOne(t *testing.T) {
	for _, text := range []string{"okta.pem", "/etc/patchbay/okta-key.json", `C:\keys\Okta Key.PEM`, "./private.key"} {
		if _, err := ParsePrivateKey(text, ""); err == nil || !strings.Contains(err.Error(), "file:") {
			t.Errorf("%s: %v, want it to name file:", text, err)
		}
	}
}
