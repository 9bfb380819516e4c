package draw

import "slices"

// Measures of a drawing, in pixels at 100 %.
const (
	boxMin, boxMax = 168.0, 260.0 // width of a box
	padding        = 12.0         // inside of a box
	avatar         = 32.0         // diameter of the circle with the initials
	textLeft       = padding + avatar + 10
	nameSize       = 13.0
	smallSize      = 12.0
	nameLine       = 16.5
	smallLine      = 15.5
	siblingGap     = 14.0 // between boxes side by side
	levelGap       = 46.0 // between levels
	jackRoom       = 8.0  // below the text, where a jack stands on the edge
	margin         = 28.0 // around all
)

// box is a node with its place. The fields below children are those of
// Buchheim's algorithm, by the names of the paper.
type box struct {
	node        *Node
	name, title []line
	sum         line
	more        int
	depth       int
	x           float64 // of the middle
	y           float64 // of the upper edge
	w, h        float64

	parent   *box
	children []*box

	index            int // among its siblings
	prelim, mod      float64
	change, shift    float64
	thread, ancestor *box
}

// layout places everybody. It returns the boxes in the order of the tree, the
// first one first, and the size of the drawing.
func layout(root *Node, levels int) (boxes []*box, width, height float64, err error) {
	if boxes, err = grow(root, levels); err != nil {
		return nil, 0, 0, err
	}
	firstWalk(boxes[0])
	left := 0.0
	secondWalk(boxes[0], 0, &left)
	tops := levelTops(boxes)
	for _, b := range boxes {
		b.x += margin - left
		b.y = tops[b.depth]
		width = max(width, b.x+b.w/2+margin)
		height = max(height, b.y+b.h+margin)
	}
	return boxes, width, height + levelGap/2, nil
}

// grow makes the boxes, a level after the other, so that what is too large is
// refused before its depth is known.
func grow(root *Node, levels int) ([]*box, error) {
	first := measure(root)
	level := []*box{first}
	count := 1
	for depth := 1; len(level) > 0; depth++ {
		var next []*box
		for _, b := range level {
			if levels > 0 && depth > levels {
				if b.more == 0 && len(b.node.Children) > 0 {
					b.h += jackRoom
				}
				b.more += len(b.node.Children)
				continue
			}
			if count += len(b.node.Children); count > MaxNodes {
				return nil, &TooLargeError{Levels: depth - 1}
			}
			b.children = make([]*box, 0, len(b.node.Children))
			for i, child := range b.node.Children {
				c := measure(child)
				c.parent, c.index, c.depth = b, i, depth
				b.children = append(b.children, c)
			}
			next = append(next, b.children...)
		}
		level = next
	}
	return appendTree(make([]*box, 0, count), first), nil
}

func appendTree(boxes []*box, b *box) []*box {
	boxes = append(boxes, b)
	for _, c := range b.children {
		boxes = appendTree(boxes, c)
	}
	return boxes
}

// measure is a box of the size that its text needs.
func measure(n *Node) *box {
	b := &box{node: n, more: n.More}
	b.ancestor = b
	room := boxMax - textLeft - padding
	b.name = wrap(n.Name, nameSize*boldness, room, 4)
	b.title = wrap(n.Title, smallSize, room, 3)
	widest := 0.0
	for _, l := range append(b.name, b.title...) {
		widest = max(widest, l.width)
	}
	b.h = padding + nameLine*float64(len(b.name)) + smallLine*float64(len(b.title)) + padding
	if sums := wrap(n.Sum, smallSize, room, 1); len(sums) > 0 {
		b.sum = sums[0]
		widest = max(widest, b.sum.width)
		b.h += smallLine + 4
	}
	b.w = max(boxMin, textLeft+widest+padding)
	b.h = max(b.h, avatar+2*padding)
	if n.More > 0 {
		b.h += jackRoom
	}
	return b
}

// levelTops are the upper edges of the levels: each is as high as its highest
// box.
func levelTops(boxes []*box) []float64 {
	var heights []float64
	for _, b := range boxes {
		for len(heights) <= b.depth {
			heights = append(heights, 0)
		}
		heights[b.depth] = max(heights[b.depth], b.h)
	}
	tops := make([]float64, len(heights))
	at := margin
	for i, h := range heights {
		tops[i] = at
		at += h + levelGap
	}
	return tops
}

