package syncer

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var (
	login   = time.Date(2026, 3, 1, 7, 30, 0, int(250*time.Millisecond), time.UTC)
	updated = time.Date(2026, 3, 2, 7, 30, 0, 0, time.UTC)
	hired   = "2026-02-01T00:00:00.000Z"
)

// hashed is the visible hash of a source whose account was last used at login
// and last changed at updated.
func hashed(source string) string {
	return hex.EncodeToString(visibleHash([]byte("view"), []byte(source), []time.Time{login, updated}))
}

func TestWhatNobodyNoticesChangesNoHash(t *testing.T) {
	t.Parallel()
	const was = `{"id":"1","profile":{"a":"x","n":1.50,"list":[1,null,{"b":true}]}}`
	for name, now := range map[string]string{
		"blanks":                 "{ \"id\" : \"1\",\n \"profile\": {\"a\":\"x\",\"n\":1.50,\"list\":[1,null,{\"b\":true}]}}",
		"order":                  `{"profile":{"list":[1,null,{"b":true}],"n":1.50,"a":"x"},"id":"1"}`,
		"escapes":                `{"id":"\u0031","profile":{"a":"x","n":1.50,"list":[1,null,{"b":true}]}}`,
		"a sign-in":              `{"id":"1","lastLogin":"2026-03-01T07:30:00.250Z","profile":{"a":"x","n":1.50,"list":[1,null,{"b":true}]}}`,
		"in another zone, deep":  `{"id":"1","profile":{"a":"x","n":1.50,"list":[1,null,{"b":true,"seen":"2026-03-01T08:30:00.25+01:00"}]}}`,
		"no sign-in yet is null": `{"id":"1","lastLogin":null,"profile":{"a":"x","n":1.50,"list":[1,null,{"b":true}]}}`,
	} {
		if hashed(now) != hashed(was) {
			t.Errorf("%s changes the hash of %s to that of %s", name, was, now)
		}
	}
}

func TestWhatPeopleSeeChangesTheHash(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, source := range []string{
		`{}`, `{"a":"x"}`, `{"b":"x"}`, `{"a":"y"}`, `{"a":""}`, `{"a":1}`, `{"a":1.0}`, `{"a":"1"}`, `{"a":true}`, `{"a":false}`,
		`{"a":{}}`, `{"a":[]}`, `{"a":[null]}`, `{"a":["x","y"]}`, `{"a":["y","x"]}`, `{"a":["xy"]}`, `{"a":[["x"],"y"]}`, `{"a":["x",["y"]]}`,
		`{"a":{"b":"x"}}`, `{"a":"x","b":"y"}`, `{"a":9007199254740993}`, `{"a":9007199254740992}`,
		`{"hired":"` + hired + `"}`, `{"hired":"2026-02-02T00:00:00.000Z"}`, `{"a":["2026-03-01T07:30:00.250Z"]}`,
		`{"a":"2026-03-01"}`, ``, ` `, `null`, `[]`, `"x"`, `{"a":"x"} {}`, `{"a":"x"`, "{\"a\":\"\xff\"}", "{\"a\":\"\xfe\"}",
	} {
		h := hashed(source)
		if other, ok := seen[h]; ok {
			t.Errorf("%q and %q have the same hash", source, other)
		}
		seen[h] = source
	}
	if bytes.Equal(visibleHash([]byte("view"), []byte(`{}`), nil), visibleHash([]byte("other"), []byte(`{}`), nil)) {
		t.Error("another view has the same hash")
	}
}

// When an account is new, a time that is volatile and one that is not are often
// the same; when they part, nobody has changed.
func TestTimesThatPartChangeNoHash(t *testing.T) {
	t.Parallel()
	const created, later = "2026-03-01T07:30:00.250Z", "2026-03-02T07:30:00.000Z"
	source := `{"id":"1","created":"%s","lastUpdated":"%s"}`
	fresh := visibleHash(nil, fmt.Appendf(nil, source, created, created), []time.Time{login, login})
	old := visibleHash(nil, fmt.Appendf(nil, source, created, later), []time.Time{login, updated})
	if !bytes.Equal(fresh, old) {
		t.Error("a new account looks changed as soon as it is touched")
	}
}

