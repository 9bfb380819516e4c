package store

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// PlanWithout is a plan without its mentions of a person: the elements of lists
// that are the id, or objects with a member that is. The plan itself is returned
// when it has none.
func PlanWithout(plan []byte, id string) ([]byte, error) {
	if len(plan) == 0 {
		return plan, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(plan))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("the plan of a held run is no JSON: %w", err)
	}
	value, found := without(value, id)
	if !found {
		return plan, nil
	}
	return json.Marshal(value)
}

// without takes the mentions out of a decoded value, and says whether there
// were any.
func without(value any, id string) (left any, found bool) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			var inside bool
			value[key], inside = without(member, id)
			found = found || inside
		}
		return value, found
	case []any:
		kept := make([]any, 0, len(value))
		for _, element := range value {
			if mentions(element, id) {
				found = true
				continue
			}
			element, inside := without(element, id)
			found = found || inside
			kept = append(kept, element)
		}
		return kept, found
	default:
		return value, false
	}
}

func mentions(element any, id string) bool {
	if members, ok := element.(map[string]any); ok {
		for _, member := range members {
			if member == id {
				return true
			}
		}
		return false
	}
	return element == id
}
