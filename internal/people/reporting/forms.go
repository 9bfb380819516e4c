package reporting

import "bytes"

// form is a way of writing a value. A value and a key match if they are equal in
// the form that the key is compared in.
type form uint8

const (
	formExact form = iota
	formFolded
	formLoose
	formDN
	formName
	formCount
)

// slot is where a form finds people: a key, or a weaker reading of one.
type slot uint8

// The slots.
const (
	slotID slot = iota
	slotNumber
	slotUserName
	slotEmail
	slotPrincipal
	slotLocal // what stands before the "@" of a login
	slotLooseNumber
	slotDN
	slotName
	slotCount
)

// formOf is the form that a slot is compared in.
var formOf = [slotCount]form{
	slotID: formExact, slotNumber: formExact,
	slotUserName: formFolded, slotEmail: formFolded, slotPrincipal: formFolded, slotLocal: formFolded,
	slotLooseNumber: formLoose, slotDN: formDN, slotName: formName,
}

// slotsOf are a key's slots: a weaker one counts only where the stronger one
// finds nobody.
var slotsOf = [len(keys)][]slot{
	placeID: {slotID}, placeUserName: {slotUserName}, placeEmail: {slotEmail},
	placeEmployeeNumber: {slotNumber, slotLooseNumber},
	placePrincipalName:  {slotPrincipal, slotLocal},
	placeDN:             {slotDN}, placeName: {slotName},
}

// value is a reference's value in all forms.
type value struct {
	// forms are numbers of the forms among values.forms; -1: it has none.
	forms [formCount]int32
	// kind is codeBlank, codePlaceholder, codeMalformedDN, or codeNotInDirectory
	// for one that may name somebody.
	kind uint8
}

// values are the distinct values of references: what is looked for in the
// accounts. They are far fewer than the accounts' own texts, so it is the
// accounts that are held against the values.
type values struct {
	// byDN says that some account has a distinguished name.
	byDN bool
	// texts are the values as they are spelt; value n of all is text n.
	texts *texts
	all   []value
	// forms are the values in all forms. Those of different forms share numbers
	// where they are equal: the slots tell them apart.
	forms *texts
	// has says which forms any value has: the others need not be made of accounts.
	has [formCount]bool
}

// newValues makes the forms of texts.
func newValues(byDN bool, spelt *texts) *values {
	n := spelt.count()
	// A value has two or three different forms.
	v := &values{byDN: byDN, texts: spelt, all: make([]value, n), forms: newTexts(2*n, 2*len(spelt.joined))}
	written := inParts(n, func(from, to int) []writtenValue { return v.write(from, to) })
	all := v.all
	for _, part := range written {
		for i := range part {
			v.number(&all[i], &part[i])
		}
		all = all[len(part):]
	}
	return v
}

// writtenValue is a value whose forms have no numbers yet.
type writtenValue struct {
	kind  uint8
	forms [formCount][]byte
}

// write makes the forms of some values.
func (v *values) write(from, to int) []writtenValue {
	w := writer{folder: newFolder(), byDN: v.byDN}
	out := make([]writtenValue, to-from)
	for i := range out {
		w.write(&out[i], string(v.texts.text(int32(from+i))))
	}
	return out
}

// writer makes forms.
type writer struct {
	*folder
	byDN bool
	// memory is where they are kept: a piece at a time, for many at once.
	memory []byte
}

// pieceBytes is the size of a piece of memory: thousands of forms of ordinary
// length.
const pieceBytes = 256 << 10

// keep keeps a form, or the one before it where they are equal.
func (w *writer) keep(text, before []byte) []byte {
	if bytes.Equal(text, before) {
		return before
	}
	if len(text) > cap(w.memory)-len(w.memory) {
		w.memory = make([]byte, 0, max(pieceBytes, len(text)))
	}
	start := len(w.memory)
	w.memory = append(w.memory, text...)
	return w.memory[start:len(w.memory):len(w.memory)]
}

// write makes the forms of a value.
func (w *writer) write(out *writtenValue, text string) {
	exact := string(w.exact(text))
	switch {
	case exact == "":
		out.kind = codeBlank
		return
	case isPlaceholder(exact):
		out.kind = codePlaceholder
		return
	}
	out.kind = codeNotInDirectory
	out.forms[formExact] = w.keep(w.buf, nil)
	out.forms[formFolded] = w.keep(w.folded(exact), out.forms[formExact])
	out.forms[formLoose] = w.keep(w.loose(exact), out.forms[formFolded])
	if !looksLikeDN(exact) {
		out.forms[formName] = w.keep(w.name(exact), out.forms[formFolded])
		return
	}
	name, err := parseDN(exact, w.parts)
	if err != nil {
		out.kind = codeMalformedDN
		return
	}
	w.parts = name
	if w.byDN {
		out.forms[formDN] = w.keep(w.distinguished(name), out.forms[formFolded])
	} else {
		out.forms[formName] = w.keep(w.name(name.commonName()), nil)
	}
}

// number gives a value's forms their numbers.
func (v *values) number(out *value, written *writtenValue) {
	out.kind = written.kind
	for form, text := range written.forms {
		out.forms[form] = -1
		switch {
		case len(text) == 0:
			continue
		case form != int(formExact) && bytes.Equal(text, written.forms[formExact]):
			out.forms[form] = out.forms[formExact]
		case form > int(formFolded) && bytes.Equal(text, written.forms[formFolded]):
			out.forms[form] = out.forms[formFolded]
		default:
			out.forms[form] = v.forms.add(text)
		}
		v.has[form] = true
	}
}

// anyDN reports whether some account has a distinguished name.
func anyDN(accounts []Account) bool {
	for i := range accounts {
		if accounts[i].DN != "" {
			return true
		}
	}
	return false
}