// firstWalk places the subtrees of each box side by side, and the box above
// their middle.
func firstWalk(v *box) {
	for _, w := range v.children {
		firstWalk(w)
	}
	place(v)
}

// place is firstWalk for a box whose children's subtrees are placed in
// themselves.
func place(v *box) {
	if len(v.children) == 0 {
		return
	}
	defaultAncestor := v.children[0]
	for i, w := range v.children {
		own := w.middle()
		if i == 0 {
			w.prelim, w.mod = own, 0
		} else {
			left := v.children[i-1]
			w.prelim = left.prelim + apart(left, w)
			w.mod = w.prelim - own
		}
		defaultAncestor = apportion(w, defaultAncestor)
	}
	shift, change := 0.0, 0.0
	for _, w := range slices.Backward(v.children) {

		w.prelim += shift
		w.mod += shift
		change += w.change
		shift += w.shift + change
	}
}

// middle is where a box stands above its children, as those are placed.
func (b *box) middle() float64 {
	if len(b.children) == 0 {
		return 0
	}
	return (b.children[0].prelim + b.children[len(b.children)-1].prelim) / 2
}

// apart is how far the middles of two neighbours are apart at least.
func apart(a, b *box) float64 { return (a.w+b.w)/2 + siblingGap }

// apportion moves the subtree of v to the right until its left edge is clear of
// the right edge of its left siblings' subtrees.
func apportion(v, defaultAncestor *box) *box {
	if v.index == 0 {
		return defaultAncestor
	}
	siblings := v.parent.children
	insideRight, outsideRight := v, v
	insideLeft, outsideLeft := siblings[v.index-1], siblings[0]
	sumIR, sumOR, sumIL, sumOL := v.mod, v.mod, insideLeft.mod, outsideLeft.mod
	for insideLeft.nextRight() != nil && insideRight.nextLeft() != nil {
		insideLeft, insideRight = insideLeft.nextRight(), insideRight.nextLeft()
		outsideLeft, outsideRight = outsideLeft.nextLeft(), outsideRight.nextRight()
		outsideRight.ancestor = v
		shift := insideLeft.prelim + sumIL - (insideRight.prelim + sumIR) + apart(insideLeft, insideRight)
		if shift > 0 {
			moveSubtree(ancestorAmong(insideLeft, v, defaultAncestor), v, shift)
			sumIR += shift
			sumOR += shift
		}
		sumIL += insideLeft.mod
		sumIR += insideRight.mod
		sumOL += outsideLeft.mod
		sumOR += outsideRight.mod
	}
	if insideLeft.nextRight() != nil && outsideRight.nextRight() == nil {
		outsideRight.thread = insideLeft.nextRight()
		outsideRight.mod += sumIL - sumOR
	}
	if insideRight.nextLeft() != nil && outsideLeft.nextLeft() == nil {
		outsideLeft.thread = insideRight.nextLeft()
		outsideLeft.mod += sumIR - sumOL
		defaultAncestor = v
	}
	return defaultAncestor
}

func (b *box) nextLeft() *box {
	if len(b.children) > 0 {
		return b.children[0]
	}
	return b.thread
}

func (b *box) nextRight() *box {
	if len(b.children) > 0 {
		return b.children[len(b.children)-1]
	}
	return b.thread
}

func ancestorAmong(b, v, defaultAncestor *box) *box {
	if b.ancestor.parent == v.parent {
		return b.ancestor
	}
	return defaultAncestor
}

// moveSubtree moves the subtree of right, and notes that those in between share
// the room that this makes.
func moveSubtree(left, right *box, shift float64) {
	subtrees := float64(right.index - left.index)
	right.change -= shift / subtrees
	right.shift += shift
	left.change += shift / subtrees
	right.prelim += shift
	right.mod += shift
}

// secondWalk turns places relative to the parent into places in the drawing.
// left becomes the leftmost edge.
func secondWalk(v *box, sum float64, left *float64) {
	if v.parent == nil {
		v.prelim = v.middle()
	}
	v.x = v.prelim + sum
	*left = min(*left, v.x-v.w/2)
	if v.parent == nil {
		*left = v.x - v.w/2
	}
	for _, w := range v.children {
		secondWalk(w, sum+v.mod, left)
	}
}
