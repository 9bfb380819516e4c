// Command termpicture draws what a program printed as a picture of a terminal:
// it reads text from standard input and writes an SVG to standard output. The
// picture in the README is made by it from a real run. From the root of the
// tree:
//
//	go run ./host/cmd/harness 2>&1 |
//	  go -C internal/tools run ./termpicture -command 'go run ./host/cmd/harness' \
//	    -elide '^  page' -head 8 -tail 2 >docs/harness.svg
//
// The SVG is text: no script, no font and nothing else is loaded from anywhere.
// Fonts differ between machines, and names in other scripts come from other
// fonts, so every stretch of text is placed at its own column and told how wide
// to be; nothing pushes what follows it out of line.
package main
