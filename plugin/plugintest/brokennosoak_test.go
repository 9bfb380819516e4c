//go:build unix && !soak

package plugintest_test

// everyCase: most of the broken connectors are tried with their own case only.
const everyCase = false