// Hashes are stored: those of a release must be those of the next.
func TestHashesStayTheSame(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`{"id":"1","lastLogin":"2026-03-01T07:30:00.250Z","n":[1,{"b":true}]}`: "f827c5f223564afad3ce38eb3a606c5f",
		`no JSON`: "11dc8ebacc4561070cf97ce50138d567",
	} {
		if got := hashed(source); got != want {
			t.Errorf("the hash of %s is %s, and was %s", source, got, want)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	deep := func(n int, core string) string {
		return `{"a":` + strings.Repeat("[", n) + core + strings.Repeat("]", n) + `}`
	}
	for _, n := range []int{maxDepth - 1, maxDepth, maxDepth + 1, 9_000, 200_000} {
		if hashed(deep(n, "1")) == hashed(deep(n, "2")) {
			t.Errorf("%d levels deep, values do not count", n)
		}
	}
}

// Hashes are stored, so that they must be those of a decoder, which made them
// first.
func FuzzHashesAreTheDecoders(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","profile":{"a":"x","n":1.5e3,"list":[1,null,{"b":true}]}}`, ` {"a" : {"a":{"a":null} } , "b":[ ] } `, `{"":""}`, `{"a":"\ud800","\u0061":"b"}`,
		`{"t":"2026-03-01T07:30:00.250Z","u":"2026-03-01T07:30:00.25\u002b00:00"}`, `[1]`, `{`, "\xff", `{"a":1,"a":{"b":2},"a":null}`, `{"a":null,"a":-0}`, "{\"a\":\"\\\"}{\"}",
		`null`, ``, ` `, `{"a":1}x`, "\ufeff{}", `{"b":1,"a":[[],{}],"c":true,"d":false}`, strings.Repeat(`{"a":`, 102) + `1` + strings.Repeat(`}`, 102), `{"a":"\/\b\n\"","\"":0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		c := canonical{instants: []time.Time{login, updated}}
		got, err := c.appendSource([]byte("before"), source)
		want, wantErr := decoded(c, []byte("before"), source)
		if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
			t.Errorf("%q is written %q (%v), want %q (%v)", source, got, err, want, wantErr)
		}
	})
}

// decoded is canonical.appendSource by a decoder.
func decoded(c canonical, b, source []byte) ([]byte, error) {
	if !utf8.Valid(source) {
		return nil, errNoObject
	}
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); object == nil || !errors.Is(err, io.EOF) {
		return nil, errNoObject
	}
	return decodedValue(c, b, object, 0)
}

func decodedValue(c canonical, b []byte, value any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	var err error
	switch value := value.(type) {
	case map[string]any:
		maps.DeleteFunc(value, func(_ string, member any) bool {
			text, isText := member.(string)
			at, err := time.Parse(time.RFC3339, text)
			return member == nil || isText && looksLikeTime([]byte(text)) && err == nil && slices.ContainsFunc(c.instants, at.Equal)
		})
		b = appendLength(b, '{', len(value))
		for _, key := range slices.Sorted(maps.Keys(value)) {
			b = append(appendLength(b, 'k', len(key)), key...)
			if b, err = decodedValue(c, b, value[key], depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case []any:
		b = appendLength(b, '[', len(value))
		for _, element := range value {
			if b, err = decodedValue(c, b, element, depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case string:
		return append(appendLength(b, '"', len(value)), value...), nil
	case json.Number:
		return append(appendLength(b, '#', len(value)), value...), nil
	case bool:
		return append(b, strconv.FormatBool(value)[0]), nil
	default:
		return append(b, 'n'), nil
	}
}

func FuzzVisibleHash(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","profile":{"a":"x","n":1.5e3,"list":[1,null,{"b":true}]}}`, `{"a":{"a":{"a":null}}}`, `{"":""}`, `{"a":"\ud800"}`,
		`{"t":"2026-03-01T07:30:00.250Z"}`, `[1]`, `{`, "\xff", `{"a":1,"a":2}`, `{"x":"2026-03-01T07:30:00.25+00:00","y":[false]}`,
		strings.Repeat(`{"a":`, 120) + `1` + strings.Repeat(`}`, 120),
	} {
		f.Add([]byte(seed), uint16(3))
	}
	f.Fuzz(func(t *testing.T, source []byte, which uint16) {
		was := hashed(string(source))
		tree, ok := objectOf(source)
		if !ok {
			if hashed(string(source)+"x") == was {
				t.Errorf("a byte more in %q does not count", source)
			}
			return
		}
		if depthOf(tree) > maxDepth { // counts byte by byte
			return
		}
		if got := hashed(backwards(tree)); got != was {
			t.Errorf("the order of members counts in %s, or blanks do", source)
		}
		tree["\x00seen"] = login.Format(time.RFC3339Nano)
		tree["\x00never"] = nil
		if got := hashed(backwards(tree)); got != was {
			t.Errorf("a sign-in counts in %s", source)
		}
		n := int(which)
		if changed := changeLeaf(tree, &n); changed {
			if got := hashed(backwards(tree)); got == was {
				t.Errorf("value %d of %s does not count: %s", which, source, backwards(tree))
			}
		}
	})
}

