// Package attribute reads the values of LDAP attributes: times in the two ways in
// which directories write them, GUIDs and security identifiers, names with their
// options, and which attributes hold what nobody else may have.
package attribute
