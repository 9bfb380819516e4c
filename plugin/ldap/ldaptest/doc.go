// Package ldaptest gives tests a directory to read: a real OpenLDAP server
// (Debian's slapd) that a test starts on loopback with people of its own, or one
// with the attributes and the root DSE of Active Directory; and [Scripted], which
// speaks just enough LDAP to answer what no real server would on demand.
//
// A test that finds no slapd on its machine skips itself, or fails where it has to
// run (package needtest).
package ldaptest
