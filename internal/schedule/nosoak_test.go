//go:build !soak

package schedule

// slots is how many slots each connection of the workers' test has: one, of the
// five that -tags soak runs.
const slots = 1
