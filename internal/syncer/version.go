package syncer

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// person is a record on its way into the store.
type person struct {
	record *connectorv1.Record
	times  store.Times
	// instants are all times of the view; see visibleHash.
	instants []time.Time
	// view is the marshalled view without the volatile times; nil for a record
	// that is no user.
	view []byte
}

// newPerson takes the volatile times out of the record's view: those of
// [store.Times]. They change without anybody noticing, some of them each day;
// the others (created, activated, status changed) change with something that
// somebody did, and are part of what people see.
func newPerson(record *connectorv1.Record) *person {
	p := &person{record: record}
	user := record.GetUser()
	if user == nil {
		return p
	}
	for _, t := range []*timestamppb.Timestamp{
		user.GetCreated(), user.GetActivated(), user.GetStatusChanged(),
		user.GetLastLogin(), user.GetLastUpdated(), user.GetPasswordChanged(),
	} {
		if t.IsValid() {
			p.instants = append(p.instants, t.AsTime())
		}
	}
	p.times = store.Times{
		LastLogin:       instant(user.GetLastLogin()),
		PasswordChanged: instant(user.GetPasswordChanged()),
		LastUpdated:     instant(user.GetLastUpdated()),
	}
	user.ClearLastLogin()
	user.ClearPasswordChanged()
	user.ClearLastUpdated()
	view, err := proto.MarshalOptions{Deterministic: true}.Marshal(user)
	if err == nil { // it came as a message, and so can be one again
		p.view = view
	}
	return p
}

// instant is a time, zero where there is none.
func instant(t *timestamppb.Timestamp) time.Time {
	if !t.IsValid() {
		return time.Time{}
	}
	return t.AsTime()
}

// sourceHash is a hash of the source as it came, and of what the connector made
// of it: a name that was looked up elsewhere, or a newer connector that reads
// more, is a reason to look again. SHA-256 costs 2 µs a person on processors
// that have instructions for it, and is the same everywhere and for ever.
func (p *person) sourceHash() []byte {
	hash := sha256.New()
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(p.view)))
	hash.Write(length[:])
	hash.Write(p.view)
	hash.Write(p.record.GetSource())
	return hash.Sum(nil)[:store.HashBytes]
}

// version is the person as of this run.
func (p *person) version() store.Version {
	source := p.record.GetSource()
	v := store.Version{
		Visible: visibleHash(p.view, source, p.instants),
		Access:  true,
		View:    p.view,
		Source:  source,
	}
	user := p.record.GetUser()
	if user == nil {
		v.Name = cmp.Or(p.record.GetGroup().GetName(), p.record.GetId())
		return v
	}
	v.UserName, v.Email = user.GetUserName(), emailOf(user)
	v.Title, v.Department = user.GetTitle(), user.GetDepartment()
	v.Status = statusOf(user)
	v.Access = user.GetStatusKind() != connectorv1.UserStatus_USER_STATUS_DEPROVISIONED
	v.Name = cmp.Or(strings.TrimSpace(user.GetDisplayName()), fullName(user.GetName()), user.GetUserName(), v.Email, p.record.GetId())
	return v
}

// statusOf is the service's own word for the status; where it has none, as a file
// with dates only, that of the contract.
func statusOf(user *connectorv1.User) string {
	kind := user.GetStatusKind()
	if user.GetStatus() != "" || kind == connectorv1.UserStatus_USER_STATUS_UNSPECIFIED {
		return user.GetStatus()
	}
	return strings.TrimPrefix(kind.String(), "USER_STATUS_")
}

// fullName puts a name together of its parts.
func fullName(name *connectorv1.Name) string {
	return strings.TrimSpace(strings.TrimSpace(name.GetGiven()) + " " + strings.TrimSpace(name.GetFamily()))
}

// emailOf is the address to use: the primary one, or else the first.
func emailOf(user *connectorv1.User) string {
	for _, email := range user.GetEmails() {
		if email.GetPrimary() {
			return email.GetValue()
		}
	}
	if emails := user.GetEmails(); len(emails) > 0 {
		return emails[0].GetValue()
	}
	return ""
}
