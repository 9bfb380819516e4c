package main

import (
	"strings"
	"time"
	"unicode"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/values"
)

// decideStatus gives a person a status: a day of leaving that is over tells more
// than a word, a word more than a day of entry that is to come, and without any of
// them it is the configured one. A day of leaving before the day of entry is an
// earlier employment's.
func (p *plan) decideStatus(user *plugin.User, e *employment, day time.Time) {
	user.Status = e.status
	kind, known := values.Status(e.status)
	if e.inactive != "" {
		known, kind = p.decideInactive(user, e, known, kind)
	}
	if e.leaving != "" {
		known, kind = decideLeaving(user, e, known, kind)
	}
	if e.isLeft && !e.rehired() {
		past, certain := e.left.Before(day)
		switch {
		case certain && past:
			kind, known = plugin.StatusDeprovisioned, true
			user.StatusChanged = e.left.Certain()
		case !certain && !known:
			return // it depends on the order of the date's parts
		}
	}
	if e.isHired {
		future, certain := e.hired.After(day)
		switch {
		case certain && future && (!known || kind == plugin.StatusActive):
			kind, known = plugin.StatusPending, true
		case certain && !future:
			user.Activated = e.hired.Certain()
		}
	}
	switch {
	case known:
		user.StatusKind = kind
	case e.status == "" && !e.isUnread:
		user.StatusKind = p.fallback
	}
}

// decideLeaving reads what stands in the place of a day of leaving and is none: a
// word for a status, or one that says that there is no such day. Whatever else it
// is, it does not say active.
func decideLeaving(user *plugin.User, e *employment, known bool, kind plugin.UserStatus) (bool, plugin.UserStatus) {
	_, isAnswer := values.Answer(e.leaving)
	own, isStatus := values.Status(e.leaving)
	switch {
	case values.NoEnd(e.leaving):
	case isStatus && !isAnswer && own != plugin.StatusPending: // it is the leaving that is pending
		if user.Status == "" {
			user.Status = e.leaving
		}
		return true, stronger(known, kind, own)
	default:
		e.isUnread = true
	}
	return known, kind
}

// stronger is the status of somebody whom one column may call active and another
// says more of.
func stronger(known bool, kind, own plugin.UserStatus) plugin.UserStatus {
	if !known || kind == plugin.StatusActive {
		return own
	}
	return kind
}

// decideInactive reads a column such as Inactive or Disabled: yes, no, the day
// since when, or a word for a status, which stands for itself.
func (p *plan) decideInactive(user *plugin.User, e *employment, known bool, kind plugin.UserStatus) (bool, plugin.UserStatus) {
	if user.Status == "" {
		user.Status = e.inactive
	}
	isYes, isAnswer := values.Answer(e.inactive)
	own, isStatus := values.Status(e.inactive)
	d, isDate := values.ParseDate(e.inactive, p.order)
	switch {
	case isYes:
		return true, plugin.StatusDeprovisioned
	case isAnswer && !known:
		return true, plugin.StatusActive
	case isAnswer: // the column of the status says more
	case isStatus:
		return true, stronger(known, kind, own)
	case isDate && !e.isLeft:
		e.left, e.isLeft = d, true
	case isDate || values.NoEnd(e.inactive):
	case e.status == "" && strings.ContainsFunc(e.inactive, unicode.IsLetter):
		e.status = e.inactive // a word that is not understood does not say active
	default:
		e.isUnread = true
	}
	return known, kind
}

// rehired reports whether the day of leaving is that of an earlier employment.
func (e employment) rehired() bool {
	left, certainLeft := e.left.Day()
	hired, certainHired := e.hired.Day()
	return e.isHired && certainLeft && certainHired && left.Before(hired)
}
