package plugintest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	// minSecret is the shortest secret that is looked for: a shorter one would
	// be met by chance.
	minSecret = 8
	// partBytes and partStride are the parts of a long secret that are looked
	// for by themselves: a run of it of 36 bytes anywhere holds one of them.
	partBytes, partStride = 24, 12
	// maxParts bounds the parts of one secret; a private key has some 150.
	maxParts = 1000
	// maxLeaks bounds what is told of; one is enough to fail.
	maxLeaks = 20
	// maxFolderFiles and maxFileBytes bound what is looked at of the files that
	// a connector leaves in its folder for temporary files.
	maxFolderFiles, maxFileBytes = 100, 1 << 20
)

// canaries are the secrets that must show up nowhere, in the forms in which
// they may.
type canaries struct {
	mu      sync.Mutex // guards everything below
	needles map[uint64][]needle
	filter  [1 << 10]uint64 // which first words occur: one bit for each of 2^16 hashes
	longest int             // bytes of the longest needle
	values  []string        // plain, to be taken out of texts
	leaks   []string        // what was found, as sentences
	told    map[string]bool
	bytes   int64 // searched
}

// needle is one form of one secret.
type needle struct {
	text         []byte
	secret, form string
}

func newCanaries(secrets map[string]string) *canaries {
	c := &canaries{needles: map[uint64][]needle{}, told: map[string]bool{}}
	for name, value := range secrets {
		c.add(name, value)
	}
	return c
}

// add looks for one more secret from now on.
func (c *canaries) add(name, value string) {
	if len(value) < minSecret {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values = append(c.values, value)
	c.addForms(name, "", value)
	for _, part := range longParts(value) {
		c.values = append(c.values, part)
		c.addForms(name, "part of it, ", part)
	}
}

// addForms adds a value as it stands, and as it may be written.
func (c *canaries) addForms(name, prefix, value string) {
	add := func(form, text string) { c.addNeedle(needle{text: []byte(text), secret: name, form: prefix + form}) }
	add("plain", value)
	add("escaped for a URL", url.QueryEscape(value))
	add("escaped for a URL", url.PathEscape(value))
	add("quoted", inside(fmt.Sprintf("%q", value)))
	add("in hexadecimal", hex.EncodeToString([]byte(value)))
	add("in hexadecimal", strings.ToUpper(hex.EncodeToString([]byte(value))))
	for _, html := range []bool{true, false} { // package log/slog escapes no HTML
		once := inJSON(value, html)
		add("in JSON", once)
		add("in JSON within JSON", inJSON(once, true))
		add("in JSON within JSON", inJSON(once, false))
	}
	for shift := range 3 {
		// What of an encoding depends on the secret alone, wherever in the text
		// that is encoded it stands.
		padded := append(make([]byte, shift), value...)
		first, last := (shift*8+5)/6, len(padded)*8/6
		add("in base64", base64.RawStdEncoding.EncodeToString(padded)[first:last])
		add("in base64", base64.RawURLEncoding.EncodeToString(padded)[first:last])
	}
}

// inJSON is a text as it stands in a JSON string.
func inJSON(text string, escapeHTML bool) string {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(escapeHTML)
	_ = encoder.Encode(text) // a string always can be
	return inside(strings.TrimSuffix(encoded.String(), "\n"))
}

// inside is a quoted text without its quotes.
func inside(quoted string) string {
	return strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`)
}

func (c *canaries) addNeedle(n needle) {
	if len(n.text) < minSecret {
		return
	}
	word := binary.LittleEndian.Uint64(n.text)
	if slices.ContainsFunc(c.needles[word], func(other needle) bool { return bytes.Equal(other.text, n.text) }) {
		return
	}
	c.needles[word] = append(c.needles[word], n)
	slot, bit := filterPlace(word)
	c.filter[slot] |= bit
	c.longest = max(c.longest, len(n.text))
}

// filterPlace spreads words over the filter's bits (Fibonacci hashing).
func filterPlace(word uint64) (slot int, bit uint64) {
	hash := word * 0x9E3779B97F4A7C15 >> 48
	return int(hash >> 6), 1 << (hash & 63) //nolint:gosec // 10 bits
}

// longParts cuts the long runs of a secret, such as the lines of a private key,
// into parts. What every key has in common is none, and neither is what a JSON
// Web Key has of the public one.
func longParts(value string) []string {
	var key map[string]any
	if json.Unmarshal([]byte(value), &key) == nil && key["kty"] != nil {
		value = privateOf(key)
	}
	var parts []string
	for _, run := range strings.FieldsFunc(value, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`"{}[],:`, r) }) {
		if strings.HasPrefix(run, "-----") {
			continue
		}
		for begin := 0; begin+partBytes <= len(run) && len(run) > partBytes && len(parts) < maxParts; begin += partStride {
			parts = append(parts, run[begin:begin+partBytes])
		}
		if len(run) > partBytes && len(parts) < maxParts {
			parts = append(parts, run[len(run)-partBytes:])
		}
	}
	return parts
}

