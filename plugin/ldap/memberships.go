package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/attribute"
	"patchbay.example/plugin/ldap/internal/directory"
)

// reasonTooManyPeople: groups name members by DN, and the ids for these are kept in
// memory.
const reasonTooManyPeople = "TOO_MANY_PEOPLE"

// defaultMaxPeople bounds them: a million take about 150 MB.
const defaultMaxPeople = 1_000_000

// memberAttributes name a group's members: by DN, in RFC 4519 and Active Directory,
// and by login in RFC 2307.
var memberAttributes = []string{"member", "uniqueMember", "memberUid"}

// directoryIDs are the ids of users by a hash of what groups call them.
type directoryIDs map[[16]byte]string

func memberKey(kind, name string) [16]byte {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return [16]byte(sum[:16])
}

// foldDN writes a DN so that two of the same entry are equal texts.
func foldDN(dn string) string {
	if parsed, err := ldap.ParseDN(dn); err == nil {
		dn = parsed.String()
	}
	return strings.ToLower(dn)
}

// readPeople reads who there is, for memberships.
func (l *listing) readPeople(ctx context.Context, conn *directory.Conn) (directoryIDs, error) {
	found, persons := directoryIDs{}, 0
	attributes := append([]string{"uid"}, l.dialect.ids...)
	_, err := conn.List(ctx, l.search(l.base, l.userFilter, attributes), func(from *ldap.Entry) error {
		e := readEntry(from)
		if id := l.dialect.id(e); id != "" {
			persons++
			found[memberKey("dn", foldDN(e.dn))] = id
			for _, uid := range e.byKey["uid"] {
				found[memberKey("uid", strings.ToLower(uid))] = id
			}
		}
		if persons > l.limits.maxPeople {
			return plugin.Refuse(reasonTooManyPeople, "The directory has more than %d people, and memberships can be read for that many only.", l.limits.maxPeople)
		}
		return l.alive()
	}, func(bool) error { return nil })
	return found, err
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
	side := &sideConn{settings: l.settings}
	defer side.close()
	strangers := 0
	attributes := append(append([]string{}, l.dialect.ids...), memberAttributes...)
	err := l.list(ctx, conn, l.search(l.groupBase, l.groupFilter, attributes), func(from *ldap.Entry) error {
		group := l.dialect.id(readEntry(from))
		if group == "" {
			return nil // a group without an id is reported where groups are listed
		}
		return l.members(ctx, side, from, func(kind, member string) error {
			user, ok := l.people[memberKey(kind, member)]
			if !ok {
				strangers++
				return l.alive()
			}
			return l.emit(membership(group, user))
		})
	})
	if strangers > 0 {
		l.log.Info("members of groups that are no users were left out", slog.Int("members", strangers))
	}
	return err
}

// membership is the record of a user in a group.
func membership(group, user string) item {
	source, _ := json.Marshal(map[string]string{"id": group + "/" + user, "group": group, "user": user}) // strings only
	id := group + "/" + user
	return item{key: id, record: plugin.Record{ID: id, Source: source}}
}

// members calls visit for each member of a group: with "dn" and a folded DN, or
// with "uid" and a login. Where the server sent only the first part of the members,
// it asks for the others.
func (l *listing) members(ctx context.Context, side *sideConn, group *ldap.Entry, visit func(kind, member string) error) error {
	for _, a := range group.Attributes {
		kind := "dn"
		switch attribute.Key(a.Name) {
		case "member", "uniquemember":
		case "memberuid":
			kind = "uid"
		default:
			continue
		}
		for _, value := range a.Values {
			if err := visit(kind, foldMember(kind, value)); err != nil {
				return err
			}
		}
		if next, ok := attribute.Range(a.Name); ok && next > 0 {
			if err := l.furtherMembers(ctx, side, group.DN, attribute.Key(a.Name), next, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

func foldMember(kind, value string) string {
	if kind == "uid" {
		return strings.ToLower(value)
	}
	if dn, uid, found := strings.Cut(value, "#'"); found && strings.HasSuffix(uid, "'B") {
		value = dn // the optional identifier of Name And Optional UID (RFC 4517 §3.3.21)
	}
	return foldDN(value)
}

// furtherMembers reads the parts of a range after the first.
func (l *listing) furtherMembers(ctx context.Context, side *sideConn, dn, name string, next int, visit func(kind, member string) error) error {
	conn, err := side.open(ctx)
	if err != nil {
		return err
	}
	for next > 0 {
		entry, ok, err := conn.Read(ctx, dn, fmt.Sprintf("%s;range=%d-*", name, next))
		if err != nil {
			return err
		}
		if !ok {
			return incompleteRange(dn)
		}
		after := -1
		for _, a := range entry.Attributes {
			to, isRange := attribute.Range(a.Name)
			if attribute.Key(a.Name) != name || !isRange {
				continue
			}
			after = to
			for _, value := range a.Values {
				if err := visit("dn", foldMember("dn", value)); err != nil {
					return err
				}
			}
		}
		if after != 0 && after <= next {
			return incompleteRange(dn)
		}
		next = after
	}
	return nil
}

// incompleteRange is the error of a group that changed while its parts were read,
// or of a server that does not go on: an answer that is not whole is no answer.
func incompleteRange(dn string) error {
	return &directory.Error{
		Reason: directory.ReasonPagingBroken, Transient: true,
		Detail: fmt.Sprintf("the server sent a part of the members of %q and not the next part", dn),
	}
}

// sideConn is a second connection, for questions while a page of the first is
// still being read; it is opened when the first is asked.
type sideConn struct {
	settings directory.Settings
	conn     *directory.Conn
}

func (s *sideConn) open(ctx context.Context) (*directory.Conn, error) {
	if s.conn != nil {
		return s.conn, nil
	}
	conn, err := directory.Open(ctx, s.settings)
	s.conn = conn
	return conn, err
}

func (s *sideConn) close() {
	if s.conn != nil {
		s.conn.Close()
	}
}
