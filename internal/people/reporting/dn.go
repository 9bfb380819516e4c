package reporting

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// What is wrong with a distinguished name. None quotes the name.
var (
	errDNType   = errors.New("a part has no \"TYPE=\" before its value; a comma within a value is written \"\\,\"")
	errDNEscape = errors.New("a backslash is not followed by a special character or two hexadecimal digits")
	errDNChar   = errors.New("a character that must be written with a backslash stands alone")
	errDNHex    = errors.New("a value that begins with \"#\" is not a BER string in hexadecimal digits")
	errDNText   = errors.New("the escaped bytes are not UTF-8")
)

// dn is a distinguished name taken apart (RFC 4514), the person's own part first.
type dn []attributeValue

type attributeValue struct {
	kind  string // lower case; short names instead of their numbers
	value string // unescaped
	// opaque says that value is the hexadecimal digits of what is no string.
	opaque bool
	// more says that the next one belongs to the same relative name.
	more bool
}

// kindOfNumber gives the short names of RFC 4514 section 3 to their object
// identifiers.
var kindOfNumber = map[string]string{
	"2.5.4.3": "cn", "2.5.4.7": "l", "2.5.4.8": "st", "2.5.4.10": "o", "2.5.4.11": "ou", "2.5.4.6": "c",
	"2.5.4.9": "street", "0.9.2342.19200300.100.1.25": "dc", "0.9.2342.19200300.100.1.1": "uid",
}

// looksLikeDN reports whether a value was meant to be a distinguished name,
// well-formed or not: it begins with "TYPE=", or a part of it with the type of a
// directory's upper levels.
func looksLikeDN(value string) bool {
	first, _, ok := strings.Cut(value, "=")
	if !ok {
		return false
	}
	if isKind(strings.TrimSpace(first)) {
		return true
	}
	for part := range strings.SplitSeq(value, ",") {
		switch kind, _, ok := strings.Cut(part, "="); strings.ToLower(strings.TrimSpace(kind)) {
		case "cn", "ou", "dc", "o", "uid":
			if ok {
				return true
			}
		}
	}
	return false
}

// parseDN takes a distinguished name apart, into the memory of an earlier one.
// Beyond RFC 4514 it allows blanks around the separators, which RFC 2253 section
// 4 asks readers to; the quoted values and semicolons of RFC 1779 it does not.
func parseDN(text string, into dn) (dn, error) {
	name := into[:0]
	for {
		kind, rest, ok := strings.Cut(text, "=")
		kind = strings.TrimSpace(kind)
		if !ok || !isKind(kind) {
			return nil, errDNType
		}
		av := attributeValue{kind: kindName(kind)}
		separator, rest, err := av.cut(strings.TrimLeft(rest, " "))
		if err != nil {
			return nil, err
		}
		av.more = separator == '+'
		name = append(name, av)
		if separator == 0 {
			return name, nil
		}
		text = rest
	}
}

// commonName is the person's own common name; empty without one.
func (d dn) commonName() string {
	for _, av := range d {
		if av.kind == "cn" {
			return av.value
		}
		if !av.more {
			break
		}
	}
	return ""
}

// distinguished writes a distinguished name in one way: the values folded, those
// of one relative name in order, as their order says nothing.
func (f *folder) distinguished(name dn) []byte {
	out := f.buf[:0]
	for i := 0; i < len(name); i++ {
		if i > 0 {
			out = append(out, ',')
		}
		first := i
		for name[i].more {
			i++
		}
		if i == first {
			out = f.appendAttribute(out, name[i])
			continue
		}
		var parts []string
		for _, av := range name[first : i+1] {
			parts = append(parts, string(f.appendAttribute(nil, av)))
		}
		slices.Sort(parts)
		out = append(out, strings.Join(parts, "+")...)
	}
	f.buf = out
	return out
}

// appendAttribute writes a type and its folded value, of which a separator is
// kept apart from those between values.
func (f *folder) appendAttribute(out []byte, av attributeValue) []byte {
	out = append(out, av.kind...)
	out = append(out, '=')
	if av.opaque {
		return append(append(out, '#'), av.value...)
	}
	start := len(out)
	out = f.appendSpaced(out, av.value)
	if bytes.ContainsAny(out[start:], `\,+#`) {
		out = append(out[:start], escapeDN(string(out[start:]))...)
	}
	return out
}

