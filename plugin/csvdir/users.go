package main

import (
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/values"
)

// employment is what a row says about whether somebody works there.
type employment struct {
	status, inactive string
	leaving          string // in the place of the day of leaving, but no date
	hired, left      values.Date
	isHired, isLeft  bool
	isUnread         bool // something tells of leaving, and can't be read
}

// record makes the record of a row that judge has given an id.
func (p *plan) record(r row, id string, day time.Time) plugin.Record {
	user, _ := p.user(r, day)
	return plugin.Record{ID: id, User: user, Source: p.source(r)}
}

// user is the typed view of a row, and what it was told of the employment. A
// column that means nothing stays in the source.
func (p *plan) user(r row, day time.Time) (*plugin.User, employment) {
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
	p.decideStatus(user, &e, day)
	return user, e
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

// date keeps a date. What is none, or one of two days, stays in the source; in
// the place of a day of leaving it may tell of the status.
func (p *plan) date(user *plugin.User, e *employment, attribute columns.Attribute, value string) {
	d, ok := values.ParseDate(value, p.order)
	if !ok {
		if attribute == columns.TerminationDate {
			e.leaving = value
		}
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
