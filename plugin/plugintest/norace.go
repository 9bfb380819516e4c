//go:build !race

package plugintest

// raceDetector tells whether the race detector is in this program.
const raceDetector = false
