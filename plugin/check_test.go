package plugin

import (
	"errors"
	"testing"
	"time"
)

func TestRecordNotesWhatRanElsewhere(t *testing.T) {
	t.Parallel()
	list := NewChecklist(Check{Name: "one"}, Check{Name: "two"}, Check{Name: "three"})
	broke := errors.New("it broke")
	if list.Record("two", time.Second, "", broke) {
		t.Error("a check that failed did not")
	}
	if !list.Record("one", 2*time.Second, "It holds.", nil) || list.Run("three", func() (string, error) { return "", nil }) {
		t.Error("Record works after a failure, and Run does not")
	}
	if list.Record("four", 0, "", nil) {
		t.Error("a check that is not on the list was recorded")
	}
	want := []CheckStatus{CheckOK, CheckFail, CheckSkipped}
	for i, check := range list.Checks() {
		if check.Status != want[i] {
			t.Errorf("the check %s is %d, want %d", check.Name, check.Status, want[i])
		}
	}
	if refusal := list.Refusal(); refusal == nil || refusal.Reason != ReasonFailed || !errors.Is(refusal, broke) {
		t.Errorf("refused as %v, want %s and its cause", refusal, ReasonFailed)
	}
}

func TestTheFirstFailureIsTheRefusal(t *testing.T) {
	t.Parallel()
	list := NewChecklist(Check{Name: "one"}, Check{Name: "two"})
	list.Record("two", 0, "", Refuse("FIRST", "The first."))
	list.Record("one", 0, "", Refuse("SECOND", "The second."))
	if refusal := list.Refusal(); refusal.Reason != "FIRST" {
		t.Errorf("refused for %s", refusal.Reason)
	}
}

func TestARefusalIsAnError(t *testing.T) {
	t.Parallel()
	cause := errors.New("beneath")
	var err error = &Refusal{Reason: "TIRED", Message: "It sleeps.", Cause: cause}
	if err.Error() != "It sleeps. (TIRED)" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}
