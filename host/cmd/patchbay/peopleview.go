package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/people"
	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/wire"
)

// settingTries is how often a change is made again because somebody else was
// faster: each time somebody's change got through, and five are no accident.
const settingTries = 5

func (a *app) peopleCommand() *cobra.Command {
	return group("people", "Say what the People view shows",
		`  patchbay people settings
  patchbay people allow profile.badgeNumber
  patchbay people hide 00u1example`,
		a.peopleSettingsCommand(),
		a.settingCommand(setting{
			use: "allow ATTRIBUTE…", what: "an attribute", short: "Show and search attributes",
			long: `Allow adds attributes to those that are shown and searched, at once. Which there
are, and how many people have each, is listed by
patchbay connections set NAME --hris --dry-run.`,
			example: "  patchbay people allow profile.badgeNumber mobile_phone",
			list:    attributeList, edit: adding, done: "Allowed", one: "attribute is shown", many: "attributes are shown", warn: warnUnused,
		}),
		a.settingCommand(setting{
			use: "disallow ATTRIBUTE…", what: "an attribute", short: "Neither show nor search attributes",
			long: `Disallow takes attributes out of pages, search, facets and exports, at once. Who
reports to whom is found out all the same.`,
			example: "  patchbay people disallow employee_number",
			list:    attributeList, edit: removing, done: "Disallowed", one: "attribute is shown", many: "attributes are shown",
		}),
		a.settingCommand(setting{
			use: "hide ID…", what: "a person's id", short: "Don't show people",
			long: `Hide takes people out of pages, search, counts and exports, at once. A person
whom one must not remember at all is forgotten: patchbay users forget.`,
			example: "  patchbay people hide 00u1example 00u2example",
			list:    hiddenList, edit: adding, done: "Hid", one: "person is hidden", many: "people are hidden", warn: warnUnknown,
		}),
		a.settingCommand(setting{
			use: "show ID…", what: "a person's id", short: "Show people who are hidden",
			example: "  patchbay people show 00u1example",
			list:    hiddenList, edit: removing, done: "Shows again", one: "person is hidden", many: "people are hidden",
		}),
	)
}

