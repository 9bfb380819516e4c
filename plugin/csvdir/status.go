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
func (p *plan) decideStatus(user *plugin.User, e employment, day time.Time) {
	user.Status = e.status
	kind, known := values.Status(e.status)
	if e.inactive != "" {
		known, kind = p.decideInactive(user, &e, known, kind)
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
	case e.status == "":
		user.StatusKind = p.fallback
	}
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
	case isStatus && (!known || (kind == plugin.StatusActive && own != plugin.StatusActive)):
		return true, own
	case isStatus:
	case isDate && !e.isLeft:
		e.left, e.isLeft = d, true
	case !isDate && e.status == "" && strings.ContainsFunc(e.inactive, unicode.IsLetter):
		e.status = e.inactive // a word that is not understood does not say active
	}
	return known, kind
}

// rehired reports whether the day of leaving is that of an earlier employment.
func (e employment) rehired() bool {
	left, certainLeft := e.left.Day()
	hired, certainHired := e.hired.Day()
	return e.isHired && certainLeft && certainHired && left.Before(hired)
}