// privateOf joins the private parameters of a JSON Web Key (RFC 7518, section 6).
// Its id may well be shown.
func privateOf(key map[string]any) string {
	var private []string
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
		if text, ok := key[name].(string); ok {
			private = append(private, text)
		}
	}
	return strings.Join(private, " ")
}

// search looks through one text that comes in pieces.
type search struct {
	canaries *canaries
	where    string
	rest     []byte // the end of what came, which a needle may begin in
}

func (c *canaries) search(where string) *search { return &search{canaries: c, where: where} }

// write looks through the next piece.
func (s *search) write(chunk []byte) {
	s.canaries.mu.Lock()
	defer s.canaries.mu.Unlock()
	if s.canaries.longest == 0 {
		return
	}
	text := append(s.rest, chunk...)
	s.canaries.look(text, s.where)
	s.rest = append([]byte(nil), text[max(0, len(text)-s.canaries.longest+1):]...)
}

// in looks through a whole text.
func (c *canaries) in(text []byte, where string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.longest > 0 {
		c.look(text, where)
	}
}

func (c *canaries) look(text []byte, where string) {
	c.bytes += int64(len(text))
	for i := 0; i+minSecret <= len(text); i++ {
		word := binary.LittleEndian.Uint64(text[i:])
		if slot, bit := filterPlace(word); c.filter[slot]&bit == 0 {
			continue
		}
		for _, n := range c.needles[word] {
			if bytes.HasPrefix(text[i:], n.text) {
				c.tell(n, where)
			}
		}
	}
}

func (c *canaries) tell(n needle, where string) {
	place := n.secret + " " + where
	if c.told[place] || len(c.leaks) == maxLeaks {
		return
	}
	c.told[place] = true
	c.leaks = append(c.leaks, fmt.Sprintf("the secret %q stands in %s (%s)", n.secret, where, n.form))
}

// found returns what was found so far, and how many bytes were looked through.
func (c *canaries) found() ([]string, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.leaks), c.bytes
}

// empty reports whether there is nothing to look for.
func (c *canaries) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.longest == 0
}

// without takes the secrets out of a text that is to be shown.
func (c *canaries) without(text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, value := range c.values {
		text = strings.ReplaceAll(text, value, "(secret)")
	}
	return text
}

// searchFolder looks through the files that a connector left behind.
func (t *trial) searchFolder(folder string) {
	seen := 0
	_ = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error { // a folder that is gone holds nothing
		if err != nil || seen == maxFolderFiles {
			return filepath.SkipAll
		}
		if entry.Type().IsRegular() {
			seen++
			if content, err := readFileBounded(path); err == nil {
				t.canaries.in(content, "the file "+entry.Name()+" in its folder for temporary files")
			}
		}
		return nil
	})
}
