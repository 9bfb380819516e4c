package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// numbers are the ids of company(n) from one on.
func numbers(from, to int) []string {
	var ids []string
	for i := from; i <= to; i++ {
		ids = append(ids, fmt.Sprintf("%05d", i))
	}
	return ids
}

func TestAListingResumesAfterAnyPage(t *testing.T) {
	t.Parallel()
	// A row that is set aside stands between pages, and a total at the end.
	content := strings.Replace(company(50), "00021,", ",", 1) + "Total,50,,,,,,,,\n"
	r := newRig(t, "people.csv", content)
	r.config["page_size"] = 7
	want := slices.Concat(numbers(1, 20), numbers(22, 50))
	whole := r.connect().sync().wantComplete().wantIDs(want...).wantQuarantined("KEY_MISSING")
	if len(whole.pages) != 7 || whole.pages[6].cursor != "" {
		t.Fatalf("%d pages, want 7 of which the last has no cursor", len(whole.pages))
	}
	read := 0
	for i, page := range whole.pages[:6] {
		read += len(page.records)
		rest := r.syncFrom(page.cursor).wantComplete().wantIDs(want[read:]...)
		if len(rest.restarts) > 0 {
			t.Errorf("the listing began again after page %d", i+1)
		}
	}
	r.resume = map[string]string{resourceUsers: whole.pages[1].cursor}
	r.reconnect().syncFrom(whole.pages[1].cursor).wantComplete().wantIDs(want[14:]...)
}

func TestACursorOfOtherContentBeginsAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "people.csv", company(40))
	r.config["page_size"] = 10
	cursor := r.connect().sync().wantComplete().pages[1].cursor
	r.writeAt(company(35), testDay.Add(-time.Minute))
	for name, again := range map[string]*rig{"the same process": r, "another process": r.reconnect()} {
		got := again.syncFrom(cursor).wantComplete().wantIDs(numbers(1, 35)...)
		if len(got.restarts) != 1 || got.restarts[0].GetReason() != reasonFileChanged {
			t.Errorf("%s: the host was told of %v, want one restart", name, got.restarts)
		}
	}
}

func TestAFileThatChangesBetweenPagesBeginsAgain(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *rig){
		"written anew": func(r *rig) { r.overwrite(company(3001)) },
		"appended": func(r *rig) {
			file, err := os.OpenFile(r.path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				r.Fatal(err)
			}
			if _, err := file.WriteString("03001,x,y,p3001@example.com,,,,,,\n"); err != nil {
				r.Fatal(err)
			}
			if err := file.Close(); err != nil {
				r.Fatal(err)
			}
		},
		// More than is read ahead. Size and time are as they were: only the content tells.
		"in secret": func(r *rig) {
			r.overwrite(strings.Replace(company(3000), "\n03000,", "\n03001,", 1))
			r.touch(testDay.Add(-time.Hour))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "people.csv", company(3000))
			r.config["page_size"] = 500
			changed := false
			got := r.connect().syncAnd("", func(int) {
				if !changed {
					changed = true
					change(r)
				}
			}).wantComplete()
			if len(got.restarts) != 1 {
				t.Fatalf("the host was told of %d restarts, want one", len(got.restarts))
			}
			if !slices.Contains(got.ids(), "03001") {
				t.Errorf("what was written last did not come")
			}
		})
	}
}

func TestAFileThatIsReplacedBetweenPagesIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	// Another file takes the name; the one that is open stays as it was.
	r := newRig(t, "people.csv", company(32))
	r.config["page_size"] = 10
	r.connect().syncAnd("", func(page int) {
		if page == 1 {
			beside := r.path + ".tmp"
			if err := os.WriteFile(beside, []byte(company(5)), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(beside, r.path); err != nil {
				t.Fatal(err)
			}
		}
	}).wantComplete().wantIDs(numbers(1, 32)...)
	r.sync().wantComplete().wantIDs(numbers(1, 5)...)
}

func TestAFileThatChangesAgainAndAgainIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "people.csv", company(32))
	r.config["page_size"] = 10
	n := 0
	got := r.connect().syncAnd("", func(int) {
		n++
		r.touch(testDay.Add(time.Duration(n-60) * time.Minute))
	})
	if got.completed != nil || got.refusal == nil {
		t.Fatalf("the stream ended with %v, want a refusal", got.err)
	}
	wantRefusal(t, got.refusal, "FILE_CHANGING", connectorv1.Class_CLASS_SERVICE_UNAVAILABLE)
	// A change that is seen before anything was sent of the next reading is not told.
	if told := len(got.restarts); told == 0 || told > maxRestarts || got.refusal.GetRetryAfter() == nil {
		t.Errorf("%d restarts, retry after %v", told, got.refusal.GetRetryAfter())
	}
}

func TestAFileThatIsStillBeingWrittenIsRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"so far whole lines":      company(5), // as programs write that hand over lines or blocks
		"so far half of a line":   strings.TrimSuffix(company(5), ",Active\n"),
		"so far lines of JSON":    "{\"id\":\"1\"}\n{\"id\":\"2\"}\n",
		"without a last new line": strings.TrimSuffix(company(5), "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "people.csv", "")
			// The tests' clock stands still: the file never gets older.
			r.writeAt(content, testDay.Add(-settle+time.Millisecond))
			r.wantRefused("FILE_CHANGING", connectorv1.Class_CLASS_SERVICE_UNAVAILABLE)
			r.client = serveConnector(t)
			r.writeAt(content, testDay.Add(settle/2)) // by the clock of another machine
			r.wantRefused("FILE_CHANGING", connectorv1.Class_CLASS_SERVICE_UNAVAILABLE)
		})
	}
	r := newRig(t, "people.csv", "")
	r.writeAt(company(5), testDay.Add(-settle))
	r.connect().sync().wantComplete().wantIDs(numbers(1, 5)...)
}

func TestAFileThatIsCutOffIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"in the middle of a row":                "Employee ID,Name,Title\n1001,A,x\n1002,B",
		"in the middle of a row, others differ": "Department,Name,Title,Employee ID,E-mail\nx,A,t,1001\nx,B,t,1002,b@example.com\nx,C,t",
		"after a remark":                        "Department,Name,Title,Employee ID,E-mail\nx,A,t,1001,a@example.com\nx\nx,B,t,1002,b@example.com\nx,C,t",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newRig(t, "people.csv", content).wantRefused("FILE_INCOMPLETE", connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
		})
	}
	// Cut in its last cell a row seems whole. Of a key it is seen, and nobody is
	// invented or taken for gone; of anything else it is said.
	for content, quarantined := range map[string][]string{
		"Name,Employee ID\nA,1001\nB,1002\nC,10":                      {"KEY_DAMAGED"},
		"Name,Employee ID\nA,1001\nB,1002\nC,":                        {"KEY_DAMAGED"},
		"Name,Employee ID,E-mail\nA,1001\nB,1002,b@example.com\nC,10": {"KEY_DAMAGED"},
		"Name,Employee ID\nA,1001\nB,1002\nC,1003":                    nil,
		"Employee ID,Name\n1001,A\n1002,B\n10,C":                      nil,
	} {
		r := newRig(t, "people.csv", content)
		if detail := r.check("rows").GetDetail(); !strings.Contains(detail, "The last line, 4, is not ended") {
			t.Errorf("%q: the check says %q", content, detail)
		}
		r.reconnect().sync().wantComplete().wantQuarantined(quarantined...)
		r.write(content + "\n")
		if got := r.sync().wantComplete(); slices.ContainsFunc(got.quarantined, func(q *connectorv1.Quarantined) bool { return q.GetReason() == "KEY_DAMAGED" }) {
			t.Errorf("%q is quarantined with the end of its line as well: %v", content, got.quarantined)
		}
	}
}

