package plugintest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestSecretsAreFoundInEachForm(t *testing.T) {
	secret := "a/b+c=" + rand.Text() + "\n\"line two\" of it " + rand.Text() + rand.Text()
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"plain": secret, "JSON": string(quoted), "Go": fmt.Sprintf("%q", secret), "query": url.QueryEscape(secret),
		"hex": hex.EncodeToString([]byte(secret)), "upper hex": strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"base64":           base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64, shifted":  base64.StdEncoding.EncodeToString([]byte("u:" + secret + "!")),
		"base64, shifted2": base64.URLEncoding.EncodeToString([]byte("u" + secret + "##")),
		"a long part":      secret[len(secret)-40:],
	}
	for name, form := range forms {
		c := newCanaries(map[string]string{"key": secret})
		search := c.search("a log")
		for _, piece := range []string{"before ", form[:len(form)/2], form[len(form)/2:], " after"} { // as a pipe may cut it
			search.write([]byte(piece))
		}
		if leaks, _ := c.found(); len(leaks) == 0 || !strings.Contains(leaks[0], `"key" stands in a log`) || strings.Contains(leaks[0], secret[:20]) {
			t.Errorf("%s: found %q", name, leaks)
		}
	}
}

func TestWhatIsNoSecretIsNotFound(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----\n"
	c := newCanaries(map[string]string{"key": key, "pin": "1234"})
	c.in([]byte("the key must begin with -----BEGIN PRIVATE KEY-----, and 1234 is too short; MIIEvQIBADANBgkqh"), "a log")
	if leaks, _ := c.found(); len(leaks) != 0 {
		t.Errorf("found %q", leaks)
	}
	jwk := newCanaries(map[string]string{"key": `{"kty":"EC","kid":"the-id-of-a-key-that-may-be-shown-0123456789","d":"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"}`})
	jwk.in([]byte("the key the-id-of-a-key-that-may-be-shown-0123456789 is not registered"), "a log")
	if leaks, _ := jwk.found(); len(leaks) != 0 {
		t.Errorf("found %q", leaks)
	}
	jwk.in([]byte("d=MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"), "a log")
	if leaks, _ := jwk.found(); len(leaks) != 1 {
		t.Errorf("found %q", leaks)
	}
	if got := c.without("it is " + key + "!"); strings.Contains(got, "MIIE") {
		t.Errorf("left in: %q", got)
	}
}
