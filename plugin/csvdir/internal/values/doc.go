// Package values reads what stands in the cells of a table about people: dates in
// the forms of several countries, words for whether somebody still works there,
// and texts that a spreadsheet program has dressed up.
package values
