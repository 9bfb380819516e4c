package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"patchbay.example/plugin"
)

// Whatever bytes a file holds, it is refused with a reason, or every row of it is
// accounted for.
func FuzzFile(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "exports", "*"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("%d seeds, %v", len(seeds), err)
	}
	for _, seed := range seeds {
		content, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(fixture(f, "everything.csv")))
	f.Add([]byte(fixture(f, "people.jsonl")))
	f.Add([]byte(threePeople))
	f.Add([]byte("sep=,\nID,Name\n1,\"a\nb\"\n\n2,c,d\nTotal,2\n"))
	f.Add([]byte("{\"id\":1,\"a\":{\"b\":[1,null,true]}}\n[]\n{\"id\":\"\\ud800\"}\n"))
	f.Add([]byte("\xff\xfeI\x00D\x00,\x00N\x00a\x00m\x00e\x00\n\x001\x00,\x00\x00\xd8\n\x00"))
	f.Add([]byte("ID,Name\n,,x\n1,\x81\n"))
	f.Add([]byte("Login,Name,Title,Site\nsum.li,Sum,Li,\nsum,3,,\nLogin,Name,Title,Site\nPage 1 of 3,,,\nTotal: 3,,,"))
	f.Add([]byte("ID,Name,Title\n1,\"A,x\n2,B,Size 12\"\n3,C,y\n4,D,\"x\n5,E\",z,,\n"))
	f.Add([]byte("Name,ID,E-mail\nA,1001\nB,1002,b@example.com\nC,10"))
	f.Add([]byte("{\"id\":\"1\",\"a\":{\"password\":[\"x\",{\"y\":2}]}}\n{\"id\":2,\"p\\u0061ssword\":\"\\\"\"}\n"))
	path := filepath.Join(f.TempDir(), "people.csv")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &survey{now: testDay, config: config{
			Path: path, Format: auto, Delimiter: auto, Encoding: auto, DateOrder: auto, DefaultStatus: "active", PageSize: 10,
		}}
		if err := s.run(t.Context()); err != nil {
			refusal, ok := errors.AsType[*plugin.Refusal](err)
			if !ok || !utf8.ValidString(refusal.Message) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		accountFor(t, s, content)
	})
}

// accountFor reads the rows again as a listing does.
func accountFor(t *testing.T, s *survey, content []byte) {
	t.Helper()
	sent, aside := 0, 0
	ids := map[string]bool{}
	err := s.each(t.Context(), func(r row) error {
		v := s.plan.judge(r)
		_, superseded := s.tally.superseded[r.number]
		if v.footer || v.reason != "" || superseded {
			aside++
			return nil
		}
		sent++
		record := s.plan.record(r, v.id, today(testDay))
		if record.ID == "" || ids[record.ID] || !utf8.ValidString(record.ID) {
			t.Errorf("the id %q is empty, no text or another row's as well", record.ID)
		}
		ids[record.ID] = true
		if !json.Valid(record.Source) {
			t.Errorf("the source is no JSON: %q", record.Source)
		}
		if u := record.User; !utf8.ValidString(u.DisplayName + u.Status + u.Title + u.Department + u.Name.Given) {
			t.Errorf("the view is no text: %+v", u)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent+aside != s.tally.rows() {
		t.Errorf("%d rows were sent and %d set aside, and there are %d", sent, aside, s.tally.rows())
	}
	// Where a row is a line, lines are counted without a reader.
	text := string(content)
	if s.layout.format != formatCSV || s.layout.encoding != "utf-8" || strings.ContainsAny(text, "\"\r\x1a\x00") || !utf8.ValidString(text) {
		return
	}
	lines := 0
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		if i >= s.layout.headerLine && strings.Trim(strings.ReplaceAll(line, string(s.layout.delimiter), ""), " \t\v\f\u0085\u00a0") != "" {
			lines++
		}
	}
	if got := s.tally.rows(); got > lines || (got < lines && !strings.ContainsFunc(text, exoticBlank)) {
		t.Errorf("%d rows were read of %d lines", got, lines)
	}
}

// exoticBlank reports whether a rune is a blank beyond those that lines are
// trimmed of.
func exoticBlank(r rune) bool { return r >= 0x1680 && strings.TrimSpace(string(r)) == "" }
