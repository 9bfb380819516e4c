package connection

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

const (
	// maxFileBytes bounds a configuration file, and a file that a secret is
	// read from: the largest private key has 13 KB.
	maxFileBytes = 256 << 10

	// maxShownPathBytes bounds a path that an error repeats: the shortest
	// private key, EC on P-256 in bare base64, has 184 characters.
	maxShownPathBytes = 160

	// fileSuffix makes of a secret property one that names a file:
	// "private_key_file": "key.pem" is "private_key": "file:key.pem".
	fileSuffix = "_file"
)

// Configuration is a connection's configuration as a connector is given it.
type Configuration struct {
	// JSON is the object without its secret properties.
	JSON []byte
	// Secrets are the secret properties by name, resolved.
	Secrets map[string]string
}

// Sources are where references of secrets lead.
type Sources struct {
	// Folder is what relative paths are relative to; a file that is not there
	// is looked for in the working folder. Empty: the working folder.
	Folder string
	// Environment looks up a variable, for env:NAME. nil: os.LookupEnv.
	Environment func(name string) (string, bool)
	// Stdin is read to its end, for "-". nil: there is none.
	Stdin io.Reader
}

// InvalidError says what is wrong with a configuration. It never quotes a
// value.
type InvalidError struct {
	// Property is the one at fault; empty when it is the file as a whole.
	Property string
	// Problem completes the sentence that begins with the property.
	Problem string
	// Cause is the error beneath, may be nil.
	Cause error
}

// Error is the sentence.
func (e *InvalidError) Error() string {
	if e.Property == "" {
		return "the configuration " + e.Problem
	}
	return fmt.Sprintf("%q in the configuration %s", e.Property, e.Problem)
}

// Unwrap returns the cause.
func (e *InvalidError) Unwrap() error { return e.Cause }

// ReadFile reads a configuration file for [Parse]. Errors are of type
// [*InvalidError].
func ReadFile(path string) ([]byte, error) {
	text, err := readBounded(path)
	if err != nil {
		return nil, &InvalidError{Problem: fmt.Sprintf("file %s can't be read: %v", path, withoutPath(err)), Cause: err}
	}
	return text, nil
}

// Parse is [Enter] and [Entered.Resolve] in one. Errors are of type
// [*InvalidError].
func Parse(text, schema []byte, sources Sources) (Configuration, error) {
	entered, err := Enter(text, schema)
	if err != nil {
		return Configuration{}, err
	}
	return entered.Resolve(sources)
}

// Entered is a configuration as an administrator entered it: secrets may be
// references still.
type Entered struct {
	// JSON is the object without its secret properties.
	JSON []byte
	// Secrets are the secret properties by name, each the secret itself or a
	// reference to it:
	//
	//	env:NAME   the environment variable NAME
	//	file:PATH  the file PATH
	//	-          standard input
	Secrets map[string]string
}

// Enter splits a JSON object into plain and secret properties. schema is the
// connector's (DescribeResponse.config_schema_json): a property with x-secret
// is a secret, and NAME_file is the same as file: for the secret NAME. What the
// schema does not know is left to the connector, which refuses it by name.
// Errors are of type [*InvalidError], also for a schema that can't be read.
func Enter(text, schema []byte) (Entered, error) {
	secrets, err := secretProperties(schema)
	if err != nil {
		return Entered{}, err
	}
	object, err := decodeObject(text)
	if err != nil {
		return Entered{}, err
	}
	e := Entered{Secrets: map[string]string{}}
	for _, name := range secrets {
		reference, given, err := take(object, name)
		if err != nil {
			return Entered{}, err
		}
		if given {
			e.Secrets[name] = reference
		}
	}
	if e.JSON, err = json.Marshal(object); err != nil {
		return Entered{}, &InvalidError{Problem: "can't be encoded", Cause: err}
	}
	return e, nil
}

// Resolve follows the references of secrets. Errors are of type
// [*InvalidError].
func (e Entered) Resolve(sources Sources) (Configuration, error) {
	c := Configuration{JSON: e.JSON, Secrets: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(e.Secrets)) {
		secret, err := sources.resolve(name, e.Secrets[name])
		if err != nil {
			return Configuration{}, err
		}
		c.Secrets[name] = secret
	}
	return c, nil
}

// secretProperties are the names of the schema's secret properties, sorted.
func secretProperties(schema []byte) ([]string, error) {
	var s struct {
		Properties map[string]struct {
			Secret bool `json:"x-secret"`
		}
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, &InvalidError{Problem: "can't be checked: the connector's schema is not JSON", Cause: err}
	}
	var secrets []string
	for name, property := range s.Properties {
		if property.Secret {
			secrets = append(secrets, name)
		}
	}
	slices.Sort(secrets)
	return secrets, nil
}

// decodeObject reads the object and says where it stops being one. The
// decoder's own words are not repeated: they may quote the text.
func decodeObject(text []byte) (map[string]json.RawMessage, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var object map[string]json.RawMessage
	err := json.Unmarshal(text, &object)
	switch syntax := (*json.SyntaxError)(nil); {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, &InvalidError{Problem: "is empty; it is a JSON object"}
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return nil, &InvalidError{Problem: fmt.Sprintf("is not JSON: look at line %d (a key of several lines stands in a file of its own, or its line ends are written \\n)", line), Cause: errNotJSON}
	case err != nil || object == nil:
		return nil, &InvalidError{Problem: "is not a JSON object", Cause: errNotJSON}
	}
	return object, nil
}

