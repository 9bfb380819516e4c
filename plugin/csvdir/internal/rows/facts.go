package rows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// HeadBytes is how much of a file's beginning [Facts] keep: enough for title
// lines, a header of many columns and some rows.
const HeadBytes = 256 << 10

// Facts are what a file's bytes show without being understood.
type Facts struct {
	Size int64
	Sum  [sha256.Size]byte // SHA-256 of the whole
	Head []byte            // the first HeadBytes

	multibyte   int64    // valid UTF-8 sequences of several bytes
	broken      int64    // bytes that are no UTF-8
	undefined   int64    // bytes that Windows-1252 leaves undefined
	controls    int64    // control characters that no text has
	nulAtParity [2]int64 // NUL bytes at even and at odd places
}

// scanBuffer is how much is read at once.
const scanBuffer = 128 << 10

// Scan reads everything. It ends early, with its error, when ctx ends.
func Scan(ctx context.Context, r io.Reader) (Facts, error) {
	var facts Facts
	sum := sha256.New()
	buffer := make([]byte, scanBuffer)
	carried := 0 // bytes of a sequence that the last chunk cut
	for {
		if err := ctx.Err(); err != nil {
			return Facts{}, err
		}
		n, err := r.Read(buffer[carried:])
		chunk := buffer[carried : carried+n]
		_, _ = sum.Write(chunk) // never fails
		facts.add(chunk)
		end := errors.Is(err, io.EOF)
		carried = copy(buffer, facts.sequences(buffer[:carried+n], end))
		switch {
		case end:
			copy(facts.Sum[:], sum.Sum(nil))
			return facts, nil
		case err != nil:
			return Facts{}, fmt.Errorf("read the file: %w", err)
		}
	}
}

// add counts single bytes.
func (f *Facts) add(chunk []byte) {
	if room := HeadBytes - len(f.Head); room > 0 {
		f.Head = append(f.Head, chunk[:min(room, len(chunk))]...)
	}
	for i, b := range chunk {
		switch {
		case b == 0:
			f.nulAtParity[(f.Size+int64(i))%2]++
		case b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1a:
			f.controls++
		case b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d:
			f.undefined++
		}
	}
	f.Size += int64(len(chunk))
}

// sequences counts UTF-8 sequences and returns what the chunk's end cut off.
func (f *Facts) sequences(chunk []byte, end bool) []byte {
	for i := 0; i < len(chunk); {
		if chunk[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !end && !utf8.FullRune(chunk[i:]) {
			return chunk[i:]
		}
		r, size := utf8.DecodeRune(chunk[i:])
		if r == utf8.RuneError && size == 1 {
			f.broken++
		} else {
			f.multibyte++
		}
		i += size
	}
	return nil
}

// signatures are how files of other kinds begin.
var signatures = []struct {
	prefix, reason, kind string
}{
	{"PK\x03\x04", ReasonSpreadsheet, "an Excel workbook (.xlsx) or a ZIP archive"},
	{"PK\x05\x06", ReasonSpreadsheet, "an Excel workbook (.xlsx) or a ZIP archive"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ReasonSpreadsheet, "an Excel workbook of the old kind (.xls) or another Office document"},
	{"%PDF-", ReasonBinary, "a PDF document"},
	{"\x1f\x8b", ReasonArchive, "a gzip archive"},
	{"BZh", ReasonArchive, "a bzip2 archive"},
	{"\xfd7zXZ\x00", ReasonArchive, "an xz archive"},
	{"7z\xbc\xaf\x27\x1c", ReasonArchive, "a 7-Zip archive"},
	{"\x28\xb5\x2f\xfd", ReasonArchive, "a zstd archive"},
	{"Rar!", ReasonArchive, "a RAR archive"},
	{"-----BEGIN PGP", ReasonArchive, "encrypted with PGP"},
	{"<!doctype html", ReasonMarkup, "a web page"},
	{"<html", ReasonMarkup, "a web page"},
	{"<?xml", ReasonMarkup, "an XML document"},
	{"{\\rtf", ReasonBinary, "a rich text document"},
	{"SQLite format 3", ReasonBinary, "a database"},
	{"PAR1", ReasonBinary, "a Parquet file"},
}

// kind names the kind of file that the beginning gives away, with the reason for
// which it is refused; empty for none.
func (f Facts) kind() (kind, reason string) {
	head := bytes.TrimLeft(bytes.TrimPrefix(f.Head, utf8BOM), " \t\r\n")
	head = bytes.ToLower(head[:min(len(head), 32)])
	for _, s := range signatures {
		if bytes.HasPrefix(head, bytes.ToLower([]byte(s.prefix))) {
			return s.kind, s.reason
		}
	}
	return "", ""
}
