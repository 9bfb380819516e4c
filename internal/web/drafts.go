package web

import (
	"maps"
	"sync"
	"time"
)

const (
	// draftLifetime is how long typed secrets are kept between a test and the
	// save: time to look something up at the service.
	draftLifetime = 30 * time.Minute
	// maxDrafts bounds the forms whose secrets are kept at a time. Of more, the
	// oldest goes, and its secrets have to be pasted again.
	maxDrafts = 16
)

// drafts keep the secrets of forms that were tested and not saved yet, in
// memory, so that they never go back to the browser. A draft belongs to the
// session that typed it, and to one form.
type drafts struct {
	now func() time.Time

	mu   sync.Mutex
	kept map[string]draft
}

type draft struct {
	session, form string
	secrets       map[string]string
	until         time.Time
}

func newDrafts(now func() time.Time) drafts { return drafts{now: now, kept: map[string]draft{}} }

// get are the secrets of a draft; empty where there is none, or it is another
// session's or another form's.
func (d *drafts) get(id, session, form string) map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	k, ok := d.kept[id]
	if !ok || k.session != session || k.form != form {
		return map[string]string{}
	}
	return maps.Clone(k.secrets)
}

// put keeps secrets in place of an earlier draft of the same form, and returns
// the new draft's id; empty where there is nothing to keep.
func (d *drafts) put(earlier, session, form string, secrets map[string]string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	if k, ok := d.kept[earlier]; ok && k.session == session {
		delete(d.kept, earlier)
	}
	if len(secrets) == 0 {
		return ""
	}
	if len(d.kept) >= maxDrafts {
		oldest := ""
		for id, k := range d.kept {
			if oldest == "" || k.until.Before(d.kept[oldest].until) {
				oldest = id
			}
		}
		delete(d.kept, oldest)
	}
	id := randomText()
	d.kept[id] = draft{session, form, secrets, d.now().Add(draftLifetime)}
	time.AfterFunc(draftLifetime, d.sweep) // even if nobody comes again
	return id
}

// drop forgets a draft that was saved.
func (d *drafts) drop(id, session string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept[id].session == session {
		delete(d.kept, id)
	}
}

func (d *drafts) sweep() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
}

func (d *drafts) expire() {
	for id, k := range d.kept {
		if !d.now().Before(k.until) {
			delete(d.kept, id)
		}
	}
}
