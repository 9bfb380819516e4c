package oktaapi

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// chaosElements are the elements of the list of [TestNobodyIsLeftOutWhateverBreaks].
const chaosElements = 61

// Whatever breaks, and in whatever order: what arrives is the list from its
// beginning without a gap, and all of it when there is no error.
func TestNobodyIsLeftOutWhateverBreaks(t *testing.T) {
	for seed := range uint64(60) {
		d := &dice{random: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // a test that can be repeated
		inBubble(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			chaos(w, r, d)
		}, func(b *bubble) {
			stop := errors.New("the consumer wants no more")
			pages := 0
			ids, err := b.listWith(func(string) error {
				if pages++; seed%10 == 9 && pages == 3 {
					return stop
				}
				time.Sleep(time.Duration(seed%3) * time.Second) // a slow consumer
				return nil
			})
			var want []string
			for n := range chaosElements {
				want = append(want, strconv.Itoa(n))
			}
			whole := strings.Join(want, " ")
			if err == nil && ids != whole || !strings.HasPrefix(whole+" ", ids+" ") && ids != "" {
				t.Errorf("seed %d: %q, %v", seed, ids, err)
			}
			time.Sleep(time.Minute) // a request that was given up may only arrive now
			synctest.Wait()
		})
	}
}

// dice say what happens to a request.
type dice struct {
	mu     sync.Mutex // guards random
	random *rand.Rand
}

func (d *dice) throw() (face int, delay time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(20), time.Duration(d.random.IntN(5000)) * time.Millisecond
}

// chaos answers a request for a page of the list, of an element for each 25 of
// the limit, or spoils the answer. Time is the bubble's.
func chaos(w http.ResponseWriter, r *http.Request, d *dice) {
	face, delay := d.throw()
	time.Sleep(delay)
	switch face {
	case 0:
		cutHeader(w)
		return
	case 1, 2:
		refuse(w, http.StatusInternalServerError, "E0000009")
		return
	case 3:
		limits(w, 100, 0, time.Now().Add(30*time.Second))
		refuse(w, http.StatusTooManyRequests, "E0000047")
		return
	case 4:
		refuse(w, http.StatusUnauthorized, "E0000011")
		return
	case 5:
		w.WriteHeader(http.StatusBadGateway)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from, _ := strconv.Atoi(r.URL.Query().Get("after"))
	to := min(chaosElements, from+limit/25)
	next := ""
	if to < chaosElements {
		next = strconv.Itoa(to)
	}
	linkNext(w, r, next)
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	switch face {
	case 6:
		breakBody(w)
	case 7:
		_, _ = fmt.Fprint(w, `["`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return
	}
	var elements []string
	for n := from; n < to; n++ {
		elements = append(elements, strconv.Itoa(n))
	}
	_, _ = fmt.Fprintf(w, "[%s]", strings.Join(elements, ","))
}
