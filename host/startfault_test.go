package host

import (
	"errors"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
)

func TestAHandshakeIsReadBeforeAnythingIsBuiltOnIt(t *testing.T) {
	certificate := strings.Repeat("A", 100)
	tests := []struct {
		line string
		want Reason // empty: fine
	}{
		{"1|1|unix|/s|grpc|" + certificate, ""},
		{"1|1|unix|/s|grpc|" + certificate + "|true", ""},
		{"1|1|unix|/s|grpc|", ContractBroken},
		{"1|1|unix|/s|grpc", ContractBroken},
		{"1|1|unix|/s|netrpc|" + certificate, ProtocolIncompatible},
		{"1|1|unix|/s", HandshakeGarbled},
		{"1|2|unix|/s|grpc|" + certificate, ProtocolIncompatible},
		{"2|1|unix|/s|grpc|" + certificate, ProtocolIncompatible},
		{"hello", HandshakeGarbled},
		{"|||||", HandshakeGarbled},
		{"", HandshakeGarbled},
	}
	for _, tt := range tests {
		err := checkHandshake(tt.line)
		if tt.want == "" && err != nil || tt.want != "" && !errors.Is(err, &Fault{Reason: tt.want}) {
			t.Errorf("%q: %v, want %q", tt.line, err, tt.want)
		}
	}
}

// A program's first line can be anything: it gets a fault of three, and none of
// its control characters reaches the message.
func FuzzCheckHandshake(f *testing.F) {
	f.Add("1|1|unix|/s|grpc|" + strings.Repeat("A", 100))
	f.Add("1|99999999999999999999|unix||grpc|x")
	f.Add("Welcome\x1b[31m|||||")
	f.Fuzz(func(t *testing.T, line string) {
		err := checkHandshake(line)
		if err == nil {
			return
		}
		known := false
		for _, reason := range []Reason{HandshakeGarbled, ProtocolIncompatible, ContractBroken} {
			known = known || errors.Is(err, &Fault{Reason: reason})
		}
		if !known || strings.ContainsAny(err.Error(), "\x1b\x00\r\n") {
			t.Errorf("%q: %q", line, err)
		}
	})
}

func TestEveryReasonHasAClassThatMatchesItsExitCodeAndAFix(t *testing.T) {
	for reason, details := range reasons {
		fault := &Fault{Reason: reason, Message: "it broke"}
		if fault.Fix() == "" || !strings.HasSuffix(fault.Fix(), ".") {
			t.Errorf("%s: fix %q is no sentence", reason, fault.Fix())
		}
		want := wire.ExitOurs
		if details.class != ours {
			want = wire.ExitCode(details.class)
		}
		if got := ExitCode(fault); got != want {
			t.Errorf("%s: exit code %d, want %d", reason, got, want)
		}
	}
	if got := ExitCode(errors.New("disk full")); got != wire.ExitOurs {
		t.Errorf("anything else: exit code %d", got)
	}
	if got := ExitCode(nil); got != wire.ExitDone {
		t.Errorf("nothing: exit code %d", got)
	}
}
