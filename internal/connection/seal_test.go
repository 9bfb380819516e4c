package connection_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"patchbay.example/internal/connection"
)

func openSealer(t *testing.T, path string) *connection.Sealer {
	t.Helper()
	s, err := connection.OpenSealer(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func entered(t *testing.T, text string) connection.Entered {
	t.Helper()
	e, err := connection.Enter([]byte(text), schema)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestASecretIsSealedAndOpened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sealing-key.json")
	for what, give := range map[string]struct {
		text    string
		sources connection.Sources
	}{
		"by value":            {`{"private_key":"` + canary + `"}`, connection.Sources{}},
		"from standard input": {`{"private_key":"-"}`, connection.Sources{Stdin: strings.NewReader(canary)}},
	} {
		stored, err := openSealer(t, path).Store("okta", entered(t, give.text), give.sources)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if bytes.Contains(stored["private_key"], []byte(canary)) {
			t.Errorf("%s: it is stored in the clear", what)
		}
		// Another process opens it, with the same file.
		secrets, err := openSealer(t, path).Load("okta", stored, connection.Sources{})
		if err != nil || secrets["private_key"] != canary {
			t.Errorf("%s: got %q, %v", what, secrets["private_key"], err)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info.Mode(), err)
	}
}

func TestAReferenceStaysOneAndIsFollowedAnew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	key := filepath.Join(folder, "key.pem")
	if err := os.WriteFile(key, []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openSealer(t, filepath.Join(folder, "sealing-key.json"))
	stored, err := s.Store("okta", entered(t, `{"private_key_file":"key.pem"}`), connection.Sources{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(stored["private_key"], []byte(canary)) {
		t.Error("the file's content is stored")
	}
	if err := os.WriteFile(key, []byte("rotated"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Whoever loads it stands in another folder.
	secrets, err := s.Load("okta", stored, connection.Sources{})
	if err != nil || secrets["private_key"] != "rotated" {
		t.Errorf("got %q, %v", secrets["private_key"], err)
	}
}

func TestAReferenceThatLeadsNowhereIsRefusedWhenEntered(t *testing.T) {
	t.Parallel()
	s := openSealer(t, filepath.Join(t.TempDir(), "sealing-key.json"))
	nothing := connection.Sources{Environment: func(string) (string, bool) { return "", false }}
	_, err := s.Store("okta", entered(t, `{"private_key":"env:NOT_SET"}`), nothing)
	if invalid, ok := errors.AsType[*connection.InvalidError](err); !ok || invalid.Property != "private_key" {
		t.Errorf("got %v", err)
	}
}

func TestASealedSecretOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sealing-key.json")
	s := openSealer(t, path)
	stored, err := s.Store("okta", entered(t, `{"private_key":"`+canary+`"}`), connection.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	sealed := stored["private_key"]
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	for what, try := range map[string]func() (map[string]string, error){
		"another connection": func() (map[string]string, error) { return s.Load("okta2", stored, connection.Sources{}) },
		"another property": func() (map[string]string, error) {
			return s.Load("okta", map[string][]byte{"client_secret": sealed}, connection.Sources{})
		},
		"another key": func() (map[string]string, error) {
			return openSealer(t, filepath.Join(t.TempDir(), "other.json")).Load("okta", stored, connection.Sources{})
		},
		"damaged": func() (map[string]string, error) {
			return s.Load("okta", map[string][]byte{"private_key": damaged}, connection.Sources{})
		},
		"in the clear": func() (map[string]string, error) {
			return s.Load("okta", map[string][]byte{"private_key": []byte(canary)}, connection.Sources{})
		},
	} {
		secrets, err := try()
		if !errors.Is(err, connection.ErrSealed) || len(secrets) != 0 {
			t.Errorf("%s: got %d secrets, %v", what, len(secrets), err)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error shows the secret", what)
		}
	}
}

func TestAKeyFileThatIsNoneIsRefusedInWords(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]string{
		write("garbage", canary, 0o600):                       "holds no key",
		write("large", strings.Repeat(canary, 10_000), 0o600): "and is no key",
		folder:                                  "is no file",
		filepath.Join(folder, "nowhere", "key"): "no such file",
		write("empty", "", 0o600):               "holds no key",
		write("other-json", `{"primaryKeyId":1,"key":[]}`, 0o600): "holds no key",
	}
	if runtime.GOOS != "windows" {
		tests[write("shared", "{}", 0o640)] = "chmod 600"
	}
	for path, want := range tests {
		if _, err := connection.OpenSealer(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", filepath.Base(path), err, want)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error shows what the file holds", filepath.Base(path))
		}
	}
}

// Several processes of one installation may start at the same time.
func TestThoseThatBeginTogetherShareOneKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sealing-key.json")
	sealers := make([]*connection.Sealer, 8)
	var group sync.WaitGroup
	for i := range sealers {
		group.Go(func() { sealers[i], _ = connection.OpenSealer(path) })
	}
	group.Wait()
	stored, err := openSealer(t, path).Store("okta", entered(t, `{"private_key":"`+canary+`"}`), connection.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sealers {
		if s == nil {
			t.Fatalf("sealer %d did not open", i)
		}
		if secrets, err := s.Load("okta", stored, connection.Sources{}); err != nil || secrets["private_key"] != canary {
			t.Errorf("sealer %d: %v", i, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".sealing-key-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}
