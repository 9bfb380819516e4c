package reporting

import (
	"cmp"
	"slices"
)

// Table is how managers are written in a directory. Placeholders count as no
// value.
type Table struct {
	// People are those with a value in any attribute.
	People int `json:"people"`
	// Attributes are the columns, those that most people have first; Keys the
	// rows, the strongest first.
	Attributes []string `json:"attributes"`
	Keys       []Key    `json:"keys"`
	// Filled counts, by column, the people with a value, and Distinct the values
	// as they are spelt.
	Filled   []int `json:"filled"`
	Distinct []int `json:"distinct"`
	// Cells are by row and column.
	Cells [][]Cell `json:"cells"`
	// Primary is the pair whose key is tried first in its attribute; nil where
	// no value names anybody. Pinned says that an administrator chose it.
	Primary *Pair `json:"primary,omitempty"`
	Pinned  bool  `json:"pinned,omitempty"`
}

// Cell is a pair of attribute and key.
type Cell struct {
	// One counts the people whose value is exactly one person's key, Several
	// those whose value is more than one's.
	One     int `json:"one"`
	Several int `json:"several"`
}

// uniqueHundredths is how many of a hundred matches may be of several people for
// a key to count as unique: a mailbox that two people share does not make
// addresses useless, even in a small company, and namesakes do so with names.
const uniqueHundredths = 5

// Unique reports whether the key tells people apart: at most five matches in
// a hundred are of several people.
func (c Cell) Unique() bool {
	return c.One > 0 && c.Several*100 <= (c.One+c.Several)*uniqueHundredths
}

// Share is the part of so many people whom the pair names, 0 to 1.
func (c Cell) Share(people int) float64 {
	if people <= 0 {
		return 0
	}
	return float64(c.One) / float64(people)
}

// tally counts how the values of the references match.
type tally struct {
	people     int
	attributes []string
	filled     []int
	distinct   []int
	cells      [][len(keys)]Cell
}

func newTally(attributes []string) *tally {
	n := len(attributes)
	return &tally{
		attributes: attributes,
		filled:     make([]int, n), distinct: make([]int, n), cells: make([][len(keys)]Cell, n),
	}
}

// table is the table of the tally, with the pair that an administrator chose or
// the best.
func (t *tally) table(pin *Pair) Table {
	order := make([]int, len(t.attributes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.filled[b], t.filled[a]), cmp.Compare(t.attributes[a], t.attributes[b]))
	})
	out := Table{
		People: t.people, Keys: Keys(), Cells: make([][]Cell, len(keys)),
		Attributes: make([]string, 0, len(order)), Filled: make([]int, 0, len(order)), Distinct: make([]int, 0, len(order)),
	}
	for row := range out.Cells {
		out.Cells[row] = make([]Cell, 0, len(order))
	}
	for _, a := range order {
		out.Attributes = append(out.Attributes, t.attributes[a])
		out.Filled = append(out.Filled, t.filled[a])
		out.Distinct = append(out.Distinct, t.distinct[a])
		for row := range out.Cells {
			out.Cells[row] = append(out.Cells[row], t.cells[a][row])
		}
	}
	out.Primary = out.best()
	if pin != nil {
		pinned := *pin
		out.Primary, out.Pinned = &pinned, true
	}
	return out
}

// best is the pair that names the most people: of those whose key is unique, or
// of all where none is. The stronger key and the earlier column win a draw.
func (t *Table) best() *Pair {
	var pair *Pair
	var top Cell
	for row, cells := range t.Cells {
		for column, cell := range cells {
			if cell.One == 0 {
				continue
			}
			better := pair == nil || cell.Unique() && !top.Unique() ||
				cell.Unique() == top.Unique() && cell.One > top.One
			if better {
				pair, top = &Pair{Attribute: t.Attributes[column], Key: t.Keys[row]}, cell
			}
		}
	}
	return pair
}
