package plugin

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
)

// house has a field of every kind, with every tag.
type house struct {
	Street string   `json:"street" title:"Street" help:"As on the sign." required:"true" example:"Main Street" max:"20" listing:"true"`
	Door   Secret   `json:"door" title:"Door code" required:"true" multiline:"true"`
	Spare  Secret   `json:"spare" title:"Spare code"`
	Colour string   `json:"colour" title:"Colour" enum:"red,green" default:"red" group:"Looks"`
	Post   string   `json:"post" title:"Post code" pattern:"^[0-9]{5}$" example:"12345"`
	Name   string   `json:"name" title:"Name" min:"3"`
	Floors int      `json:"floors" title:"Floors" min:"1" max:"9" default:"2"`
	Area   float64  `json:"area" title:"Area" min:"0.5"`
	Garden bool     `json:"garden" title:"Garden" default:"true"`
	Guests []string `json:"guests" title:"Guests"`

	hidden string //nolint:unused // not a property
	Skip   string `json:"-"`
}

var update = flag.Bool("update", false, "write golden files anew")

func TestSchemaIsAsTheContractSays(t *testing.T) {
	t.Parallel()
	var indented any
	if err := json.Unmarshal(SchemaOf[house]().JSON(), &indented); err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(indented, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "schema.golden.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("the schema is\n%s\nwant (go test -update writes it anew)\n%s", got, want)
	}
}

func TestStructsThatAreNoConfigurationPanic(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(){
		"no struct": func() { SchemaOf[string]() },
		"no title": func() {
			SchemaOf[struct {
				A string `json:"a"`
			}]()
		},
		"type": func() {
			SchemaOf[struct {
				A map[string]int `json:"a" title:"A"`
			}]()
		},
		"pattern": func() {
			SchemaOf[struct {
				A string `json:"a" title:"A" pattern:"("`
			}]()
		},
		"bound": func() {
			SchemaOf[struct {
				A int `json:"a" title:"A" min:"few"`
			}]()
		},
		"default of a type": func() {
			SchemaOf[struct {
				A int `json:"a" title:"A" default:"few"`
			}]()
		},
		"default of a range": func() {
			SchemaOf[struct {
				A int `json:"a" title:"A" default:"12" max:"9"`
			}]()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("it was taken for a configuration")
				}
			}()
			make()
		})
	}
}

func TestDecodeFillsTheStruct(t *testing.T) {
	t.Parallel()
	var got house
	c := NewConfiguration([]byte(`{"street":"Main Street","post":"12345","floors":3,"area":1.5,"garden":false,"guests":["a","b"],"colour":null}`),
		map[string]string{"door": "4711"})
	if err := c.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Street != "Main Street" || got.Door.Reveal() != "4711" || !got.Spare.IsZero() || got.Colour != "red" || got.Post != "12345" ||
		got.Floors != 3 || got.Area != 1.5 || got.Garden || !reflect.DeepEqual(got.Guests, []string{"a", "b"}) {
		t.Errorf("decoded as %+v", got)
	}
}

func TestDecodeFillsInDefaults(t *testing.T) {
	t.Parallel()
	var got house
	if err := NewConfiguration([]byte(`{"street":"Main Street"}`), map[string]string{"door": "4711"}).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Colour != "red" || got.Floors != 2 || !got.Garden || got.Area != 0 || got.Guests != nil {
		t.Errorf("decoded as %+v", got)
	}
}

func TestDecodeNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	const street = `"street":"Main Street"`
	door := map[string]string{"door": "canary-4711"}
	for name, c := range map[string]struct {
		object  string
		secrets map[string]string
		want    []string
	}{
		"nothing":            {``, nil, []string{`"street" is missing`, `"door" is missing`}},
		"null":               {`null`, nil, []string{`"street" is missing`}},
		"empty":              {`{"street":""}`, door, []string{`"street" is empty`}},
		"required null":      {`{"street":null}`, door, []string{`"street" is missing`}},
		"no object":          {`["canary-4711"]`, door, []string{"not a JSON object"}},
		"no JSON":            {`{"street":canary-4711`, door, []string{"not a JSON object"}},
		"misspelt":           {`{"stret":"x"}`, door, []string{`"stret" is not known (did you mean "street"?)`, `"street" is missing`}},
		"upper case":         {`{` + street + `,"Colour":"red"}`, door, []string{`did you mean "colour"?`}},
		"like nothing":       {`{` + street + `,"zzzzzzzz":"x"}`, door, []string{`known are street, door, spare`}},
		"secret in plain":    {`{` + street + `,"door":"canary-4711"}`, nil, []string{`"door" is a secret`, `"door" is missing`}},
		"plain as secret":    {`{` + street + `}`, map[string]string{"door": "x", "floors": "canary-4711"}, []string{`no secret "floors"`}},
		"unknown secret":     {`{` + street + `}`, map[string]string{"door": "x", "window": "canary-4711"}, []string{`no secret "window"`}},
		"secret too long":    {`{` + street + `}`, map[string]string{"door": strings.Repeat("canary-4711", 10_000)}, []string{`"door" has more than 65536 bytes`}},
		"not a string":       {`{"street":7}`, door, []string{`"street" must be a string`}},
		"too long":           {`{"street":"canary-4711 canary-4711"}`, door, []string{`"street" is longer than 20 bytes`}},
		"too short":          {`{` + street + `,"name":"x"}`, door, []string{`"name" is shorter than 3 bytes`}},
		"none of them":       {`{` + street + `,"colour":"blue"}`, door, []string{`"colour" must be one of red, green`}},
		"pattern":            {`{` + street + `,"post":"canary-4711"}`, door, []string{`"post" does not look right (an example: 12345)`}},
		"too few":            {`{` + street + `,"floors":0}`, door, []string{`"floors" must be at least 1`}},
		"too many":           {`{` + street + `,"floors":10}`, door, []string{`"floors" must be at most 9`}},
		"half a floor":       {`{` + street + `,"floors":1.5}`, door, []string{`"floors" must be a whole number`}},
		"floors in words":    {`{` + street + `,"floors":"two"}`, door, []string{`"floors" must be a whole number`}},
		"no number":          {`{` + street + `,"area":true}`, door, []string{`"area" must be a number`}},
		"endless":            {`{` + street + `,"floors":1e300}`, door, []string{`"floors" must be a whole number`}},
		"no boolean":         {`{` + street + `,"garden":"yes"}`, door, []string{`"garden" must be true or false`}},
		"no list":            {`{` + street + `,"guests":"a"}`, door, []string{`"guests" must be a list of strings`}},
		"odd list":           {`{` + street + `,"guests":["a",1]}`, door, []string{`"guests" must be a list of strings`}},
		"far too large":      {`{"street":"` + strings.Repeat("x", wire.MaxConfigBytes) + `"}`, door, []string{"at most 262144 are allowed"}},
		"everything at once": {`{"street":7,"floors":10,"x":1}`, nil, []string{`"x" is not known`, `"street" must be`, `"floors" must be`, `"door" is missing`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got house
			err := NewConfiguration([]byte(c.object), c.secrets).Decode(&got)
			refusal, ok := errors.AsType[*Refusal](err)
			if !ok || refusal.Reason != ReasonConfigInvalid || !strings.HasSuffix(refusal.Message, ".") {
				t.Fatalf("%v, want a refusal %s with a sentence", err, ReasonConfigInvalid)
			}
			for _, want := range c.want {
				if !strings.Contains(refusal.Message, want) {
					t.Errorf("%q does not say %q", refusal.Message, want)
				}
			}
			if strings.Contains(refusal.Message, "canary") {
				t.Errorf("%q quotes a value, which may be a secret in the wrong place", refusal.Message)
			}
		})
	}
}

func TestAConfigurationPrintsNoValue(t *testing.T) {
	t.Parallel()
	c := NewConfiguration([]byte(`{"door":"canary-4711"}`), map[string]string{"spare": "canary-4712"})
	for _, verb := range verbs {
		for _, holder := range []any{c, &c, struct{ c Configuration }{c}, []Configuration{c}} {
			if text := printed(verb, holder); strings.Contains(text, "canary") || strings.Contains(text, "99 97 110") || strings.Contains(text, "63616e") {
				t.Errorf("%s of %T prints %s", verb, holder, text)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"street":"Main Street","floors":3,"area":1.5,"garden":false,"guests":["a","b"],"colour":"green"}`), "4711")
	f.Add([]byte(`{"street":7,"floors":1e300,"garden":"yes","guests":[null],"x":{}}`), "")
	f.Add([]byte(`null`), "4711")
	f.Add([]byte(`{"street":"\ud800","post":"12345","post":"1"}`), "\x00")
	f.Fuzz(func(t *testing.T, object []byte, door string) {
		var got house
		err := NewConfiguration(object, map[string]string{"door": door}).Decode(&got)
		if err != nil {
			if refusal, ok := errors.AsType[*Refusal](err); !ok || refusal.Reason != ReasonConfigInvalid {
				t.Errorf("%q: %v, want a refusal", object, err)
			}
			return
		}
		if got.Street == "" || len(got.Street) > 20 || got.Door.Reveal() != door || got.Floors < 1 || got.Floors > 9 ||
			got.Colour != "" && got.Colour != "red" && got.Colour != "green" {
			t.Errorf("%q was taken for %+v", object, got)
		}
	})
}
