package people

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/store"
)

// unfriendly are texts that are meant to break something.
var unfriendly = []string{
	`<script>alert(1)</script><img src=x onerror=alert(1)>"'`, "\u202egnp.exe\u202c", "\u2066x", "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r\n=1", "a\x00b", "a\xff\xfeb",
	strings.Repeat("x", 10_000), strings.Repeat("é", 10_000), strings.Repeat("👩🏽‍🚀", 500), "END:VCARD\r\nBEGIN:VCARD", `a;b,c\d`, "{{.}}", "\u2028x\u2029", strings.Repeat("a\u0301", 2000),
	"\"; \"x", "\ufeff=1", strings.Repeat("\xff", 200), "  =1",
}

// besieged are people of whom every text is unfriendly.
func besieged() []who {
	var all []who
	for i, text := range unfriendly {
		valid := strings.ToValidUTF8(text, "?") // what the typed view can hold
		id := strings.ReplaceAll(valid, "\x00", "")
		all = append(all, who{
			id: id[:min(len(id), 10)] + string(rune('a'+i)), given: valid, family: valid, title: valid, department: valid, kind: valid, city: valid, number: valid,
			nick: valid, managerID: valid, manager: valid, street: valid, mobile: valid, custom: map[string]any{"note": text, text: text},
		})
		all[i].id = strings.ToValidUTF8(all[i].id, "?")
	}
	return all
}

func siege() *Snapshot {
	return of(Settings{Attributes: append(DefaultAttributes(), "profile.note", attrEmployeeNumber, "street_address", "mobile_phone"), Units: []string{"profile.note"}}, besieged()...)
}

func TestHostileTextIsInertInAnExport(t *testing.T) {
	s := siege()
	for _, export := range []func(w io.Writer) error{
		func(w io.Writer) error { return s.Export(w, FormatCSV, Query{}) },
		func(w io.Writer) error { return s.ExportFindings(w, "") },
	} {
		var b bytes.Buffer
		if err := export(&b); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) < len(unfriendly) {
			t.Fatalf("%d rows (%v), want %d and more", len(rows), err, len(unfriendly))
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) || !utf8.ValidString(cell) {
					t.Errorf("a cell is %q", cell)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := s.Export(&b, FormatJSONLines, Query{}); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for d := json.NewDecoder(&b); ; lines++ {
		var p ExportedPerson
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if lines != s.Size() {
		t.Errorf("%d lines, want %d", lines, s.Size())
	}
}

func TestHostileTextIsShownPlainly(t *testing.T) {
	s := siege()
	for _, p := range s.people {
		person, err := s.Person(p.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append(person.Values, Value{Attribute: "name", Text: person.Name}) {
			if !utf8.ValidString(v.Text) || len(v.Text) > maxValueBytes || strings.ContainsFunc(v.Text, func(r rune) bool { return r < ' ' || turnsDirection(r) }) {
				t.Errorf("%s is shown as %.80q", v.Attribute, v.Text)
			}
		}
	}
}

// readCard reads a vCard back as RFC 6350, 3.2 and 3.4 say.
func readCard(t *testing.T, card []byte) map[string]string {
	t.Helper()
	properties := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(card), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("a line has %d bytes: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(string(card), "\r\n ", "")
	lines := strings.Split(strings.TrimSuffix(unfolded, "\r\n"), "\r\n")
	if lines[0] != "BEGIN:VCARD" || lines[1] != "VERSION:4.0" || lines[len(lines)-1] != "END:VCARD" || strings.Count(unfolded, "\r\n") != len(lines) {
		t.Errorf("the card begins or ends wrongly: %.200q", unfolded)
	}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if _, twice := properties[name]; twice || !ok {
			t.Errorf("the line %.80q has no name, or one that was there", line)
		}
		properties[name] = value
	}
	return properties
}

// plainly takes the escapes out of a value that has no parts; it says so where
// it has some.
func plainly(value string) string {
	if strings.ContainsAny(strings.NewReplacer(`\\`, "", `\,`, "", `\;`, "").Replace(value), ",;") {
		return "several parts: " + value
	}
	return strings.NewReplacer(`\\`, `\`, `\,`, ",", `\;`, ";", `\n`, "\n").Replace(value)
}

func TestHostileTextIsInertInACard(t *testing.T) {
	s := siege()
	for i, p := range s.people {
		card, err := s.VCard(p.id)
		if err != nil {
			t.Fatal(err)
		}
		properties := readCard(t, card)
		if got, want := plainly(properties["FN"]), p.name; got != want {
			t.Errorf("FN reads %.80q, want %.80q", got, want)
		}
		if got, want := plainly(properties["TITLE"]), s.value(int32(i), attrTitle); got != want {
			t.Errorf("TITLE reads %.80q, want %.80q", got, want)
		}
	}
}

func FuzzVCard(f *testing.F) {
	for _, text := range unfriendly {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, name, title string) {
		name, title = strings.ToValidUTF8(name, ""), strings.ToValidUTF8(title, "")
		s := of(Settings{}, who{id: "1", display: name, title: title})
		if s.Size() == 0 {
			return // an account that belongs to nobody
		}
		card, err := s.VCard("1")
		if err != nil {
			t.Fatal(err)
		}
		properties := readCard(t, card)
		if got := plainly(properties["FN"]); got != s.people[0].name {
			t.Errorf("FN reads %q, want %q", got, s.people[0].name)
		}
		if got := plainly(properties["TITLE"]); got != s.value(0, attrTitle) {
			t.Errorf("TITLE reads %q, want %q", got, s.value(0, attrTitle))
		}
	})
}

func FuzzStoredPerson(f *testing.F) {
	for _, w := range besieged() {
		view, _ := proto.Marshal(w.user())
		source, _ := json.Marshal(map[string]any{"id": w.id, "profile": w.custom})
		f.Add(view, source)
	}
	for _, source := range []string{
		"", "{", "null", "[1]", `{"a":1,"a":2}`, `{"_x":1}`, `{"a":{"b":{"c":{"d":{"e":1}}}}}`, `{"a":[1,"x",null,[2],{"y":3}]}`, "{\"profile\":{\"note\":\"\xff\xfe\"}}",
		strings.Repeat(`{"a":`, 20_000), `{"a":"` + strings.Repeat("x", 100_000) + `"}`, `{"managerId":"x","upn":"y","dn":"CN=z"}`, `{"":1}`, `{"` + strings.Repeat("k", 300) + `":1}`,
		`{"password":"canary","credentials":{"x":"canary"},"token":["canary"]}`,
	} {
		f.Add([]byte("\xff\xff"), []byte(source))
	}
	f.Fuzz(func(t *testing.T, view, source []byte) {
		p := readProfile(&store.Person{ID: "1", Version: store.Version{Name: "Sample", View: view, Source: source}}, nil)
		if p.name == "" || len(p.name) > maxNameBytes || !utf8.ValidString(p.name) {
			t.Errorf("the name is %.400q", p.name)
		}
		if len(p.customs) > maxCustom {
			t.Errorf("%d custom attributes, want at most %d", len(p.customs), maxCustom)
		}
		for _, c := range p.customs {
			if secretNames.MatchString(folded(lastOf(c.path))) || len(c.path) > maxPathBytes || len(c.value) > maxValueBytes || !utf8.ValidString(c.path+c.value) {
				t.Errorf("%.300q is %.80q", c.path, c.value)
			}
		}
		for i, value := range p.standard {
			if !utf8.ValidString(value) || len(value) > maxValueBytes {
				t.Errorf("%s is %.80q", standards[i].name, value)
			}
		}
	})
}
