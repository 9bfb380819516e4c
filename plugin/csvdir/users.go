package main

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/values"
)

// employment is what a row says about whether somebody works there.
type employment struct {
	status, inactive string
	hired, left      values.Date
	isHired, isLeft  bool
}

// record makes the record of a row that judge has given an id.
func (p *plan) record(r row, id string, day time.Time) plugin.Record {
	return plugin.Record{ID: id, User: p.user(r, day), Source: p.source(r)}
}

// user is the typed view of a row. A column that means nothing stays in the
// source.
func (p *plan) user(r row, day time.Time) *plugin.User {
	user := &plugin.User{}
	var e employment
	var others []string
	for column, attribute := range p.meaning.Columns {
		if attribute == columns.None {
			continue
		}
		value := p.value(r, column)
		if value == "" {
			continue
		}
		switch {
		case attribute == columns.Email:
			user.Emails = append(user.Emails, addresses(value, "work")...)
		case attribute == columns.OtherEmail:
			others = append(others, value)
		case attribute.IsManager():
			user.Managers = append(user.Managers, plugin.ManagerReference{Attribute: p.headers[column], Value: value})
		case attribute == columns.WorkPhone:
			user.PhoneNumbers = append(user.PhoneNumbers, plugin.PhoneNumber{Value: value, Type: "work"})
		case attribute == columns.MobilePhone:
			user.PhoneNumbers = append(user.PhoneNumbers, plugin.PhoneNumber{Value: value, Type: "mobile"})
		case attribute.IsDate():
			p.date(user, &e, attribute, value)
		default:
			if target := field(user, &e, attribute); target != nil {
				*target = value
			}
		}
	}
	for _, value := range others {
		user.Emails = append(user.Emails, addresses(value, "other")...)
	}
	if len(user.Emails) > 0 {
		user.Emails[0].Primary = true
	}
	p.decideStatus(user, e, day)
	return user
}

// field is where the text of an attribute goes.
func field(user *plugin.User, e *employment, attribute columns.Attribute) *string {
	switch attribute {
	case columns.EmployeeNumber:
		return &user.EmployeeNumber
	case columns.UserName:
		return &user.UserName
	case columns.GivenName:
		return &user.Name.Given
	case columns.MiddleName:
		return &user.Name.Middle
	case columns.FamilyName:
		return &user.Name.Family
	case columns.DisplayName:
		return &user.DisplayName
	case columns.NickName:
		return &user.NickName
	case columns.HonorificPrefix:
		return &user.Name.HonorificPrefix
	case columns.HonorificSuffix:
		return &user.Name.HonorificSuffix
	case columns.Title:
		return &user.Title
	case columns.Department:
		return &user.Department
	case columns.Division:
		return &user.Division
	case columns.Organization:
		return &user.Organization
	case columns.CostCenter:
		return &user.CostCenter
	case columns.UserType:
		return &user.UserType
	case columns.Status:
		return &e.status
	case columns.Inactive:
		return &e.inactive
	case columns.StreetAddress:
		return &user.Address.StreetAddress
	case columns.City:
		return &user.Address.Locality
	case columns.Region:
		return &user.Address.Region
	case columns.PostalCode:
		return &user.Address.PostalCode
	case columns.Country:
		return &user.Address.Country
	case columns.Language:
		return &user.PreferredLanguage
	case columns.Locale:
		return &user.Locale
	case columns.TimeZone:
		return &user.TimeZone
	case columns.ProfileURL:
		return &user.ProfileURL
	default:
		return nil // the id, which the record has
	}
}

// date keeps a date. What is no date, or one of two days, stays in the source.
func (p *plan) date(user *plugin.User, e *employment, attribute columns.Attribute, value string) {
	d, ok := values.ParseDate(value, p.order)
	if !ok {
		return
	}
	day, certain := d.Day()
	switch {
	case attribute == columns.HireDate:
		e.hired, e.isHired = d, true
	case attribute == columns.TerminationDate:
		e.left, e.isLeft = d, true
	case !certain:
	case attribute == columns.Created:
		user.Created = instant(value, day)
	case attribute == columns.LastUpdated:
		user.LastUpdated = instant(value, day)
	case attribute == columns.LastLogin:
		user.LastLogin = instant(value, day)
	}
}

// instant is a time where the value has one with its zone, and the day otherwise.
func instant(value string, day time.Time) time.Time {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t
	}
	return day
}

