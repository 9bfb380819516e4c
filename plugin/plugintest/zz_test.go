//go:build unix

package plugintest_test

import "testing"

func TestZZ(t *testing.T) {
	program := buildBroken(t)
	for range 2 {
		r := examine(t, program, "sound", 0)
		for _, x := range r.Results {
			t.Log(x.Took, x.Case.Name, x.Status, x.Saw)
		}
		t.Log(r.Took)
	}
}
