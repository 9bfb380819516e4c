package quality

import (
	"fmt"
	"slices"
	"strings"

	"patchbay.example/internal/people/unit"
)

// Evidence is what tells an account that belongs to nobody. What the policy does
// not show counts too: the answer is a reason, never a value but the user type
// and the word of the login.
type Evidence struct {
	// UserType is the attribute of that name: "Employee", "Service Account".
	UserType string
	// FirstName, LastName and DisplayName are as they are in the record.
	FirstName, LastName, DisplayName string
	// Login is the user name; what follows an "@" is not looked at.
	Login string
	// Title, Department and EmployeeNumber are as they are in the record.
	Title, Department, EmployeeNumber string
	// HasManager says that some attribute names a manager, HasReports that
	// somebody names this account.
	HasManager, HasReports bool
}

// Suspect says that an account probably belongs to nobody, and why, in a
// sentence. It takes evidence of more than one kind, unless the record says so
// itself: a person called Hauser, Testa, Zoom or Bot is one.
func Suspect(e Evidence) (suspect bool, why string) {
	for _, w := range []string{unit.Fold(e.UserType), strings.ReplaceAll(unit.Fold(e.UserType), " ", "")} {
		if accountTypes[w] {
			return true, fmt.Sprintf("The user type is “%s”.", short(e.UserType))
		}
	}
	// Whoever has a place in the company is somebody.
	if e.HasManager || e.HasReports || blankless(e.Department, e.EmployeeNumber) {
		return false, ""
	}
	names := strings.Fields(unit.Fold(e.FirstName + " " + e.LastName))
	local, _, _ := strings.Cut(e.Login, "@")
	if len(names) == 0 && !blankless(e.Title) {
		display, login := unit.Fold(e.DisplayName), unit.Fold(local)
		if display == "" || display == login || display == unit.Fold(e.Login) {
			return true, "There is no name, no title, no department and no manager."
		}
	}
	for w := range strings.FieldsSeq(unit.Fold(local)) {
		w = strings.TrimRight(w, "0123456789")
		if accountWords[w] && !slices.Contains(names, w) {
			return true, fmt.Sprintf("There is no department and no manager, and the login has the word “%s”.", w)
		}
	}
	return false, ""
}

// accountTypes are user types, folded, that say themselves that nobody is meant.
var accountTypes = set(
	"service", "service account", "serviceaccount", "system", "system account", "systemaccount", "technical account",
	"technical user", "functional account", "functional mailbox", "generic account", "shared account", "shared mailbox",
	"sharedmailbox", "mailbox", "room", "room mailbox", "equipment", "resource", "bot", "robot", "application", "api", "kiosk",
	"test account", "test user", "non person", "nonperson", "non human", "nonhuman",
)

// accountWords are words of logins that are given to accounts of nobody.
var accountWords = set(
	"svc", "service", "srv", "bot", "robot", "noreply", "donotreply", "admin", "adm", "administrator", "test",
	"testuser", "mailbox", "shared", "room", "conference", "scanner", "printer", "kiosk", "api", "integration", "sync",
	"automation", "backup", "monitoring", "helpdesk", "system",
)

func blankless(values ...string) bool {
	for _, v := range values {
		if unit.Fold(v) != "" {
			return true
		}
	}
	return false
}

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
