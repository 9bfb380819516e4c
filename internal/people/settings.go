package people

import "patchbay.example/internal/people/unit"

// Settings say what the People view shows, and of what it learns. The zero value
// stands for the defaults.
type Settings struct {
	// Revision is what [Directory.SetSettings] compares, so that no change undoes
	// another one.
	Revision int64 `json:"revision" doc:"Send back the one that was read: a change in between is refused"`
	// Attributes are those that are shown and searched, by name; nil:
	// [DefaultAttributes]. The name and the id of a person are always shown.
	Attributes []string `json:"attributes" maxItems:"200" doc:"The attributes that are shown and searched; null for the default"`
	// Hidden are the ids of people who are not shown.
	Hidden []string `json:"hidden,omitempty" maxItems:"10000" doc:"Ids of people who are not shown"`
	// Units are further attributes whose values are units, beside department,
	// division, organization and cost centre. They must be allowed as well.
	Units []string `json:"units,omitempty" maxItems:"10" doc:"Attributes whose values are units, beside department, division, organization and cost centre"`
	// ManagerAttributes are further attributes of the source that may name a
	// manager, beside those that the connector knows and those of whose name it
	// can be told.
	ManagerAttributes []string `json:"manager_attributes,omitempty" maxItems:"10" doc:"Further attributes that may name a manager"`
	// Pin is the attribute and the key by which managers are looked up first;
	// nil: what fits most people.
	Pin *Pair `json:"pin,omitempty" doc:"By which attribute and key managers are looked up first; what fits most people unless given"`
	// Heads are units whose head an administrator has named.
	Heads []Head `json:"heads,omitempty" maxItems:"10000" doc:"Heads of units as an administrator knows them"`
	// SetAside changes who counts as an account that belongs to nobody: ids that
	// were found to be such and are people, or the other way round.
	SetAside map[string]bool `json:"set_aside,omitempty" doc:"By id, whether an account belongs to nobody; what the evidence says unless given"`
}

// Pair is an attribute that names managers, and the key of people that it holds.
type Pair struct {
	Attribute string `json:"attribute" maxLength:"200"`
	Key       string `json:"key" enum:"id,user_name,email,employee_number,principal_name,dn,name"`
}

// Head is a unit's head as an administrator has named it.
type Head struct {
	Field  string `json:"field" maxLength:"200"`
	Value  string `json:"value" maxLength:"1000"`
	Person string `json:"person" maxLength:"1024"`
}

// Ref is the unit that a head leads.
func (h Head) Ref() unit.Ref { return unit.Ref{Field: h.Field, Value: h.Value} }

// Attribute is one of which people have values, as an administrator sees it.
type Attribute struct {
	// Name is the standard name, such as "title", or the path in the source,
	// such as "profile.badgeNumber".
	Name string `json:"name" doc:"A standard name, or the path in the record"`
	// Label is what pages call it.
	Label string `json:"label" doc:"What pages call it"`
	// Custom says that it is not one of the standard ones.
	Custom bool `json:"custom,omitempty" doc:"Whether it is one of the record's own, not a standard one"`
	// Private says that it is a matter of private life, by its name, so that
	// nobody should allow it without a thought.
	Private bool `json:"private,omitempty" doc:"Whether it looks like a matter of private life"`
	// Allowed says that it is shown and searched.
	Allowed bool `json:"allowed" doc:"Whether it is shown and searched"`
	// People counts those who have a value.
	People int `json:"people" doc:"How many have a value"`
}

// hidden are the ids of those who are not shown.
func (s *Settings) hidden() map[string]bool {
	ids := make(map[string]bool, len(s.Hidden))
	for _, id := range s.Hidden {
		ids[id] = true
	}
	return ids
}

// Bounds of the settings.
const (
	MaxAttributes = 200    // allowed; each is a column of every index
	MaxHidden     = 10_000 // people
	MaxUnits      = 10     // further attributes that are units
	MaxHeads      = 10_000 // units with a named head
)
