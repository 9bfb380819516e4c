// Package rows reads tables as spreadsheets and HR systems export them: bytes in
// one of many encodings ([Scan], [Facts.Encoding], [Decode]), and in them rows
// of a CSV file ([CSV]) or objects, one a line ([Lines], [Flatten]).
//
// It is lenient where a file can be understood, and refuses where a row could be
// lost: a quotation mark that is not closed swallows the people after it. Its
// errors are refusals of package plugin; none quotes what a row holds.
package rows

// Reasons of refusals about a file's bytes.
const (
	// ReasonEncoding: the bytes are not text in the encoding.
	ReasonEncoding = "ENCODING_WRONG"
	// ReasonBinary: the file is no text at all.
	ReasonBinary = "FILE_NOT_TEXT"
	// ReasonSpreadsheet: the file is a workbook of a spreadsheet program.
	ReasonSpreadsheet = "FILE_IS_SPREADSHEET"
	// ReasonArchive: the file is packed or encrypted.
	ReasonArchive = "FILE_IS_ARCHIVE"
	// ReasonMarkup: the file is a web page or XML.
	ReasonMarkup = "FILE_IS_MARKUP"
	// ReasonJSONDocument: the file is one JSON document and not one a line.
	ReasonJSONDocument = "FILE_IS_JSON_DOCUMENT"
	// ReasonQuotes: a quotation mark is not closed where it should be.
	ReasonQuotes = "QUOTES_BROKEN"
	// ReasonRowTooLarge: a row exceeds MaxRowBytes.
	ReasonRowTooLarge = "ROW_TOO_LARGE"
	// ReasonTooManyColumns: a row exceeds MaxColumns.
	ReasonTooManyColumns = "TOO_MANY_COLUMNS"
)

// Limits of a row.
const (
	// MaxRowBytes is the longest row, as UTF-8. A person's row has some hundred
	// bytes; one of a megabyte is a file of another kind, or a quotation mark that
	// is not closed.
	MaxRowBytes = 1 << 20
	// MaxColumns is the largest number of columns. Exports of everything that an
	// HR system knows have a few hundred.
	MaxColumns = 1000
)
