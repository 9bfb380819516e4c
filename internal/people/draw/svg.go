package draw

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Colours: those of the pages on white.
const (
	inkColour  = "#10181c"
	softColour = "#47555c"
	lineColour = "#b3bfc5"
	ringColour = "#77878f"
)

// tones are ground and letters of the circles.
var tones = [10][2]string{
	{"#d9e8fb", "#15497f"},
	{"#d3eef0", "#0b5458"},
	{"#d8f0dc", "#175a2a"},
	{"#e8efcc", "#475309"},
	{"#fbeac3", "#6b4a00"},
	{"#fde2d0", "#7f3b0c"},
	{"#fcdedd", "#8a2427"},
	{"#fbdcec", "#862359"},
	{"#eee0f9", "#5f3290"},
	{"#e1e3fa", "#3a3f96"},
}

// SVG draws a tree. Nothing is written before it is known that it can be drawn;
// then it is written piece by piece, so that a file is never held in memory. It
// returns [*TooLargeError], and errors of the writer.
func SVG(w io.Writer, root *Node, o Options) error {
	boxes, width, height, err := layout(root, o.Levels)
	if err != nil {
		return err
	}
	p := &pen{w: bufio.NewWriterSize(w, 32<<10)}
	p.open(width, height, o)
	for _, b := range boxes {
		p.wires(b)
	}
	for _, b := range boxes {
		p.box(b)
	}
	p.put("</svg>\n")
	if err := p.w.Flush(); err != nil { // keeps the first error of all writes
		return fmt.Errorf("write the drawing: %w", err)
	}
	return nil
}

// pen writes elements.
type pen struct{ w *bufio.Writer }

// put writes strings as they are.
func (p *pen) put(parts ...string) {
	for _, part := range parts {
		_, _ = p.w.WriteString(part)
	}
}

// text writes text as text. [clean] has left nothing that XML can't hold.
func (p *pen) text(s string) { _ = xml.EscapeText(p.w, []byte(s)) }

func (p *pen) open(width, height float64, o Options) {
	w, h := number(width), number(height)
	p.put(`<?xml version="1.0" encoding="UTF-8"?>`, "\n",
		`<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="`, w, `" height="`, h, `" viewBox="0 0 `, w, ` `, h,
		`" role="img" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK JP', sans-serif">`, "\n")
	p.element("title", o.Title)
	p.element("desc", o.Desc)
	p.put(`<rect width="`, w, `" height="`, h, `" fill="#ffffff"/>`, "\n")
}

func (p *pen) element(name, text string) {
	if text = clean(text); text == "" {
		return
	}
	p.put("<", name, ">")
	p.text(text)
	p.put("</", name, ">\n")
}

// wires connects a box with those below it: down, along, and down to each, with
// round corners at both ends.
func (p *pen) wires(b *box) {
	if len(b.children) == 0 {
		return
	}
	first, last := b.children[0], b.children[len(b.children)-1]
	along := first.y - levelGap*0.4
	const round = 8
	p.put(`<path fill="none" stroke="`, lineColour, `" stroke-width="2" d="M`, number(b.x), " ", number(b.y+b.h), "V", number(along))
	if first != last {
		p.put("M", number(first.x), " ", number(first.y), "V", number(along+round), "q0-8 8-8H", number(last.x-round), "q8 0 8 8V", number(last.y))
		for _, c := range b.children[1 : len(b.children)-1] {
			p.put("M", number(c.x), " ", number(along), "V", number(c.y))
		}
	} else {
		p.put("V", number(first.y))
	}
	p.put("\"/>\n")
}

func (p *pen) box(b *box) {
	left := b.x - b.w/2
	p.put("<g>")
	p.label(b.node)
	p.put(`<rect x="`, number(left), `" y="`, number(b.y), `" width="`, number(b.w), `" height="`, number(b.h),
		`" rx="10" fill="#ffffff" stroke="`, lineColour, `"/>`)
	p.circle(b.node, left+padding+avatar/2, b.y+padding+avatar/2)
	y := b.y + padding + nameSize
	for _, l := range b.name {
		p.line(l, left+textLeft, y, nameSize, `600" fill="`+inkColour)
		y += nameLine
	}
	y--
	for _, l := range b.title {
		p.line(l, left+textLeft, y, smallSize, `400" fill="`+softColour)
		y += smallLine
	}
	if b.sum.text != "" {
		p.line(b.sum, left+textLeft, y+4, smallSize, `400" fill="`+softColour)
	}
	if b.more > 0 {
		p.more(b)
	}
	p.put("</g>\n")
}

// label is what a viewer shows at the pointer and reads aloud.
func (p *pen) label(n *Node) {
	var text strings.Builder
	text.WriteString(clean(n.Name))
	for _, more := range []string{clean(n.Title), clean(n.Sum)} {
		if more != "" {
			text.WriteString(", " + more)
		}
	}
	p.put("<title>")
	p.text(text.String())
	p.put("</title>")
}

func (p *pen) circle(n *Node, x, y float64) {
	tone := tones[0]
	if n.Tone > 0 && n.Tone < len(tones) {
		tone = tones[n.Tone]
	}
	p.put(`<circle cx="`, number(x), `" cy="`, number(y), `" r="16" fill="`, tone[0], `"/>`)
	if letters := wrap(n.Initials, smallSize, avatar, 1); len(letters) > 0 {
		p.put(`<text x="`, number(x), `" y="`, number(y+4.3), `" text-anchor="middle" font-size="12" font-weight="600" fill="`, tone[1], `">`)
		p.text(letters[0].text)
		p.put("</text>")
	}
}

// line writes a line of text whose left edge is at x, whatever its direction.
func (p *pen) line(l line, x, y, size float64, look string) {
	p.put(`<text x="`, number(x), `" y="`, number(y), `" font-size="`, number(size), `" font-weight="`, look, `"`)
	if l.rtl {
		p.put(` direction="rtl" text-anchor="end"`) // its end is on the left
	}
	p.put(">")
	p.text(l.text)
	p.put("</text>")
}

// more is the jack at the lower edge: how many more report to the person.
func (p *pen) more(b *box) {
	text := group(b.more) + " more"
	width := textWidth(text, smallSize) + 20
	p.put(`<rect x="`, number(b.x-width/2), `" y="`, number(b.y+b.h-11), `" width="`, number(width), `" height="22" rx="11" fill="#ffffff" stroke="`, ringColour, `" stroke-width="1.5"/>`,
		`<text x="`, number(b.x), `" y="`, number(b.y+b.h+4.2), `" text-anchor="middle" font-size="12" font-weight="600" fill="`, softColour, `">`, text, `</text>`)
}

// number is a length with at most one digit after the point.
func number(v float64) string {
	return strconv.FormatFloat(float64(int64(v*10+0.5))/10, 'f', -1, 64)
}

// group is a number with separators: 5,012.
func group(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
