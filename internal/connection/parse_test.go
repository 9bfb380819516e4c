package connection_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/internal/connection"
)

var schema = []byte(`{"properties":{"domain":{"type":"string"},"private_key":{"type":"string","x-secret":true}}}`)

const canary = "CANARY-7f3a"

func TestSecretsAreTakenOutAndResolved(t *testing.T) {
	folder := t.TempDir()
	key := filepath.Join(folder, "key.pem")
	if err := os.WriteFile(key, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sources := func() connection.Sources {
		return connection.Sources{
			Folder: folder, Stdin: strings.NewReader(canary),
			Environment: func(name string) (string, bool) { return canary, name == "OKTA_KEY" },
		}
	}
	for _, value := range []string{
		`"private_key":"` + canary + `"`, `"private_key":"env:OKTA_KEY"`, `"private_key":" env:OKTA_KEY\n"`, `"private_key":"-"`,
		`"private_key":"file:key.pem"`, `"private_key_file":"key.pem"`, fmt.Sprintf(`"private_key_file":%q`, key),
		`"private_key":null,"private_key_file":"key.pem"`, `"private_key":{"kty":"` + canary + `"}`,
	} {
		c, err := connection.Parse([]byte(`{"domain":"example.okta.com",`+value+`}`), schema, sources())
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		if !strings.Contains(c.Secrets["private_key"], canary) {
			t.Errorf("%s: the secret is %q", value, c.Secrets["private_key"])
		}
		if got := string(c.JSON); got != `{"domain":"example.okta.com"}` {
			t.Errorf("%s: the plain part is %s", value, got)
		}
	}
}

func TestAFileOfTheWorkingFolderIsFoundToo(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("key.pem", []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := connection.Parse([]byte(`{"private_key_file":"key.pem"}`), schema, connection.Sources{Folder: t.TempDir()})
	if err != nil || c.Secrets["private_key"] != canary {
		t.Fatalf("got %q, %v", c.Secrets["private_key"], err)
	}
}

func TestWhatIsWrongIsSaidWithoutTheSecret(t *testing.T) {
	for text, want := range map[string]string{
		``:                                   "is empty",
		`[]`:                                 "is not a JSON object",
		`null`:                               "is not a JSON object",
		"{\n\"private_key\":\"" + canary:     "line 2",
		`{"private_key":["` + canary + `"]}`: `"private_key" in the configuration must be a string`,
		`{"private_key":"` + canary + `","private_key_file":"k"}`:            "given twice",
		`{"private_key":"env:` + canary + `-----BEGIN"}`:                     "names no environment variable",
		`{"private_key":"env:NOT_SET"}`:                                      "NOT_SET, which is not set",
		`{"private_key":"file:/nowhere/key.pem"}`:                            "/nowhere/key.pem, which can't be read: no such file",
		`{"private_key":"-"}`:                                                "there is none",
		`{"private_key_file":"` + strings.Repeat("a", 5000) + canary + `"}`:  "can't be read",
		`{"private_key_file":"-----BEGIN PRIVATE KEY-----\n` + canary + `"}`: "looks like the secret itself",
		`{"private_key":"file:-----BEGIN PRIVATE KEY-----` + canary + `"}`:   "looks like the secret itself",
		`{"private_key_file":{"kty":"` + canary + `"}}`:                      "looks like the secret itself",
	} {
		_, err := connection.Parse([]byte(text), schema, connection.Sources{Environment: func(string) (string, bool) { return "", false }})
		if _, ok := errors.AsType[*connection.InvalidError](err); !ok {
			t.Errorf("%.60s: %v is no *InvalidError", text, err)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want it to say %q", text, err, want)
		}
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%.60s: the error shows the secret: %v", text, err)
		}
	}
}

func TestAnUnreadableFileIsNamed(t *testing.T) {
	_, err := connection.ReadFile(filepath.Join(t.TempDir(), "absent.json"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "absent.json") {
		t.Fatalf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{}`, `{"private_key":"-"}`, `{"private_key":"env:A"}`, `{"private_key_file":""}`, `{"domain":1,"private_key":{}}`, "\ufeff{}", `{"private_key":"file:"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sources := connection.Sources{Folder: t.TempDir(), Stdin: strings.NewReader("x"), Environment: func(string) (string, bool) { return "x", true }}
		c, err := connection.Parse(text, schema, sources)
		if err != nil {
			return
		}
		var object map[string]any
		if err := json.Unmarshal(c.JSON, &object); err != nil {
			t.Fatalf("%q: the plain part %q is no object: %v", text, c.JSON, err)
		}
		if _, ok := object["private_key"]; ok {
			t.Fatalf("%q: the secret stayed in the plain part", text)
		}
	})
}
