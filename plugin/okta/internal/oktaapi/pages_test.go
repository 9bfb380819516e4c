package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnePageIsReadAheadAndNoMore(t *testing.T) {
	const last = 5
	answer := func(w http.ResponseWriter, r *http.Request, _ int) { servePage(w, r, last) }
	inBubble(t, answer, func(b *bubble) {
		emitted := 0
		ids, err := b.listWith(func(string) error {
			emitted++
			time.Sleep(time.Hour) // a slow consumer
			synctest.Wait()
			if asked := len(b.requests()); asked != min(emitted+1, last) {
				t.Errorf("while page %d was being consumed, %d pages had been asked for", emitted, asked)
			}
			return nil
		})
		if err != nil || ids != "1 2 3 4 5" {
			t.Errorf("pages %s, %v; want 1 2 3 4 5", ids, err)
		}
	})
}

func TestTheNextPageIsAskedForBeforeThisOnesBodyIsIn(t *testing.T) {
	var second chan struct{}
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 1:
			openPage(w, r, 3)
			<-second // without the request for the second page, never
			_, _ = w.Write([]byte(`["1"]`))
		case 2:
			close(second)
			servePage(w, r, 3)
		default:
			servePage(w, r, 3)
		}
	}
	inBubble(t, answer, func(b *bubble) {
		second = make(chan struct{}) // a channel belongs to its bubble
		ids, err := b.list()
		if err != nil || ids != "1 2 3" {
			t.Errorf("pages %s, %v; want 1 2 3", ids, err)
		}
		if len(b.waits) > 0 {
			t.Errorf("the listing waited: %v", b.waits)
		}
	})
}

func TestPagesComeInOrderThoughTheNextIsFaster(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) {
		openPage(w, r, 4)
		if page := pageOf(r); page == "1" || page == "3" {
			time.Sleep(20 * time.Second)
		}
		_, _ = fmt.Fprintf(w, "[%q]", pageOf(r))
	}
	inBubble(t, answer, func(b *bubble) {
		if ids, err := b.list(); err != nil || ids != "1 2 3 4" {
			t.Errorf("pages %s, %v; want 1 2 3 4", ids, err)
		}
	})
}

func TestABrokenPageIsRepeatedAndItsSuccessorNeverGoesFirst(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if pageOf(r) == "2" && n <= 5 { // the second page's first requests are number 2, 4 and 5
			openPage(w, r, 4)
			breakBody(w)
		}
		servePage(w, r, 4)
	}
	inBubble(t, answer, func(b *bubble) {
		ids, err := b.list()
		if err != nil || ids != "1 2 3 4" {
			t.Errorf("pages %s, %v; want 1 2 3 4", ids, err)
		}
		if got, want := b.pagesAsked(), "1 2 3 2 2 2 4"; got != want {
			t.Errorf("pages %s were asked for, want %s", got, want)
		}
	})
}

func TestAPageThatStaysBrokenEndsTheListing(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) {
		if pageOf(r) == "2" {
			openPage(w, r, 4)
			breakBody(w)
		}
		servePage(w, r, 4)
	}
	inBubble(t, answer, func(b *bubble) {
		ids, err := b.list()
		if ids != "1" || !errors.Is(err, &Error{Reason: ReasonPageUnreadable}) {
			t.Errorf("pages %q and %v; want page 1 and %s", ids, err, ReasonPageUnreadable)
		}
		if n := strings.Count(b.pagesAsked(), "2"); n != maxFailures {
			t.Errorf("the broken page was asked for %d times, want %d", n, maxFailures)
		}
	})
}

func TestTheSuccessorOfARepeatedPageIsTheOneItNamesLast(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		switch page := pageOf(r); {
		case n == 1:
			linkNext(w, r, "old")
			w.WriteHeader(http.StatusOK)
			breakBody(w)
		case page == "1":
			linkNext(w, r, "new")
			_, _ = w.Write([]byte(`["1"]`))
		default:
			linkNext(w, r, "")
			_, _ = fmt.Fprintf(w, "[%q]", page)
		}
	}
	inBubble(t, answer, func(b *bubble) {
		if ids, err := b.list(); err != nil || ids != "1 new" {
			t.Errorf("pages %s, %v; want 1 new", ids, err)
		}
	})
}

func TestWhatCameBeforeARefusalIsKept(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 3 {
			refuse(w, http.StatusForbidden, "E0000006")
			return
		}
		servePage(w, r, 4)
	}
	inBubble(t, answer, func(b *bubble) {
		ids, err := b.list()
		if ids != "1 2" || !errors.Is(err, &Error{Reason: ReasonRoleMissing}) {
			t.Errorf("pages %s and %v; want 1 2 and %s", ids, err, ReasonRoleMissing)
		}
	})
}