// objectOf reads a JSON object as the hash does.
func objectOf(source []byte) (map[string]any, bool) {
	var tree map[string]any
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber()
	if !json.Valid(source) || strings.ToValidUTF8(string(source), "") != string(source) || decoder.Decode(&tree) != nil || tree == nil {
		return nil, false
	}
	return tree, true
}

func depthOf(value any) int {
	deepest := -1
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			deepest = max(deepest, depthOf(member))
		}
	case []any:
		for _, element := range value {
			deepest = max(deepest, depthOf(element))
		}
	}
	return deepest + 1
}

// backwards writes a tree with its members in the reverse of their order.
func backwards(value any) string {
	switch value := value.(type) {
	case map[string]any:
		var members []string
		for _, key := range slices.Backward(slices.Sorted(maps.Keys(value))) {
			members = append(members, backwards(key)+": "+backwards(value[key]))
		}
		return "{ " + strings.Join(members, " , ") + " }"
	case []any:
		elements := make([]string, len(value))
		for i, element := range value {
			elements[i] = backwards(element)
		}
		return "[ " + strings.Join(elements, ",") + "]"
	default:
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
}

// changeLeaf changes the n-th value that counts, and reports whether there is
// one.
func changeLeaf(value any, n *int) bool {
	change := func(leaf any, set func(any)) bool {
		switch leaf := leaf.(type) {
		case map[string]any, []any:
			return changeLeaf(leaf, n)
		case string:
			if t, err := time.Parse(time.RFC3339, leaf); err == nil && (t.Equal(login) || t.Equal(updated)) {
				return false
			}
			if *n--; *n < 0 {
				set(leaf + "x")
			}
		case json.Number:
			if *n--; *n < 0 {
				set(json.Number("1" + strconv.Itoa(len(leaf)) + strings.TrimLeft(leaf.String(), "-")))
			}
		case bool:
			if *n--; *n < 0 {
				set(!leaf)
			}
		}
		return *n < 0
	}
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if change(value[key], func(to any) { value[key] = to }) {
				return true
			}
		}
	case []any:
		for i := range value {
			if change(value[i], func(to any) { value[i] = to }) {
				return true
			}
		}
	}
	return false
}

func BenchmarkVisibleHash(b *testing.B) {
	source := []byte(`{"id":"00u1","status":"ACTIVE","lastLogin":"2026-03-01T07:30:00.250Z","profile":{` + strings.Repeat(`"attribute_`+strings.Repeat("x", 10)+`":"some value of it",`, 1) + `"list":["a","b","c"],"title":"Engineer","department":"Sales","city":"Berlin"},"_links":{"self":{"href":"https://example.com/api/v1/users/00u1"}}}`)
	view := bytes.Repeat([]byte("v"), 500)
	for b.Loop() {
		visibleHash(view, source, []time.Time{login, updated})
	}
}
