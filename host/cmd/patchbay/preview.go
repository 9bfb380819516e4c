package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/people"
	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
)

// hrisFlags say how a connection is made the HRIS.
type hrisFlags struct{ dryRun, yes bool }

func (f *hrisFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "with --hris: show what the People view would show, and change nothing")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "with --hris: neither show it nor ask")
}

// beforeHRIS shows what the People view would show of a connection that is to be
// the HRIS, and asks. It reports whether to go on.
func (a *app) beforeHRIS(ctx context.Context, cmd *cobra.Command, o opened, name string, f hrisFlags) (bool, error) {
	c, err := o.ops.Connection(ctx, name)
	if err != nil || !f.dryRun && (f.yes || c.HRIS) {
		return err == nil, err
	}
	shown, err := o.ops.PreviewPeople(ctx, name)
	if err != nil {
		return false, err
	}
	if err := a.showPreview(shown, f.dryRun); err != nil || f.dryRun {
		return false, err
	}
	if shown.Other != "" {
		return false, &program.Error{
			Err: fmt.Errorf("%s is the HRIS, and only one connection can be", shown.Other), Reason: "HRIS_TAKEN", Code: wire.ExitUsage,
			Fix: fmt.Sprintf("Switch it off there first: patchbay connections set %s --hris=false", shown.Other),
		}
	}
	consequence := fmt.Sprintf("This makes %s the HRIS, whose people the People view shows.", name)
	if err := a.confirm(ctx, cmd, f.yes, consequence, name); err != nil {
		return false, err
	}
	return true, nil
}

// showPreview shows a preview: as the result, or, where the result will be a JSON
// document of something else, beside it.
func (a *app) showPreview(p people.Preview, result bool) error {
	if result {
		return a.show(p, func(w io.Writer) { writePreview(w, p) })
	}
	if a.format == formatJSON {
		writePreview(a.stderr, p)
		return nil
	}
	return a.print(func(w io.Writer) { writePreview(w, p) })
}

func writePreview(w io.Writer, p people.Preview) {
	if !p.Synced {
		_, _ = fmt.Fprintf(w, "%s has not been synced yet: the People view would wait for its first run.\n", p.Connection)
		return
	}
	_, _ = fmt.Fprintf(w, "What the People view would show of %s:\n\n", p.Connection)
	var f facts
	f.add("People", fmt.Sprintf("%s, %s active", thousands(p.People), thousands(p.Active)))
	f.add("Contractors", thousands(p.Contractors))
	f.add("With a manager", fmt.Sprintf("%s of %s", thousands(p.WithManager), thousands(p.People)))
	if p.Attribute != "" {
		f.add("Managers by", fmt.Sprintf("%s, which is mostly %s", p.Attribute, keyWord(string(p.Key))))
	}
	f.add("Set aside", asideWord(p.SetAsideTotal))
	f.add("Shown", attributeWords(p.Shown))
	f.add("Hidden", attributeWords(p.Hidden))
	f.write(w)
	writeSamples(w, p.Samples)
	writeAsides(w, p.SetAside, p.SetAsideTotal)
	_, _ = fmt.Fprintln(w)
}

func writeSamples(w io.Writer, samples []people.Sample) {
	t := newTable("SAMPLE", "TITLE", "DEPARTMENT", "MANAGER", "NOT GIVEN")
	for _, s := range samples {
		name := s.Name
		if s.Worst {
			name += " (least is known)"
		}
		manager := s.Manager
		if manager == "" {
			manager = "none: " + strings.TrimSuffix(s.Link.Text, ".")
		}
		t.row(name, s.Title, s.Department, manager, strings.Join(s.Missing, ", "))
	}
	if len(samples) > 0 {
		_, _ = fmt.Fprintln(w)
	}
	t.write(w)
}

func writeAsides(w io.Writer, asides []people.Aside, total int) {
	if len(asides) == 0 {
		return
	}
	_, _ = fmt.Fprintln(w)
	t := newTable("SET ASIDE", "ID", "WHY")
	for _, one := range asides {
		t.row(one.Name, one.ID, one.Why)
	}
	t.write(w)
	if more := total - len(asides); more > 0 {
		_, _ = fmt.Fprintf(w, "… and %s more\n", thousands(more))
	}
}

// attributeWords names attributes, each with how many people have it.
func attributeWords(attributes []people.Attribute) string {
	words := make([]string, 0, len(attributes))
	for _, a := range attributes {
		word := fmt.Sprintf("%s (%s)", a.Name, thousands(a.People))
		if a.Private {
			word = fmt.Sprintf("%s (%s, private)", a.Name, thousands(a.People))
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// keyWords are what people call the keys by which managers are named.
var keyWords = map[string]string{
	"id": "the manager's id", "user_name": "the manager's user name", "email": "the manager's e-mail address", "employee_number": "the manager's employee number",
	"principal_name": "the manager's user principal name", "dn": "the manager's distinguished name", "name": "the manager's name",
}

func keyWord(key string) string { return word(keyWords, key) }

func asideWord(total int) string {
	switch total {
	case 0:
		return "nobody"
	case 1:
		return "1 account that belongs to nobody"
	}
	return thousands(total) + " accounts that belong to nobody"
}

func thousands(n int) string { return program.Thousands(int64(n)) }
