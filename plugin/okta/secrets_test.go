package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"patchbay.example/plugin/okta/oktatest"
)

func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	shown := &bytes.Buffer{}
	for _, faults := range [][]string{
		nil,
		{"token:*:use_dpop_nonce"},
		{"users:2+:400-dpop=htu"},
		{"token:*:signature"},
		{"token:*:exp-too-far"},
		{"users:2:401-expired"},
		{"users:2+:status=403"},
		{"users:2+:401-invalid-token"},
		{"token:1:429=1s"},
		{"users:2:reset-body"},
	} {
		r := newRig(t, oktatest.Settings{Users: 20, PageLimit: 10, DPoPRequired: true}, faults...)
		response := r.tryConnect()
		fmt.Fprintf(shown, "%v %+v %#v\n", response, response, response)
		if !response.HasRefusal() {
			got := r.sync()
			fmt.Fprintf(shown, "%v %v %v\n", got.err, got.refusal, got.waits)
			for _, page := range got.pages {
				fmt.Fprintln(shown, page.cursor)
			}
		}
		key := string(r.tenant.PrivateKeyPEM())
		canaries := map[string]*regexp.Regexp{
			"the private key":         regexp.MustCompile(regexp.QuoteMeta(strings.Split(key, "\n")[5])),
			"a JWK":                   regexp.MustCompile(`"dp":`),
			"a token or an assertion": regexp.MustCompile(`eyJ[\w-]+\.eyJ`), // RFC 7519
		}
		for name, text := range map[string]string{"what the host was told": shown.String(), "the log": logged.String()} {
			for what, canary := range canaries {
				if canary.MatchString(text) {
					t.Errorf("%s holds %s (faults %v)", name, what, faults)
				}
			}
		}
	}
	if logged.String() == "" {
		t.Error("nothing was logged, so the test says nothing")
	}
}
