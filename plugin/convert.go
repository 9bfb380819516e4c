package plugin

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// This file turns the SDK's types into the contract's. Zero values become
// absent fields.

func toRecord(resource string, r Record) *connectorv1.Record {
	message := &connectorv1.Record{}
	message.SetResource(resource)
	message.SetId(r.ID)
	message.SetSource(r.Source)
	switch {
	case r.User != nil:
		message.SetUser(toUser(r.User))
	case r.Group != nil:
		message.SetGroup(toGroup(r.Group))
	}
	return message
}

// fieldOverhead is more than the tags, lengths and numbers of a record, of a
// user with every field set (34 strings, 6 timestamps, 4 messages) and of a
// group take together; elementOverhead the same for an element of a list.
const (
	fieldOverhead   = 512
	elementOverhead = 32
)

// sizeBound is at least the size of toRecord's message within a page.
func sizeBound(resource string, r Record) int {
	size := fieldOverhead + len(resource) + len(r.ID) + len(r.Source)
	if u := r.User; u != nil {
		for _, text := range [...]*string{
			&u.UserName, &u.Name.Given, &u.Name.Middle, &u.Name.Family, &u.Name.HonorificPrefix, &u.Name.HonorificSuffix,
			&u.DisplayName, &u.NickName, &u.ProfileURL, &u.Address.StreetAddress, &u.Address.Locality, &u.Address.Region,
			&u.Address.PostalCode, &u.Address.Country, &u.Address.Formatted, &u.Title, &u.Department, &u.Division,
			&u.Organization, &u.CostCenter, &u.EmployeeNumber, &u.UserType, &u.AccountType.ID, &u.AccountType.Name,
			&u.PreferredLanguage, &u.Locale, &u.TimeZone, &u.Status, &u.TransitioningToStatus,
		} {
			size += len(*text)
		}
		for _, e := range u.Emails {
			size += elementOverhead + len(e.Value) + len(e.Type)
		}
		for _, n := range u.PhoneNumbers {
			size += elementOverhead + len(n.Value) + len(n.Type)
		}
		for _, m := range u.Managers {
			size += elementOverhead + len(m.Attribute) + len(m.Value)
		}
	}
	if g := r.Group; g != nil {
		size += len(g.Name) + len(g.Description) + len(g.Type)
	}
	return size
}

func toUser(u *User) *connectorv1.User {
	return connectorv1.User_builder{
		UserName:              u.UserName,
		Name:                  toName(u.Name),
		DisplayName:           u.DisplayName,
		NickName:              u.NickName,
		ProfileUrl:            u.ProfileURL,
		Emails:                toEmails(u.Emails),
		PhoneNumbers:          toPhoneNumbers(u.PhoneNumbers),
		Address:               toAddress(u.Address),
		Title:                 u.Title,
		Department:            u.Department,
		Division:              u.Division,
		Organization:          u.Organization,
		CostCenter:            u.CostCenter,
		EmployeeNumber:        u.EmployeeNumber,
		UserType:              u.UserType,
		AccountType:           toAccountType(u.AccountType),
		Managers:              toManagers(u.Managers),
		PreferredLanguage:     u.PreferredLanguage,
		Locale:                u.Locale,
		TimeZone:              u.TimeZone,
		Status:                u.Status,
		StatusKind:            connectorv1.UserStatus(u.StatusKind), //nolint:gosec // same order, see convert_test.go
		TransitioningToStatus: u.TransitioningToStatus,
		Created:               toTimestamp(u.Created),
		Activated:             toTimestamp(u.Activated),
		StatusChanged:         toTimestamp(u.StatusChanged),
		LastLogin:             toTimestamp(u.LastLogin),
		LastUpdated:           toTimestamp(u.LastUpdated),
		PasswordChanged:       toTimestamp(u.PasswordChanged),
	}.Build()
}

func toName(n Name) *connectorv1.Name {
	if n == (Name{}) {
		return nil
	}
	return connectorv1.Name_builder{
		Given: n.Given, Middle: n.Middle, Family: n.Family,
		HonorificPrefix: n.HonorificPrefix, HonorificSuffix: n.HonorificSuffix,
	}.Build()
}

func toEmails(emails []Email) []*connectorv1.Email {
	if len(emails) == 0 {
		return nil
	}
	out := make([]*connectorv1.Email, len(emails))
	for i, e := range emails {
		out[i] = connectorv1.Email_builder{Value: e.Value, Type: e.Type, Primary: e.Primary}.Build()
	}
	return out
}

