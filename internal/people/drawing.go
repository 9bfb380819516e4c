package people

import "patchbay.example/internal/people/draw"

// Drawing is everybody below somebody, or below the root with the most people
// where id is empty: so many levels, or, with 0, as many as a drawing holds.
// [*UnknownError]; [*draw.TooLargeError] where so many levels don't fit, or not
// even one does.
func (s *Snapshot) Drawing(id string, levels int) (top Card, root *draw.Node, err error) {
	at, err := s.inView(id)
	if err != nil {
		return Card{}, nil, err
	}
	if at < 0 {
		return Card{}, nil, &UnknownError{What: "person"}
	}
	top = s.card(at)
	root = s.node(at)
	count, level := 1, []drawn{{root, at}}
	for depth := 1; len(level) > 0; depth++ {
		below := 0
		for _, d := range level {
			below += len(s.below[d.person])
		}
		fits := count+below <= draw.MaxNodes
		if !fits && (depth == 1 || depth <= levels) {
			return top, nil, &draw.TooLargeError{Levels: depth - 1}
		}
		if !fits || levels > 0 && depth > levels {
			for _, d := range level {
				d.More = len(s.below[d.person])
			}
			break
		}
		var next []drawn
		for _, d := range level {
			for _, i := range s.below[d.person] {
				child := drawn{s.node(i), i}
				d.Children, next = append(d.Children, child.Node), append(next, child)
			}
		}
		count, level = count+below, next
	}
	return top, root, nil
}

// drawn is a person and the box.
type drawn struct {
	*draw.Node
	person int32
}

func (s *Snapshot) node(i int32) *draw.Node {
	c := s.card(i)
	n := &draw.Node{Name: c.Name, Title: c.Title, Initials: c.Initials, Tone: c.Tone}
	if c.Total > 0 {
		n.Sum = thousands(c.Total) + " in all"
	}
	return n
}
