package unit

// Ref names a unit: an attribute and its value.
type Ref struct {
	// Field is the attribute: "department", "division", "organization",
	// "cost_center", or a custom one.
	Field string `json:"field"`
	// Value is the unit's name as it is spelt.
	Value string `json:"value"`
}

// Class is how certain one can be of who leads a unit.
type Class string

// The classes.
const (
	Certain      Class = "certain"      // structure and title name the same person, or an administrator has
	Likely       Class = "likely"       // only one of them names somebody
	Disagreement Class = "disagreement" // they name different people, of whom none is chosen
	Unknown      Class = "unknown"      // neither names anybody
)
