package main

import (
	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/rows"
)

// Reasons of the configuration and the cursor.
const (
	reasonMappingInvalid = "MAPPING_INVALID"
	reasonColumnMissing  = "COLUMN_MISSING"
	reasonCursorForeign  = "CURSOR_FOREIGN"
)

// Reasons of the file as a whole.
const (
	reasonFileMissing    = "FILE_MISSING"
	reasonFileForbidden  = "FILE_FORBIDDEN"
	reasonFileUnreadable = "FILE_UNREADABLE"
	reasonFileNotRegular = "FILE_NOT_REGULAR"
	reasonFileEmpty      = "FILE_EMPTY"
	reasonFileTooLarge   = "FILE_TOO_LARGE"
	reasonFileIncomplete = "FILE_INCOMPLETE"
	reasonFileChanging   = "FILE_CHANGING"
	reasonFileChanged    = "FILE_CHANGED"
	reasonFolderEmpty    = "FOLDER_EMPTY"
	reasonFolderCrowded  = "FOLDER_CROWDED"
)

// Reasons of what the file holds.
const (
	reasonHeaderNotFound   = "HEADER_NOT_FOUND"
	reasonKeyColumnMissing = "KEY_COLUMN_MISSING"
	reasonPeopleMissing    = "PEOPLE_MISSING"
	reasonRowsUnreadable   = "ROWS_UNREADABLE"
)

// Reasons that set a row aside, or warn.
const (
	reasonRowUnreadable     = plugin.ReasonRecordUnreadable
	reasonRowsSwallowed     = "ROWS_SWALLOWED"
	reasonKeyMissing        = "KEY_MISSING"
	reasonKeyDamaged        = "KEY_DAMAGED"
	reasonRowTooWide        = "ROW_TOO_WIDE"
	reasonRowSuperseded     = "ROW_SUPERSEDED"
	reasonRowsLeftOut       = "ROWS_LEFT_OUT"
	reasonColumnsContested  = "COLUMNS_CONTESTED"
	reasonDatesUnreadable   = "DATES_UNREADABLE"
	reasonDatesUndecided    = "DATES_UNDECIDED"
	reasonStatusUnknown     = "STATUS_UNKNOWN"
	reasonManagersMissing   = "MANAGERS_MISSING"
	reasonManagersNotFound  = "MANAGERS_NOT_FOUND"
	reasonManagersAmbiguous = "MANAGERS_AMBIGUOUS"
)

// What several fixes say.
const (
	exportCSV    = "In the spreadsheet program choose File › Save as (or Export) and the type “CSV UTF-8 (comma delimited)”; in the HR system choose CSV as the format of the export."
	exportAgain  = "Run the export again in the HR system, or save the file again in the spreadsheet program, and put it whole into place: write it under another name beside it and rename it when it is finished."
	nameColumn   = "Enter what the column means under “Meaning of columns”, for example Team lead=manager_name."
	quoteCells   = "Export again from the HR system rather than by hand: a program that writes CSV puts quotation marks around a value that holds the delimiter or an end of line, and doubles those within it."
	keepSettings = "Use a cursor that was given for this path with this configuration, or begin without one."
)

func reason(name string, class plugin.Class, title, fix string) plugin.Reason {
	return plugin.Reason{Name: name, Class: class, Title: title, Fix: fix}
}

