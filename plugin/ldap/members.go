package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/internal/attribute"
	"patchbay.example/plugin/ldap/internal/directory"
)

// eachMember calls visit for each member of a group: with "dn" and a folded DN, or
// with "uid" and a login. Where the server sent only the first part of the members,
// it asks for the others.
func eachMember(ctx context.Context, side *sideConn, group *ldap.Entry, visit func(kind, member string) error) error {
	for _, a := range group.Attributes {
		kind := memberKind(a.Name)
		if kind == "" {
			continue
		}
		part, isPart := attribute.Range(a.Name)
		if isPart && part.Low != 0 {
			return incompleteRange(group.DN, nil)
		}
		if err := visitAll(kind, a.Values, visit); err != nil {
			return err
		}
		if part.Next > 0 {
			if err := furtherMembers(ctx, side, group.DN, attribute.Key(a.Name), part.Next, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// memberKind is how an attribute names members, empty for one that does not.
func memberKind(name string) string {
	switch attribute.Key(name) {
	case "member", "uniquemember":
		return "dn"
	case "memberuid":
		return "uid"
	}
	return ""
}

func visitAll(kind string, values []string, visit func(kind, member string) error) error {
	for _, value := range values {
		if err := visit(kind, foldMember(kind, value)); err != nil {
			return err
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

// furtherMembers reads the parts of a range from next on.
func furtherMembers(ctx context.Context, side *sideConn, dn, name string, next int, visit func(kind, member string) error) error {
	conn, err := side.open(ctx)
	if err != nil {
		return err
	}
	for next > 0 {
		entry, ok, err := conn.Read(ctx, dn, fmt.Sprintf("%s;range=%d-*", name, next))
		if errors.Is(err, &directory.Error{Reason: directory.ReasonBaseNotFound}) {
			return incompleteRange(dn, err) // deleted or renamed meanwhile
		}
		if err != nil {
			return err
		}
		part, values, found := partOf(entry, name)
		if !ok || !found || part.Low != next {
			return incompleteRange(dn, nil)
		}
		if err := visitAll(memberKind(name), values, visit); err != nil {
			return err
		}
		next = part.Next
	}
	return nil
}

// partOf finds the part of an attribute that an entry holds; nil holds none.
func partOf(entry *ldap.Entry, name string) (part attribute.Part, values []string, found bool) {
	if entry == nil {
		return attribute.Part{}, nil, false
	}
	for _, a := range entry.Attributes {
		if part, ok := attribute.Range(a.Name); ok && attribute.Key(a.Name) == name {
			return part, a.Values, true
		}
	}
	return attribute.Part{}, nil, false
}

// incompleteRange is the error of a group that changed while its parts were read,
// or of a server that does not go on: an answer that is not whole is no answer.
func incompleteRange(dn string, cause error) error {
	return &directory.Error{
		Reason: directory.ReasonPagingBroken, Transient: true, Cause: cause,
		Detail: fmt.Sprintf("the server sent a part of the members of %q and not the next part", directory.Printable(dn, "")),
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
