package scaffold

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// maxNameBytes bounds a connector's name: it is part of file names, of cursors
// and of what people type.
const maxNameBytes = 40

// namePattern is the contract's rule for a connector's name (DescribeResponse.name),
// and that it neither ends in a dash nor has two in a row.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// reservedNames mean something to Go or to Patchbay where a folder has them.
var reservedNames = []string{"internal", "vendor", "testdata", "proto", "plugin", "host", "main", "harness", "patchbay"}

// CheckName checks a connector's name: lower case letters, digits and dashes,
// beginning with a letter, at most 40 bytes; no word that means something else,
// and not ending in "test", which is the name of what serves tests. The error is
// an [*InvalidError].
func CheckName(name string) error {
	const fix = "Choose the service's short name, such as roster or my-hr."
	switch {
	case name == "":
		return &InvalidError{"a connector has a name, and none is given", fix}
	case len(name) > maxNameBytes:
		return &InvalidError{fmt.Sprintf("a connector's name has at most %d bytes, and this one has %d", maxNameBytes, len(name)), fix}
	case !namePattern.MatchString(name):
		return &InvalidError{fmt.Sprintf("a connector's name is made of lower case letters, digits and dashes and begins with a letter, and %q is not", name), fix}
	case token.IsKeyword(name), slices.Contains(reservedNames, name):
		return &InvalidError{fmt.Sprintf("%q means something else to Go or to Patchbay and can't be a connector's name", name), fix}
	case strings.HasSuffix(name, "test"):
		return &InvalidError{fmt.Sprintf("%q ends in “test”, which is how the names of fake services end", name), fix}
	}
	return nil
}

// title is a name for people to begin with: my-hr is My hr.
func title(name string) string {
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " ")
}

// variable is the environment variable of the example's secret: MY_HR_TOKEN.
func variable(name string) string {
	return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_TOKEN"
}
