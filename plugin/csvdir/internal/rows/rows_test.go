package rows

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"patchbay.example/plugin"
)

// readAll reads a CSV text with commas.
func readAll(text string) ([]Record, error) {
	in := NewCSV(bufio.NewReader(strings.NewReader(text)), ',')
	var records []Record
	for {
		record, err := in.Next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records = append(records, record)
	}
}

func TestCSVIsReadAsItIsMeant(t *testing.T) {
	for text, want := range map[string]string{
		"":                      ``,
		"a,b\n":                 `1["a" "b"]`,
		"a,b":                   `1["a" "b"]!`,
		"a\r\nb\rc\nd":          `1["a"] 2["b"] 3["c"] 4["d"]!`,
		"\n\na\n":               `1[""] 2[""] 3["a"]`,
		"a,\n":                  `1["a" ""]`,
		"\"a,\"\"b\nc\",d\ne\n": `1["a,\"b\nc" "d"] 3["e"]`,
		"\"a\r\nb\"\n":          `1["a\r\nb"]`,
		" \"a\" ,b\n":           `1["a" "b"]`,
		"5\" disk,b\n":          `1["5\" disk" "b"]`,
		"\"Bob\" Example,b\n":   `1["\"Bob\" Example" "b"]`,
		"\"\",\"\"\n":           `1["" ""]`,
		" a , b \n":             `1[" a " " b "]`,
	} {
		records, err := readAll(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		var got []string
		for _, r := range records {
			mark := ""
			if r.Unterminated {
				mark = "!"
			}
			got = append(got, fmt.Sprintf("%d%q%s", r.Line, r.Cells, mark))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is read as %s, want %s", text, strings.Join(got, " "), want)
		}
	}
}

func TestQuotationMarksThatSwallowRowsAreRefused(t *testing.T) {
	for _, text := range []string{"a,\"b\nc,d\n", "a,\"b\nc,\"d\"\n"} {
		_, err := readAll(text)
		if refusal, ok := errors.AsType[*plugin.Refusal](err); !ok || refusal.Reason != ReasonQuotes || !strings.Contains(refusal.Message, "line 1") {
			t.Errorf("%q: %v, want it refused for line 1", text, err)
		}
	}
}

// What encoding/csv writes is read as it was.
func FuzzCSVReadsWhatIsWritten(f *testing.F) {
	f.Add("a", "b,\"\n", " c ", byte(','))
	f.Add("", "\r\n", "\"", byte(';'))
	f.Fuzz(func(t *testing.T, a, b, c string, delimiter byte) {
		if !strings.ContainsRune(",;\t|", rune(delimiter)) {
			return
		}
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma = rune(delimiter)
		want := [][]string{{a, b, c}, {c, a, b}}
		for _, cells := range want {
			if err := w.Write(cells); err != nil {
				t.Skip(err)
			}
		}
		w.Flush()
		in := NewCSV(bufio.NewReader(iotest.OneByteReader(&text)), delimiter)
		for _, cells := range want {
			record, err := in.Next()
			if err != nil || !slices.Equal(record.Cells, cells) {
				t.Fatalf("%q is read as %q, %v", cells, record.Cells, err)
			}
		}
		if _, err := in.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("after the last row comes %v", err)
		}
	})
}

// Flatten agrees with encoding/json.
func FuzzFlatten(f *testing.F) {
	f.Add(`{"a":1,"b":{"c":[true,null,"x\u00e9\n"]},"d":{},"e":-1.5e3}`)
	f.Add(`{"a":{"a":{}}}`)
	f.Add(`[1]`)
	f.Fuzz(func(t *testing.T, text string) {
		got := map[string]string{}
		ok := Flatten([]byte(text), func(path []byte, value string) { got[string(path)] = value })
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var object map[string]any
		if !ok || decoder.Decode(&object) != nil {
			return
		}
		want := map[string]string{}
		flattenDecoded("", object, want)
		for path, value := range want {
			if got[path] != value && !strings.Contains(text, "\\") { // an escape may name a member twice
				t.Errorf("%s of %s is %q, want %q", path, text, got[path], value)
			}
		}
		if len(got) < len(want) {
			t.Errorf("%s has the paths %q, want %q", text, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	})
}

// Of an object some values are emptied, and nothing else is changed.
func FuzzRedact(f *testing.F) {
	f.Add(`{"a":1,"bb": {"c":["x",null,true]} ,"dd":"\"","e":""}`)
	f.Add(`{"bb":"x","bb":"y"}`)
	f.Fuzz(func(t *testing.T, text string) {
		secret := func(path []byte) bool { return len(path)%2 == 0 }
		type member struct{ path, value string }
		var want, got []member
		if !Flatten([]byte(text), func(path []byte, value string) {
			if secret(path) {
				value = ""
			}
			want = append(want, member{string(path), value})
		}) {
			return
		}
		redacted := Redact([]byte(text), secret)
		if !json.Valid(redacted) || !Flatten(redacted, func(path []byte, value string) { got = append(got, member{string(path), value}) }) {
			t.Fatalf("%s becomes %s, which is no JSON", text, redacted)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s becomes %s", text, redacted)
		}
	})
}

func flattenDecoded(path string, value any, to map[string]string) {
	under := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if strings.Contains(name, ".") || name == "" {
				continue // two paths may be one
			}
			flattenDecoded(under(name), member, to)
		}
	case []any:
		for i, member := range v {
			flattenDecoded(under(strconv.Itoa(i)), member, to)
		}
	case nil:
		to[path] = ""
	case string:
		to[path] = v
	case bool:
		to[path] = strconv.FormatBool(v)
	case json.Number:
		to[path] = v.String()
	}
}

func TestScanDoesNotDependOnHowBytesCome(t *testing.T) {
	text := strings.Repeat("äöü€😀,plain\n", 20000) + "\xe4\xe4"
	whole, err := Scan(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if whole.broken != 2 || whole.multibyte != 5*20000 || whole.Size != int64(len(text)) || len(whole.Head) != HeadBytes {
		t.Errorf("%d broken and %d whole sequences in %d bytes", whole.broken, whole.multibyte, whole.Size)
	}
	small, err := Scan(t.Context(), iotest.OneByteReader(strings.NewReader(text[len(text)-200:])))
	if err != nil || small.broken != 2 {
		t.Errorf("byte by byte: %d broken sequences, %v", small.broken, err)
	}
}