// reasons declares every reason that this connector may give, with its class and
// with what an administrator does about it. A test keeps it complete.
var reasons = []plugin.Reason{
	reason(reasonMappingInvalid, plugin.ConfigInvalid, "Mapping not valid",
		"Correct the list under “Meaning of columns”: each entry is header=attribute with one of the attributes that the message or the connector's page names."),
	reason(reasonColumnMissing, plugin.ConfigInvalid, "Configured column not in the file",
		"Compare the header of the file with “Key column” and “Meaning of columns”, and correct the one that is wrong. If the HR system renamed a column, enter its new name."),
	reason(plugin.ReasonCursorInvalid, plugin.ConfigInvalid, "Cursor not valid", keepSettings),
	reason(reasonCursorForeign, plugin.ConfigInvalid, "Cursor of another listing", keepSettings),

	reason(reasonFileMissing, plugin.ConfigInvalid, "File not found",
		"Check the path, and that the export was put there: on the machine on which Patchbay runs, not on yours. A relative path begins at the folder in which Patchbay runs."),
	reason(reasonFileForbidden, plugin.PermissionMissing, "No permission to read the file",
		"Let the user that Patchbay runs as read the file and pass through its folders, for example with “chmod” or in the properties of the file › Security."),
	reason(reasonFileUnreadable, plugin.ServiceUnavailable, "File can't be read",
		"Check the disk or the network share that the path is on, and try again."),
	reason(reasonFileNotRegular, plugin.ConfigInvalid, "Not a file",
		"Enter the path of a CSV or JSON-lines file, of a folder with such files, or a pattern."),
	reason(reasonFileEmpty, plugin.ServiceMisbehaved, "File empty", exportAgain),
	reason(reasonFileTooLarge, plugin.ConfigInvalid, "File too large",
		"Check that the path is that of the export of people. Leave out columns that nobody needs."),
	reason(reasonFileIncomplete, plugin.ServiceMisbehaved, "File cut off", exportAgain),
	reason(reasonFileChanging, plugin.ServiceUnavailable, "File being written",
		"Try again when the export is finished. To let it never be read half-written: write it under another name beside it, such as people.csv.tmp, and rename it."),
	reason(reasonFileChanged, plugin.NoClass, "File changed meanwhile",
		"Nothing needs to be done: the new file is read from its beginning."),
	reason(reasonFolderEmpty, plugin.ConfigInvalid, "No export found",
		"Put the export there with the ending .csv, .tsv, .txt, .jsonl or .ndjson, or correct the path or the pattern."),
	reason(reasonFolderCrowded, plugin.ConfigInvalid, "Too many files",
		"Remove old exports from the folder, or enter a narrower pattern."),

	reason(rows.ReasonEncoding, plugin.ConfigInvalid, "Encoding not right",
		"Save the file as “CSV UTF-8”, or choose its encoding under Format › Encoding; files from Excel in Western Europe and the Americas are in windows-1252."),
	reason(rows.ReasonBinary, plugin.ConfigInvalid, "Not a text file", exportCSV),
	reason(rows.ReasonSpreadsheet, plugin.ConfigInvalid, "Workbook instead of a CSV file", "Open it. "+exportCSV),
	reason(rows.ReasonArchive, plugin.ConfigInvalid, "File packed or encrypted",
		"Unpack or decrypt it, and enter the path of the CSV or JSON-lines file that comes out."),
	reason(rows.ReasonMarkup, plugin.ConfigInvalid, "Web page or XML instead of a CSV file",
		"Look at it in a browser: it may be a page that asks to sign in, saved instead of the export. "+exportCSV),
	reason(rows.ReasonJSONDocument, plugin.ConfigInvalid, "JSON document instead of JSON lines",
		"Export as JSON lines (NDJSON), one object in each line, or as CSV. With jq: “jq -c '.[]' people.json > people.jsonl”."),
	reason(rows.ReasonQuotes, plugin.ServiceMisbehaved, "Quotation marks broken", quoteCells),
	reason(rows.ReasonRowTooLarge, plugin.ServiceMisbehaved, "Row too large",
		"Look at the line that the message names, and leave out the column that holds so much, such as pictures."),
	reason(rows.ReasonTooManyColumns, plugin.ServiceMisbehaved, "Too many columns",
		"Choose fewer columns for the export, or correct Format › Delimiter if another one separates the cells."),

	reason(reasonHeaderNotFound, plugin.ConfigInvalid, "Header not found",
		"Leave Format › Delimiter at auto, and export with the names of the columns in the first row. If they are there in other words than the connector's page lists: "+nameColumn),
	reason(reasonKeyColumnMissing, plugin.ConfigInvalid, "Key column not found",
		"Export a column with employee numbers or ids, or enter under “Key column” the header of the one that tells people apart."),
	reason(reasonPeopleMissing, plugin.ServiceMisbehaved, "Nobody in the file", "Check the filters of the export. "+exportAgain),
	reason(reasonRowsUnreadable, plugin.ServiceMisbehaved, "Too many rows not readable",
		"Look at the rows that the message counts. If the header found is not the right one, or the delimiter is wrong, correct Format › Delimiter and “Key column”."),

	reason(reasonRowUnreadable, plugin.NoClass, "Row not readable",
		"Look at the line in the file. While it can't be read, nobody is taken for gone."),
	reason(reasonRowsSwallowed, plugin.NoClass, "Row may hold others",
		"Look at the line in the file and at those below it. "+quoteCells+" Until then nobody is taken for gone."),
	reason(reasonKeyMissing, plugin.NoClass, "Row without a key",
		"Fill in the key column of the row in the HR system. While a row has none, nobody is taken for gone."),
	reason(reasonKeyDamaged, plugin.NoClass, "Key not usable",
		"Export from the HR system without opening the file in a spreadsheet program, or format the key column as text before saving. While a key can't be read, nobody is taken for gone."),
	reason(reasonRowTooWide, plugin.NoClass, "Row with too many values", quoteCells+" The person keeps the last state that could be read."),
	reason(reasonRowSuperseded, plugin.NoClass, "Key used twice",
		"Check the two rows in the HR system: if they are one person with two contracts, export the current one only; if they are two people, give each a number, or choose another “Key column”."),
	reason(reasonRowsLeftOut, plugin.NoClass, "Rows left out",
		"Run a sync and read which lines it names. While a row without a usable key is left out, nobody is taken for gone."),
	reason(reasonColumnsContested, plugin.NoClass, "Columns with the same meaning",
		"If the wrong one was chosen: "+nameColumn),
	reason(reasonDatesUnreadable, plugin.NoClass, "Day of leaving not understood",
		"Look at the lines that the check names, and export days of leaving as 2025-04-03. For people who stay, leave the cell empty or write open end. Until then, the status of such a person is that of the status column, or unknown."),
	reason(reasonDatesUndecided, plugin.NoClass, "Order of dates not clear",
		"Choose the order under Columns › Order of dates, or export dates as 2025-04-03."),
	reason(reasonStatusUnknown, plugin.NoClass, "Status not understood",
		"Export the status in a word such as active or terminated, or a termination date. The word is kept as it is."),
	reason(reasonManagersMissing, plugin.NoClass, "No managers",
		"Add the manager's employee number or e-mail address to the export. If it is there: "+nameColumn),
	reason(reasonManagersNotFound, plugin.NoClass, "Managers not found",
		"Export managers by employee number or e-mail address rather than by name, and people without a filter, so that their managers are in the file as well."),
	reason(reasonManagersAmbiguous, plugin.NoClass, "Managers who are called the same",
		"Add the manager's employee number or e-mail address to the export: of several people with one name Patchbay takes none. Compare the numbers in the HR system where it is a number that several people have."),
}
