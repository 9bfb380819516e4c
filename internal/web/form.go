package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// formView is a connection's form as it is shown: what was typed, what is wrong
// with it, and what a test found.
type formView struct {
	service.Form
	// Stored is the connection that is edited; nil where one is added.
	Stored *service.Connection
	Action string
	// First are the fields that everybody fills in; Groups the others.
	First  []fieldView
	Groups []groupView
	// Draft names the secrets that were typed and are kept.
	Draft string
	// Values and Errors are of the form's own fields: name, interval, shrink,
	// deadline; Errors has those of the configuration as well.
	Values map[string]string
	HRIS   bool
	Errors map[string]string
	// Problem and Fix say what went wrong as a whole.
	Problem, Fix string
	Report       *service.Report
	CanSave      bool
}

type groupView struct {
	Name   string
	Fields []fieldView
	Open   bool // something in it was filled in, or is wrong
}

// fieldView is a field with what was typed.
type fieldView struct {
	service.Field
	Value   string
	Checked bool
	Kept    *kept // of a secret that is there already
	Error   string
}

// entry is what somebody typed into a form.
type entry struct {
	form   service.Form
	stored *service.Connection
	values map[string]string // by field of the configuration, without secrets
	// secrets are those typed now or before; see drafts.
	secrets map[string]string
	own     map[string]string // the form's own fields
	hris    bool
	errors  map[string]string
}

// blank is an entry with a connector's defaults, or what is stored.
func blank(form service.Form, stored *service.Connection) entry {
	e := entry{
		form: form, stored: stored, values: map[string]string{}, secrets: map[string]string{},
		own: map[string]string{"name": form.Connector, "shrink": strconv.Itoa(store.DefaultShrinkPercent)}, errors: map[string]string{},
	}
	config := map[string]json.RawMessage{}
	if stored != nil {
		_ = json.Unmarshal(stored.Config, &config)
		e.hris = stored.HRIS
		e.own = map[string]string{
			"name": stored.Name, "interval": shortDuration(stored.Interval),
			"shrink": strconv.Itoa(stored.ShrinkPercent), "deadline": shortDuration(stored.Deadline),
		}
	}
	for _, f := range form.Fields {
		e.values[f.Name] = f.Default
		if value, ok := config[f.Name]; ok {
			e.values[f.Name] = written(value)
		}
	}
	return e
}

// read reads what was posted. Secrets that were typed before come from the
// draft; the new draft's id is returned.
func (s *Site) read(r *http.Request, form service.Form, stored *service.Connection) (entry, string, error) {
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return entry{}, "", err
		}
		return entry{}, "", &refusal{status: http.StatusBadRequest, title: "This form can't be read", text: "Go back and send it again."}
	}
	e := blank(form, stored)
	session, which := s.session(r), r.URL.Path
	e.secrets = s.drafts.get(r.PostForm.Get("draft"), session, which)
	for _, name := range []string{"name", "interval", "shrink", "deadline"} {
		if stored == nil || name != "name" {
			e.own[name] = strings.ToValidUTF8(strings.TrimSpace(r.PostForm.Get(name)), "\uFFFD")
		}
	}
	e.hris = r.PostForm.Get("hris") != ""
	for _, f := range form.Fields {
		text := strings.ToValidUTF8(r.PostForm.Get("c."+f.Name), "\uFFFD")
		switch {
		case f.Secret:
			if typed := typedSecret(text, f.Multiline); typed != "" && len(typed) <= maxSecret {
				e.secrets[f.Name] = typed
			} else if typed != "" {
				e.errors[f.Name] = fmt.Sprintf("is longer than %s bytes", thousands(maxSecret))
			}
		case f.Type == "boolean":
			e.values[f.Name] = strconv.FormatBool(text != "")
		default:
			e.values[f.Name] = strings.TrimSpace(text)
		}
	}
	return e, s.drafts.put(r.PostForm.Get("draft"), session, which, e.secrets), nil
}

// config is what was typed as an object of the connector's properties. Of a
// stored connection it has only what is different; nil where nothing is.
func (e *entry) config() json.RawMessage {
	object, was := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if e.stored != nil {
		_ = json.Unmarshal(e.stored.Config, &was)
	}
	for _, f := range e.form.Fields {
		if f.Secret {
			e.configSecret(f, object)
			continue
		}
		value := e.value(f)
		old, had := was[f.Name]
		switch {
		case value == nil && had:
			object[f.Name] = json.RawMessage("null")
		case value == nil || had && same(value, old):
		case e.stored != nil && !had && e.values[f.Name] == f.Default:
		default:
			object[f.Name] = value
		}
	}
	if e.stored != nil && len(object) == 0 {
		return nil
	}
	text, err := json.Marshal(object)
	if err != nil { // every value is JSON
		return nil
	}
	return text
}

func (e *entry) configSecret(f service.Field, object map[string]json.RawMessage) {
	if secret, ok := e.secrets[f.Name]; ok {
		object[f.Name], _ = json.Marshal(secret)
	} else if f.Required && e.stored == nil && e.errors[f.Name] == "" {
		e.errors[f.Name] = "is needed"
	}
}

// value is a field's value as JSON; nil where nothing was typed, or what can't
// be one, of which e.errors tells.
func (e *entry) value(f service.Field) json.RawMessage {
	text := e.values[f.Name]
	if text == "" {
		if f.Required {
			e.errors[f.Name] = "is needed"
		}
		return nil
	}
	switch f.Type {
	case "boolean":
		return json.RawMessage(text)
	case "integer", "number":
		return e.number(f, text)
	case "array":
		value, err := json.Marshal(service.Listed(text))
		if err != nil { // a list of texts is JSON
			e.errors[f.Name] = "can't be read"
		}
		return value
	}
	if n := utf8.RuneCountInString(text); f.MaxLength > 0 && n > f.MaxLength {
		e.errors[f.Name] = fmt.Sprintf("has %s characters; at most %s are allowed", thousands(n), thousands(f.MaxLength))
		return nil
	}
	value, err := json.Marshal(text)
	if err != nil {
		e.errors[f.Name] = "can't be read"
	}
	return value
}