var escapeDN = strings.NewReplacer(`\`, `\\`, ",", `\,`, "+", `\+`, "#", `\#`).Replace

// kindName is a type in lower case, a short name instead of its number.
func kindName(kind string) string {
	switch kind {
	case "CN":
		return "cn"
	case "OU":
		return "ou"
	case "DC":
		return "dc"
	}
	kind = strings.ToLower(kind)
	if short, ok := kindOfNumber[kind]; ok {
		return short
	}
	return kind
}

// isKind reports whether a text is an attribute type: a name of letters, digits
// and hyphens, or a dotted number.
func isKind(text string) bool {
	if text == "" {
		return false
	}
	letter := isLetter(text[0])
	for i := range len(text) {
		c := text[i]
		if !isDigit(c) && (!letter || !isLetter(c) && c != '-') && (letter || c != '.') {
			return false
		}
	}
	return letter || isDigit(text[0]) && isDigit(text[len(text)-1])
}

// cut reads a value up to a separator that is not escaped: ',' or '+', or 0 for
// the end. What stands behind it is the rest.
func (av *attributeValue) cut(text string) (separator byte, rest string, err error) {
	if strings.HasPrefix(text, "#") {
		return av.cutHex(text[1:])
	}
	// A value without escapes is a piece of the text.
	end := strings.IndexAny(text, "\\,+\";<>\x00")
	if end < 0 {
		av.value = text
		return 0, "", nil
	}
	if c := text[end]; c == ',' || c == '+' {
		av.value = text[:end]
		return c, text[end+1:], nil
	}
	out := append([]byte(nil), text[:end]...)
	for i := end; i < len(text); i++ {
		switch c := text[i]; c {
		case ',', '+':
			return c, text[i+1:], av.set(out)
		case '\\':
			c, skip, ok := unescape(text[i+1:])
			if !ok {
				return 0, "", errDNEscape
			}
			out = append(out, c)
			i += skip
		case '"', ';', '<', '>', 0:
			return 0, "", errDNChar
		default:
			out = append(out, c)
		}
	}
	return 0, "", av.set(out)
}

// set gives it a value that had escapes.
func (av *attributeValue) set(value []byte) error {
	if !utf8.Valid(value) {
		return errDNText
	}
	av.value = string(value)
	return nil
}

// unescape reads what follows a backslash, and says how many bytes that was.
func unescape(text string) (c byte, skip int, ok bool) {
	if text == "" {
		return 0, 0, false
	}
	if strings.IndexByte(`"+,;<>\ #=`, text[0]) >= 0 {
		return text[0], 1, true
	}
	if len(text) < 2 || !isHex(text[0]) || !isHex(text[1]) {
		return 0, 0, false
	}
	return nibble(text[0])<<4 | nibble(text[1]), 2, true
}

// berStrings are the BER tags of the strings that a name may hold: UTF8String,
// PrintableString, TeletexString, IA5String and OCTET STRING.
const berStrings = "\x0c\x13\x14\x16\x04"

// maxShortBER is the longest value whose BER length is one byte.
const maxShortBER = 127

// cutHex reads a value in hexadecimal digits: the BER encoding of a string. What
// is no short string stays as it is written, and so equals only itself.
func (av *attributeValue) cutHex(text string) (separator byte, rest string, err error) {
	digits := text
	if at := strings.IndexAny(text, ",+"); at >= 0 {
		digits, separator, rest = text[:at], text[at], text[at+1:]
	}
	ber, err := hex.DecodeString(strings.TrimRight(digits, " "))
	if err != nil || len(ber) == 0 {
		return 0, "", errDNHex
	}
	if len(ber) >= 2 && ber[1] <= maxShortBER && int(ber[1]) == len(ber)-2 &&
		strings.IndexByte(berStrings, ber[0]) >= 0 && utf8.Valid(ber[2:]) {
		av.value = string(ber[2:])
	} else {
		av.value, av.opaque = hex.EncodeToString(ber), true
	}
	return separator, rest, nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isHex(c byte) bool    { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// nibble is the value of a hexadecimal digit.
func nibble(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
