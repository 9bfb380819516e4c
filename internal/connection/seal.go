package connection

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// What a stored secret begins with: it says what follows.
const (
	storedReference = "reference:"
	storedSealed    = "sealed:"
)

// maxKeyFileBytes bounds the file of the sealing key: a set of a hundred keys
// has about 30 KB.
const maxKeyFileBytes = 64 << 10

// ErrSealed is the cause of errors about a secret that this key does not open:
// it was sealed with another, or for another connection, or was damaged.
var ErrSealed = errors.New("the sealing key does not open it")

// Sealer keeps secrets at rest: AES-256-GCM by Tink, bound to the connection
// and the property that they belong to, so that a sealed value that is moved
// elsewhere does not open.
type Sealer struct{ aead tink.AEAD }

// OpenSealer reads the sealing key, a Tink keyset in JSON, from a file, and
// makes it with mode 0600 if there is none. A file that others may read is
// refused, but on Windows, where modes don't say.
func OpenSealer(path string) (*Sealer, error) {
	text, err := readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKeyFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil { // Tink's words may quote the text
		return nil, fmt.Errorf("sealing key: %s holds no key; restore it from a backup: without it stored secrets can't be read", path)
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %s holds a key for another purpose", path)
	}
	return &Sealer{aead: primitive}, nil
}

// Store makes of a connection's entered secrets what may be stored: references
// to variables and files stay references, with paths made absolute; what
// standard input holds, and secrets themselves, are sealed. connection is the
// connection's name. Errors about a property are of type [*InvalidError].
func (s *Sealer) Store(connection string, entered Entered, sources Sources) (map[string][]byte, error) {
	stored := make(map[string][]byte, len(entered.Secrets))
	for _, name := range slices.Sorted(maps.Keys(entered.Secrets)) {
		secret, err := sources.resolve(name, entered.Secrets[name])
		if err != nil { // a reference that leads nowhere is refused now, not at the first sync
			return nil, err
		}
		if reference, ok := sources.lasting(entered.Secrets[name]); ok {
			stored[name] = []byte(storedReference + reference)
			continue
		}
		sealed, err := s.aead.Encrypt([]byte(secret), associated(connection, name))
		if err != nil {
			return nil, fmt.Errorf("seal %q: %w", name, err)
		}
		stored[name] = append([]byte(storedSealed), sealed...)
	}
	return stored, nil
}

// Load resolves what Store made. Errors are of type [*InvalidError]; that of a
// value that this key does not open wraps [ErrSealed].
func (s *Sealer) Load(connection string, stored map[string][]byte, sources Sources) (map[string]string, error) {
	secrets := make(map[string]string, len(stored))
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		var err error
		if secrets[name], err = s.load(connection, name, stored[name], sources); err != nil {
			return nil, err
		}
	}
	return secrets, nil
}

// Sealed is where a secret is that is stored sealed.
const Sealed = "sealed"

// Whereabouts says where a stored secret is: [Sealed], or the reference. It
// never holds the secret.
func Whereabouts(stored []byte) string {
	if reference, ok := bytes.CutPrefix(stored, []byte(storedReference)); ok {
		return string(reference)
	}
	return Sealed
}

func (s *Sealer) load(connection, name string, stored []byte, sources Sources) (string, error) {
	if reference, ok := bytes.CutPrefix(stored, []byte(storedReference)); ok {
		return sources.resolve(name, string(reference))
	}
	sealed, ok := bytes.CutPrefix(stored, []byte(storedSealed))
	if ok {
		if secret, err := s.aead.Decrypt(sealed, associated(connection, name)); err == nil {
			return string(secret), nil
		}
	}
	return "", &InvalidError{
		Property: name, Cause: ErrSealed,
		Problem: "is stored sealed, and the sealing key does not open it: restore the key's file, or enter the secret again",
	}
}

// lasting is a reference that still leads to the secret when it is stored:
// standard input is gone by then.
func (s Sources) lasting(value string) (string, bool) {
	switch kind, rest := kindOf(value); kind {
	case fromEnvironment:
		return "env:" + rest, true
	case fromFile:
		path := s.locate(rest)
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		return "file:" + path, true
	default:
		return "", false
	}
}

// associated is what a sealed value is bound to. Neither part holds a NUL.
func associated(connection, name string) []byte {
	return []byte("patchbay secret\x00" + connection + "\x00" + name)
}

func readKeyFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", path)
	}
	if info.Size() > maxKeyFileBytes {
		return nil, fmt.Errorf("%s has more than %d bytes, and is no key", path, maxKeyFileBytes)
	}
	if readableByOthers(info) {
		return nil, fmt.Errorf("%s may be read by others: chmod 600 it, and if somebody may have read it, enter all secrets again under a new key", path)
	}
	return os.ReadFile(path) //nolint:gosec // the operator names it
}

// makeKeyFile writes a new key, whole or not at all: of two that begin at the
// same time, both go on with the same key.
func makeKeyFile(path string) ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return nil, err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".sealing-key-") // mode 0600
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(text.Bytes())
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readKeyFile(path)
}
