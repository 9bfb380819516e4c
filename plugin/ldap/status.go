package main

import (
	"strconv"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/attribute"
)

// Bits of userAccountControl, and of msDS-User-Account-Control-Computed, where
// alone the latter two are kept up to date (Microsoft, "UserAccountControl property
// flags" and "ms-DS-User-Account-Control-Computed attribute").
const (
	flagAccountDisable  = 0x2
	flagLockout         = 0x10
	flagPasswordExpired = 0x800000
)

// adStatus reads an account's status in Active Directory, in Microsoft's names of
// the flags; NORMAL_ACCOUNT where nothing keeps the person from signing in.
func adStatus(e entry, now time.Time) (string, plugin.UserStatus) {
	control, known := flags(e.first("useraccountcontrol"))
	computed, hasComputed := flags(e.first("msds-user-account-control-computed"))
	expires, doesExpire := attribute.FileTime(e.first("accountexpires"))
	_, lockedOut := attribute.FileTime(e.first("lockouttime"))
	if hasComputed {
		lockedOut = computed&flagLockout != 0 // a lockout that has passed leaves its time
	}
	switch {
	case control&flagAccountDisable != 0, strings.EqualFold(e.first("msds-useraccountdisabled"), "TRUE"): // of AD LDS
		return "ACCOUNTDISABLE", plugin.StatusDeprovisioned
	case doesExpire && !expires.After(now):
		return "ACCOUNT_EXPIRED", plugin.StatusDeprovisioned
	case lockedOut:
		return "LOCKOUT", plugin.StatusLocked
	case (control|computed)&flagPasswordExpired != 0, e.first("pwdlastset") == "0":
		return "PASSWORD_EXPIRED", plugin.StatusActionRequired
	case !known:
		return "", 0
	}
	return "NORMAL_ACCOUNT", plugin.StatusActive
}

// flags reads a number of 32 bits, which Active Directory writes with a sign.
func flags(text string) (bits uint32, ok bool) {
	number, err := strconv.ParseInt(text, 10, 64)
	return uint32(number), err == nil //nolint:gosec // the bits are what is meant
}

// lockedForGood is the pwdAccountLockedTime of an account that only an
// administrator can unlock (draft-behera-ldap-password-policy §5.3.3).
const lockedForGood = "000001010000Z"

// openLDAPStatus reads an account's status from what password policies and others
// keep beside people. The word is the attribute that decides; none where the person
// may sign in, for which LDAP has no word.
func openLDAPStatus(e entry, now time.Time) (string, plugin.UserStatus) {
	expires, doesExpire := attribute.Days(e.first("shadowexpire"))
	ends, doesEnd := attribute.GeneralizedTime(e.first("pwdendtime"))
	locked := e.first("pwdaccountlockedtime")
	switch {
	case strings.EqualFold(e.first("nsaccountlock"), "TRUE"): // 389 Directory Server, FreeIPA
		return "nsAccountLock", plugin.StatusDeprovisioned
	case doesExpire && !expires.After(now):
		return "shadowExpire", plugin.StatusDeprovisioned
	case doesEnd && !ends.After(now):
		return "pwdEndTime", plugin.StatusDeprovisioned
	case locked == lockedForGood:
		return "pwdAccountLockedTime", plugin.StatusSuspended
	case locked != "":
		return "pwdAccountLockedTime", plugin.StatusLocked
	case strings.EqualFold(e.first("pwdreset"), "TRUE"):
		return "pwdReset", plugin.StatusActionRequired
	}
	return "", plugin.StatusActive
}