func (a *app) peopleSettingsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "settings", Short: "Show what the People view shows", Args: program.NoArguments,
		Example: `  patchbay people settings
  patchbay people settings --format json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				settings, err := o.ops.PeopleSettings(cmd.Context())
				if err != nil {
					return err
				}
				hris, err := hrisName(cmd.Context(), o.ops)
				if err != nil {
					return err
				}
				return a.show(settings, func(w io.Writer) { writePeopleSettings(w, settings, hris) })
			})
		},
	}
}

// setting is a command that adds to a list of the settings, or takes from it.
type setting struct {
	use, what, short, long, example string

	list func(*people.Settings) *[]string
	// edit changes the list, and returns which of the words made a difference.
	edit func(list *[]string, words []string) (changed []string)
	// done is the verb of what was done; one and many complete a count of the list.
	done, one, many string
	// warn says what is odd about what was changed; nil: nothing can be.
	warn func(ctx context.Context, a *app, ops service.Operations, changed []string) error
}

// attributeList makes the default explicit, for it is what one adds to.
func attributeList(s *people.Settings) *[]string {
	if s.Attributes == nil {
		s.Attributes = people.DefaultAttributes()
	}
	return &s.Attributes
}

func hiddenList(s *people.Settings) *[]string { return &s.Hidden }

func adding(list *[]string, words []string) (changed []string) {
	for _, word := range words {
		if !slices.Contains(*list, word) {
			*list, changed = append(*list, word), append(changed, word)
		}
	}
	return changed
}

func removing(list *[]string, words []string) (changed []string) {
	for _, word := range words {
		if i := slices.Index(*list, word); i >= 0 {
			*list, changed = slices.Delete(*list, i, i+1), append(changed, word)
		}
	}
	return changed
}

func (a *app) settingCommand(of setting) *cobra.Command {
	return &cobra.Command{
		Use: of.use, Short: of.short, Long: of.long, Example: of.example,
		Args: someArguments(of.what), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				settings, changed, err := of.change(cmd.Context(), o.ops, args)
				if err != nil {
					return err
				}
				if of.warn != nil {
					if err := of.warn(cmd.Context(), a, o.ops, changed); err != nil {
						return err
					}
				}
				return a.show(settings, func(w io.Writer) { of.write(w, settings, changed) })
			})
		},
	}
}

// someArguments are a command's arguments, of which there is one at least.
func someArguments(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return program.Usagef(cmd, "%s is missing", what)
		}
		return nil
	}
}

// change changes the list of the settings as they are by then.
func (of setting) change(ctx context.Context, ops service.Operations, words []string) (people.Settings, []string, error) {
	for try := 1; ; try++ {
		settings, err := ops.PeopleSettings(ctx)
		if err != nil {
			return people.Settings{}, nil, err
		}
		changed := of.edit(of.list(&settings), words)
		if len(changed) == 0 {
			return settings, nil, nil
		}
		after, err := ops.SetPeopleSettings(ctx, settings)
		if !errors.Is(err, store.ErrMoved) || try == settingTries {
			return after, changed, settingsError(err)
		}
	}
}

func (of setting) write(w io.Writer, s people.Settings, changed []string) {
	n := len(*of.list(&s))
	what := of.many
	if n == 1 {
		what = of.one
	}
	did := "Nothing to change"
	if len(changed) > 0 {
		did = of.done + " " + clean(strings.Join(changed, ", "))
	}
	_, _ = fmt.Fprintf(w, "%s: %s %s.\n", did, thousands(n), what)
}

// settingsError is an error of changing the settings, as a person's doing.
func settingsError(err error) error {
	if query, ok := errors.AsType[*people.QueryError](err); ok {
		return &program.Error{Err: query, Reason: program.ReasonUsage, Code: wire.ExitUsage}
	}
	return err
}

// warnUnknown says of ids that are nobody's in the HRIS. They are hidden all the
// same, should they ever come.
func warnUnknown(ctx context.Context, a *app, ops service.Operations, added []string) error {
	name, err := hrisName(ctx, ops)
	if err != nil || name == "" {
		return err
	}
	for _, id := range added {
		if _, err := ops.Person(ctx, name, id); errors.Is(err, store.ErrNotFound) {
			a.note("%s knows nobody with the id %s at present.", name, clean(abridged(id)))
		} else if err != nil {
			return err
		}
	}
	return nil
}

// warnUnused says of attributes that nobody in the HRIS has: misspelt ones, most
// of the time.
func warnUnused(ctx context.Context, a *app, ops service.Operations, added []string) error {
	name, err := hrisName(ctx, ops)
	if err != nil || name == "" || len(added) == 0 {
		return err
	}
	preview, err := ops.PreviewPeople(ctx, name)
	if err != nil || !preview.Synced {
		return err
	}
	for _, attribute := range added {
		has := func(one people.Attribute) bool { return one.Name == attribute && one.People > 0 }
		if !slices.ContainsFunc(preview.Shown, has) && !slices.ContainsFunc(preview.Hidden, has) {
			a.note("Nobody in %s has the attribute %s at present.", name, clean(abridged(attribute)))
		}
	}
	return nil
}

// hrisName is the connection that has the mark; empty for none.
func hrisName(ctx context.Context, ops service.Operations) (string, error) {
	connections, err := ops.Connections(ctx)
	if err != nil {
		return "", err
	}
	for _, c := range connections {
		if c.HRIS {
			return c.Name, nil
		}
	}
	return "", nil
}

func writePeopleSettings(w io.Writer, s people.Settings, hris string) {
	var f facts
	if hris == "" {
		hris = "none: the People view is not activated; patchbay connections set NAME --hris does that"
	}
	f.add("HRIS", hris)
	shown := strings.Join(*attributeList(&people.Settings{Attributes: s.Attributes}), ", ")
	if s.Attributes == nil {
		shown += " (the default)"
	}
	f.add("Shown", "name, "+shown)
	f.add("Hidden people", hiddenWords(s.Hidden))
	f.add("Further units", strings.Join(s.Units, ", "))
	f.add("Managers in", strings.Join(s.ManagerAttributes, ", "))
	if s.Pin != nil {
		f.add("First looked up", s.Pin.Attribute+", as "+keyWord(s.Pin.Key))
	}
	if len(s.Heads) > 0 {
		f.add("Heads named", thousands(len(s.Heads)))
	}
	if len(s.SetAside) > 0 {
		f.add("Set aside", "by hand, or not: "+thousands(len(s.SetAside)))
	}
	f.write(w)
}

// maxHiddenShown is how many ids stand in a line; --format json has them all.
const maxHiddenShown = 10

func hiddenWords(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	more := ""
	if n := len(ids) - maxHiddenShown; n > 0 {
		ids, more = ids[:maxHiddenShown], fmt.Sprintf(" and %s more", thousands(n))
	}
	return strings.Join(ids, ", ") + more
}
