package plugintest

import (
	"strings"
	"testing"
)

func TestOutputIsBounded(t *testing.T) {
	secret := strings.Repeat("0123456789abcdef", 20)
	examination := &trial{canaries: newCanaries(map[string]string{"key": secret})}
	o := examination.output("standard error")
	for range 100 {
		write(t, o, strings.Repeat("x", 100_000))
	}
	write(t, o, "\nshort\n"+strings.Repeat("y", 70_000)+"\n the key is "+secret)
	o.end()
	if line, complete := o.firstLine(); len(line) != maxFirstLine || !complete {
		t.Errorf("the first line has %d bytes, complete %v", len(line), complete)
	}
	if total, longest := o.size(); total != 10_000_000+7+70_001+12+int64(len(secret)) || longest != 10_000_000 {
		t.Errorf("%d bytes, the longest line %d", total, longest)
	}
	if tail := o.tail(); len(tail) > maxTail || strings.Contains(tail, secret[len(secret)-20:]) || !strings.HasSuffix(tail, "(secret)") {
		t.Errorf("the tail is %q", tail)
	}
}

func TestFirstLineThatNeverEnds(t *testing.T) {
	o := (&trial{canaries: newCanaries(nil)}).output("standard output")
	write(t, o, "1|1|un")
	write(t, o, "ix|/s")
	o.end()
	<-o.complete
	if line, complete := o.firstLine(); line != "1|1|unix|/s" || complete {
		t.Errorf("%q, complete %v", line, complete)
	}
}

func write(t *testing.T, o *output, text string) {
	t.Helper()
	if n, err := o.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("wrote %d of %d bytes: %v", n, len(text), err)
	}
}
