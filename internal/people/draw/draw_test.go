package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"patchbay.example/internal/people/draw"
)

var update = flag.Bool("update", false, "write the golden file anew")

func svg(t testing.TB, root *draw.Node, o draw.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := draw.SVG(&b, root, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sample() *draw.Node {
	return &draw.Node{Name: "Sample Chief", Title: "Chief executive", Initials: "SC", Tone: 5, Sum: "9 in all", Children: []*draw.Node{
		{Name: "例 太郎", Title: "Chief technology officer", Initials: "例", Tone: 3, Sum: "4 in all", Children: []*draw.Node{
			{Name: "مثال شخص", Title: "Security", Initials: "م", Tone: 7},
			{Name: "Sample Person With-A-Rather-Long-Double-Name", Title: "Vice president, engineering & <research>", Initials: "SN", Tone: 9, Sum: "1 in all", More: 1},
			{Name: "Пример Имени", Initials: "ПИ", Tone: 1},
		}},
		{Name: "Example Two", Title: "Operations", Initials: "ET", Tone: 0, Sum: "5,012 in all", More: 5012},
	}}
}

func TestTheSample(t *testing.T) {
	got := svg(t, sample(), draw.Options{Title: "Org chart of Sample Chief", Desc: "6 people"})
	const golden = "testdata/sample.svg"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the drawing differs from %s; look at it, and write it with -update if it is right:\n%s", golden, got)
	}
	for _, part := range []string{"5,012 more", `direction="rtl"`, "engineering &amp; &lt;research&gt;", `role="img"`} {
		if !strings.Contains(got, part) {
			t.Errorf("there is no %q in it", part)
		}
	}
}

// rect is a box as it was drawn.
type rect struct{ x, y, w, h float64 }

// boxes reads a drawing: the boxes in order. It fails where the drawing is not
// well-formed, or holds anything that is not a drawing.
func boxes(t testing.TB, drawing string) []rect {
	t.Helper()
	allowed := map[string]bool{"svg": true, "title": true, "desc": true, "g": true, "rect": true, "circle": true, "path": true, "text": true}
	decoder := xml.NewDecoder(strings.NewReader(drawing))
	var out []rect
	inGroup := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed[start.Name.Local] {
			t.Fatalf("it holds <%s>", start.Name.Local)
		}
		attributes := map[string]string{}
		for _, a := range start.Attr {
			attributes[a.Name.Local] = a.Value
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local == "style" {
				t.Fatalf("it has an attribute %s", a.Name.Local)
			}
		}
		switch {
		case start.Name.Local == "g":
			inGroup = true
		case start.Name.Local == "rect" && inGroup:
			inGroup = false // a second one is a jack
			out = append(out, rect{float(attributes["x"]), float(attributes["y"]), float(attributes["width"]), float(attributes["height"])})
		}
	}
}

func float(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }

// grown is a random tree, and its nodes in the order of the tree with their
// parents' places.
func grown(r *rand.Rand, people int) (*draw.Node, []int) {
	scripts := []string{"Sample Person", "例 太郎", "مثال شخص", "Пример", "W", "A name of many words that needs more than one line"}
	nodes := []*draw.Node{}
	for i := range people {
		n := &draw.Node{Name: fmt.Sprint(scripts[r.IntN(len(scripts))], " ", i), Title: strings.Repeat("Title ", r.IntN(12)), Initials: "SP", Tone: r.IntN(12) - 1}
		if r.IntN(5) == 0 {
			n.More, n.Sum = r.IntN(9000), "some in all"
		}
		if i > 0 {
			// Often one of the latest, so that there are deep trees and broad ones.
			parent := nodes[max(0, i-1-r.IntN(1+r.IntN(i)))]
			parent.Children = append(parent.Children, n)
		}
		nodes = append(nodes, n)
	}
	var parents []int
	var walk func(n *draw.Node, parent int)
	walk = func(n *draw.Node, parent int) {
		at := len(parents)
		parents = append(parents, parent)
		for _, c := range n.Children {
			walk(c, at)
		}
	}
	walk(nodes[0], -1)
	return nodes[0], parents
}

