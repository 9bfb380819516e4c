package main

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// memberAttributes name a group's members: by DN, in RFC 4519 and Active Directory,
// and by login in RFC 2307.
var memberAttributes = []string{"member", "uniqueMember", "memberUid"}

// memberships reads who is in which group, on one connection.
type memberships struct {
	*listing
	side *sideConn

	sent      map[string]bool // ids of users in the group in hand
	strangers int             // members who are no users
	ambiguous int             // logins that several users have
}

// listMemberships reads groups with their members, and emits one item for each
// user in one.
func (l *listing) listMemberships(ctx context.Context, conn *directory.Conn) error {
	if l.people == nil {
		found, err := l.readPeople(ctx, conn)
		if err != nil {
			return err
		}
		l.people = found
	}
	m := &memberships{listing: l, side: &sideConn{settings: l.settings}, sent: map[string]bool{}}
	defer m.side.close()
	attributes := append(append([]string{}, l.dialect.ids...), memberAttributes...)
	err := l.list(ctx, conn, l.search(l.groupBase, l.groupFilter, attributes), func(group *ldap.Entry) error {
		return m.readGroup(ctx, group)
	})
	if m.strangers > 0 {
		l.log.Info("members of groups that are no users were left out", slog.Int("members", m.strangers))
	}
	if m.ambiguous > 0 {
		l.log.Warn("members of groups were left out whose login several users have", slog.Int("members", m.ambiguous))
	}
	return err
}

// readGroup emits each user in a group once, by however many names the group has
// the user (RFC 2307bis and FreeIPA have DN and login).
func (m *memberships) readGroup(ctx context.Context, group *ldap.Entry) error {
	m.entries++
	id := m.dialect.id(readEntry(group))
	if id == "" {
		return nil // it is reported where groups are listed
	}
	m.readable++
	clear(m.sent)
	return eachMember(ctx, m.side, group, func(kind, member string) error {
		m.members++
		user, known := m.people[memberKey(kind, member)]
		switch {
		case !known:
			m.strangers++
		case user == "":
			m.ambiguous++
		case !m.sent[user]:
			m.sent[user] = true
			return m.emit(membership(id, user))
		}
		return m.alive()
	})
}

// membership is the record of a user in a group.
func membership(group, user string) item {
	source, _ := json.Marshal(map[string]string{"id": group + "/" + user, "group": group, "user": user}) // strings only
	id := group + "/" + user
	return item{key: id, record: plugin.Record{ID: id, Source: source}}
}
