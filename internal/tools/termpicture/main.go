package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

const (
	// maxInputBytes is far above any screenful: a picture is for the eye.
	maxInputBytes = 1 << 20
	// maxLines and maxColumns bound what can still be read in a picture as wide
	// as a page of text.
	maxLines   = 80
	maxColumns = 118
)

// options say what to draw beside the text itself.
type options struct {
	command    string         // shown after a prompt, as if it had been typed
	elide      *regexp.Regexp // nil: every line is drawn
	head, tail int            // of each stretch of elided lines, drawn all the same
}

func main() {
	var o options
	pattern := flag.String("elide", "", "of consecutive lines that match this `regexp`, draw the first -head and the last -tail, and … between")
	flag.StringVar(&o.command, "command", "", "the command to show above the text")
	flag.IntVar(&o.head, "head", 3, "lines drawn before …")
	flag.IntVar(&o.tail, "tail", 1, "lines drawn after …")
	flag.Parse()

	if err := run(os.Stdin, os.Stdout, o, *pattern); err != nil {
		fmt.Fprintln(os.Stderr, "termpicture:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, o options, pattern string) error {
	if pattern != "" {
		var err error
		if o.elide, err = regexp.Compile(pattern); err != nil {
			return fmt.Errorf("-elide: %w", err)
		}
	}
	lines, err := readLines(in)
	if err != nil {
		return err
	}
	lines = elided(lines, o)
	if len(lines) > maxLines {
		return fmt.Errorf("%d lines are too many for a picture: leave some out with -elide, down to %d", len(lines), maxLines)
	}
	_, err = io.WriteString(out, picture(lines, o.command))
	return err
}

// readLines reads the text, without blank lines at its ends.
func readLines(in io.Reader) ([]string, error) {
	var lines []string
	limited := &io.LimitedReader{R: in, N: maxInputBytes + 1}
	for scanner := bufio.NewScanner(limited); ; {
		if !scanner.Scan() {
			if err := scanner.Err(); err != nil {
				return nil, fmt.Errorf("read the text: %w", err)
			}
			break
		}
		lines = append(lines, strings.TrimRight(scanner.Text(), " \t\r"))
	}
	if limited.N == 0 {
		return nil, fmt.Errorf("the text has more than %d bytes", maxInputBytes)
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return nil, errors.New("there is nothing to draw: standard input is empty")
	}
	return lines, nil
}

// elided leaves out the middle of each stretch of matching lines. A stretch is
// left whole where … would stand for a single line.
func elided(lines []string, o options) []string {
	if o.elide == nil {
		return lines
	}
	var kept []string
	for i := 0; i < len(lines); {
		end := i
		for end < len(lines) && o.elide.MatchString(lines[end]) {
			end++
		}
		switch stretch := lines[i:end]; {
		case len(stretch) == 0:
			kept = append(kept, lines[i])
			end++
		case len(stretch) <= o.head+o.tail+1:
			kept = append(kept, stretch...)
		default:
			kept = append(kept, stretch[:o.head]...)
			kept = append(kept, indentOf(stretch[0])+"…")
			kept = append(kept, stretch[len(stretch)-o.tail:]...)
		}
		i = end
	}
	return kept
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " "))]
}
