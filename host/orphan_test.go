//go:build unix

package host

import "os"

// hostVariable makes the test binary a host, see orphan_test.go.
const hostVariable = "PATCHBAY_TEST_HOST"

func runHost() int { os.Exit(0); return 0 }
