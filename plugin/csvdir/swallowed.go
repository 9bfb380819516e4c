package main

import (
	"slices"
	"strings"
	"unicode"

	"patchbay.example/plugin/csvdir/internal/values"
)

// swallows reports whether a row seems to hold another person's. Two quotation
// marks that are part of values and not doubled may stand where a value begins and
// where one ends, with rows between them:
//
//	1,"Lefty,Fitter
//	2,Second Person,5"
//
// It is seen by the lines of a value: one of them is as wide as a row, and has a
// key of the same kind.
func (p *plan) swallows(r row) bool {
	if r.source != nil {
		return false
	}
	for column, cell := range r.cells {
		if strings.ContainsAny(cell, "\r\n") && p.holdsRow(r, column) {
			return true
		}
	}
	return false
}

// holdsRow looks at the lines of a value that has several: the first goes on with
// what stands before the value, the last with what stands behind it.
func (p *plan) holdsRow(r row, column int) bool {
	var lines [][]string
	for line := range strings.SplitSeq(anyBreak.Replace(r.cells[column]), "\n") {
		lines = append(lines, strings.Split(line, string(p.delimiter)))
	}
	last := len(lines) - 1
	lines[0] = slices.Concat(r.cells[:column], lines[0])
	lines[last] = slices.Concat(lines[last], r.cells[column+1:])
	own, text := 0, at(r.cells, p.key) // the line with the row's own key
	switch {
	case p.key == column:
		text = at(lines[0], p.key)
	case p.key > column:
		own = last
	}
	key := kindOf(text)
	for i, cells := range lines {
		isWide := len(cells) >= len(p.headers) || r.wide
		if i != own && isWide && p.key < len(cells) && kindOf(cells[p.key]) == key && key != (kind{}) {
			return true
		}
	}
	return false
}

// anyBreak writes all ends of lines in one way.
var anyBreak = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func at(cells []string, column int) string {
	if column < len(cells) {
		return cells[column]
	}
	return ""
}

// kind is what a key is made of.
type kind struct{ digit, upper, lower, blank, at bool }

func kindOf(text string) kind {
	var k kind
	for _, c := range values.Clean(text) {
		switch {
		case unicode.IsDigit(c):
			k.digit = true
		case unicode.IsUpper(c):
			k.upper = true
		case unicode.IsLetter(c):
			k.lower = true
		case unicode.IsSpace(c):
			k.blank = true
		case c == '@':
			k.at = true
		}
	}
	return k
}
