//go:build unix

package plugintest

import (
	"testing"
)

func TestSoundConnectorConforms(t *testing.T) {
	Conform(t, libraryTarget(t, `{"place":"town"}`))
}
