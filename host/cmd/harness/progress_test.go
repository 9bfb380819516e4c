package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchbay.example/host"
)

func TestWhereNobodyWatchesALineComesEveryTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, false)
		time.Sleep(9 * time.Second)
		p.page(1200, 6)
		time.Sleep(2 * time.Second)
		p.wait(host.Wait{Until: time.Now().Add(15 * time.Second), Reason: "RATE_LIMITED", Message: "Okta asks to wait"})
		p.page(1200, 6) // was on its way, and ends no wait
		time.Sleep(10 * time.Second)
		p.page(1400, 7)
		time.Sleep(10 * time.Second)
		p.stop()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		want := [][]string{
			{"6 pages, 1,200 records, 120 a second"},
			{"6 pages, 1,200 records, 60 a second; waiting until ", "Okta asks to wait (RATE_LIMITED)"},
			{"7 pages, 1,400 records, 47 a second"},
		}
		if len(lines) != len(want) {
			t.Fatalf("%d lines in 31 s, want %d: %q", len(lines), len(want), lines)
		}
		for i, parts := range want {
			for _, part := range parts {
				if !strings.Contains(lines[i], part) {
					t.Errorf("line %d is %q, want it to say %q", i+1, lines[i], part)
				}
			}
		}
		if strings.Contains(lines[2], "waiting") {
			t.Errorf("the last line still waits after the wait: %q", lines[2])
		}
	})
}

func TestMessagesComeAtOnce(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, false)
	p.say("The listing begins again.")
	if got := out.String(); got != "The listing begins again.\n" {
		t.Errorf("got %q", got)
	}
	p.stop()
}
