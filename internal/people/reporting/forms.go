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
	v := &values{byDN: byDN, texts: spelt, all: make([]value, spelt.count()), forms: newTexts(spelt.count())}
	written := inParts(spelt.count(), func(from, to int) []writtenValue { return v.write(from, to) })
	n := 0
	for _, part := range written {
		for i := range part {
			v.number(&v.all[n], &part[i])
			n++
		}
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
	f := newFolder()
	out := make([]writtenValue, to-from)
	var memory []byte
	keep := func(text []byte) []byte {
		start := len(memory)
		memory = append(memory, text...)
		return memory[start:len(memory):len(memory)]
	}
	for i := range out {
		f.write(&out[i], string(v.texts.text(int32(from+i))), v.byDN, keep)
	}
	return out
}

// write makes the forms of a value.
func (f *folder) write(out *writtenValue, text string, byDN bool, keep func([]byte) []byte) {
	exact := string(f.exact(text))
	switch {
	case exact == "":
		out.kind = codeBlank
		return
	case isPlaceholder(exact):
		out.kind = codePlaceholder
		return
	}
	out.kind = codeNotInDirectory
	out.forms[formExact] = keep(f.buf)
	out.forms[formFolded] = keep(f.folded(exact))
	out.forms[formLoose] = keep(f.loose(exact))
	if !looksLikeDN(exact) {
		out.forms[formName] = keep(f.name(exact))
		return
	}
	name, err := parseDN(exact, f.parts)
	if err != nil {
		out.kind = codeMalformedDN
		return
	}
	f.parts = name
	if byDN {
		out.forms[formDN] = keep(f.distinguished(name))
	} else {
		out.forms[formName] = keep(f.name(name.commonName()))
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
		case form > 0 && bytes.Equal(text, written.forms[form-1]):
			out.forms[form] = out.forms[form-1]
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
