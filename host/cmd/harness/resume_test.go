package main

import (
	"os"
	"testing"
)

func TestTheCommandToGoOn(t *testing.T) {
	t.Parallel()
	f := syncFlags{
		target:   target{connector: "./okta", folder: "my connectors", sha256: "ab12", config: "it's.json"},
		resource: "users", format: "jsonl", output: "out.jsonl", summaryFile: "$HOME/s.json", waitBudget: defaultWaitBudget,
	}
	const want = `sync --connector ./okta --config 'it'\''s.json' --resource users --format jsonl --connectors 'my connectors' --connector-sha256 ab12 --output out.jsonl --summary-file '$HOME/s.json' --cursor okta1.A-b_c`
	if got := f.resume("okta1.A-b_c"); got != quoted(programName(os.Args[0]))+" "+want {
		t.Errorf("got  %s\nwant … %s", got, want)
	}
}

func TestTheProgramIsNamedAsItWasCalled(t *testing.T) {
	t.Parallel()
	for called, want := range map[string]string{
		"bin/harness":                           "bin/harness",
		"harness":                               "harness",
		"/opt/patchbay/harness":                 "/opt/patchbay/harness",
		"/tmp/go-build1234567/b001/exe/harness": "harness", // gone when go run ends
	} {
		if got := programName(called); got != want {
			t.Errorf("%s is named %s, want %s", called, got, want)
		}
	}
}
