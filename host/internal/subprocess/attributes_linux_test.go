package subprocess

import (
	"io"
	"os"
	"regexp"
	"strconv"
	"testing"
)

func TestAProcessLeavesNoCoreAndItsMemoryIsKnown(t *testing.T) {
	process, _ := started(t, "echo ready\nread nothing\n")
	if _, err := io.ReadAll(process.Stdout()); err != nil {
		t.Fatal(err)
	}
	limits, err := os.ReadFile("/proc/" + strconv.Itoa(process.Pid()) + "/limits")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`Max core file size +0 +0 `).Match(limits) {
		t.Errorf("limits:\n%s", limits)
	}
	if got := process.PeakRSS(); got < 100<<10 || got > 100<<20 {
		t.Errorf("a shell's peak memory of %d bytes", got)
	}
	if err := process.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-process.Done()
}