func TestABodyThatStopsComingIsAskedForAgain(t *testing.T) {
	for name, stall := range map[string]func(w http.ResponseWriter, r *http.Request){
		"header never comes": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"body never comes": func(w http.ResponseWriter, r *http.Request) {
			openPage(w, r, 3)
			<-r.Context().Done()
		},
		"body drips": func(w http.ResponseWriter, r *http.Request) {
			openPage(w, r, 3)
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(bodyIdleLimit - time.Second)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 2 {
					stall(w, r)
					return
				}
				servePage(w, r, 3)
			}
			inBubble(t, answer, func(b *bubble) {
				began := time.Now()
				if ids, err := b.list(); err != nil || ids != "1 2 3" {
					t.Errorf("pages %s, %v; want 1 2 3", ids, err)
				}
				if took := time.Since(began); took > 2*bodyTimeout {
					t.Errorf("it took %s to give up on one page", took)
				}
			})
		})
	}
}

func TestAPageAboveTheLimitIsRefused(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) {
		openPage(w, r, 1)
		_, _ = w.Write([]byte(`["`))
		chunk := []byte(strings.Repeat("x", 1<<20))
		for range maxBodyBytes>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
		_, _ = w.Write([]byte(`"]`))
	}
	inBubble(t, answer, func(b *bubble) {
		if ids, err := b.list(); ids != "" || !errors.Is(err, &Error{Reason: ReasonPageTooLarge}) {
			t.Errorf("%d bytes and %v; want %s", len(ids), err, ReasonPageTooLarge)
		}
		if n := len(b.requests()); n != 1 {
			t.Errorf("the page was asked for %d times; asking again makes it no smaller", n)
		}
	})
}

func TestALongCircleOfPagesIsNoticed(t *testing.T) {
	const circle = 40
	answer := func(w http.ResponseWriter, r *http.Request, _ int) {
		page := pageOf(r)
		next := "2"
		if page != fmt.Sprint(circle) {
			var n int
			_, _ = fmt.Sscan(page, &n)
			next = fmt.Sprint(n + 1)
		}
		linkNext(w, r, next)
		_, _ = w.Write([]byte(`[]`))
	}
	inBubble(t, answer, func(b *bubble) {
		if _, err := b.list(); !errors.Is(err, &Error{Reason: ReasonListingLoop}) {
			t.Errorf("%v; want %s", err, ReasonListingLoop)
		}
		if n := len(b.requests()); n >= 4*circle {
			t.Errorf("a circle of %d pages was noticed after %d", circle, n)
		}
	})
}

func TestCancellingStopsTheRequestInFlight(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 2 {
			<-r.Context().Done()
			return
		}
		servePage(w, r, 3)
	}
	inBubble(t, answer, func(b *bubble) {
		ctx, cancel := context.WithCancel(b.t.Context())
		err := b.client.List(ctx, bubblePath, "limit=200", b.wait, nil, func(Page) error {
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v; want %v", err, context.Canceled)
		}
		if len(b.waits) > 0 {
			t.Errorf("it waited to try again: %v", b.waits)
		}
	})
}

func TestAnErrorOfTheConsumerEndsTheListing(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) { servePage(w, r, 5) }
	inBubble(t, answer, func(b *bubble) {
		enough := errors.New("enough")
		if _, err := b.listWith(func(string) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("%v; want the consumer's own error", err)
		}
		synctest.Wait()
		if n := len(b.requests()); n > 2 {
			t.Errorf("%d pages were asked for after the consumer had enough", n)
		}
	})
}

func TestThePageAfterTheNextIsNotAskedForWithoutRoom(t *testing.T) {
	const last = 5
	answer := func(w http.ResponseWriter, r *http.Request, _ int) { servePage(w, r, last) }
	inBubble(t, answer, func(b *bubble) {
		// A page is emitted as soon as the one before is stored, which takes an
		// hour and goes on beside; there is room when all that was emitted is.
		stored := 0
		done := make(chan struct{}) // closed when the page emitted last is stored
		close(done)
		room := func() <-chan struct{} { return done }
		emit := func(Page) error {
			<-done
			here := make(chan struct{})
			done = here
			time.AfterFunc(time.Hour, func() {
				synctest.Wait()
				if asked, want := len(b.requests()), min(stored+2, last); asked != want {
					t.Errorf("an hour after %d pages were stored, %d were asked for, want %d", stored, asked, want)
				}
				stored++
				close(here)
			})
			return nil
		}
		if err := b.client.List(b.t.Context(), bubblePath, "limit=200", b.wait, room, emit); err != nil {
			t.Error(err)
		}
		if <-done; stored != last {
			t.Errorf("%d pages, want %d", stored, last)
		}
	})
}

func TestCancellingEndsThatThereIsNoRoom(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) { servePage(w, r, 5) }
	inBubble(t, answer, func(b *bubble) {
		ctx, cancel := context.WithCancel(b.t.Context())
		time.AfterFunc(time.Hour, cancel)
		never := make(chan struct{})
		err := b.client.List(ctx, bubblePath, "limit=200", b.wait, func() <-chan struct{} { return never }, func(Page) error { return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v; want %v", err, context.Canceled)
		}
		if got := b.pagesAsked(); got != "1" {
			t.Errorf("pages %s were asked for; want 1", got)
		}
	})
}
