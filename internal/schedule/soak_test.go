//go:build soak

package schedule

// slots is how many slots each connection of the workers' test has.
const slots = 5
