package plugintest

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Whatever a program writes first is a handshake that can be dialled, or a
// sentence.
func FuzzParseHandshake(f *testing.F) {
	host, err := newIdentity()
	if err != nil {
		f.Fatal(err)
	}
	certificate := base64.RawStdEncoding.EncodeToString(host.certificate.Certificate[0])
	for _, seed := range []string{
		"1|1|unix|/tmp/x/s|grpc|" + certificate, "1|1|unix|/tmp/x/../s|grpc|" + certificate + "==", "1|1|tcp|127.0.0.1:1|grpc|" + certificate + "|true",
		"1|1|unix|/s|grpc|AAAA", "1|1|unix|/s|grpc", "1|99999999999999999999|unix||netrpc|", "||||||", "Welcome!", "\x00|\xff", "-1|+1|unix|/s|grpc|x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		h, err := parseHandshake(line)
		if err == nil {
			err = h.check("/tmp/x")
		}
		if err != nil {
			if o := outcomeOf(err); o.status != Failed || o.saw == "" || len(o.saw) > 2000 {
				t.Errorf("%s: %d bytes: %.200q", o.status, len(o.saw), o.saw)
			}
			return
		}
		if h.certificate == nil || socketsAreUnix && !strings.HasPrefix(h.address, "/tmp/x/") {
			t.Errorf("accepted: %+v", h)
		}
	})
}

// The search finds what bytes.Contains does, however a text is cut.
func FuzzSearch(f *testing.F) {
	f.Add("secret-0123456789", []byte("it is secret-0123456789!"), 9)
	f.Add("secret-0123456789", []byte("it is secret-012345678, no"), 3)
	f.Add("aaaaaaaaab", []byte("aaaaaaaaaaaaaaaaaaaab"), 11)
	f.Add("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", []byte("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"), 1)
	f.Fuzz(func(t *testing.T, secret string, text []byte, cut int) {
		if len(secret) < minSecret || len(secret) > 4<<10 {
			t.Skip()
		}
		c := newCanaries(map[string]string{"key": secret})
		search := c.search("a text")
		at := max(0, min(cut, len(text)))
		search.write(text[:at])
		search.write(text[at:])
		leaks, _ := c.found()
		if bytes.Contains(text, []byte(secret)) && len(leaks) == 0 {
			t.Errorf("%q was not found in %q, cut at %d", secret, text, at)
		}
		if len(secret) <= partBytes && len(leaks) > 0 && !strings.Contains(leaks[0], "a text") {
			t.Errorf("found %q", leaks)
		}
		if shown := c.without(string(text)); strings.Contains(shown, secret) && !strings.Contains("(secret)", secret) {
			t.Errorf("left in: %q", shown)
		}
	})
}

// Whatever a connector gives for a schema is judged, and spoilt, without harm.
func FuzzConfigSchema(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","title":"A","enum":["x"],"default":"x","x-order":1}},"required":["a"]}`,
		`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"integer","title":"A","default":1.5}},"required":["b"]}`,
		`{"properties":{"":null}}`, `[]`, `null`, `{"properties":{"a":{"x-secret":true,"type":"array"}},"required":["a","a"]}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d := connectorv1.DescribeResponse_builder{ConfigSchemaJson: text}.Build()
		examination := &trial{target: Target{Config: []byte(`{"a":1}`), Secrets: map[string]string{"s": "t"}}}
		if o := outcomeOf(tryConfigSchema(examination, d)); o.status == Skipped || o.saw == "" {
			t.Errorf("%s, %q", o.status, o.saw)
		}
		schema, err := schemaOf(d)
		if err != nil {
			return
		}
		if wrong := examination.wrongConfigs(schema); len(wrong) == 0 || len(wrong) > maxWrongConfigs {
			t.Errorf("%d wrong configurations", len(wrong))
		}
	})
}
