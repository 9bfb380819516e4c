package main

import (
	"context"
	"crypto/sha256"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// reasonTooManyPeople: groups name members by DN, and the ids for these are kept in
// memory.
const reasonTooManyPeople = "TOO_MANY_PEOPLE"

// defaultMaxPeople bounds them: a million take about 150 MB.
const defaultMaxPeople = 1_000_000

// maxNamesEach bounds what people are called, on average: a DN, and a login or a
// few.
const maxNamesEach = 3

// directoryIDs are the ids of users by a hash of what groups call them; empty for a
// login that several have.
type directoryIDs map[[16]byte]string

func memberKey(kind, name string) [16]byte {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return [16]byte(sum[:16])
}

// add notes what a user is called.
func (d directoryIDs) add(kind, name, id string) {
	key := memberKey(kind, name)
	if other, ok := d[key]; ok && other != id {
		id = ""
	}
	d[key] = id
}

// readPeople reads who there is, for memberships.
func (l *listing) readPeople(ctx context.Context, conn *directory.Conn) (directoryIDs, error) {
	found := directoryIDs{}
	persons, withID := 0, 0
	attributes := append([]string{"uid"}, l.dialect.ids...)
	_, err := conn.List(ctx, l.search(l.base, l.userFilter, attributes), func(from *ldap.Entry) error {
		e := readEntry(from)
		persons++
		if id := l.dialect.id(e); id != "" {
			withID++
			found.add("dn", foldDN(e.dn), id)
			for _, uid := range e.byKey["uid"] {
				found.add("uid", strings.ToLower(uid), id)
			}
		}
		if withID > l.limits.maxPeople || len(found) > maxNamesEach*l.limits.maxPeople {
			return plugin.Refuse(reasonTooManyPeople, "The directory has more than %d people, and memberships can be read for that many only.", l.limits.maxPeople)
		}
		return l.alive()
	}, func(bool) error { return nil })
	switch {
	case err != nil:
		return nil, err
	case persons == 0:
		return nil, l.nobodySeen()
	case withID == 0:
		return nil, l.idsHidden()
	}
	return found, nil
}
