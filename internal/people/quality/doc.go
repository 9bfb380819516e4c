// Package quality says what is worth a look in a directory: managers who are
// named wrongly, people who are in it twice, teams spelt in two ways, fields that
// are empty.
//
// A [Report] is made of plain facts about people, who are numbers in the order of
// their ids. Everybody has exactly one reason for the manager they have or lack
// ([reporting.Reason]); each reason but [reporting.Resolved] is a [Kind] of
// finding, so that those without a finding and the findings of these kinds sum to
// everybody. The other kinds come on top.
//
// A [Finding] holds numbers and references only, for a report may have as many as
// there are people; what to call it and what helps are texts of its kind. Two
// reports are compared by [Keys], which know findings by ids, not by numbers.
//
// [Suspect] tells accounts that belong to nobody, by evidence and never by name
// alone.
package quality
