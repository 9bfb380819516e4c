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

// arena holds the messages of one page: a page of 200 people has some 4,000,
// and they live and die together.
type arena struct {
	records      slab[connectorv1.Record]
	users        slab[connectorv1.User]
	names        slab[connectorv1.Name]
	addresses    slab[connectorv1.Address]
	accountTypes slab[connectorv1.AccountType]
	emails       slab[connectorv1.Email]
	phoneNumbers slab[connectorv1.PhoneNumber]
	managers     slab[connectorv1.ManagerReference]
	timestamps   slab[timestamppb.Timestamp]
}

func (a *arena) record(resource string, r Record) *connectorv1.Record {
	message := a.records.next()
	message.SetResource(resource)
	message.SetId(r.ID)
	message.SetSource(r.Source)
	switch {
	case r.User != nil:
		message.SetUser(a.user(r.User))
	case r.Group != nil:
		message.SetGroup(a.group(r.Group))
	}
	return message
}

func (a *arena) user(u *User) *connectorv1.User {
	message := a.users.next()
	message.SetUserName(u.UserName)
	message.SetName(a.name(u.Name))
	message.SetDisplayName(u.DisplayName)
	message.SetNickName(u.NickName)
	message.SetProfileUrl(u.ProfileURL)
	message.SetEmails(each(u.Emails, a.email))
	message.SetPhoneNumbers(each(u.PhoneNumbers, a.phoneNumber))
	message.SetAddress(a.address(u.Address))
	message.SetTitle(u.Title)
	message.SetDepartment(u.Department)
	message.SetDivision(u.Division)
	message.SetOrganization(u.Organization)
	message.SetCostCenter(u.CostCenter)
	message.SetEmployeeNumber(u.EmployeeNumber)
	message.SetUserType(u.UserType)
	message.SetAccountType(a.accountType(u.AccountType))
	message.SetManagers(each(u.Managers, a.manager))
	message.SetPreferredLanguage(u.PreferredLanguage)
	message.SetLocale(u.Locale)
	message.SetTimeZone(u.TimeZone)
	message.SetStatus(u.Status)
	message.SetStatusKind(connectorv1.UserStatus(u.StatusKind)) //nolint:gosec // same order, see convert_test.go
	message.SetTransitioningToStatus(u.TransitioningToStatus)
	message.SetCreated(a.timestamp(u.Created))
	message.SetActivated(a.timestamp(u.Activated))
	message.SetStatusChanged(a.timestamp(u.StatusChanged))
	message.SetLastLogin(a.timestamp(u.LastLogin))
	message.SetLastUpdated(a.timestamp(u.LastUpdated))
	message.SetPasswordChanged(a.timestamp(u.PasswordChanged))
	return message
}

func (a *arena) name(n Name) *connectorv1.Name {
	if n == (Name{}) {
		return nil
	}
	message := a.names.next()
	message.SetGiven(n.Given)
	message.SetMiddle(n.Middle)
	message.SetFamily(n.Family)
	message.SetHonorificPrefix(n.HonorificPrefix)
	message.SetHonorificSuffix(n.HonorificSuffix)
	return message
}

func (a *arena) email(e Email) *connectorv1.Email {
	message := a.emails.next()
	message.SetValue(e.Value)
	message.SetType(e.Type)
	message.SetPrimary(e.Primary)
	return message
}

func (a *arena) phoneNumber(n PhoneNumber) *connectorv1.PhoneNumber {
	message := a.phoneNumbers.next()
	message.SetValue(n.Value)
	message.SetType(n.Type)
	return message
}

func (a *arena) address(r Address) *connectorv1.Address {
	if r == (Address{}) {
		return nil
	}
	message := a.addresses.next()
	message.SetStreetAddress(r.StreetAddress)
	message.SetLocality(r.Locality)
	message.SetRegion(r.Region)
	message.SetPostalCode(r.PostalCode)
	message.SetCountry(r.Country)
	message.SetFormatted(r.Formatted)
	return message
}

func (a *arena) accountType(t AccountType) *connectorv1.AccountType {
	if t == (AccountType{}) {
		return nil
	}
	message := a.accountTypes.next()
	message.SetId(t.ID)
	message.SetName(t.Name)
	return message
}

func (a *arena) manager(m ManagerReference) *connectorv1.ManagerReference {
	message := a.managers.next()
	message.SetAttribute(m.Attribute)
	message.SetValue(m.Value)
	return message
}

func (a *arena) group(g *Group) *connectorv1.Group {
	return connectorv1.Group_builder{
		Name: g.Name, Description: g.Description, Type: g.Type,
		Created: a.timestamp(g.Created), LastUpdated: a.timestamp(g.LastUpdated),
		LastMembershipUpdated: a.timestamp(g.LastMembershipUpdated),
	}.Build()
}

func (a *arena) timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	message := a.timestamps.next()
	message.Seconds, message.Nanos = t.Unix(), int32(t.Nanosecond()) //nolint:gosec // below 1e9
	return message
}

// slab allocates messages of one type some at a time, first few, then more.
type slab[T any] struct {
	free []T
	size int // of the last allocation, in messages
}

// The first allocation is small, for pages of one person; later ones are large
// enough to hardly feel each.
const (
	slabFirst = 4
	slabMost  = 64
)

// next is a zero message.
func (s *slab[T]) next() *T {
	if len(s.free) == 0 {
		s.size = min(max(slabFirst, 2*s.size), slabMost)
		s.free = make([]T, s.size)
	}
	message := &s.free[0]
	s.free = s.free[1:]
	return message
}

// each converts a list; an empty one is absent.
func each[T, M any](list []T, convert func(T) *M) []*M {
	if len(list) == 0 {
		return nil
	}
	out := make([]*M, len(list))
	for i, element := range list {
		out[i] = convert(element)
	}
	return out
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
