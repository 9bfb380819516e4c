package scimapi

import (
	"errors"
	"strings"
	"testing"
)

func TestBaseURLsAreTakenAsTheyArePasted(t *testing.T) {
	t.Parallel()
	for pasted, want := range map[string]string{
		"https://example.com/scim/v2":                        "https://example.com/scim/v2",
		"https://example.com/scim/v2/":                       "https://example.com/scim/v2",
		" “example.com/scim/v2/Users?count=1” ":              "https://example.com/scim/v2",
		"https://EXAMPLE.com/SCIM/v2/users/123":              "https://example.com/SCIM/v2",
		"HTTPS://example.com:8443":                           "https://example.com:8443",
		"https://example.com/scim/v2/ServiceProviderConfig/": "https://example.com/scim/v2",
		"https://example.com/a%2Fb/scim#x":                   "https://example.com/a%2Fb/scim",
		"http://127.0.0.1:8080/scim":                         "http://127.0.0.1:8080/scim",
		"http://[::1]:8080":                                  "http://[::1]:8080",
		"http://localhost/scim/v2":                           "http://localhost/scim/v2",
		"https://example.com/tenants/Users-of/scim":          "https://example.com/tenants/Users-of/scim",
	} {
		got, err := ParseBase(pasted)
		if err != nil || got.String() != want {
			t.Errorf("%q became %v, %v; want %s", pasted, got, err, want)
		}
	}
}

func TestOtherAddressesAreRefused(t *testing.T) {
	t.Parallel()
	const canary = "Kq7-canary"
	for pasted, want := range map[string]string{
		"":    ReasonAddressInvalid,
		"   ": ReasonAddressInvalid,
		"https://user:" + canary + "@example.com/scim":     ReasonAddressHasCredentials,
		"https://" + canary + "@example.com/scim":          ReasonAddressHasCredentials,
		"http://example.com/scim/v2":                       ReasonAddressPlainHTTP,
		"ftp://example.com/scim":                           ReasonAddressInvalid,
		"https:///scim":                                    ReasonAddressInvalid,
		"https://exa mple.com/" + canary:                   ReasonAddressInvalid,
		"https://example.com/\u0000":                       ReasonAddressInvalid,
		"https://exämple.com/scim":                         ReasonAddressInvalid,
		"https://example.com/%zz":                          ReasonAddressInvalid,
		"https://example.com:port/" + canary:               ReasonAddressInvalid,
		"https://example.com/" + strings.Repeat("a", 2000): ReasonAddressInvalid,
	} {
		_, err := ParseBase(pasted)
		if !errors.Is(err, &Error{Reason: want}) {
			t.Errorf("%q is refused with %v, want %s", pasted, err, want)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
}

func FuzzParseBase(f *testing.F) {
	for _, seed := range []string{"https://example.com/scim/v2/Users", "http://localhost", "//a@b", "a%2f/Users/", "https://[::1]:99/.search", "x://"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		base, err := ParseBase(pasted)
		if err != nil {
			return
		}
		if base.User != nil || base.Hostname() == "" || base.RawQuery != "" || base.Fragment != "" || strings.HasSuffix(base.EscapedPath(), "/") {
			t.Errorf("%q became %s", pasted, base)
		}
		if base.Scheme != "https" && !isLoopback(base.Hostname()) {
			t.Errorf("%q is asked in the clear, %s", pasted, base)
		}
		again, err := ParseBase(base.String())
		if err != nil || again.Host != base.Host {
			t.Errorf("%q became %s, and that %v, %v", pasted, base, again, err)
		}
	})
}
