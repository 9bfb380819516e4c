package main

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// utf16Text encodes a text as UTF-16 with a byte order mark.
func utf16Text(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

const threePeople = "Personalnummer;Vorname;Nachname;E-Mail;Abteilung\n001;Jörg;Müller;m1@example.com;Einkauf\n002;Åsa;Ünal;m2@example.com;Einkauf\n003;Zoë;Groß;m3@example.com;Lager\n"

// Whatever a program writes around and between the values, the people are the same.
func TestAFileIsUnderstoodHoweverItIsWritten(t *testing.T) {
	latin := strings.NewReplacer("ö", "\xf6", "ü", "\xfc", "Å", "\xc5", "Ü", "\xdc", "ë", "\xeb", "ß", "\xdf")
	comma := strings.ReplaceAll(threePeople, ";", ",")
	for name, content := range map[string]string{
		"plain":                    threePeople,
		"commas":                   comma,
		"tabs":                     strings.ReplaceAll(threePeople, ";", "\t"),
		"pipes":                    strings.ReplaceAll(threePeople, ";", "|"),
		"CRLF":                     strings.ReplaceAll(threePeople, "\n", "\r\n"),
		"CR":                       strings.ReplaceAll(threePeople, "\n", "\r"),
		"no last end of line":      strings.TrimSuffix(threePeople, "\n"),
		"byte order mark":          "\ufeff" + threePeople,
		"UTF-16, little endian":    utf16Text(binary.LittleEndian, threePeople),
		"UTF-16, big endian":       utf16Text(binary.BigEndian, threePeople),
		"UTF-16 without mark":      utf16Text(binary.LittleEndian, threePeople)[2:],
		"UTF-16 with tabs":         utf16Text(binary.LittleEndian, strings.ReplaceAll(threePeople, ";", "\t")),
		"Windows-1252":             latin.Replace(threePeople),
		"sep=":                     "sep=;\r\n" + threePeople,
		"sep= before commas":       "sep=,\n" + comma,
		"title lines":              "Personalliste\nStand: 01.06.2026;;;;\n\n" + threePeople,
		"blank lines":              strings.ReplaceAll(threePeople, "\n", "\n\n;;;;\n"),
		"quotation marks":          `"` + strings.NewReplacer(";", `";"`, "\n", "\"\n\"").Replace(strings.TrimSuffix(threePeople, "\n")) + "\"\n",
		"blanks around":            strings.ReplaceAll(threePeople, ";", " ; "),
		"leading zeros as formula": strings.NewReplacer("\n00", "\n=\"00", ";Jörg", "\";Jörg", ";Åsa", "\";Åsa", ";Zoë", "\";Zoë").Replace(threePeople),
		"empty columns behind":     strings.ReplaceAll(threePeople, "\n", ";;;\n"),
		"a total":                  threePeople + "Summe;3;;;\n",
		"a header on each page":    strings.Replace(threePeople, "\n002", "\nPersonalnummer;Vorname;Nachname;E-Mail;Abteilung\n002", 1),
		"an end mark":              threePeople + "\x1a",
		"spaces as in Excel":       strings.ReplaceAll(threePeople, "Müller", "\u00a0Müller\u200b"),
	} {
		t.Run(name, func(t *testing.T) {
			got := newRig(t, "people.csv", content).connect().sync().wantComplete().wantIDs("001", "002", "003").wantQuarantined()
			user := got.user("001")
			if user.GetName().GetGiven() != "Jörg" || user.GetName().GetFamily() != "Müller" || user.GetDepartment() != "Einkauf" || user.GetEmployeeNumber() != "001" {
				t.Errorf("the first person is %v", user)
			}
			if email := user.GetEmails()[0]; email.GetValue() != "m1@example.com" || !email.GetPrimary() {
				t.Errorf("the first e-mail address is %v", email)
			}
			if family := got.user("003").GetName().GetFamily(); family != "Groß" {
				t.Errorf("the third person's family name is %q", family)
			}
		})
	}
}

func TestAFileThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	const configInvalid, misbehaved = connectorv1.Class_CLASS_CONFIG_INVALID, connectorv1.Class_CLASS_SERVICE_MISBEHAVED
	for name, file := range map[string]struct {
		content, reason string
		class           connectorv1.Class
	}{
		"empty":                     {"", "FILE_EMPTY", misbehaved},
		"blanks":                    {"\n\n  \n", "FILE_EMPTY", misbehaved},
		"xlsx":                      {"PK\x03\x04\x14\x00\x06\x00rest", "FILE_IS_SPREADSHEET", configInvalid},
		"xls":                       {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "FILE_IS_SPREADSHEET", configInvalid},
		"PDF":                       {"%PDF-1.7\n", "FILE_NOT_TEXT", configInvalid},
		"gzip":                      {"\x1f\x8b\x08\x00", "FILE_IS_ARCHIVE", configInvalid},
		"PGP":                       {"-----BEGIN PGP MESSAGE-----\n", "FILE_IS_ARCHIVE", configInvalid},
		"a page to sign in":         {"<!DOCTYPE html><html><body>Sign in</body></html>", "FILE_IS_MARKUP", configInvalid},
		"XML":                       {"<?xml version=\"1.0\"?><people/>", "FILE_IS_MARKUP", configInvalid},
		"noise":                     {strings.Repeat("\x00\x01\x02\x03abc", 100), "FILE_NOT_TEXT", configInvalid},
		"a JSON array":              {`[{"id":"1"},{"id":"2"}]`, "FILE_IS_JSON_DOCUMENT", configInvalid},
		"a JSON document":           {"{\n \"people\": []\n}\n", "FILE_IS_JSON_DOCUMENT", configInvalid},
		"neither encoding":          {"Employee ID,Name\n1,\x81\x8d\x8f\n", "ENCODING_WRONG", configInvalid},
		"no header":                 {"1,First Person,p1@example.com\n2,Second Person,p2@example.com\n", "HEADER_NOT_FOUND", configInvalid},
		"words of headers in a row": {"Kennung,Rolle,Lage\n1,Manager,Active,p1@example.com\n2,Manager,Active,p2@example.com\n", "HEADER_NOT_FOUND", configInvalid},
		"no key":                    {"First name,Last name\nFirst,Person\n", "KEY_COLUMN_MISSING", configInvalid},
		"an empty key":              {"ID,First name\n,First\n,Second\n,Third\n1,Fourth\n", "KEY_COLUMN_MISSING", configInvalid},
		"a key that repeats":        {"ID,First name\n7,First\n7,Second\n7,Third\n7,Fourth\n", "KEY_COLUMN_MISSING", configInvalid},
		"nobody":                    {"Employee ID,Name\n", "PEOPLE_MISSING", misbehaved},
		"only a total":              {"Employee ID,Name,Department,Title\nTotal,0,,\n", "PEOPLE_MISSING", misbehaved},
		"an open quote":             {"Employee ID,Name\n1,\"First Person\n2,Second Person\n", "QUOTES_BROKEN", misbehaved},
		"a stray quote":             {"Employee ID,Name,Title\n1,\"5 inch,A\n2,\"Second\",B\n", "QUOTES_BROKEN", misbehaved},
		"cut off":                   {"Employee ID,Name,Title\n1,First,A\n2,Sec", "FILE_INCOMPLETE", misbehaved},
		"JSON lines cut off":        {"{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":", "FILE_INCOMPLETE", misbehaved},
		"a huge row":                {"Employee ID,Name\n1," + strings.Repeat("x", 1<<20) + "\n", "ROW_TOO_LARGE", misbehaved},
		"a huge JSON line":          {"{\"id\":\"1\"}\n{\"id\":\"" + strings.Repeat("x", 1<<20) + "\"}\n", "ROW_TOO_LARGE", misbehaved},
		"a huge quote":              {"Employee ID,Name\n1,\"" + strings.Repeat("x\n", 1<<20) + "\n", "QUOTES_BROKEN", misbehaved},
		"a thousand columns":        {"Employee ID,Name\n1" + strings.Repeat(",", 1000) + "\n", "TOO_MANY_COLUMNS", misbehaved},
		"a thousand members":        {"{\"id\":\"1\"" + manyMembers(1001) + "}\n", "TOO_MANY_COLUMNS", misbehaved},
		"rows of another kind":      {"Employee ID,Name\n1,A\n2,B\n3,C,x\n4,D,x\n5,E,x\n", "ROWS_UNREADABLE", misbehaved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := newRig(t, "people.csv", file.content).wantRefused(file.reason, file.class)
			for _, value := range []string{"First", "Second", "Person", "Sec", "5 inch", "p1@"} {
				if strings.Contains(message, value) && !strings.Contains(message, "First name") {
					t.Errorf("the refusal quotes what a row holds: %s", message)
				}
			}
		})
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"m` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + `":1`)
	}
	return b.String()
}

func TestAnEncodingThatIsConfiguredIsTaken(t *testing.T) {
	r := newRig(t, "people.csv", "Employee ID,Name\n1,Pawe\xb3\n")
	r.config["encoding"] = "windows-1250"
	if name := r.connect().sync().wantComplete().user("1").GetDisplayName(); name != "Paweł" {
		t.Errorf("the name is %q", name)
	}
	for encoding, content := range map[string]string{
		"utf-8":        "Employee ID,Name\n1,Pawe\xb3\n",
		"utf-16":       "Employee ID,Name\n1,A\n",
		"windows-1252": utf16Text(binary.LittleEndian, "Employee ID,Name\n1,A\n"),
	} {
		r := newRig(t, "people.csv", content)
		r.config["encoding"] = encoding
		r.wantRefused("ENCODING_WRONG", connectorv1.Class_CLASS_CONFIG_INVALID)
	}
}

func TestOneBrokenCharacterDoesNotSpoilTheOthers(t *testing.T) {
	// A database has cut the last name in the middle of a character.
	r := newRig(t, "people.csv", "Employee ID,Name\n1,äöüäöüäöüäöü\n2,B\xc3\n")
	check := r.check("format")
	if check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != "ENCODING_WRONG" {
		t.Errorf("the check is %v, want a warning", check)
	}
	got := r.reconnect().sync().wantComplete().wantIDs("1", "2")
	if name := got.user("1").GetDisplayName(); name != "äöüäöüäöüäöü" {
		t.Errorf("the name is %q", name)
	}
}

func TestFormatAndDelimiterCanBeConfigured(t *testing.T) {
	// By its header the file has commas.
	r := newRig(t, "people.csv", "Employee ID,Name,Status\n1,A,active\n")
	r.config["delimiter"] = "semicolon"
	const hint = "The delimiter is set to semicolon; with comma, line 1 is a header of 3 columns: choose auto under Format › Delimiter."
	if message := r.wantRefused("HEADER_NOT_FOUND", connectorv1.Class_CLASS_CONFIG_INVALID); !strings.HasSuffix(message, hint) {
		t.Errorf("the refusal says %q, want it to say that it is the delimiter", message)
	}
	r = newRig(t, "people.csv", "Personalliste\n\nPers.-Nr.;Name, Vorname;Austritt;;\n1;A, B;;;\n")
	r.config["delimiter"] = "tab"
	if message := r.wantRefused("HEADER_NOT_FOUND", connectorv1.Class_CLASS_CONFIG_INVALID); !strings.Contains(message, "with semicolon, line 3 is a header of 3 columns") {
		t.Errorf("the refusal says %q, want it to say that it is the delimiter", message)
	}
	r = newRig(t, "people.csv", "Kennung;Rolle\n1;A\n")
	r.config["delimiter"] = "comma"
	if message := r.wantRefused("HEADER_NOT_FOUND", connectorv1.Class_CLASS_CONFIG_INVALID); strings.Contains(message, "delimiter") {
		t.Errorf("the refusal says %q, and another delimiter makes no header either", message)
	}
	r = newRig(t, "people.csv", "ID;Full name, in full\n1;A\n")
	r.config["delimiter"], r.config["format"] = "semicolon", "csv"
	r.connect().sync().wantComplete().wantIDs("1")
	r = newRig(t, "people.csv", "{\"id\":\"1\"}\n")
	r.config["format"] = "csv"
	r.wantRefused("HEADER_NOT_FOUND", connectorv1.Class_CLASS_CONFIG_INVALID)
	r = newRig(t, "people.csv", "not,json\n{\"id\":\"1\"}\n{\"id\":\"2\"}\n")
	r.config["format"] = "jsonl"
	r.connect().sync().wantComplete().wantIDs("1", "2").wantQuarantined("RECORD_UNREADABLE")
}
