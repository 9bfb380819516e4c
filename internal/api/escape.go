package api

import (
	"fmt"
	"strings"
)

// escape makes a path's segment of any text, dots included: a segment of dots
// would be taken for a way up.
func escape(segment string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	var b strings.Builder
	for i := range len(segment) {
		if c := segment[i]; strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
