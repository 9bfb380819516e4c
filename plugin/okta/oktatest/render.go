package oktatest

import (
	"strconv"
	"time"
)

// RecoveryQuestion is in every user object unless the client asks for
// credentials to be left out, so that a test can look for it where it must not
// turn up.
const RecoveryQuestion = "What was the colour of your first bicycle?"

// The generated company stands still at this moment, so that the same settings
// give the same bytes on any day. Users joined within the years before.
var (
	companyNow   = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC).Unix()
	companyYears = 10
)

const secondsPerDay = 24 * 60 * 60

// name is what other users' objects need to know of somebody.
type name struct {
	place         *place
	given, family word
}

func (c company) nameOf(i int) name {
	d := c.draw(i, drawName)
	if c.untidy {
		return c.untidyName(i, &d)
	}
	at := &places[pick(&d, placePattern)]
	return name{at, pick(&d, at.given), pick(&d, at.family)}
}

// appendEmail appends a unique address: the index makes it so.
func (n name) appendEmail(dst []byte, i int) []byte {
	dst = append(append(append(dst, n.given.ascii...), '.'), n.family.ascii...)
	return append(strconv.AppendInt(dst, int64(i), 10), "@example.com"...)
}

func (n name) appendDisplay(dst []byte) []byte {
	return append(append(append(dst, n.given.native...), ' '), n.family.native...)
}

// times are a user's moments in seconds since the epoch, 0 for null.
type times struct{ created, activated, changed, login, updated, password int64 }

func (c company) timesOf(i int, status string) times {
	d := c.draw(i, drawTimes)
	t := times{created: companyNow - int64(d.below(companyYears*365*secondsPerDay)) - secondsPerDay}
	age := int(companyNow - t.created)
	t.changed = t.created + int64(d.below(age))
	t.updated = t.changed + int64(d.below(int(companyNow-t.changed)+1))
	if status == "STAGED" {
		t.changed, t.updated = t.created, t.created
		return t
	}
	if i != 0 { // the first admin of an org was never activated by anybody
		t.activated = t.created + int64(d.below(60))
	}
	t.changed = max(t.changed, t.activated)
	t.updated = max(t.updated, t.changed)
	if status == "PROVISIONED" {
		return t
	}
	if !d.oneIn(8) {
		t.password = t.created + int64(d.below(age))
	}
	if !d.oneIn(10) {
		// Logins move neither lastUpdated nor statusChanged.
		t.login = t.changed + int64(d.below(int(companyNow-t.changed)+1))
	}
	return t
}

func (c company) lastUpdated(i int) string {
	return string(appendTime(nil, c.timesOf(i, c.status(i)).updated))
}

// appendUser appends user i as Okta sends one: members in Okta's order, unset
// profile attributes absent except the two that are always there.
func (c company) appendUser(dst []byte, i int, f form) []byte {
	status, k := c.status(i), c.kindOf(i)
	t := c.timesOf(i, status)
	dst = append(dst, `{"id":"`...)
	dst = appendID(dst, "00u", c.seed, uint64(i))
	dst = append(append(dst, `","status":"`...), status...)
	dst = appendTimeMember(dst, `","created":`, t.created)
	dst = appendTimeMember(dst, `,"activated":`, t.activated)
	dst = appendTimeMember(dst, `,"statusChanged":`, t.changed)
	dst = appendTimeMember(dst, `,"lastLogin":`, t.login)
	dst = appendTimeMember(dst, `,"lastUpdated":`, t.updated)
	dst = appendTimeMember(dst, `,"passwordChanged":`, t.password)
	if f.transitions && status == "PROVISIONED" {
		dst = append(dst, `,"transitioningToStatus":"ACTIVE"`...)
	}
	dst = append(dst, `,"type":{"id":"`...)
	dst = appendID(dst, "oty", c.seed, userTypeOf(k))
	dst = append(dst, `"},"profile":{`...)
	dst = c.appendProfile(dst, i, k)
	dst = append(dst, '}')
	if f.credentials {
		dst = append(dst, `,"credentials":{"password":{},"recovery_question":{"question":"`+RecoveryQuestion+
			`"},"provider":{"type":"OKTA","name":"OKTA"}}`...)
	}
	dst = append(append(dst, `,"_links":{"self":{"href":"`...), c.origin...)
	dst = append(dst, `/api/v1/users/`...)
	dst = appendID(dst, "00u", c.seed, uint64(i))
	return append(dst, `"}}}`...)
}

func userTypeOf(k kind) uint64 {
	switch k {
	case contractor:
		return userTypes[1].number
	case service:
		return userTypes[2].number
	}
	return userTypes[0].number
}

func appendTimeMember(dst []byte, member string, seconds int64) []byte {
	dst = append(dst, member...)
	if seconds == 0 {
		return append(dst, "null"...)
	}
	return append(appendTime(append(dst, '"'), seconds), '"')
}

// appendTime appends a time as Okta writes it, with three decimals. It is
// written out because it is done six times a user.
func appendTime(dst []byte, seconds int64) []byte {
	at := time.Unix(seconds, 0).UTC()
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	dst = strconv.AppendInt(dst, int64(year), 10)
	dst = appendTwo(append(dst, '-'), int(month))
	dst = appendTwo(append(dst, '-'), day)
	dst = appendTwo(append(dst, 'T'), hour)
	dst = appendTwo(append(dst, ':'), minute)
	dst = appendTwo(append(dst, ':'), second)
	return append(dst, ".000Z"...)
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }
