package main

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
)

// Measures of the picture, in SVG's user units (pixels at full size).
const (
	fontSize    = 14
	columnWidth = 8.4 // 0.6 em, the advance of nearly all monospaced fonts
	lineHeight  = 20
	margin      = 18
	titleBar    = 34
)

// frame is the window. It is dark on any page, with an edge that shows on a
// dark one, too.
const frame = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]g %[2]g" width="%[1]g" height="%[2]g" role="img" aria-label="%[3]s">
<style>
text { font: %[4]dpx ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; fill: #d5dbe3; }
.heading { fill: #ffffff; font-weight: bold; }
.prompt, .dim { fill: #8b97a7; }
.ok { fill: #58c47a; }
.warn { fill: #e6b450; }
.fail { fill: #f2777a; }
.name { fill: #7fb4f0; }
</style>
<rect x="0.5" y="0.5" width="%[5]g" height="%[6]g" rx="8" fill="#171b22" stroke="#3b4452"/>
<circle cx="20" cy="18" r="5.5" fill="#ed6a5e"/><circle cx="38" cy="18" r="5.5" fill="#f4bf4f"/><circle cx="56" cy="18" r="5.5" fill="#61c554"/>
`

// picture draws lines in a window, under the command that printed them.
func picture(lines []string, command string) string {
	if command != "" {
		lines = append([]string{"$ " + command, ""}, lines...)
	}
	columns := 0
	for i := range lines {
		lines[i] = cut(lines[i], maxColumns)
		columns = max(columns, width(lines[i]))
	}
	w := float64(columns)*columnWidth + 2*margin
	h := float64(titleBar + len(lines)*lineHeight + margin)
	var b strings.Builder
	fmt.Fprintf(&b, frame, w, h, escaped("Terminal: "+command), fontSize, w-1, h-1)
	for i, line := range lines {
		y := titleBar + (i+1)*lineHeight - 5 // the base line
		for _, s := range styled(line) {
			b.WriteString(drawn(s, y))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// drawn is one stretch as an SVG element, as wide as its columns whatever the
// font.
func drawn(s stretch, y int) string {
	class := ""
	if s.style != "" {
		class = fmt.Sprintf(` class="%s"`, s.style)
	}
	return fmt.Sprintf(`<text x="%.1f" y="%d"%s textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`+"\n",
		margin+float64(s.column)*columnWidth, y, class, float64(s.columns)*columnWidth, escaped(s.text))
}

// rule gives the parts of a line that its pattern captures a style each.
type rule struct {
	pattern *regexp.Regexp
	styles  []string
}

// rules are tried in order; the first that matches has the line.
var rules = []rule{
	{regexp.MustCompile(`^(\$)( .*)$`), []string{"prompt", "heading"}},
	{regexp.MustCompile(`^( *✓)( \S+)(.*)$`), []string{"ok", "name", ""}},
	{regexp.MustCompile(`^( *!)( \S+)(.*)$`), []string{"warn", "name", ""}},
	{regexp.MustCompile(`^( *✗)( \S+)(.*)$`), []string{"fail", "name", ""}},
	{regexp.MustCompile(`^( *[–…])(.*)$`), []string{"dim", "dim"}},
	{regexp.MustCompile(`^( +page +\S+)( +\S+)( of \S+)(.*)$`), []string{"dim", "name", "dim", ""}},
	{regexp.MustCompile(`^( *To fix:)(.*)$`), []string{"warn", ""}},
	{regexp.MustCompile(`^([A-Z].*)$`), []string{"heading"}},
	{regexp.MustCompile(`^([^ ].*)$`), []string{"dim"}},
}

// styled cuts a line into stretches.
func styled(line string) []stretch {
	for _, r := range rules {
		parts := r.pattern.FindStringSubmatch(line)
		if parts == nil {
			continue
		}
		var all []stretch
		column := 0
		for i, part := range parts[1:] {
			all = append(all, stretches(part, r.styles[i], column)...)
			column += width(part)
		}
		return all
	}
	return stretches(line, "", 0)
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
