package directory

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// element is one of ASN.1's, with its length in four bytes.
func element(tag byte, content []byte) []byte {
	n := len(content)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

func TestMessagesThatAreNotRead(t *testing.T) {
	t.Parallel()
	inMessage := func(content ...byte) []byte { return element(tagSequence, content) }
	for name, c := range map[string]struct {
		bytes []byte
		want  string // empty: is read
	}{
		"a message":          {inMessage(2, 1, 4), ""},
		"empty":              {inMessage(), ""},
		"many values":        {inMessage(bytes.Repeat([]byte{4, 0}, maxMessageElements)...), ""},
		"too many values":    {inMessage(bytes.Repeat([]byte{4, 0}, maxMessageElements+1)...), ReasonResponseTooLarge},
		"too many bytes":     {[]byte{0x30, 0x84, 1, 0, 0, 1}, ReasonResponseTooLarge},
		"more than promised": {inMessage(4, 9, 0), ReasonResponseUnreadable},
		"cut in a header":    {inMessage(4), ReasonResponseUnreadable},
		"a web server":       {[]byte("HTTP/1.1 400"), ReasonResponseUnreadable},
		"without a length":   {[]byte{0x30, 0x80}, ReasonResponseUnreadable},
		"a length of 5":      {[]byte{0x30, 0x85}, ReasonResponseUnreadable},
		"a long tag":         {inMessage(0x1f, 1, 0), ReasonResponseUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, step := range []int{1, 1000, len(c.bytes)} {
				_, err := scan(c.bytes, step)
				e, _ := errors.AsType[*Error](err)
				if (e == nil) != (c.want == "") || e != nil && e.Reason != c.want {
					t.Errorf("in steps of %d: %v, want %q", step, err, c.want)
				}
			}
		})
	}
}

// scan passes bytes in steps and returns where messages end.
func scan(all []byte, step int) (ends []int, err error) {
	var s messageScanner
	for at := 0; at < len(all); {
		passed, cost, err := s.pass(all[at:min(at+step, len(all))])
		if err != nil {
			return ends, err
		}
		if at += passed; cost > 0 {
			ends = append(ends, at)
		}
	}
	if s.inside || len(s.header) > 0 {
		if _, _, err := s.pass(tooShort); err != nil {
			return ends, err
		}
	}
	return ends, nil
}

// tooShort are messages that show where another was cut.
var tooShort = element(tagSequence, nil)

// What the scanner lets pass, the library that reads it next reads alike.
func FuzzMessages(f *testing.F) {
	f.Add([]byte{0x30, 3, 2, 1, 4, 0x30, 0}, uint8(1))
	f.Add([]byte("\x30\x0c\x02\x01\x01\x64\x07\x04\x05uid=x"), uint8(3))
	f.Add([]byte{0x30, 0x80, 0, 0}, uint8(9))
	f.Add([]byte{0x30, 0, 0x30, 3, 0x41, 1, 0x30}, uint8(0))
	f.Add([]byte{0x30, 0x82, 0, 4, 0x31, 2, 4, 0}, uint8(2))
	f.Fuzz(func(t *testing.T, all []byte, step uint8) {
		ends, err := scan(all, int(step)+1)
		if whole, errWhole := scan(all, max(1, len(all))); !slices.Equal(ends, whole) || (err == nil) != (errWhole == nil) {
			t.Errorf("%x ends at %v in steps, %v, and at %v at once, %v", all, ends, err, whole, errWhole)
		}
		reader := bytes.NewReader(all)
		for _, end := range ends {
			if _, err := ber.ReadPacket(reader); err == nil && len(all)-reader.Len() != end {
				t.Fatalf("%x is read to %d, want %d", all, len(all)-reader.Len(), end)
			} else if err != nil {
				return
			}
		}
	})
}

// A server may send as much as it likes while a host is busy; what was not taken
// does not pile up.
func TestWhatNobodyTakesDoesNotPileUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const messageBytes, messages = 1 << 20, 100
		message := element(tagSequence, element(4, make([]byte, messageBytes)))
		near, far := net.Pipe()
		wire := watch(near)
		written, read := 0, make(chan error, 1)
		go func() {
			for range messages {
				if _, err := far.Write(message); err != nil {
					return
				}
				written++
			}
			_ = far.Close() // the other side sees that
		}()
		go func() {
			_, err := io.Copy(io.Discard, wire)
			read <- err
		}()
		synctest.Wait()
		if limit := maxHeldBytes/messageBytes + 1; written == 0 || written > limit {
			t.Errorf("%d messages were read and none was taken, want %d at most", written, limit)
		}
		for range messages {
			wire.take()
			synctest.Wait()
		}
		if err := <-read; err != nil || written != messages {
			t.Errorf("%d messages came, and %v, want %d", written, err, messages)
		}
	})
}

func TestAReaderThatWaitsForRoomEndsWithTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		wire := watch(near)
		wire.hold(maxHeldBytes + 1)
		read := make(chan error, 1)
		go func() {
			_, err := wire.Read(make([]byte, 1))
			read <- err
		}()
		synctest.Wait()
		if err := errors.Join(wire.Close(), far.Close()); err != nil {
			t.Fatal(err)
		}
		if err := <-read; err == nil {
			t.Error("a closed connection was read from")
		}
	})
}
