package main

import (
	"bytes"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// appendLine appends a record as one line of JSON:
//
//	{"resource":"users","id":"00u…","user":{…},"source":{…}}
//
// The typed view is what protojson writes with the contract's own field names;
// a test compares the two. protojson itself takes ten times as long, which at
// 100,000 people is more than the rest of the way from Okta.
//
// source is the service's own bytes. They are JSON, so line breaks can only
// stand between tokens, where a blank does as well.
func appendLine(b []byte, r *connectorv1.Record) []byte {
	b = append(b, `{"resource":`...)
	b = appendString(b, r.GetResource())
	b = append(b, `,"id":`...)
	b = appendString(b, r.GetId())
	switch {
	case r.HasUser():
		b = append(b, `,"user":`...)
		b = appendUser(b, r.GetUser())
	case r.HasGroup():
		b = append(b, `,"group":`...)
		b = appendGroup(b, r.GetGroup())
	}
	b = append(b, `,"source":`...)
	start := len(b)
	if len(r.GetSource()) == 0 {
		b = append(b, "null"...)
	}
	b = append(b, r.GetSource()...)
	unbreak(b[start:])
	return append(b, '}', '\n')
}

// unbreak replaces line breaks with blanks.
func unbreak(text []byte) {
	for _, lineBreak := range []byte{'\n', '\r'} {
		for rest := text; ; {
			i := bytes.IndexByte(rest, lineBreak)
			if i < 0 {
				break
			}
			rest[i] = ' '
			rest = rest[i+1:]
		}
	}
}

func appendUser(b []byte, u *connectorv1.User) []byte {
	o := open(b)
	o.text("user_name", u.GetUserName())
	if u.HasName() {
		name := u.GetName()
		inner := o.object("name")
		inner.text("given", name.GetGiven())
		inner.text("middle", name.GetMiddle())
		inner.text("family", name.GetFamily())
		inner.text("honorific_prefix", name.GetHonorificPrefix())
		inner.text("honorific_suffix", name.GetHonorificSuffix())
		o.close(inner)
	}
	o.text("display_name", u.GetDisplayName())
	o.text("nick_name", u.GetNickName())
	o.text("profile_url", u.GetProfileUrl())
	list(&o, "emails", u.GetEmails(), func(e *object, email *connectorv1.Email) {
		e.text("value", email.GetValue())
		e.text("type", email.GetType())
		if email.GetPrimary() {
			e.key("primary")
			e.b = append(e.b, "true"...)
		}
	})
	list(&o, "phone_numbers", u.GetPhoneNumbers(), func(e *object, number *connectorv1.PhoneNumber) {
		e.text("value", number.GetValue())
		e.text("type", number.GetType())
	})
	if u.HasAddress() {
		address := u.GetAddress()
		inner := o.object("address")
		inner.text("street_address", address.GetStreetAddress())
		inner.text("locality", address.GetLocality())
		inner.text("region", address.GetRegion())
		inner.text("postal_code", address.GetPostalCode())
		inner.text("country", address.GetCountry())
		inner.text("formatted", address.GetFormatted())
		o.close(inner)
	}
	o.text("title", u.GetTitle())
	o.text("department", u.GetDepartment())
	o.text("division", u.GetDivision())
	o.text("organization", u.GetOrganization())
	o.text("cost_center", u.GetCostCenter())
	o.text("employee_number", u.GetEmployeeNumber())
	o.text("user_type", u.GetUserType())
	if u.HasAccountType() {
		inner := o.object("account_type")
		inner.text("id", u.GetAccountType().GetId())
		inner.text("name", u.GetAccountType().GetName())
		o.close(inner)
	}
	list(&o, "managers", u.GetManagers(), func(e *object, manager *connectorv1.ManagerReference) {
		e.text("attribute", manager.GetAttribute())
		e.text("value", manager.GetValue())
	})
	o.text("preferred_language", u.GetPreferredLanguage())
	o.text("locale", u.GetLocale())
	o.text("time_zone", u.GetTimeZone())
	o.text("status", u.GetStatus())
	if kind := u.GetStatusKind(); kind != connectorv1.UserStatus_USER_STATUS_UNSPECIFIED {
		o.text("status_kind", kind.String())
	}
	o.text("transitioning_to_status", u.GetTransitioningToStatus())
	o.time("created", u.GetCreated())
	o.time("activated", u.GetActivated())
	o.time("status_changed", u.GetStatusChanged())
	o.time("last_login", u.GetLastLogin())
	o.time("last_updated", u.GetLastUpdated())
	o.time("password_changed", u.GetPasswordChanged())
	return append(o.b, '}')
}

func appendGroup(b []byte, g *connectorv1.Group) []byte {
	o := open(b)
	o.text("name", g.GetName())
	o.text("description", g.GetDescription())
	o.text("type", g.GetType())
	o.time("created", g.GetCreated())
	o.time("last_updated", g.GetLastUpdated())
	o.time("last_membership_updated", g.GetLastMembershipUpdated())
	return append(o.b, '}')
}

// object is a JSON object being written. Fields that are empty are left out.
type object struct {
	b     []byte
	empty bool
}

func open(b []byte) object { return object{b: append(b, '{'), empty: true} }

func (o *object) key(name string) {
	if !o.empty {
		o.b = append(o.b, ',')
	}
	o.empty = false
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

func (o *object) text(name, value string) {
	if value != "" {
		o.key(name)
		o.b = appendString(o.b, value)
	}
}

// time writes a timestamp as RFC 3339 with as many threes of decimals as it
// needs, as the protobuf JSON mapping asks.
func (o *object) time(name string, value *timestamppb.Timestamp) {
	if value == nil {
		return
	}
	o.key(name)
	layout := "2006-01-02T15:04:05Z"
	switch nanos := value.GetNanos(); {
	case nanos == 0:
	case nanos%1_000_000 == 0:
		layout = "2006-01-02T15:04:05.000Z"
	case nanos%1_000 == 0:
		layout = "2006-01-02T15:04:05.000000Z"
	default:
		layout = "2006-01-02T15:04:05.000000000Z"
	}
	o.b = append(o.b, '"')
	o.b = time.Unix(value.GetSeconds(), int64(value.GetNanos())).UTC().AppendFormat(o.b, layout)
	o.b = append(o.b, '"')
}

// object begins an object within this one; close ends it.
func (o *object) object(name string) object {
	o.key(name)
	return open(o.b)
}

func (o *object) close(inner object) { o.b = append(inner.b, '}') }

func list[T any](o *object, name string, elements []T, write func(*object, T)) {
	if len(elements) == 0 {
		return
	}
	o.key(name)
	o.b = append(o.b, '[')
	for i, element := range elements {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		inner := open(o.b)
		write(&inner, element)
		o.close(inner)
	}
	o.b = append(o.b, ']')
}

// escaped marks the bytes that RFC 8259 says must be escaped in a string.
var escaped = func() (table [256]bool) {
	for c := range table {
		table[c] = c < ' ' || c == '"' || c == '\\'
	}
	return table
}()

// appendString appends a JSON string. It escapes what must be escaped and
// nothing else, and replaces what is not UTF-8.
func appendString(b []byte, s string) []byte {
	if !utf8.ValidString(s) { // the contract's strings are UTF-8; be safe all the same
		s = string([]rune(s)) // a replacement for each byte, as encoding/json has it
	}
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if !escaped[c] {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
