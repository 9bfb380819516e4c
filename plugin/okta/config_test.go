package main

import (
	"fmt"
	"strings"
	"testing"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestAConfigurationThatCannotBeRightIsRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(r *rig)
		check  string
		reason string
		says   string
	}{
		"unknown property":  {func(r *rig) { r.config["domian"] = "example.okta.com" }, "config", plugin.ReasonConfigInvalid, `did you mean "domain"?`},
		"domain missing":    {func(r *rig) { delete(r.config, "domain") }, "config", plugin.ReasonConfigInvalid, `"domain" is missing`},
		"client id missing": {func(r *rig) { delete(r.config, "client_id") }, "config", plugin.ReasonConfigInvalid, `"client_id" is missing`},
		"client id odd":     {func(r *rig) { r.config["client_id"] = "my app" }, "config", oktaapi.ReasonClientIDInvalid, ""},
		"share of nothing":  {func(r *rig) { r.config["rate_limit_share"] = 0 }, "config", plugin.ReasonConfigInvalid, "at least 1"},
		"admin console":     {func(r *rig) { r.config["domain"] = "https://example-admin.okta.com/admin" }, "config", oktaapi.ReasonDomainAdminConsole, ""},
		"plain http":        {func(r *rig) { r.config["domain"] = "http://example.okta.com" }, "config", oktaapi.ReasonDomainPlainHTTP, ""},
		"key missing":       {func(r *rig) { delete(r.secrets, "private_key") }, "config", plugin.ReasonConfigInvalid, `"private_key" is missing`},
		"key in plain":      {func(r *rig) { r.config["private_key"] = r.secrets["private_key"] }, "config", plugin.ReasonConfigInvalid, `"private_key" is a secret`},
		"key is garbage":    {func(r *rig) { r.secrets["private_key"] = "correct horse battery staple" }, "key", oktaapi.ReasonKeyUnreadable, ""},
		"key is public":     {func(r *rig) { r.secrets["private_key"] = `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}` }, "key", oktaapi.ReasonKeyPublic, ""},
		"key is cut off":    {func(r *rig) { pem := string(r.tenant.PrivateKeyPEM()); r.secrets["private_key"] = pem[:len(pem)/2] }, "key", oktaapi.ReasonKeyTruncated, ""},
		"key is a secret":   {func(r *rig) { r.secrets["private_key"] = strings.Repeat("aB3_", 16) }, "key", oktaapi.ReasonKeyClientSecret, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 5})
			c.change(r)
			response := r.tryConnect()
			wantFailure(t, response, c.check, c.reason, connectorv1.Class_CLASS_CONFIG_INVALID)
			if message := response.GetRefusal().GetMessage(); !strings.Contains(message, c.says) {
				t.Errorf("%q does not say %q", message, c.says)
			}
			if requests := r.tenant.Stats().Requests; len(requests) > 0 {
				t.Errorf("there were requests: %v", requests)
			}
			if got := checksOf(response); c.check == "key" && !strings.HasPrefix(got, "config=ok address=skipped clock=skipped key=fail token=skipped") {
				t.Errorf("%s: nothing is to be asked with a key that cannot be right", got)
			}
		})
	}
}

func TestKeysInEveryFormThatTheConsoleGives(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]func(r *rig) string{
		"JWK":             func(r *rig) string { return string(r.tenant.PrivateKeyJWK()) },
		"JWK set":         func(r *rig) string { return fmt.Sprintf(`{"keys":[%s]}`, r.tenant.PrivateKeyJWK()) },
		"PEM":             func(r *rig) string { return string(r.tenant.PrivateKeyPEM()) },
		"PEM in one line": func(r *rig) string { return strings.ReplaceAll(string(r.tenant.PrivateKeyPEM()), "\n", `\n`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 5})
			r.secrets["private_key"] = key(r)
			if got := checksOf(r.tryConnect()); got != allOK {
				t.Errorf("%s, want %s", got, allOK)
			}
		})
	}
}

func TestSentencesBeginAndEndAsTheyShould(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "it broke": "It broke.", "It broke.": "It broke.", "“it” broke": "“it” broke.", "étrange": "Étrange."} {
		if got := sentence(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