func TestAFileThatIsWrittenAnewIsWaitedFor(t *testing.T) {
	t.Parallel()
	// Between pages a program opens it to write, and has written half a row when it
	// is read again, and everything when it is read once more.
	r := newRig(t, "people.csv", company(32))
	r.config["page_size"] = 10
	var opened atomic.Bool
	var surveys atomic.Int32
	r.client = serve(t, func() time.Time {
		if opened.Load() && surveys.Add(1) == 2 {
			if err := os.WriteFile(r.path, []byte(company(33)), 0o600); err != nil {
				t.Error(err)
			}
		}
		return testDay
	})
	got := r.connect().syncAnd("", func(int) {
		if !opened.Swap(true) {
			if err := os.Truncate(r.path, int64(len(company(0))+len("00001,Fir"))); err != nil {
				t.Error(err)
			}
		}
	}).wantComplete().wantIDs(numbers(1, 33)...)
	if len(got.restarts) != 1 {
		t.Errorf("the host was told of %d restarts, want one", len(got.restarts))
	}
}

func TestAFileThatVanishesIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "people.csv", company(5)).connect()
	if err := os.Remove(r.path); err != nil {
		t.Fatal(err)
	}
	got := r.sync()
	wantRefusal(t, got.refusal, "FILE_MISSING", connectorv1.Class_CLASS_CONFIG_INVALID)
	r.write("Employee ID,Name\n")
	wantRefusal(t, r.sync().refusal, "PEOPLE_MISSING", connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
	r.write(company(3))
	r.sync().wantComplete().wantIDs(numbers(1, 3)...)
}

func TestForeignCursorsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "people.csv", company(40))
	r.config["page_size"] = 10
	cursor := r.connect().sync().wantComplete().pages[0].cursor
	elsewhere := newRig(t, "people.csv", company(40))
	for name, foreign := range map[string]struct {
		rig            *rig
		cursor, reason string
	}{
		"garbage":              {r, "garbage", "CURSOR_INVALID"},
		"cut short":            {r, cursor[:len(cursor)-4], "CURSOR_INVALID"},
		"changed":              {r, strings.Replace(cursor, "e", "f", 1), "CURSOR_INVALID"},
		"of another path":      {elsewhere, cursor, "CURSOR_FOREIGN"},
		"behind the end":       {r, rowBehind(t, r, cursor), "CURSOR_INVALID"},
		"of another connector": {r, "okta1." + cursor, "CURSOR_INVALID"},
		"of another resource":  {r, otherResource(t, r, cursor), "CURSOR_FOREIGN"},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "behind the end" {
				told := *foreign.rig
				told.T, told.client = t, serveConnector(t)
				told.resume = map[string]string{resourceUsers: foreign.cursor}
				told.wantRefused(foreign.reason, connectorv1.Class_CLASS_CONFIG_INVALID)
			}
			got := foreign.rig.reconnect().syncFrom(foreign.cursor)
			if len(got.pages) > 0 || got.refusal == nil {
				t.Fatalf("%d pages came, want a refusal", len(got.pages))
			}
			wantRefusal(t, got.refusal, foreign.reason, connectorv1.Class_CLASS_CONFIG_INVALID)
		})
	}
}

func rowBehind(t *testing.T, r *rig, text string) string {
	t.Helper()
	at := parsed(t, r, text)
	at.Row = 1000
	return at.String()
}

func otherResource(t *testing.T, r *rig, text string) string {
	t.Helper()
	at := parsed(t, r, text)
	at.Resource = "groups"
	return at.String()
}

func parsed(t *testing.T, r *rig, text string) cursor {
	t.Helper()
	digest := config{Path: r.path, Format: auto, Delimiter: auto, Encoding: auto, PageSize: 10}.digest()
	at, err := parseCursor(text, digest, resourceUsers)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func FuzzParseCursor(f *testing.F) {
	f.Add(cursor{Config: "c", Resource: resourceUsers, Content: strings.Repeat("0", 2*cursorSumBytes), Row: 7}.String())
	f.Add("csvdir1.")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parseCursor(text, "c", resourceUsers)
		if err == nil && at.String() != text {
			t.Errorf("the cursor %q is read and written as %q", text, at)
		}
	})
}
