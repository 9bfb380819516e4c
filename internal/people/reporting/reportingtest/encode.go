package reportingtest

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"patchbay.example/internal/people/reporting"
)

// nameManager writes a manager in one of the eight ways.
func (m *maker) nameManager(i, boss int) {
	p, a := m.people[boss], m.accounts[boss]
	says := func(key reporting.Key) meaning {
		return meaning{reason: reporting.Resolved, key: key, manager: boss}
	}
	email := reporting.KeyEmail
	if m.loginIsEmail {
		email = reporting.KeyUserName
	}
	switch m.IntN(8) {
	case 0:
		m.say(i, m.either(), m.shout(a.Emails[0]), says(email))
	case 1:
		value, said := m.number(boss)
		m.say(i, m.either(), value, said)
	case 2:
		m.say(i, m.either(), m.spread(a.ID), says(reporting.KeyID))
	case 3:
		m.login(i, boss)
	case 4:
		n := p.name
		if p.nick != (name{}) && m.chance(50) {
			n = p.nick
		}
		m.say(i, m.either(), m.writeName(n), m.nameMeaning(n))
	case 5:
		m.say(i, "managerDn", m.rewriteDN(p.dn), m.byDNOr(m.nameMeaning(p.name), says(reporting.KeyDN)))
	case 6:
		if !m.byPrincipal {
			m.say(i, m.either(), m.shout(a.UserName), says(reporting.KeyUserName))
			return
		}
		m.say(i, "managerUpn", m.shout(a.PrincipalNames[0]), says(reporting.KeyPrincipalName))
	default:
		m.say(i, "managerEmail", m.shout(a.Emails[len(a.Emails)-1]), m.mailbox(boss, email))
	}
}

// mailbox is what somebody's last address says: it may be a shared one.
func (m *maker) mailbox(boss int, own reporting.Key) meaning {
	emails := m.accounts[boss].Emails
	if strings.HasPrefix(emails[len(emails)-1], "team-") {
		return meaning{reason: reporting.Ambiguous, key: reporting.KeyEmail}
	}
	return meaning{reason: reporting.Resolved, key: own, manager: boss}
}

// login writes a login: whole, without the domain, or sAMAccountName.
func (m *maker) login(i, boss int) {
	a := m.accounts[boss]
	local, _, _ := strings.Cut(a.UserName, "@")
	value, key := a.UserName, reporting.KeyUserName
	switch {
	case m.chance(30):
		value, key = local, reporting.KeyPrincipalName
	case m.byPrincipal && m.chance(50):
		value, key = a.PrincipalNames[1], reporting.KeyPrincipalName
	}
	m.say(i, m.either(), m.shout(value), meaning{reason: reporting.Resolved, key: key, manager: boss})
}

// number writes an employee number, with or without the right zeros.
func (m *maker) number(boss int) (string, meaning) {
	number, digits := m.accounts[boss].EmployeeNumber, m.people[boss].digits
	said := meaning{reason: reporting.Resolved, key: reporting.KeyEmployeeNumber, manager: boss}
	if m.chance(60) {
		if m.numbers[number] > 1 {
			said.reason = reporting.Ambiguous
		}
		return m.spread(number), said
	}
	odd := strings.ToLower(number)
	if digits[0] != 'e' {
		odd = "000000000" + digits
		if m.chance(50) && m.numbers[digits] == 0 {
			odd = digits
		}
	}
	if m.loose[digits] > 1 {
		said.reason = reporting.Ambiguous
	}
	return m.spread(odd), said
}

// writeName writes a name in either order, in any case, with any blanks.
func (m *maker) writeName(n name) string {
	text := n.forward()
	if m.chance(50) {
		text = n.turned()
		if m.chance(20) {
			text = strings.Replace(text, ", ", ",", 1)
		}
	}
	if m.chance(20) {
		text = strings.ReplaceAll(text, " ", []string{"  ", "\t", "\u00a0", " \u3000"}[m.IntN(4)])
	}
	return m.shout(text)
}

// shout changes the case of letters, sometimes, and what spread does.
func (m *maker) shout(text string) string {
	switch m.IntN(4) {
	case 0:
		text = strings.ToUpper(text)
	case 1:
		text = strings.ToLower(text)
	}
	return m.spread(text)
}

// spread puts blanks around a text and takes its letters apart, sometimes.
func (m *maker) spread(text string) string {
	if m.chance(20) {
		text = norm.NFD.String(text)
	}
	if m.chance(15) {
		blanks := []string{" ", "\t", "\r\n", "\u00a0", "  "}
		text = blanks[m.IntN(len(blanks))] + text + blanks[m.IntN(len(blanks))]
	}
	return text
}

// rewriteDN writes a distinguished name in another way that means the same.
func (m *maker) rewriteDN(rdns [][]string) string {
	var parts []string
	for _, rdn := range rdns {
		var values []string
		for k := 0; k < len(rdn); k += 2 {
			values = append(values, m.kind(rdn[k])+"="+m.dnValue(rdn[k+1]))
		}
		if m.chance(50) {
			for a, b := 0, len(values)-1; a < b; a, b = a+1, b-1 {
				values[a], values[b] = values[b], values[a]
			}
		}
		parts = append(parts, strings.Join(values, "+"))
	}
	separator := ","
	if m.chance(20) {
		separator = ", "
	}
	return m.spread(strings.Join(parts, separator))
}

func (m *maker) kind(kind string) string {
	numbers := map[string]string{"CN": "2.5.4.3", "OU": "2.5.4.11", "DC": "0.9.2342.19200300.100.1.25", "UID": "0.9.2342.19200300.100.1.1"}
	switch m.IntN(10) {
	case 0:
		return numbers[kind]
	case 1, 2:
		return strings.ToLower(kind)
	default:
		return kind
	}
}

// dnValue writes a value of a distinguished name: in one of four ways.
func (m *maker) dnValue(value string) string {
	switch m.IntN(10) {
	case 0: // every byte as two digits
		var out strings.Builder
		for k := range len(value) {
			fmt.Fprintf(&out, `\%02x`, value[k])
		}
		return out.String()
	case 1: // the BER encoding of a UTF8String
		return fmt.Sprintf("#0C%02X%X", len(value), value)
	case 2:
		return escaped.Replace(strings.ToUpper(value))
	default:
		return escaped.Replace(value)
	}
}
