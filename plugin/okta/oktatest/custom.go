package oktatest

import (
	"encoding/json"
	"slices"
)

// custom is a directory of objects that a test wrote. They are served as they
// are, so nothing is required of them; what cannot be read has no id and no
// status.
type custom struct {
	users []customUser // DEPROVISIONED last, otherwise in the given order
	plain int
}

type customUser struct {
	raw             json.RawMessage
	id, status      string
	updated, office string
}

var _ directory = custom{}

func newCustom(raws []json.RawMessage) custom {
	var c custom
	var left []customUser
	for _, raw := range raws {
		user := readCustom(raw)
		if user.status == statusDeprovisioned {
			left = append(left, user)
			continue
		}
		c.users = append(c.users, user)
	}
	c.plain = len(c.users)
	c.users = append(c.users, left...)
	return c
}

func readCustom(raw json.RawMessage) customUser {
	user := customUser{raw: raw}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return user
	}
	// Members of another type than expected stay empty.
	_ = json.Unmarshal(object["id"], &user.id)
	_ = json.Unmarshal(object["status"], &user.status)
	_ = json.Unmarshal(object["lastUpdated"], &user.updated)
	var profile struct {
		Department string `json:"department"`
	}
	_ = json.Unmarshal(object["profile"], &profile)
	user.office = profile.Department
	return user
}

func (c custom) listed() int { return c.plain }

func (c custom) total() int { return len(c.users) }

func (c custom) id(i int) string { return c.users[i].id }

func (c custom) status(i int) string { return c.users[i].status }

func (c custom) lastUpdated(i int) string { return c.users[i].updated }

func (c custom) department(i int) string { return c.users[i].office }

func (c custom) find(id string) (int, bool) {
	i := slices.IndexFunc(c.users, func(user customUser) bool { return user.id == id })
	return max(i, 0), i >= 0
}

func (c custom) appendUser(dst []byte, i int, _ form) []byte { return append(dst, c.users[i].raw...) }
