package main

import (
	"fmt"
	"strings"

	"patchbay.example/plugin/ldap/internal/directory"
)

// Reasons about directories that show nothing.
const (
	reasonNobodySeen     = "NOBODY_SEEN"
	reasonIDHidden       = "ID_HIDDEN"
	reasonGroupsNotSeen  = "GROUPS_NOT_SEEN"
	reasonMembersNotSeen = "MEMBERS_NOT_SEEN"
)

// checkShown refuses a listing in which nothing was to be seen: a right that was
// taken away is not a company without people, or without groups.
func (l *listing) checkShown() error {
	switch {
	case l.entries == 0 && l.resource == resourceUsers:
		return l.nobodySeen()
	case l.entries == 0:
		return l.noGroupSeen()
	case l.readable == 0:
		return l.idsHidden()
	case l.resource == resourceMemberships && l.members == 0:
		return &directory.Error{Reason: reasonMembersNotSeen, Detail: fmt.Sprintf("the bind account sees %d groups and not one member of them", l.readable)}
	}
	return nil
}

func (s *session) nobodySeen() error {
	return &directory.Error{Reason: reasonNobodySeen, Detail: fmt.Sprintf("below %q the bind account sees nobody who matches %s", s.printable(s.base), s.userFilter)}
}

func (s *session) noGroupSeen() error {
	return &directory.Error{Reason: reasonGroupsNotSeen, Detail: fmt.Sprintf("below %q the bind account sees no group that matches %s", s.printable(s.groupBase), s.groupFilter)}
}

func (s *session) idsHidden() error {
	return &directory.Error{Reason: reasonIDHidden, Detail: fmt.Sprintf("no entry has an %s that the bind account may read", strings.Join(s.dialect.ids, " or "))}
}

// printable makes a text of the server's fit to be shown.
func (s *session) printable(text string) string {
	return directory.Printable(text, s.settings.Password())
}
