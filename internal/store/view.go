package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of the People view's settings.
var (
	// ErrMoved: somebody else has changed them since they were read.
	ErrMoved = errors.New("the settings were changed by somebody else meanwhile: look at them and change them again")
	// ErrPeopleSettings: what was to be stored can't be settings.
	ErrPeopleSettings = fmt.Errorf("the settings of the People view must be a JSON object of at most %d KiB", MaxPeopleSettingsBytes>>10)
)

// MaxPeopleSettingsBytes bounds the settings of the People view. They are read as
// a whole; lists of ten thousand ids fit.
const MaxPeopleSettingsBytes = 1 << 20

// PeopleView is what the People view is made of, beside the people. Two that are
// equal show the same.
type PeopleView struct {
	// Connection and Name are the HRIS; 0 and empty: no connection has the mark.
	Connection int64
	Name       string
	// Generation is the run that readers see, and Complete when it was promoted; 0
	// and zero before the first promotion.
	Generation int64
	Complete   time.Time
	// Revision differs after anything but a run changed what the view may show: the
	// settings, the mark, or that a person of the HRIS was forgotten.
	Revision int64
}

// CheckPeopleSettings is [ErrPeopleSettings] for what an engine must not store.
func CheckPeopleSettings(body []byte) error {
	if len(body) > MaxPeopleSettingsBytes {
		return fmt.Errorf("%w: these have %d bytes", ErrPeopleSettings, len(body))
	}
	_, err := PeopleSettingsWithout(body, "")
	if err == nil && len(body) == 0 {
		err = ErrPeopleSettings
	}
	return err
}

// PeopleSettingsWithout is the People view's settings without a person: hidden is
// a list of ids, heads a list of objects with a member person, set_aside an object
// by id. All else stays as it is. The settings themselves are returned where the
// person is not in them. [ErrPeopleSettings] where they can't be read.
func PeopleSettingsWithout(body []byte, id string) ([]byte, error) {
	if len(body) == 0 {
		return body, nil
	}
	settings, err := members(body)
	if err != nil {
		return nil, err
	}
	var hidden []string
	var heads []json.RawMessage
	var aside map[string]json.RawMessage
	for name, into := range map[string]any{"hidden": &hidden, "heads": &heads, "set_aside": &aside} {
		if text, ok := settings[name]; ok {
			if err := json.Unmarshal(text, into); err != nil {
				return nil, fmt.Errorf("%w: the member %s: %w", ErrPeopleSettings, name, err)
			}
		}
	}
	left := map[string]any{}
	if kept := slices.DeleteFunc(slices.Clone(hidden), func(one string) bool { return one == id }); len(kept) < len(hidden) {
		left["hidden"] = kept
	}
	if kept := slices.DeleteFunc(slices.Clone(heads), func(head json.RawMessage) bool { return leads(head, id) }); len(kept) < len(heads) {
		left["heads"] = kept
	}
	if _, ok := aside[id]; ok {
		delete(aside, id)
		left["set_aside"] = aside
	}
	if len(left) == 0 {
		return body, nil
	}
	for name, value := range left {
		if settings[name], err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	return json.Marshal(settings)
}

func leads(head json.RawMessage, id string) bool {
	var named struct {
		Person string `json:"person"`
	}
	return json.Unmarshal(head, &named) == nil && named.Person == id
}

// members are those of a JSON object.
func members(body []byte) (map[string]json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPeopleSettings, err)
	}
	if all == nil { // null
		return nil, ErrPeopleSettings
	}
	return all, nil
}