func toPhoneNumbers(numbers []PhoneNumber) []*connectorv1.PhoneNumber {
	if len(numbers) == 0 {
		return nil
	}
	out := make([]*connectorv1.PhoneNumber, len(numbers))
	for i, n := range numbers {
		out[i] = connectorv1.PhoneNumber_builder{Value: n.Value, Type: n.Type}.Build()
	}
	return out
}

func toAddress(a Address) *connectorv1.Address {
	if a == (Address{}) {
		return nil
	}
	return connectorv1.Address_builder{
		StreetAddress: a.StreetAddress, Locality: a.Locality, Region: a.Region,
		PostalCode: a.PostalCode, Country: a.Country, Formatted: a.Formatted,
	}.Build()
}

func toAccountType(t AccountType) *connectorv1.AccountType {
	if t == (AccountType{}) {
		return nil
	}
	return connectorv1.AccountType_builder{Id: t.ID, Name: t.Name}.Build()
}

func toManagers(managers []ManagerReference) []*connectorv1.ManagerReference {
	if len(managers) == 0 {
		return nil
	}
	out := make([]*connectorv1.ManagerReference, len(managers))
	for i, m := range managers {
		out[i] = connectorv1.ManagerReference_builder{Attribute: m.Attribute, Value: m.Value}.Build()
	}
	return out
}

func toGroup(g *Group) *connectorv1.Group {
	return connectorv1.Group_builder{
		Name: g.Name, Description: g.Description, Type: g.Type,
		Created: toTimestamp(g.Created), LastUpdated: toTimestamp(g.LastUpdated),
		LastMembershipUpdated: toTimestamp(g.LastMembershipUpdated),
	}.Build()
}

func toTimestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func toDuration(d time.Duration) *durationpb.Duration {
	if d <= 0 {
		return nil
	}
	return durationpb.New(d)
}

func toResource(r Resource) *connectorv1.Resource {
	return connectorv1.Resource_builder{
		Name: r.Name, Title: r.Title, Kind: connectorv1.ResourceKind(r.Kind), //nolint:gosec // same order
		KeyField: r.KeyField, SchemaJson: r.Schema,
		Modes:             []connectorv1.SyncMode{connectorv1.SyncMode_SYNC_MODE_FULL},
		SuggestedInterval: toDuration(r.SuggestedInterval),
		RequiredScopes:    r.RequiredScopes, MissingScopes: r.MissingScopes,
	}.Build()
}

// checkStatuses maps the SDK's outcomes, whose zero value is skipped, to the
// contract's, whose zero value is never sent.
var checkStatuses = map[CheckStatus]connectorv1.CheckStatus{
	CheckSkipped: connectorv1.CheckStatus_CHECK_STATUS_SKIPPED,
	CheckOK:      connectorv1.CheckStatus_CHECK_STATUS_OK,
	CheckWarn:    connectorv1.CheckStatus_CHECK_STATUS_WARN,
	CheckFail:    connectorv1.CheckStatus_CHECK_STATUS_FAIL,
}

func (d declarations) toCheck(c Check) *connectorv1.Check {
	fix := c.Fix
	if fix == "" && (c.Status == CheckFail || c.Status == CheckWarn) {
		fix = d[c.Reason].Fix
	}
	return connectorv1.Check_builder{
		Name: c.Name, Title: c.Title, Status: checkStatuses[c.Status],
		Reason: text(c.Reason), Detail: text(c.Detail), Fix: text(fix), Took: toDuration(c.Took),
	}.Build()
}

func (d declarations) toRefusal(r *Refusal) *connectorv1.Refusal {
	declared := d[r.Reason]
	class, fix := r.Class, r.Fix
	if class == NoClass {
		class = declared.Class
	}
	if class == NoClass {
		class = ConnectorFault
	}
	if fix == "" {
		fix = declared.Fix
	}
	return connectorv1.Refusal_builder{
		Class:  connectorv1.Class(class), //nolint:gosec // same order
		Reason: text(r.Reason), Message: text(r.Message), Fix: text(fix),
		RetryAfter: toDuration(r.RetryAfter), Metadata: texts(r.Metadata),
	}.Build()
}

// text is a text as protobuf takes it: a message with bytes that are no UTF-8
// would not be sent at all, and what it says would be lost.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func texts(facts map[string]string) map[string]string {
	out := make(map[string]string, len(facts))
	for key, value := range facts {
		out[text(key)] = text(value)
	}
	return out
}

func toReason(r Reason) *connectorv1.ReasonDescription {
	return connectorv1.ReasonDescription_builder{
		Reason: r.Name, Class: connectorv1.Class(r.Class), Title: r.Title, Fix: r.Fix, //nolint:gosec // same order
	}.Build()
}
