package plugin

import (
	"fmt"
	"log/slog"
)

// secretPlaceholder is what a secret looks like wherever it is printed.
const secretPlaceholder = "(secret)"

// Secret is a string that prints as a placeholder, whatever prints it. A field
// of this type in a configuration struct is a secret property of the schema.
// The zero value is an empty secret.
type Secret struct {
	// reveal keeps the value out of reach of reflection: package fmt calls no
	// method of a value that stands in an unexported field.
	reveal func() string
}

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{func() string { return value }} }

// Reveal returns the value. Call it where it is used and nowhere else.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String returns a placeholder.
func (Secret) String() string { return secretPlaceholder }

// GoString returns a placeholder.
func (Secret) GoString() string { return secretPlaceholder }

// Format prints a placeholder for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(secretPlaceholder)) }

// LogValue returns a placeholder.
func (Secret) LogValue() slog.Value { return slog.StringValue(secretPlaceholder) }

// MarshalText returns a placeholder, which also covers JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(secretPlaceholder), nil }
