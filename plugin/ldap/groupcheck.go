package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// maxGroupsLookedAt bounds how many groups are asked for their members where none
// shows any: directories may have a group for each person, with nobody in it.
const maxGroupsLookedAt = 100

// errLookedEnough ends a listing of which enough was seen.
var errLookedEnough = errors.New("enough groups were seen")

// seeGroups looks for a group with a member, on a connection of its own: looking for
// somebody broke the other off. Whatever is wrong, people can be listed all the same.
func (a *attempt) seeGroups(ctx context.Context) (string, error) {
	conn, err := directory.Open(ctx, a.settings)
	if err != nil {
		return "", groupsWarning(err)
	}
	defer conn.Close()
	groups, withID, withMembers := 0, 0, false
	search := directory.Search{
		Base: a.groupBase, Filter: a.groupFilter, PageSize: a.config.PageSize,
		Attributes: append(append([]string{}, a.dialect.ids...), memberAttributes...),
	}
	_, err = conn.List(ctx, search, func(e *ldap.Entry) error {
		groups++
		if a.dialect.id(readEntry(e)) != "" {
			withID++
			withMembers = hasMember(e)
		}
		if withMembers || groups == maxGroupsLookedAt {
			return errLookedEnough
		}
		return nil
	}, func(bool) error { return nil })
	if err != nil && !errors.Is(err, errLookedEnough) {
		return "", groupsWarning(err)
	}
	switch {
	case groups == 0:
		return "", groupsWarning(a.noGroupSeen())
	case withID == 0:
		return "", groupsWarning(a.idsHidden())
	case !withMembers:
		return "", &plugin.Warning{Reason: reasonMembersNotSeen, Detail: fmt.Sprintf("None of the %d groups looked at shows the bind account a member.", groups)}
	}
	return "The bind account sees groups and who is in them.", nil
}

// groupsWarning is a [plugin.Warning] of a [directory.Error]; any other error stays
// as it is.
func groupsWarning(err error) error {
	e, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return err
	}
	return &plugin.Warning{Reason: e.Reason, Detail: "Groups and memberships can't be listed. " + sentence(e.Detail)}
}

func hasMember(group *ldap.Entry) bool {
	return slices.ContainsFunc(group.Attributes, func(a *ldap.EntryAttribute) bool {
		return memberKind(a.Name) != "" && len(a.Values) > 0
	})
}
