package webtest

import (
	"context"
	"slices"

	"patchbay.example/internal/people"
	"patchbay.example/internal/store"
)

// PreviewPeople implements [service.Operations]: of a connection that has people,
// two samples and an account that is set aside.
func (o *Operations) PreviewPeople(_ context.Context, name string) (people.Preview, error) {
	unlock, err := o.begin()
	defer unlock()
	if err != nil {
		return people.Preview{}, err
	}
	c, err := o.find(name)
	if err != nil {
		return people.Preview{}, err
	}
	preview := people.Preview{Connection: name, Other: o.markedBut(name)}
	listed := o.people[name]
	if len(listed) == 0 {
		return preview, nil
	}
	preview.Synced, preview.People, preview.Active, preview.WithManager = true, int(c.People), int(c.WithAccess), int(c.People)-1
	preview.Attribute, preview.Key = "managerId", "email"
	preview.Shown = []people.Attribute{{Name: "title", Label: "Title", Allowed: true, People: int(c.People)}}
	preview.Hidden = []people.Attribute{{Name: "mobilePhone", Label: "Mobile phone", Private: true, People: 1}}
	preview.SetAside, preview.SetAsideTotal = []people.Aside{{Card: people.Card{ID: "svc", Name: "Backup service"}, Why: "It has no first and no last name."}}, 1
	for i, p := range slices.Backward(listed[:min(2, len(listed))]) {
		preview.Samples = append(preview.Samples, people.Sample{
			Card: people.Card{ID: p.ID, Name: p.Name, Title: p.Title, Department: p.Department},
			Link: people.Link{Reason: "blank", Text: "No manager is on file."}, Worst: i == 0,
		})
	}
	return preview, nil
}

// markedBut is the HRIS, unless that is the connection named; empty for none.
func (o *Operations) markedBut(name string) string {
	for _, c := range o.connections {
		if c.HRIS && c.Name != name {
			return c.Name
		}
	}
	return ""
}

// PeopleSettings implements [service.Operations].
func (o *Operations) PeopleSettings(context.Context) (people.Settings, error) {
	unlock, err := o.begin()
	defer unlock()
	return o.settings, err
}

// SetPeopleSettings implements [service.Operations].
func (o *Operations) SetPeopleSettings(_ context.Context, s people.Settings) (people.Settings, error) {
	unlock, err := o.begin()
	defer unlock()
	if err == nil && s.Revision != o.settings.Revision {
		err = store.ErrMoved
	}
	if err != nil {
		return people.Settings{}, err
	}
	s.Revision++
	o.settings = s
	return s, nil
}
