package plugintest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	// minViews is how many people (or groups) there must be before it says
	// something that none of them has a name: a handful may be service accounts.
	minViews = 10
	// minClashes and clashShare are when ids do not identify: so many records, and
	// more than one in so many, came under the id of another. Somebody who changes
	// while a listing is read may come twice, before and after; of a whole company
	// that happens to a few, and in the minutes of a listing never to a twentieth.
	minClashes, clashShare = 5, 20
	// maxKeptSources bounds the sources that are kept to say in what two differ,
	// in bytes: what is wrong with ids shows at the beginning of a listing.
	maxKeptSources = 4 << 20
	// maxMembers bounds the names of members that are told.
	maxMembers = 5
)

// whole is what is remembered of single records in order to judge all of them
// together.
type whole struct {
	views   int // people and groups
	named   int // those of them that have something to be called by
	unknown int // people whose status is of no kind

	sources map[idHash]uint64 // a hash of the first source of each id
	kept    map[idHash][]byte // the first sources themselves, up to maxKeptSources
	bytes   int               // of those
	clashes int               // records under the id of another, with another source
	clash   string            // the first of them
}

func newWhole() whole {
	return whole{sources: map[idHash]uint64{}, kept: map[idHash][]byte{}}
}

var sourceSeed = maphash.MakeSeed()

// record remembers a record.
func (w *whole) record(hash idHash, record *connectorv1.Record) {
	switch record.WhichView() {
	case connectorv1.Record_User_case:
		w.views++
		w.named += count(hasName(record.GetUser()))
		w.unknown += count(record.GetUser().GetStatusKind() == connectorv1.UserStatus_USER_STATUS_UNSPECIFIED)
	case connectorv1.Record_Group_case:
		w.views++
		w.named += count(record.GetGroup().GetName() != "")
	}
	source := record.GetSource()
	sum := maphash.Bytes(sourceSeed, source)
	first, again := w.sources[hash]
	switch {
	case !again:
		w.sources[hash] = sum
		if w.bytes+len(source) <= maxKeptSources {
			w.kept[hash] = bytes.Clone(source)
			w.bytes += len(source)
		}
	case first != sum:
		w.clashes++
		if w.clash == "" {
			w.clash = fmt.Sprintf("%.80q has sources that differ%s", record.GetId(), membersIn(w.kept[hash], source))
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func hasName(u *connectorv1.User) bool {
	name := u.GetName()
	for _, text := range []string{u.GetUserName(), u.GetDisplayName(), name.GetGiven(), name.GetMiddle(), name.GetFamily()} {
		if strings.TrimSpace(text) != "" {
			return true
		}
	}
	return slices.ContainsFunc(u.GetEmails(), func(e *connectorv1.Email) bool { return e.GetValue() != "" })
}

// membersIn names the members in which two sources differ, and nothing of what
// they hold: that is about people. It is empty where none can be named.
func membersIn(a, b []byte) string {
	var first, second map[string]json.RawMessage
	if json.Unmarshal(a, &first) != nil || json.Unmarshal(b, &second) != nil {
		return ""
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(first)) {
		if value, ok := second[name]; !ok || !bytes.Equal(first[name], value) {
			names = append(names, fmt.Sprintf("%.40q", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(second)) {
		if _, ok := first[name]; !ok {
			names = append(names, fmt.Sprintf("%.40q", name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > maxMembers {
		names, more = names[:maxMembers], " and more"
	}
	return " in " + strings.Join(names, ", ") + more
}

// judgeWhole judges all records of a listing together. Call it once, when no
// more come.
func (b *book) judgeWhole() {
	w := b.whole
	if w.clashes >= minClashes && w.clashes*clashShare > len(b.ids) {
		b.broken("ids-unique", "%d of %d records came under an id that another record of the listing has: %s. So many do not change while a listing is read: the id does not tell one object from another. Make it of all that does, as a membership's is of group and user", w.clashes, len(b.ids), w.clash)
	}
	if w.views < minViews || w.named > 0 {
		return
	}
	switch b.resource.GetKind() {
	case connectorv1.ResourceKind_RESOURCE_KIND_USERS:
		b.broken("records-typed", "none of %d people has a name, a user name or an e-mail address in the typed view: are the source's members read by their right names?", w.views)
	case connectorv1.ResourceKind_RESOURCE_KIND_GROUPS:
		b.broken("records-typed", "none of %d groups has a name in the typed view: are the source's members read by their right names?", w.views)
	}
}

// statusRemark says of a listing of people that nobody's status was sorted, which
// breaks no rule: a service may have none.
func (b *book) statusRemark() string {
	if b.whole.views == 0 || b.whole.unknown < b.whole.views || b.resource.GetKind() != connectorv1.ResourceKind_RESOURCE_KIND_USERS {
		return ""
	}
	return " Nobody's status is of any kind: if the service says who is active and who has left, sort its words into status_kind."
}
