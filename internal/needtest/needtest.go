// Package needtest is how a test says what it needs of the machine: PostgreSQL,
// a browser, an LDAP server.
//
// On a developer's machine a test whose need is not there skips itself and says
// why. Where the variable PATCHBAY_REQUIRE lists the need, as in the gate, the
// test fails instead: a test that has to run can't go missing.
package needtest

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Variable is the environment variable that lists, separated by commas, what
// must be there.
const Variable = "PATCHBAY_REQUIRE"

// Missing ends a test that this machine can't run for the lack of need, for
// example "postgres": as skipped, or as failed where [Variable] lists it. reason
// is what was looked for and not found.
func Missing(t testing.TB, need string, reason error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv(Variable), ","), need) {
		t.Fatalf("%s asks for %s: %v", Variable, need, reason)
	}
	t.Skipf("needs %s: %v", need, reason)
}
