package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/values"
)

// config is what an administrator enters: in the normal case the path alone.
type config struct {
	Path string `json:"path" title:"File or folder" help:"A CSV or JSON-lines file, or a folder or a pattern such as /srv/hr/people-*.csv, of which the newest file is read. Patchbay must be able to read it; a relative path begins at the folder in which Patchbay runs." required:"true" example:"/srv/hr/people.csv" max:"1024" listing:"true"`

	IDColumn      string   `json:"id_column" title:"Key column" help:"The header of the column that tells people apart and never changes. When empty: a column of ids, else of employee numbers, of e-mail addresses, or of user names." group:"Columns" example:"Employee ID" max:"256" listing:"true"`
	Mapping       []string `json:"mapping" title:"Meaning of columns" help:"Only where the check shows a wrong or missing one: a list of header=attribute, such as Team lead=manager_name. An empty attribute, as in Badge=, leaves a column out." group:"Columns" listing:"true"`
	DateOrder     string   `json:"date_order" title:"Order of dates" help:"Of dates such as 03/04/2025. auto: as the file's other dates show." enum:"auto,dmy,mdy,ymd" default:"auto" group:"Columns"`
	DefaultStatus string   `json:"default_status" title:"Status without a word" help:"Of people for whom the file has neither a status nor a date that tells." enum:"active,unknown" default:"active" group:"Columns"`

	Format    string `json:"format" title:"Format" enum:"auto,csv,jsonl" default:"auto" group:"Format" listing:"true"`
	Delimiter string `json:"delimiter" title:"Delimiter" help:"Between the cells of a CSV file." enum:"auto,comma,semicolon,tab,pipe" default:"auto" group:"Format" listing:"true"`
	Encoding  string `json:"encoding" title:"Encoding" help:"auto tells UTF-8, UTF-16 and Windows-1252 apart. If names show wrong letters, choose." enum:"auto,utf-8,utf-16,windows-1252,iso-8859-1,iso-8859-2,iso-8859-15,windows-1250,windows-1251,windows-1254,macintosh,shift_jis,gb18030" default:"auto" group:"Format" listing:"true"`

	PageSize int `json:"page_size" title:"People a page" help:"How many are handed over at once. A run that is stopped goes on after the last page." default:"500" min:"1" max:"2000" group:"Advanced"`
}

// auto is the value of a setting that the file decides.
const auto = "auto"

// delimiters are the names of delimiters.
var delimiters = map[string]byte{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}

// dateOrder is the configured order of dates, or values.OrderUnknown.
func (c config) dateOrder() values.Order {
	if c.DateOrder == auto {
		return values.OrderUnknown
	}
	return values.Order(c.DateOrder)
}

// defaultStatus is the status of people of whom the file has none.
func (c config) defaultStatus() plugin.UserStatus {
	if c.DefaultStatus == "active" {
		return plugin.StatusActive
	}
	return 0
}

// overrides reads the mapping.
func (c config) overrides() ([]columns.Override, error) {
	overrides := make([]columns.Override, 0, len(c.Mapping))
	for i, entry := range c.Mapping {
		cut := strings.LastIndexByte(entry, '=')
		if cut <= 0 || strings.TrimSpace(entry[:cut]) == "" {
			return nil, plugin.Refuse(reasonMappingInvalid, "Entry %d of the mapping is not of the form header=attribute.", i+1)
		}
		header, attribute := strings.TrimSpace(entry[:cut]), strings.TrimSpace(entry[cut+1:])
		if attribute != "" && !columns.Known(attribute) {
			return nil, plugin.Refuse(reasonMappingInvalid, "Entry %d of the mapping gives the column %s a meaning that is not known. Known are %s.",
				i+1, quote(header), strings.Join(attributeNames(), ", "))
		}
		if slices.ContainsFunc(overrides, func(o columns.Override) bool { return columns.Same(o.Header, header) }) {
			return nil, plugin.Refuse(reasonMappingInvalid, "The mapping names the column %s twice.", quote(header))
		}
		meant := columns.Attribute(attribute)
		if meant != columns.None && !meant.Many() && slices.ContainsFunc(overrides, func(o columns.Override) bool { return o.Attribute == meant }) {
			return nil, plugin.Refuse(reasonMappingInvalid, "The mapping gives two columns the meaning %s.", attribute)
		}
		overrides = append(overrides, columns.Override{Header: header, Attribute: meant})
	}
	return overrides, nil
}

func attributeNames() []string {
	var names []string
	for _, u := range columns.Attributes() {
		names = append(names, string(u.Attribute))
	}
	return names
}

// digest stands for what decides who is listed under which id, and where pages
// end: a cursor holds for the same configuration only.
func (c config) digest() string {
	c.DateOrder, c.DefaultStatus = "", "" // neither counts for that
	object, _ := json.Marshal(c)          // strings and a number
	sum := sha256.Sum256(object)
	return hex.EncodeToString(sum[:8])
}

// Limits of header names in messages: an administrator knows a column by its
// beginning, and a file may have a thousand.
const (
	maxQuotedHeader  = 60
	maxQuotedHeaders = 40
)

// quote is a header name as messages have it.
func quote(header string) string {
	return "“" + shorten(header, maxQuotedHeader) + "”"
}

// shorten cuts a text to at most so many bytes and puts it on one line.
func shorten(text string, most int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}

// quoteAll lists header names.
func quoteAll(headers []string) string {
	quoted := make([]string, 0, maxQuotedHeaders)
	for i, header := range headers {
		if i == maxQuotedHeaders {
			quoted = append(quoted, "…")
			break
		}
		quoted = append(quoted, quote(header))
	}
	return strings.Join(quoted, ", ")
}