// decideStatus gives a person a status: a day of leaving that is over tells more
// than a word, a word more than a day of entry that is to come, and without any of
// them it is the configured one. A day of leaving before the day of entry is an
// earlier employment's.
func (p *plan) decideStatus(user *plugin.User, e employment, day time.Time) {
	user.Status = e.status
	kind, known := values.Status(e.status)
	if e.inactive != "" {
		known, kind = p.decideInactive(user, &e, known, kind)
	}
	if e.isLeft && !e.rehired() {
		past, certain := e.left.Before(day)
		switch {
		case certain && past:
			kind, known = plugin.StatusDeprovisioned, true
			user.StatusChanged = e.left.Certain()
		case !certain && !known:
			return // it depends on the order of the date's parts
		}
	}
	if e.isHired {
		future, certain := e.hired.After(day)
		switch {
		case certain && future && (!known || kind == plugin.StatusActive):
			kind, known = plugin.StatusPending, true
		case certain && !future:
			user.Activated = e.hired.Certain()
		}
	}
	switch {
	case known:
		user.StatusKind = kind
	case e.status == "":
		user.StatusKind = p.fallback
	}
}

// decideInactive reads a column such as Inactive or Disabled: yes, no, or the day
// since when.
func (p *plan) decideInactive(user *plugin.User, e *employment, known bool, kind plugin.UserStatus) (bool, plugin.UserStatus) {
	if user.Status == "" {
		user.Status = e.inactive
	}
	answer, ok := values.Status(e.inactive)
	switch {
	case ok && answer == plugin.StatusActive: // yes, inactive
		return true, plugin.StatusDeprovisioned
	case ok && !known:
		return true, plugin.StatusActive
	case ok:
		return known, kind
	}
	if d, isDate := values.ParseDate(e.inactive, p.order); isDate && !e.isLeft {
		e.left, e.isLeft = d, true
	}
	return known, kind
}

// rehired reports whether the day of leaving is that of an earlier employment.
func (e employment) rehired() bool {
	left, certainLeft := e.left.Day()
	hired, certainHired := e.hired.Day()
	return e.isHired && certainLeft && certainHired && left.Before(hired)
}

// addresses reads a cell with an e-mail address, or with several.
func addresses(value, kind string) []plugin.Email {
	if strings.Count(value, "@") < 2 {
		return []plugin.Email{{Value: value, Type: kind}}
	}
	var list []plugin.Email
	for address := range strings.FieldsFuncSeq(value, betweenAddresses) {
		if strings.Contains(address, "@") {
			list = append(list, plugin.Email{Value: address, Type: kind})
		}
	}
	return list
}

func betweenAddresses(r rune) bool { return strings.ContainsRune(",; \t\r\n|<>", r) }

// firstAddress is the first of a cell's e-mail addresses.
func firstAddress(value string) string {
	if list := addresses(value, ""); len(list) > 0 {
		return list[0].Value
	}
	return ""
}

// source is the row as an object of header and value, in the order of the
// columns, each value as it is written but for passwords, which are left empty; of
// JSON lines, the line itself.
func (p *plan) source(r row) []byte {
	if r.source != nil {
		return r.source
	}
	size := 2
	for _, cell := range r.cells {
		size += len(cell) + 3
	}
	for _, name := range p.quoted {
		size += len(name)
	}
	object := append(make([]byte, 0, size), '{')
	for i, name := range p.quoted {
		if i > 0 {
			object = append(object, ',')
		}
		object = append(object, name...)
		cell := ""
		if i < len(r.cells) && !p.secret[i] {
			cell = r.cells[i]
		}
		object = appendJSON(object, cell)
	}
	return append(object, '}')
}

func secretColumns(headers []string) []bool {
	secret := make([]bool, len(headers))
	for i, header := range headers {
		secret[i] = columns.IsSecret(header)
	}
	return secret
}

// quoteHeaders writes the names of columns as those of an object's members.
func quoteHeaders(headers []string) [][]byte {
	quoted := make([][]byte, len(headers))
	for i, header := range headers {
		quoted[i] = append(appendJSON(nil, header), ':')
	}
	return quoted
}

// appendJSON appends a text as JSON, with no more escapes than JSON asks for.
func appendJSON(to []byte, text string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	to = append(to, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c == '\n':
			to = append(to, '\\', 'n')
		case c == '\r':
			to = append(to, '\\', 'r')
		case c == '\t':
			to = append(to, '\\', 't')
		case c < ' ' || c == 0x7f:
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}

// schema describes the source objects of a file.
func (p *plan) schema() []byte {
	properties := make(map[string]any, len(p.headers))
	for i, header := range p.headers {
		property := map[string]any{}
		if attribute := p.meaning.Columns[i]; attribute != columns.None {
			property["description"] = "Read as " + string(attribute) + "."
		}
		properties[header] = property
	}
	schema, _ := json.Marshal(map[string]any{ // strings only
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Row of the file", "type": "object", "properties": properties,
	})
	return schema
}
