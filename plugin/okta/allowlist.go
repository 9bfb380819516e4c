package main

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"patchbay.example/plugin"
)

// allowList holds the groups that are read, each by its id or its whole name in
// lower case. An empty one allows every group.
type allowList map[string]bool

// newAllowList reads what was entered: ids and names, in any order. Names are
// compared whole and without regard to case, as Okta does when it refuses a
// second group of the same name.
func newAllowList(entries []string) (allowList, error) {
	list := allowList{}
	for _, entry := range entries {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			return nil, plugin.Refuse(plugin.ReasonConfigInvalid, "The configuration is not valid: \"group_allow_list\" has an empty entry.")
		}
		list[strings.ToLower(entry)] = true
		list[entry] = true // an id has capitals
	}
	return list, nil
}

// allows reports whether a group is to be read.
func (l allowList) allows(id, name string) bool {
	return len(l) == 0 || l[id] || l[strings.ToLower(strings.TrimSpace(name))]
}

// digestBytes of a SHA-256 tell one list from another in a cursor.
const digestBytes = 6

// digest identifies the list, whatever the order of its entries; empty for an
// empty list.
func (l allowList) digest() string {
	if len(l) == 0 {
		return ""
	}
	hash := sha256.New()
	for _, entry := range slices.Sorted(maps.Keys(l)) {
		hash.Write([]byte(entry))
		hash.Write([]byte{0})
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:digestBytes])
}
