package main

import (
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/people"
	"patchbay.example/internal/wire"
)

// Whoever makes a connection the HRIS has seen what that shows.
func TestAConnectionBecomesTheHRISOnceSomebodyAgrees(t *testing.T) {
	t.Parallel()
	for answer, agreed := range map[string]bool{"workforce\n": true, "yes\n": false, "": false} {
		for _, format := range []string{formatText, formatJSON} {
			ops := alone()
			c := ops.connections["workforce"]
			c.HRIS = false
			ops.connections["workforce"] = c
			i := invoke(t, ops, &invocation{stdin: answer, app: &app{interactive: true}}, "connections", "set", "workforce", "--hris", "--format", format)
			shown := i.stdout.String()
			if format == formatJSON {
				shown = i.stderr.String()
			}
			for _, want := range []string{"1,204, 1,190 active", "1,151 of 1,204", "profile.managerId", "Person Two", "least is known", "profile.mobilePhone (870, private)"} {
				if !strings.Contains(shown, want) {
					t.Errorf("--format %s does not show %q:\n%s", format, want, shown)
				}
			}
			if got := slices.Contains(ops.calls, "Change workforce"); got != agreed || (i.code == wire.ExitDone) != agreed {
				t.Errorf("answered %q: changed is %v, exit code %d", answer, got, i.code)
			}
		}
	}
}

// A change that somebody else's overtakes is made to theirs.
func TestASettingOfPeopleIsChangedAsItIsByThen(t *testing.T) {
	t.Parallel()
	ops := standing()
	ops.settings = people.Settings{Revision: 1, Hidden: []string{"u1"}}
	ops.meddle = func() {
		ops.settings.Revision++
		ops.settings.Hidden = append(ops.settings.Hidden, "u8")
	}
	i := invoke(t, ops, nil, "people", "hide", "u2")
	if want := []string{"u1", "u8", "u2"}; i.code != wire.ExitDone || !slices.Equal(ops.settings.Hidden, want) {
		t.Errorf("exit code %d, hidden %q, want %q; %s", i.code, ops.settings.Hidden, want, i.stderr.String())
	}
}

func TestWhatIsShownByDefaultIsNamed(t *testing.T) {
	t.Parallel()
	shown := invoke(t, standing(), nil, "people", "settings").stdout.String()
	if !strings.Contains(shown, "title") || !strings.Contains(shown, "(the default)") {
		t.Errorf("it shows:\n%s", shown)
	}
	ops := standing()
	invoke(t, ops, nil, "people", "allow", "profile.badge")
	if want := append(people.DefaultAttributes(), "profile.badge"); !slices.Equal(ops.settings.Attributes, want) {
		t.Errorf("allowed are %q, want %q", ops.settings.Attributes, want)
	}
}
