package main

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table lines up rows under a heading. A heading that begins with a blank
// stands over numbers, which line up on the right.
type table struct {
	heading []string
	rows    [][]string
}

func newTable(heading ...string) *table { return &table{heading: heading} }

func (t *table) row(cells ...string) {
	for i := range cells {
		cells[i] = clean(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// columnGap stands between columns.
const columnGap = "  "

// write writes the table; without rows, nothing.
func (t *table) write(w io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	right := make([]bool, len(t.heading))
	heading := make([]string, len(t.heading))
	for i, h := range t.heading {
		heading[i], right[i] = strings.CutPrefix(h, " ")
	}
	widths := make([]int, len(heading))
	for _, row := range append([][]string{heading}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, row := range append([][]string{heading}, t.rows...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-columns(cell))
			if right[i] {
				cell = pad + cell
			} else {
				cell += pad
			}
			if i > 0 {
				line.WriteString(columnGap)
			}
			line.WriteString(cell)
		}
		_, _ = io.WriteString(w, strings.TrimRight(line.String(), " ")+"\n")
	}
}

// facts lines up what is known of one thing, a line each. Facts without a value
// are left out.
type facts [][2]string

func (f *facts) add(name, value string) {
	if value != "" {
		*f = append(*f, [2]string{name, clean(value)})
	}
}

func (f *facts) write(w io.Writer) {
	widest := 0
	for _, fact := range *f {
		widest = max(widest, columns(fact[0]))
	}
	for _, fact := range *f {
		_, _ = io.WriteString(w, fact[0]+strings.Repeat(" ", widest-columns(fact[0]))+columnGap+fact[1]+"\n")
	}
}

// clean makes one line of a text from outside that can't steer a terminal:
// control characters and those that turn the direction of writing become blanks.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
			return ' '
		}
		return r
	}, text)
}

// columns is how wide a terminal shows a text (Unicode Standard Annex 11).
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func isWide(r rune) bool {
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}
