package main

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"patchbay.example/plugin"
)

// allowList holds the groups that are read: what was entered, by itself for an id
// and in lower case for a name. An empty one allows every group.
type allowList map[string]string

// newAllowList reads what was entered: ids and names, in any order. Names are
// compared whole and without regard to case, since people write them that way.
func newAllowList(entries []string) (allowList, error) {
	list := allowList{}
	for _, entry := range entries {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			return nil, plugin.Refuse(plugin.ReasonConfigInvalid, "The configuration is not valid: \"group_allow_list\" has an empty entry.")
		}
		list[strings.ToLower(entry)] = entry
		list[entry] = entry // an id has capitals
	}
	return list, nil
}

// allows reports whether a group is to be read, and by which entry; empty where
// every group is.
func (l allowList) allows(id, name string) (entry string, allowed bool) {
	if len(l) == 0 {
		return "", true
	}
	if entry, allowed = l[id]; !allowed {
		entry, allowed = l[strings.ToLower(strings.TrimSpace(name))]
	}
	return entry, allowed
}

// without returns the entries that are not among those met, sorted.
func (l allowList) without(met map[string]bool) []string {
	entries := slices.Compact(slices.Sorted(maps.Values(l)))
	return slices.DeleteFunc(entries, func(entry string) bool { return met[entry] })
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
	for _, key := range slices.Sorted(maps.Keys(l)) {
		hash.Write([]byte(key))
		hash.Write([]byte{0})
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:digestBytes])
}
