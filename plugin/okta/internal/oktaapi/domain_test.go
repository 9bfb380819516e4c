package oktaapi

import (
	"strings"
	"testing"
)

func TestParseDomainAcceptsWhatPeoplePaste(t *testing.T) {
	for pasted, want := range map[string]string{
		"example.okta.com":                                "https://example.okta.com",
		"https://example.okta.com":                        "https://example.okta.com",
		"HTTPS://Example.Okta.COM/":                       "https://example.okta.com",
		"  https://example.okta.com/app/UserHome?x=1#y  ": "https://example.okta.com",
		"\ufeffexample.okta.com\r\n":                      "https://example.okta.com",
		`"example.okta.com"`:                              "https://example.okta.com",
		"<https://example.okta.com>":                      "https://example.okta.com",
		"//example.okta.com/":                             "https://example.okta.com",
		"example.okta.com.":                               "https://example.okta.com",
		"example.okta.com:443":                            "https://example.okta.com",
		"example.okta.com:8443/x":                         "https://example.okta.com:8443",
		"example.oktapreview.com":                         "https://example.oktapreview.com",
		"example.okta-emea.com":                           "https://example.okta-emea.com",
		"example.okta-gov.com":                            "https://example.okta-gov.com",
		"example.okta.mil":                                "https://example.okta.mil",
		"trial-1234567.okta.com":                          "https://trial-1234567.okta.com",
		"login.example.com":                               "https://login.example.com",
		"it-admin.example.com":                            "https://it-admin.example.com",
		"id.example.xn--p1ai":                             "https://id.example.xn--p1ai",
		"http://127.0.0.1:8080/":                          "http://127.0.0.1:8080",
		"http://localhost:8080":                           "http://localhost:8080",
		"http://[::1]:8080":                               "http://[::1]:8080",
		"http://127.0.0.1:80":                             "http://127.0.0.1",
		"https://[::1]":                                   "https://[::1]",
		"127.0.0.1:9000":                                  "https://127.0.0.1:9000",
	} {
		got, err := ParseDomain(pasted)
		if err != nil {
			t.Errorf("ParseDomain(%q): %v", pasted, err)
			continue
		}
		if got.String() != want {
			t.Errorf("ParseDomain(%q) = %s, want %s", pasted, got, want)
		}
	}
}

func TestParseDomainNamesTheMistake(t *testing.T) {
	for pasted, want := range map[string]string{
		"":                                       ReasonDomainMissing,
		" \t\n":                                  ReasonDomainMissing,
		`""`:                                     ReasonDomainMissing,
		"https://":                               ReasonDomainInvalid,
		"https:///path":                          ReasonDomainInvalid,
		"example":                                ReasonDomainInvalid,
		"example okta com":                       ReasonDomainInvalid,
		"exa mple.okta.com":                      ReasonDomainInvalid,
		"ftp://example.okta.com":                 ReasonDomainInvalid,
		"example.okta.com:port":                  ReasonDomainInvalid,
		"example.okta.com:0":                     ReasonDomainInvalid,
		"example.okta.com:70000":                 ReasonDomainInvalid,
		"10.0.0.1":                               ReasonDomainInvalid,
		"300.1.2.3":                              ReasonDomainInvalid,
		"-example.okta.com":                      ReasonDomainInvalid,
		"example..okta.com":                      ReasonDomainInvalid,
		"exa_mple.okta.com":                      ReasonDomainInvalid,
		"%65xample.okta.com":                     ReasonDomainInvalid,
		strings.Repeat("a", 64) + ".example.com": ReasonDomainInvalid,
		strings.Repeat("a.", 130) + "example.com": ReasonDomainInvalid,
		strings.Repeat("x", 1<<20):                ReasonDomainInvalid,
		"[::1":                                    ReasonDomainInvalid,
		"https://user:pass@example.okta.com":      ReasonDomainHasCredentials,
		"me@example.com":                          ReasonDomainHasCredentials,
		"http://example.okta.com":                 ReasonDomainPlainHTTP,
		"http://127.0.0.1.example.com":            ReasonDomainPlainHTTP,
		"bücher.example.com":                      ReasonDomainNotASCII,
		"еxample.okta.com":                        ReasonDomainNotASCII, // the first letter is Cyrillic
		"example-admin.okta.com":                  ReasonDomainAdminConsole,
		"https://example-admin.oktapreview.com/":  ReasonDomainAdminConsole,
		"EXAMPLE-ADMIN.okta-emea.com":             ReasonDomainAdminConsole,
		"login.okta.com":                          ReasonDomainNotAnOrg,
		"https://developer.okta.com/docs":         ReasonDomainNotAnOrg,
	} {
		got, err := ParseDomain(pasted)
		if ReasonOf(err) != want {
			t.Errorf("ParseDomain(%.60q) = %v, %v; want the reason %s", pasted, got, err, want)
		}
	}
}

func TestAdminConsoleErrorSaysTheRightHost(t *testing.T) {
	_, err := ParseDomain("https://example-admin.oktapreview.com/admin/dashboard")
	if err == nil || !strings.Contains(err.Error(), "example.oktapreview.com") {
		t.Errorf("the error must name example.oktapreview.com: %v", err)
	}
}

// A secret pasted into the wrong field must not come back in an error.
func TestDomainErrorsDoNotRepeatWhatWasPasted(t *testing.T) {
	const canary = "CANARYSECRET"
	for _, pasted := range []string{canary, canary + " " + canary, "https://user:" + canary + "@example.com", canary + "://x", "x.example.com:" + canary, canary + "ü.example.com"} {
		_, err := ParseDomain(pasted)
		if err == nil || strings.Contains(strings.ToUpper(err.Error()), canary) {
			t.Errorf("ParseDomain(%q) gave %v", pasted, err)
		}
	}
}

func FuzzParseDomain(f *testing.F) {
	for _, seed := range []string{"", "example.okta.com", "https://example-admin.okta.com/x", "http://[::1]:1", "a@b", "//", "https://x:y:z/", "EXAMPLE.okta.com.:443", "ü.example.com", "\\\\host\\x", "[::1]]:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		got, err := ParseDomain(pasted)
		if err != nil {
			if ReasonOf(err) == "" {
				t.Fatalf("%q: an error without a reason: %v", pasted, err)
			}
			return
		}
		if got.User != nil || got.Path != "" || got.RawQuery != "" || got.Fragment != "" || got.Host == "" {
			t.Fatalf("%q: more than an address: %#v", pasted, got)
		}
		if got.Scheme != "https" && !isLoopback(got.Hostname()) {
			t.Fatalf("%q: %s is not encrypted", pasted, got)
		}
		again, err := ParseDomain(got.String())
		if err != nil || again.String() != got.String() {
			t.Fatalf("%q: %s is read as %v, %v", pasted, got, again, err)
		}
	})
}
