package rows

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"patchbay.example/plugin"
)

// Names of encodings, as in the IANA registry of character sets, in lower case.
const (
	Auto        = "auto" // find out
	UTF8        = "utf-8"
	UTF16       = "utf-16" // either of the next two, as the byte order mark says
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252"
)

// charsets are the encodings beside UTF-8. WHATWG's labels and those of HR
// systems agree on them.
var charsets = map[string]encoding.Encoding{
	UTF16LE:        unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	UTF16BE:        unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	Windows1252:    charmap.Windows1252,
	"iso-8859-1":   charmap.ISO8859_1,
	"iso-8859-2":   charmap.ISO8859_2,
	"iso-8859-15":  charmap.ISO8859_15,
	"windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251,
	"windows-1254": charmap.Windows1254,
	"macintosh":    charmap.Macintosh,
	"shift_jis":    japanese.ShiftJIS,
	"gb18030":      simplifiedchinese.GB18030,
}

var (
	utf8BOM    = []byte("\xef\xbb\xbf")
	utf16LEBOM = []byte("\xff\xfe")
	utf16BEBOM = []byte("\xfe\xff")
)

// Shares that decide between encodings.
const (
	// mostlyUTF8 is how many sequences must be valid for each that is broken, so
	// that a file is UTF-8 in which a value was cut in the middle of a character.
	mostlyUTF8 = 10
	// binaryShare is how many bytes there must be for each control character in a
	// text: exports hold a stray one here and there.
	binaryShare = 200
	// fewControls are too few to tell anything.
	fewControls = 8
)

// Encoding decides how the file is encoded, by what was configured: Auto or the
// name of an encoding. The error is a refusal of a file that is no text, or not
// in that encoding.
func (f Facts) Encoding(configured string) (string, error) {
	if kind, reason := f.kind(); kind != "" {
		return "", plugin.Refuse(reason, "The file is %s and not a text with rows.", kind)
	}
	utf16 := f.utf16()
	nuls := f.nulAtParity[0] + f.nulAtParity[1]
	switch {
	case configured == UTF16 || configured == Auto:
		if utf16 != "" {
			return utf16, nil
		}
		if configured == UTF16 {
			return "", plugin.Refuse(ReasonEncoding, "The file is not UTF-16: it has neither a byte order mark nor the zero bytes that such a text has.")
		}
	case utf16 != "":
		return "", plugin.Refuse(ReasonEncoding, "The file is UTF-16, and the encoding is configured as %s.", configured)
	}
	if n := f.controls + nuls; n > fewControls && n*binaryShare > f.Size {
		return "", plugin.Refuse(ReasonBinary, "The file is not a text: %d of its %d bytes are control characters.", f.controls+nuls, f.Size)
	}
	if configured == UTF8 && f.broken > 0 && f.broken*mostlyUTF8 > f.multibyte {
		return "", plugin.Refuse(ReasonEncoding, "The file is not UTF-8: %d of its bytes are no part of a character.", f.broken)
	}
	if configured != Auto {
		return configured, nil
	}
	return f.guess()
}

// guess tells UTF-8 from Windows-1252, which Excel writes in Western Europe and
// the Americas.
func (f Facts) guess() (string, error) {
	switch {
	case f.broken == 0 || f.broken*mostlyUTF8 <= f.multibyte || bytes.HasPrefix(f.Head, utf8BOM):
		return UTF8, nil
	case f.undefined > 0:
		return "", plugin.Refuse(ReasonEncoding, "The file is neither UTF-8 nor Windows-1252: %d of its bytes mean nothing in the latter.", f.undefined)
	default:
		return Windows1252, nil
	}
}

// Broken is how many bytes of a UTF-8 text are no part of a character.
func (f Facts) Broken() int64 { return f.broken }

// utf16 is the kind of UTF-16 that the file is in, or empty. Without a byte
// order mark, the zero bytes tell: Latin letters have one each, all on one side.
func (f Facts) utf16() string {
	even, odd := f.nulAtParity[0], f.nulAtParity[1]
	switch {
	case bytes.HasPrefix(f.Head, utf16LEBOM):
		return UTF16LE
	case bytes.HasPrefix(f.Head, utf16BEBOM):
		return UTF16BE
	case odd*4 > f.Size && even*20 < odd:
		return UTF16LE
	case even*4 > f.Size && odd*20 < even:
		return UTF16BE
	default:
		return ""
	}
}

// Decode reads a text in one of the encodings as UTF-8, without a byte order
// mark. An unknown encoding is read as UTF-8.
func Decode(r io.Reader, name string) *bufio.Reader {
	if charset, ok := charsets[name]; ok {
		r = transform.NewReader(r, charset.NewDecoder())
	}
	in := bufio.NewReaderSize(r, readBuffer)
	if mark, err := in.Peek(len(utf8BOM)); err == nil && bytes.Equal(mark, utf8BOM) {
		_, _ = in.Discard(len(utf8BOM)) // what was peeked
	}
	return in
}

// readBuffer is how much text is decoded ahead.
const readBuffer = 64 << 10