func TestNobodyStandsOnAnybody(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		root, parents := grown(r, 1+r.IntN(120))
		drawn := boxes(t, svg(t, root, draw.Options{}))
		if len(drawn) != len(parents) {
			t.Fatalf("seed %d: %d boxes of %d people", seed, len(drawn), len(parents))
		}
		for i, a := range drawn {
			if a.x < 0 || a.y < 0 {
				t.Fatalf("seed %d: a box at %v, outside", seed, a)
			}
			if p := parents[i]; p >= 0 && a.y < drawn[p].y+drawn[p].h+10 {
				t.Fatalf("seed %d: box %d is not below its parent", seed, i)
			}
			for j, b := range drawn[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Fatalf("seed %d: boxes %d and %d overlap: %v %v", seed, i, j, a, b)
				}
				if parents[i] == parents[j] && parents[i] >= 0 && a.x <= b.x {
					t.Fatalf("seed %d: siblings %d and %d are out of order", seed, j, i)
				}
			}
		}
		for p := range drawn {
			var children []rect
			for i, parent := range parents {
				if parent == p {
					children = append(children, drawn[i])
				}
			}
			if len(children) == 0 {
				continue
			}
			first, last := children[0], children[len(children)-1]
			middle := (first.x + first.w/2 + last.x + last.w/2) / 2
			if off := middle - drawn[p].x - drawn[p].w/2; off > 0.3 || off < -0.3 {
				t.Fatalf("seed %d: box %d is %v off the middle of those below it", seed, p, off)
			}
		}
	}
}

func TestLevels(t *testing.T) {
	got := svg(t, sample(), draw.Options{Levels: 1})
	if n := len(boxes(t, got)); n != 3 {
		t.Errorf("%d boxes on two levels, not 3", n)
	}
	if !strings.Contains(got, ">3 more<") {
		t.Errorf("it does not say that 3 more are below")
	}
}

func TestTooLarge(t *testing.T) {
	flat := &draw.Node{Name: "Everybody's"}
	for range draw.MaxNodes {
		flat.Children = append(flat.Children, &draw.Node{Name: "Sample"})
	}
	circle := &draw.Node{Name: "Round"}
	circle.Children = []*draw.Node{circle}
	for name, c := range map[string]struct {
		root *draw.Node
		fit  int
	}{
		"flat":   {flat, 0},
		"below":  {&draw.Node{Name: "Above", Children: []*draw.Node{flat}}, 1},
		"circle": {circle, draw.MaxNodes - 1},
	} {
		var b bytes.Buffer
		var large *draw.TooLargeError
		err := draw.SVG(&b, c.root, draw.Options{})
		if !errors.As(err, &large) || large.Levels != c.fit || b.Len() > 0 {
			t.Errorf("%s: %v, with %d bytes written", name, err, b.Len())
		}
	}
	flat.Children = flat.Children[1:]
	if n := len(boxes(t, svg(t, flat, draw.Options{}))); n != draw.MaxNodes {
		t.Errorf("of the largest drawing there are %d boxes", n)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestAWriterThatFails(t *testing.T) {
	if err := draw.SVG(full{}, sample(), draw.Options{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("the error is %v", err)
	}
}

var hostile = []string{
	`<script>alert(1)</script>`, `"><svg onload=alert(1)>`, "]]>", "&amp;&#0;", "a\x00b\x1b[31m\x7f", "\xff\xfe\xc3(", "\u202eevil\u202c\u2066x\u2069",
	"\ufffe\uffff", strings.Repeat("W", 10_000), strings.Repeat("\u0301", 300), "👩‍👩‍👧‍👦 🏳️‍🌈", " \t\r\n ", "=cmd|' /C calc'!A0", "\U0010ffff", "-->", "<!--",
}

func TestHostileText(t *testing.T) {
	for _, text := range hostile {
		root := &draw.Node{Name: text, Title: text, Sum: text, Initials: text, Children: []*draw.Node{{Name: text}}}
		got := svg(t, root, draw.Options{Title: text, Desc: text})
		if n := len(boxes(t, got)); n != 2 {
			t.Errorf("%.40q: %d boxes", text, n)
		}
		if strings.ContainsAny(got, "\u202e\u2066\x00\x1b") {
			t.Errorf("%.40q: it came through", text)
		}
		if len(got) > 20_000 {
			t.Errorf("%.40q: %d bytes", text, len(got))
		}
	}
}

func FuzzSVG(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, "title", 1)
	}
	f.Fuzz(func(t *testing.T, name, title string, more int) {
		root := &draw.Node{Name: name, Title: title, Initials: title, Sum: name, More: more, Tone: more, Children: []*draw.Node{{Name: title, Title: name}}}
		if n := len(boxes(t, svg(t, root, draw.Options{Title: name, Desc: title}))); n != 2 {
			t.Errorf("%d boxes of 2 people", n)
		}
	})
}

// BenchmarkSVG shows that the time for one person does not grow with their
// number.
func BenchmarkSVG(b *testing.B) {
	for _, people := range []int{200, 2_000, 20_000} {
		root, _ := grown(rand.New(rand.NewPCG(1, 1)), people)
		b.Run(strconv.Itoa(people), func(b *testing.B) {
			for b.Loop() {
				if err := draw.SVG(io.Discard, root, draw.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(people), "ns/person")
		})
	}
}