var errNotJSON = errors.New("not a JSON object")

// take removes a secret from the object and returns its value or reference.
// Empty and null are as good as missing.
func take(object map[string]json.RawMessage, name string) (reference string, given bool, err error) {
	value, err := text(object, name)
	if err != nil {
		return "", false, err
	}
	file, err := text(object, name+fileSuffix)
	if err != nil {
		return "", false, err
	}
	switch {
	case value != "" && file != "":
		return "", false, &InvalidError{Property: name, Problem: fmt.Sprintf("is given twice, also as %q: keep one of the two", name+fileSuffix)}
	case file != "":
		return "file:" + file, true, nil
	default:
		return value, value != "", nil
	}
}

// text removes a property and returns it as a string. A JWK may stand as an
// object: it is the text that it is written with.
func text(object map[string]json.RawMessage, name string) (string, error) {
	raw, ok := object[name]
	delete(object, name)
	var value string
	switch {
	case !ok || string(raw) == "null":
		return "", nil
	case raw[0] == '{':
		return string(raw), nil
	case json.Unmarshal(raw, &value) != nil:
		return "", &InvalidError{Property: name, Problem: "must be a string"}
	}
	return value, nil
}

// kind is what a secret property holds.
type kind int

const (
	literal kind = iota // the secret itself
	fromEnvironment
	fromFile
	fromStdin
)

// kindOf tells a reference from a secret, and returns what follows its prefix.
func kindOf(value string) (kind, string) {
	trimmed := strings.TrimSpace(value)
	if variable, ok := strings.CutPrefix(trimmed, "env:"); ok {
		return fromEnvironment, variable
	}
	if path, ok := strings.CutPrefix(trimmed, "file:"); ok {
		return fromFile, path
	}
	if trimmed == "-" {
		return fromStdin, ""
	}
	return literal, value
}

// resolve follows a reference. Anything that is none is the secret itself.
func (s Sources) resolve(name, value string) (string, error) {
	switch kind, rest := kindOf(value); kind {
	case fromEnvironment:
		return s.fromEnvironment(name, rest)
	case fromFile:
		return s.fromFile(name, rest)
	case fromStdin:
		return s.fromStdin(name)
	default:
		return rest, nil
	}
}

func (s Sources) fromEnvironment(name, variable string) (string, error) {
	lookup := s.Environment
	if lookup == nil {
		lookup = os.LookupEnv
	}
	if !isVariableName(variable) { // it may be the secret itself: don't repeat it
		return "", &InvalidError{Property: name, Problem: "names no environment variable after env:"}
	}
	value, ok := lookup(variable)
	if !ok || strings.TrimSpace(value) == "" {
		return "", &InvalidError{Property: name, Problem: fmt.Sprintf("names the environment variable %s, which is not set or empty", variable)}
	}
	return value, nil
}

func isVariableName(name string) bool {
	return name != "" && len(name) <= 128 && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
}

func (s Sources) fromFile(name, path string) (string, error) {
	text, err := readBounded(s.locate(path))
	switch {
	case err != nil:
		return "", &InvalidError{Property: name, Problem: fmt.Sprintf("names %s, which can't be read: %v", shown(path), withoutPath(err)), Cause: withoutPath(err)}
	case len(bytes.TrimSpace(text)) == 0:
		return "", &InvalidError{Property: name, Problem: fmt.Sprintf("names %s, which is empty", shown(path))}
	}
	return string(text), nil
}

// shown is a path in words, and stays silent about what looks like the secret
// itself, pasted where its file should be named.
func shown(path string) string {
	if len(path) > maxShownPathBytes || strings.Contains(path, "-----") || strings.ContainsAny(path, "{\"") || strings.ContainsFunc(path, unicode.IsControl) {
		return "a file by what looks like the secret itself and not like a path"
	}
	return "the file " + path
}

// locate makes a path absolute: in the folder, else in the working folder.
func (s Sources) locate(path string) string {
	if s.Folder == "" || filepath.IsAbs(path) {
		return path
	}
	beside := filepath.Join(s.Folder, path)
	if _, err := os.Stat(beside); err != nil {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return beside
}

func (s Sources) fromStdin(name string) (string, error) {
	if s.Stdin == nil {
		return "", &InvalidError{Property: name, Problem: "is to be read from standard input, and there is none"}
	}
	text, err := io.ReadAll(io.LimitReader(s.Stdin, maxFileBytes+1))
	switch {
	case err != nil:
		return "", &InvalidError{Property: name, Problem: "can't be read from standard input", Cause: err}
	case len(text) > maxFileBytes:
		return "", &InvalidError{Property: name, Problem: fmt.Sprintf("on standard input has more than %d bytes", maxFileBytes)}
	case len(bytes.TrimSpace(text)) == 0:
		return "", &InvalidError{Property: name, Problem: "is to be read from standard input, which is empty"}
	}
	return string(text), nil
}

// readBounded reads a file of at most maxFileBytes.
func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("it has more than %d bytes", maxFileBytes)
	}
	return text, nil
}

// withoutPath is the reason alone of an error that names its path.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
