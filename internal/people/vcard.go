package people

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// VCard is a person as a vCard 4.0 (RFC 6350), with what is allowed.
// [*UnknownError].
func (s *Snapshot) VCard(id string) ([]byte, error) {
	i, err := s.look(id)
	if err != nil {
		return nil, err
	}
	p := &s.people[i]
	var b bytes.Buffer
	line := func(name string, values ...string) {
		if strings.Join(values, "") == "" {
			return
		}
		for v := range values {
			values[v] = escapeCard(values[v])
		}
		foldCard(&b, name+":"+strings.Join(values, ";"))
	}
	line("BEGIN", "VCARD")
	line("VERSION", "4.0")
	line("UID", p.id)
	line("FN", p.name)
	line("N", p.family, p.given, "", "", "")
	line("NICKNAME", s.value(i, attrNickName))
	line("TITLE", s.value(i, attrTitle))
	line("ORG", s.value(i, attrOrganization), s.value(i, attrDivision), s.value(i, attrDepartment))
	line("EMAIL;TYPE=work", s.value(i, attrEmail))
	line("TEL;TYPE=work", s.value(i, attrWorkPhone))
	line("ADR;TYPE=work", "", "", "", s.value(i, attrCity), s.value(i, attrRegion), "", s.value(i, attrCountry))
	line("TZ", s.zones[s.value(i, attrTimeZone)])
	line("END", "VCARD")
	return b.Bytes(), nil
}

// cardEscapes are the characters that RFC 6350, 3.4 has escaped in values.
var cardEscapes = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`, "\r", "")

func escapeCard(value string) string { return cardEscapes.Replace(value) }

// cardLineBytes is how long a line may be without its end (RFC 6350, 3.2).
const cardLineBytes = 75

// foldCard writes a line, folded between characters.
func foldCard(b *bytes.Buffer, line string) {
	room := cardLineBytes
	for len(line) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut])
		b.WriteString("\r\n ")
		line, room = line[cut:], cardLineBytes-1
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}