func (e *entry) number(f service.Field, text string) json.RawMessage {
	n, err := strconv.ParseFloat(text, 64)
	var value json.RawMessage
	switch {
	case err != nil, json.Unmarshal([]byte(text), &value) != nil:
		e.errors[f.Name] = "is not a number"
	case f.Type == "integer" && strings.ContainsAny(text, ".eE"):
		e.errors[f.Name] = "is not a whole number"
	case f.Minimum != nil && n < *f.Minimum:
		e.errors[f.Name] = fmt.Sprintf("is less than %v", *f.Minimum)
	case f.Maximum != nil && n > *f.Maximum:
		e.errors[f.Name] = fmt.Sprintf("is more than %v", *f.Maximum)
	default:
		return value
	}
	return nil
}

// duration reads one of the form's own durations: "6h", "90m", or a number of
// hours; 0 where nothing was typed.
func (e *entry) duration(name string) service.Duration {
	text := e.own[name]
	if text == "" {
		return 0
	}
	if hours, err := strconv.ParseFloat(text, 64); err == nil && hours > 0 && hours < 10_000 {
		return service.Duration(hours * float64(time.Hour))
	}
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || d <= 0 {
		e.errors[name] = "is no duration, such as 6h or 90m"
	}
	return service.Duration(d)
}

// shrink reads the limit in percent; 0 where nothing was typed.
func (e *entry) shrink() int {
	text := strings.TrimSpace(strings.TrimSuffix(e.own["shrink"], "%"))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 100 {
		e.errors["shrink"] = "is not a number of percent from 1 to 100"
	}
	return n
}

// draft is the connection that was typed. What is wrong stands in e.errors.
func (e *entry) draft() service.Draft {
	return service.Draft{
		Name: e.own["name"], Connector: e.form.Connector, Config: e.config(),
		Settings: service.Settings{HRIS: e.hris, Interval: e.duration("interval"), ShrinkPercent: e.shrink(), Deadline: e.duration("deadline")},
	}
}

// change is what is different from what is stored.
func (e *entry) change() service.Change {
	c := service.Change{Config: e.config()}
	if e.hris != e.stored.HRIS {
		c.HRIS = &e.hris
	}
	if d := e.duration("interval"); d != e.stored.Interval {
		c.Interval = &d
	}
	if d := e.duration("deadline"); d != e.stored.Deadline {
		c.Deadline = &d
	}
	if n := e.shrink(); n != e.stored.ShrinkPercent {
		c.ShrinkPercent = &n
	}
	return c
}

// view is the form as it is shown.
func (e *entry) view(action, draft string) formView {
	v := formView{Form: e.form, Stored: e.stored, Action: action, Draft: draft, Values: e.own, HRIS: e.hris, Errors: e.errors}
	for _, f := range e.form.Fields {
		field := e.field(f)
		if f.Group == "" {
			v.First = append(v.First, field)
			continue
		}
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Name != f.Group {
			v.Groups = append(v.Groups, groupView{Name: f.Group})
		}
		g := &v.Groups[len(v.Groups)-1]
		g.Fields = append(g.Fields, field)
		g.Open = g.Open || field.Error != "" || field.Kept != nil || field.Value != field.Default
	}
	return v
}

func (e *entry) field(f service.Field) fieldView {
	v := fieldView{Field: f, Error: e.errors[f.Name]}
	if !f.Secret {
		v.Value = e.values[f.Name]
		v.Checked = v.Value == "true"
		return v
	}
	v.Value, v.Default = "", "" // a secret never goes back to the browser
	if secret, ok := e.secrets[f.Name]; ok {
		k := keptOf(secret)
		v.Kept = &k
	} else if e.stored != nil {
		v.Kept = placeOf(e.stored.Secrets[f.Name])
	}
	return v
}

// blame puts an error where it belongs: beside the field at fault, or above the
// form. It is not blamed where the form can't say anything of use.
func (v *formView) blame(err error) bool {
	var input *service.InputError
	var invalid *connection.InvalidError
	switch {
	case errors.As(err, &input):
		name := strings.TrimSuffix(input.Field, "_percent")
		v.Errors[name] = input.Problem
		if _, own := v.Values[name]; !own && name != "shrink" {
			v.Problem = input.Error() + "."
		}
	case errors.As(err, &invalid):
		v.Errors[invalid.Property] = invalid.Problem
		if invalid.Property == "" {
			v.Problem = invalid.Error() + "."
		}
	case errors.Is(err, store.ErrNameTaken):
		v.Errors["name"] = "is taken by another connection"
	case errors.Is(err, service.ErrTestFailed):
	default:
		e, ok := host.Explain(err)
		if !ok {
			return false
		}
		v.Problem, v.Fix = e.Message, e.Fix
	}
	return true
}

// same compares two JSON values as written without blanks.
func same(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// written is a JSON value as it stands in a field.
func written(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	if lines, ok := service.Lines(value); ok {
		return lines
	}
	return string(value)
}

// shortDuration is 6h0m0s as 6h.
func shortDuration(d service.Duration) string {
	if d == 0 {
		return ""
	}
	text := strings.TrimSuffix(d.String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		return strings.TrimSuffix(text, "0m")
	}
	if text == "" || !strings.HasSuffix(text, "m") {
		return d.String()
	}
	return text
}
