package directory

import (
	"errors"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"ldaps://ldap.example.com":           "ldap.example.com:636",
		"LDAPS://ldap.example.com:3269/":     "ldap.example.com:3269",
		" ldaps://[2001:db8::1] ":            "[2001:db8::1]:636",
		"ldap://127.0.0.1":                   "127.0.0.1:389",
		"ldap://localhost:1389":              "localhost:1389",
		"ldap://[::1]":                       "[::1]:389",
		"ldap://127.example.com":             ReasonPlaintextRefused,
		"ldap://192.0.2.1":                   ReasonPlaintextRefused,
		"ldap://":                            ReasonAddressInvalid,
		"ldaps://ldap.example.com?cn":        ReasonAddressInvalid,
		"ldaps://a b":                        ReasonAddressInvalid,
		"ldaps://ldap.example.com:0":         ReasonAddressInvalid,
		"ldaps://ldap.example.com,other.com": ReasonAddressInvalid,
	} {
		got, err := ParseAddress(text, false)
		written := got.String()
		if e, ok := errors.AsType[*Error](err); ok {
			written = e.Reason
		}
		if written != want {
			t.Errorf("%q is %s, want %s", text, written, want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"ldaps://ldap.example.com:636", "ldap://[::1]:1389", "ldap://localhost", "ldaps://u:p@h/dc=x?y", "ldap://%zz", "ldap://[fe80::1%25eth0]"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, startTLS bool) {
		address, err := ParseAddress(text, startTLS)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Errorf("%q: %v has no reason", text, err)
			}
			return
		}
		if !address.Protected() && !isLoopback(address.Host) {
			t.Errorf("%q is read without TLS", text)
		}
		if address.Host == "" || address.Port == "" || strings.ContainsAny(address.Host, " /@") {
			t.Errorf("%q is %+v", text, address)
		}
	})
}

func TestSanitiseHidesThePassword(t *testing.T) {
	for _, text := range []string{"for canary-password:", "for canary\x00-password", "canary-\u200bpassword\n"} {
		if got := Printable(text, "canary-password"); strings.Contains(got, "canary-password") || !strings.Contains(got, redacted) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzSanitise(f *testing.F) {
	f.Add("80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563\x00", "secret-password")
	f.Add("no secret-password here\n\x1b[31m\u202e", "secret-password")
	f.Fuzz(func(t *testing.T, text, secret string) {
		got := Printable(text, secret)
		if strings.ContainsAny(got, "\n\x1b\x00\u202e") || len([]rune(got)) > maxDiagnostic {
			t.Errorf("%q became %q", text, got)
		}
	})
}
