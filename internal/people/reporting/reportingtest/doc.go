// Package reportingtest makes directories in which managers are written in every
// way at once, and knows who reports to whom in them.
//
// A [Tenant] mixes eight encodings of a manager: e-mail address, employee number,
// id, login (whole, without its domain, or sAMAccountName), display name in either
// order, distinguished name, user principal name, and an attribute of its own.
// Upon them it lays what real directories have: letters of the wrong case, blanks,
// decomposed Unicode, leading zeros lost and found, commas, namesakes, shared
// mailboxes, numbers given twice, stale values, placeholders, distinguished names
// cut short, people who are their own manager, circles, and managers who left.
//
// The truth is what the data says, kept by whoever wrote the data: a stale value
// that is exactly one person's counts as that person. Nothing of it is found with
// package reporting.
package reportingtest
