package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxConfigBytes bounds the configuration file: one with every key and a
// comment on each has 3 KB.
const maxConfigBytes = 64 << 10

func readConfigFile(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxConfigBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if len(text) > maxConfigBytes {
		return nil, fmt.Errorf("%s has more than %d bytes, and is no configuration", path, maxConfigBytes)
	}
	return text, nil
}

// entry is a value of the file.
type entry struct {
	name  string // with dots
	value string
	line  int
}

// applyFile sets what a configuration file says. Errors name file and line.
func (s *settings) applyFile(path string, text []byte) error {
	entries, err := parseConfig(text)
	if err != nil {
		return fmt.Errorf("%s%w", path, err)
	}
	known := map[string]key{}
	for _, k := range keys() {
		known[k.name] = k
	}
	for _, e := range entries {
		k := known[e.name]
		value := e.value
		if k.path && value != "" && !filepath.IsAbs(value) {
			value = filepath.Join(filepath.Dir(path), value)
		}
		if err := k.set(s, value); err != nil {
			return fmt.Errorf("%s, line %d: %s %w", path, e.line, e.name, err)
		}
	}
	return nil
}

// parseConfig reads the file's keys, all of which are known, each once. Its
// error continues the sentence that begins with the file.
func parseConfig(text []byte) ([]entry, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, syntaxError(err)
	}
	var entries []entry
	bodies := 0
	for _, document := range file.Docs {
		if document.Body == nil || document.Body.Type() == ast.CommentType || document.Body.Type() == ast.NullType {
			continue
		}
		if bodies++; bodies > 1 {
			return nil, lineError(document.Body, "a second document begins; there may be one")
		}
		if entries, err = entriesOf(document.Body, ""); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.name] {
			return nil, fmt.Errorf(", line %d: %s is given a second time", e.line, e.name)
		}
		seen[e.name] = true
	}
	return entries, nil
}

// entriesOf flattens a mapping. prefix ends with a dot, or is empty.
func entriesOf(node ast.Node, prefix string) ([]entry, error) {
	mapping, ok := node.(ast.MapNode)
	if !ok {
		return nil, lineError(node, "there should be keys with values, such as listen: "+defaultListen)
	}
	var entries []entry
	for each := mapping.MapRange(); each.Next(); {
		word, ok := each.Key().(*ast.StringNode)
		if !ok {
			return nil, lineError(each.Key(), "a key is no plain word")
		}
		below, err := entriesAt(prefix+word.Value, each.KeyValue())
		if err != nil {
			return nil, err
		}
		entries = append(entries, below...)
	}
	return entries, nil
}

// entriesAt are those of a key and its value.
func entriesAt(name string, pair *ast.MappingValueNode) ([]entry, error) {
	isKey, isGroup := kindOfName(name)
	switch {
	case isGroup && pair.Value.Type() == ast.NullType:
		return nil, nil
	case isGroup:
		if _, ok := pair.Value.(ast.MapNode); !ok {
			return nil, lineError(pair.Key, name+" takes keys of its own, each on a line below it")
		}
		return entriesOf(pair.Value, name+".")
	case !isKey:
		return nil, lineError(pair.Key, fmt.Sprintf("there is no key %q%s", clip(name), didYouMean(name, names())))
	}
	value, ok := scalar(pair.Value)
	if !ok {
		return nil, lineError(pair.Key, name+" takes one plain value")
	}
	return []entry{{name: name, value: value, line: lineOf(pair.Key)}}, nil
}

func names() []string {
	var names []string
	for _, k := range keys() {
		names = append(names, k.name)
	}
	return names
}

func kindOfName(name string) (isKey, isGroup bool) {
	for _, known := range names() {
		isKey = isKey || known == name
		isGroup = isGroup || strings.HasPrefix(known, name+".")
	}
	return isKey, isGroup
}

// scalar is a plain value as it was written.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func lineOf(node ast.Node) int {
	if token := node.GetToken(); token != nil && token.Position != nil {
		return token.Position.Line
	}
	return 1
}

func lineError(node ast.Node, problem string) error {
	return fmt.Errorf(", line %d: %s", lineOf(node), problem)
}

// syntaxError is an error of the parser without its excerpt of the file, which
// may hold a password.
func syntaxError(err error) error {
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil && syntax.GetToken().Position != nil {
		return fmt.Errorf(", line %d: this is no YAML: %s", syntax.GetToken().Position.Line, clip(syntax.GetMessage()))
	}
	return errors.New(": this is no YAML")
}
