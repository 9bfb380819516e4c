//go:build unix && soak

package plugintest_test

// everyCase: all cases are tried on each of the broken connectors, which takes
// minutes.
const everyCase = true
