package columns

import (
	"slices"
	"strings"
)

// Override is an administrator's word on what a column means.
type Override struct {
	Header    string    // as in the file; case and blanks do not count
	Attribute Attribute // None: the column means nothing
}

// Proposal says what the columns mean.
type Proposal struct {
	// Columns has the attribute of each header, None for one without.
	Columns []Attribute
	// Contested are columns that would mean what another column means already.
	Contested []Contest
	// Unused are the headers of overrides that no column has.
	Unused []string
}

// Contest is a column that lost an attribute to another one.
type Contest struct {
	Column, Winner int
	Attribute      Attribute
}

// Of returns the columns that have an attribute, in their order.
func (p Proposal) Of(a Attribute) []int {
	var columns []int
	for i, has := range p.Columns {
		if has == a {
			columns = append(columns, i)
		}
	}
	return columns
}

// First returns the column that has an attribute, or -1.
func (p Proposal) First(a Attribute) int { return slices.Index(p.Columns, a) }

// strength is how well a header stands for an attribute: its place among the
// attribute's headers, 0 for the best.
type strength struct {
	attribute Attribute
	rank      int
}

// dictionary has every understood header, folded.
var dictionary = func() map[string]strength {
	d := map[string]strength{}
	for _, u := range understood {
		for rank, header := range u.Headers {
			for _, folded := range []string{Fold(header), Fold(digraphs.Replace(header))} {
				if _, taken := d[folded]; !taken {
					d[folded] = strength{u.Attribute, rank}
				}
			}
		}
	}
	return d
}()

// Score counts the headers that are understood, or named in overrides.
func Score(headers []string, overrides []Override) int {
	score := 0
	for _, header := range headers {
		if _, ok := lookUp(header); ok || overridden(header, overrides) >= 0 {
			score++
		}
	}
	return score
}

// Propose says what columns with these headers mean.
func Propose(headers []string, overrides []Override) Proposal {
	p := Proposal{Columns: make([]Attribute, len(headers))}
	used := make([]bool, len(overrides))
	fixed := make([]bool, len(headers))
	for i, header := range headers {
		if o := overridden(header, overrides); o >= 0 && !used[o] {
			p.Columns[i], fixed[i], used[o] = overrides[o].Attribute, true, true
		}
	}
	for i, o := range overrides {
		if !used[i] {
			p.Unused = append(p.Unused, o.Header)
		}
	}
	p.claim(headers, fixed)
	p.names(headers, fixed)
	return p
}

// claim gives attributes to the columns whose headers are understood, those with
// the strongest headers first.
func (p *Proposal) claim(headers []string, fixed []bool) {
	type claim struct {
		column int
		strength
	}
	var claims []claim
	for i, header := range headers {
		if s, ok := lookUp(header); ok && !fixed[i] {
			claims = append(claims, claim{i, s})
		}
	}
	slices.SortStableFunc(claims, func(a, b claim) int { return a.rank - b.rank })
	for _, c := range claims {
		winner := p.First(c.attribute)
		switch {
		case winner < 0 || c.attribute.Many():
			p.Columns[c.column] = c.attribute
		case c.attribute == Email:
			p.Columns[c.column] = OtherEmail
		default:
			p.Contested = append(p.Contested, Contest{c.column, winner, c.attribute})
		}
	}
}

// familyNames are headers that mean a full name where they stand alone, and the
// family name beside a column of given names.
var familyNames = []string{"name", "naam", "namn", "navn"}

// givenNames are the reverse: full names alone, given names beside a column of
// family names.
var givenNames = []string{"nombre", "nome"}

// names decides about headers whose meaning hangs on their neighbours.
func (p *Proposal) names(headers []string, fixed []bool) {
	full := p.First(DisplayName)
	if full < 0 || fixed[full] {
		return
	}
	folded := Fold(headers[full])
	given, family := p.First(GivenName), p.First(FamilyName)
	switch {
	case family < 0 && given >= 0 && slices.Contains(familyNames, folded):
		p.Columns[full] = FamilyName
	case given < 0 && family >= 0 && slices.Contains(givenNames, folded):
		p.Columns[full] = GivenName
	}
}

func overridden(header string, overrides []Override) int {
	return slices.IndexFunc(overrides, func(o Override) bool { return Same(o.Header, header) })
}

// Same reports whether two headers are the same but for case and blanks.
func Same(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// neutral are segments of a dotted path that say no more than that the rest is
// about the person.
var neutral = map[string]bool{
	"profile": true, "employee": true, "person": true, "user": true, "worker": true, "personal": true, "work": true, "job": true,
	"employment": true, "contact": true, "attributes": true, "data": true, "fields": true, "details": true, "basic": true, "info": true, "properties": true,
	"mitarbeiter": true, "salarie": true, "empleado": true,
}

// lookUp finds the attribute of a header, or of a dotted path: of the whole path,
// or of what is left without its neutral beginning and without numbers.
func lookUp(header string) (strength, bool) {
	if s, ok := dictionary[Fold(header)]; ok {
		return s, true
	}
	if !strings.Contains(header, ".") {
		return strength{}, false
	}
	var segments []string
	for segment := range strings.SplitSeq(header, ".") {
		if segment = strings.TrimSpace(segment); segment != "" && strings.Trim(segment, "0123456789") != "" {
			segments = append(segments, segment)
		}
	}
	for len(segments) > 0 {
		if s, ok := dictionary[Fold(strings.Join(segments, " "))]; ok {
			return s, true
		}
		if !neutral[Fold(segments[0])] {
			break
		}
		segments = segments[1:]
	}
	return strength{}, false
}
