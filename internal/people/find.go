package people

import (
	"fmt"
	"slices"
	"strings"

	"patchbay.example/internal/people/search"
)

// Search finds people. [*QueryError].
func (s *Snapshot) Search(q Query) (Found, error) {
	asked, err := s.ask(q)
	if err != nil {
		return Found{}, err
	}
	r := s.index.Search(asked)
	found := Found{Total: r.Total, Hits: make([]Hit, 0, len(r.Hits)), Groups: groups(r), Facets: make([]Facet, len(s.facets))}
	for _, hit := range r.Hits {
		found.Hits = append(found.Hits, s.hit(hit))
	}
	for f, column := range s.facets {
		found.Facets[f] = s.facet(column, r.Facets[f], q.More)
	}
	return found, nil
}

// sorts are the orders of an answer.
var sorts = map[string]search.Sort{"": search.BestMatch, "best": search.BestMatch, "name": search.ByName, "-name": search.ByNameDescending}

// ask is a query as the index takes it.
func (s *Snapshot) ask(q Query) (search.Query, error) {
	from, to, err := span(MaxOffset+MaxPage, q.Offset, q.Limit)
	if err != nil {
		return search.Query{}, err
	}
	order, ok := sorts[q.Sort]
	switch {
	case !ok:
		return search.Query{}, &QueryError{Parameter: "sort", Problem: "is best, name or -name"}
	case len(q.Text) > MaxText:
		return search.Query{}, &QueryError{Parameter: "q", Problem: fmt.Sprintf("is longer than %d bytes", MaxText)}
	}
	asked := search.Query{Text: q.Text, Sort: order, Offset: from, Limit: to - from, Chosen: make([][]string, len(s.facets))}
	chosen := 0
	for field, values := range q.Chosen {
		f := slices.IndexFunc(s.facets, func(c column) bool { return c.name == field })
		if f < 0 {
			return search.Query{}, &QueryError{Parameter: shown(field, maxPathBytes), Problem: "is nothing by which people can be narrowed"}
		}
		if chosen += len(values); chosen > MaxChosen {
			return search.Query{}, &QueryError{Parameter: field, Problem: fmt.Sprintf("and the others have more than %d values chosen", MaxChosen)}
		}
		asked.Chosen[f] = values
	}
	if q.More != "" {
		if !slices.ContainsFunc(s.facets, func(c column) bool { return c.name == q.More }) {
			return search.Query{}, &QueryError{Parameter: "more", Problem: "is nothing by which people can be narrowed"}
		}
		asked.FacetValues = MaxPage
	}
	return asked, nil
}

// facet is one field's values; all of them where they are asked for, else those
// with the most people.
func (s *Snapshot) facet(c column, f search.Facet, more string) Facet {
	facet := Facet{Field: c.name, Label: c.label, More: f.More, Values: []Count{}}
	if c.name == attrUserType {
		facet.Label = "Type"
	}
	for _, v := range f.Values {
		if c.name != more && len(facet.Values) >= search.DefaultFacetValues && !v.Chosen {
			facet.More++
			continue
		}
		count := Count{Value: v.Value, People: v.Count, Chosen: v.Chosen}
		if c.name == attrManager {
			count.Label = "No manager shown"
			if i, ok := s.ids[v.Value]; ok {
				count.Label = s.people[i].name
			} else if v.Value != "" {
				count.Label = "Somebody who is not here"
			}
		}
		facet.Values = append(facet.Values, count)
	}
	return facet
}

// hit is somebody found, with what to mark.
func (s *Snapshot) hit(h search.Hit) Hit {
	found := Hit{Card: s.card(h.Person)}
	by := map[search.Mark][]search.Mark{}
	for _, m := range h.Marks {
		of := search.Mark{Field: m.Field, Index: m.Index}
		by[of] = append(by[of], m)
	}
	found.NameMarks = pieces(found.Name, by[search.Mark{Field: search.Name}])
	found.TitleMarks = pieces(found.Title, by[search.Mark{Field: search.Title}])
	if found.NameMarks != nil || found.TitleMarks != nil {
		return found
	}
	d := s.document(h.Person)
	for _, also := range []struct {
		field search.Field
		label string
		texts []string
	}{
		{search.Names, "also called", d.Names},
		{search.Emails, "e-mail", d.Emails},
		{search.Numbers, "employee no.", d.Numbers},
		{search.Department, "department", []string{d.Department}},
		{search.Other, "", d.Other},
	} {
		for i, text := range also.texts {
			if cut := pieces(text, by[search.Mark{Field: also.field, Index: i}]); cut != nil {
				found.Also, found.AlsoMarks = also.label, cut
				return found
			}
		}
	}
	return found
}

// groups say in words how people match, in three kinds: every word, every word
// but for a letter, some words.
func groups(r search.Result) []Group {
	counts := map[string]int{}
	typos, some := map[int]bool{}, map[int]bool{}
	for _, g := range r.Groups {
		kind := "exact"
		switch g.Kind {
		case search.OneLetter:
			kind = "typo"
			typos[g.Typos] = true
		case search.SomeWords:
			kind = "some"
			some[g.Words] = true
		}
		counts[kind] += g.Count
	}
	var list []Group
	for _, kind := range []string{"exact", "typo", "some"} {
		if n := counts[kind]; n > 0 {
			list = append(list, group(kind, n, r.Words, len(list) == 0, typos, some))
		}
	}
	return list
}

func group(kind string, people, words int, first bool, typos, some map[int]bool) Group {
	g := Group{Kind: kind, People: people}
	verb := " match "
	if people == 1 {
		verb = " matches "
	}
	number := thousands(people)
	if !first {
		number += " more"
	}
	switch kind {
	case "exact":
		g.Lead, g.Rest = number+verb+allOf(words), "."
	case "typo":
		g.Lead, g.Rest = number+verb+allOf(words), ", but for a letter."
		if words > 1 && len(typos) == 1 && typos[words] {
			g.Rest = ", one letter different in each."
		} else if words > 1 && len(typos) == 1 && typos[1] {
			g.Rest = ", one letter different in one of them."
		}
		if first {
			g.Rest += " Nobody is spelt exactly so."
		}
	case "some":
		of := " some of the " + spelt(words) + " words"
		if len(some) == 1 && some[1] {
			of = " one of the " + spelt(words) + " words"
		}
		g.Lead, g.Rest = number+strings.TrimSuffix(verb, " ")+of, "."
	}
	return g
}

// allOf names all words of a query.
func allOf(words int) string {
	switch words {
	case 1:
		return "the word"
	case 2:
		return "both words"
	default:
		return "all " + spelt(words) + " words"
	}
}

// spelt is a small number in letters.
func spelt(n int) string {
	names := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight"}
	if n >= 0 && n < len(names) {
		return names[n]
	}
	return thousands(n)
}
