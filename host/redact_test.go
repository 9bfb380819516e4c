package host

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestASecretIsFoundInAllItsForms(t *testing.T) {
	secret := "-----BEGIN KEY-----\nTG9uZyBsaW5lIG9uZQ+/=\n\"quoted\" & <marked> line\n-----END KEY-----"
	r := &redactor{}
	r.add(secret, "short-token+/=", "ab")
	quoted, err := json.Marshal(map[string]string{"key": secret})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		secret, string(quoted), "key=" + url.QueryEscape(secret), "path/" + url.PathEscape("short-token+/="),
		"one line: TG9uZyBsaW5lIG9uZQ+/= of it", "Bearer short-token+/=",
		strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(secret),
	} {
		got := r.replace(text)
		for _, part := range []string{"TG9uZy", "quoted", "marked", "short-token"} {
			if strings.Contains(got, part) {
				t.Errorf("%q became %q, which shows %q", text, got, part)
			}
		}
	}
	if got := r.replace("a table of -----BEGIN KEY----- rulers"); got != "a table of -----BEGIN KEY----- rulers" {
		t.Errorf("ordinary words became %q", got)
	}
}

func TestASecretCutAtTheEndGoesToo(t *testing.T) {
	r := &redactor{}
	r.add("canary-canary-canary")
	if got := r.replaceCut("the key is canary-can"); got != "the key is "+redacted {
		t.Errorf("got %q", got)
	}
	long := r.foreign(strings.Repeat("x", maxForeignText-10) + "canary-canary-canary")
	if strings.Contains(long, "canary") {
		t.Errorf("got %q", long[len(long)-40:])
	}
}

func TestForeignTextIsOneBoundedLineWithoutControls(t *testing.T) {
	r := &redactor{}
	if got := r.foreign("two\nlines \x1b[31mred\x00\r\u202eabc"); strings.ContainsAny(got, "\n\r\x1b\x00\u202e") {
		t.Errorf("got %q", got)
	}
	if got := r.foreign(strings.Repeat("é", maxForeignText)); len(got) > maxForeignText+10 || !strings.HasPrefix(got, "é") {
		t.Errorf("got %d bytes", len(got))
	}
}

func FuzzRedactor(f *testing.F) {
	f.Add("the key is canary-1", "canary-1")
	f.Add("a\nb", "line one of it\nline two of it")
	f.Fuzz(func(t *testing.T, text, secret string) {
		r := &redactor{}
		r.add(secret)
		// A secret that the replacement itself contains can't be told from it.
		if len(secret) < minSecretBytes || strings.Contains(redacted, secret) {
			return
		}
		if got := r.replace(text + secret); strings.HasSuffix(got, secret) && !strings.HasSuffix(redacted, secret) && !overlaps(secret) {
			t.Errorf("%q in %q became %q", secret, text+secret, got)
		}
	})
}

// overlaps reports whether the secret begins as it ends, so that a match may
// begin within another.
func overlaps(secret string) bool {
	for n := 1; n < len(secret); n++ {
		if strings.HasPrefix(secret, secret[n:]) {
			return true
		}
	}
	return false
}
