package oktatest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// filter is one comparison, the part of Okta's filter language that the tenant
// understands.
type filter struct{ attribute, operator, value string }

// timestampLayout is how Okta writes all its times.
const timestampLayout = "2006-01-02T15:04:05.000Z"

var errFilter = errors.New(`want status eq "…", id eq "…" or lastUpdated eq|gt|ge|lt|le "…"`)

func parseFilter(expression string) (filter, error) {
	attribute, rest, _ := strings.Cut(strings.TrimSpace(expression), " ")
	operator, value, _ := strings.Cut(strings.TrimSpace(rest), " ")
	value = strings.TrimSpace(value)
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' || strings.Contains(value[1:len(value)-1], `"`) {
		return filter{}, errFilter
	}
	f := filter{attribute, operator, value[1 : len(value)-1]}
	switch {
	case f.attribute == "status" && operator == "eq", f.attribute == "id" && operator == "eq":
		return f, nil
	case f.attribute == "lastUpdated" && slices.Contains([]string{"eq", "gt", "ge", "lt", "le"}, operator):
		at, err := time.Parse(time.RFC3339, f.value)
		if err != nil {
			return filter{}, fmt.Errorf("%q is not a time such as 2026-01-01T00:00:00.000Z", f.value)
		}
		// All times in this form are as long, so they compare as text.
		f.value = at.UTC().Format(timestampLayout)
		return f, nil
	}
	return filter{}, errFilter
}

func (f filter) matches(people directory, i int) bool {
	switch f.attribute {
	case "status":
		return people.status(i) == f.value
	case "id":
		return people.id(i) == f.value
	}
	order := strings.Compare(people.lastUpdated(i), f.value)
	switch f.operator {
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	}
	return order == 0
}
