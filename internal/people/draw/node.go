package draw

import "fmt"

// Node is a person in a drawing, and who reports to the person.
type Node struct {
	// Name is the person's; it is wrapped, and cut after [MaxText] characters.
	Name string
	// Title stands below the name, Sum below the title, such as "43 in all". Both
	// may be empty.
	Title, Sum string
	// Initials stand in the circle, one or two letters. Tone is its colour, 0 to
	// 9; any other number stands for 0.
	Initials string
	Tone     int
	// Children report to the person, in the order in which they are drawn. A tree
	// has each node once: one that stands in two places is drawn twice, and a
	// circle ends in [*TooLargeError].
	Children []*Node
	// More counts reports who are not among Children.
	More int
}

// Options say what a drawing is called and how much is drawn. The zero value
// draws everything.
type Options struct {
	// Title names the drawing, Desc describes it, for who can't see it; both may
	// be empty.
	Title, Desc string
	// Levels is how many levels below the first person are drawn; 0: all. Where
	// it cuts, a box says how many more report to it.
	Levels int
}

// Bounds of a drawing.
const (
	// MaxNodes is how many boxes a drawing has: a file of some 20 MB, the most
	// that programs for vector drawings open without trouble.
	MaxNodes = 20_000
	// MaxText is how many characters of a name or title are drawn.
	MaxText = 120
)

// TooLargeError says that the tree has more than [MaxNodes] people.
type TooLargeError struct {
	// Levels is how many levels below the first person would fit; 0: none would.
	Levels int
}

// Error is a sentence that says what to do.
func (e *TooLargeError) Error() string {
	if e.Levels == 0 {
		return fmt.Sprintf("A drawing has at most %d people, and these are more already on the first level. Draw what is below one of them.", MaxNodes)
	}
	return fmt.Sprintf("A drawing has at most %d people, and these are more. The first %d levels fit, or what is below one of them.", MaxNodes, e.Levels)
}
