package directory

// Bounds of one message of a server's: an entry of a person has some KiB, a group
// of 200,000 members sent at once about 16 MiB.
const (
	maxMessageBytes = 16 << 20
	// maxMessageElements bounds the values, names and structures in a message, each of
	// which takes some 900 bytes of memory once it is read, however short it is.
	maxMessageElements = 250_000
	// elementBytes is what each of them is reckoned at.
	elementBytes = 900
)

// messageScanner follows messages (RFC 4511 §4.1.1) as they pass and refuses those
// that are no messages, or that are too large to be read into memory. It keeps
// nothing of them. The zero value stands before the first message.
type messageScanner struct {
	header   []byte // of the element that begins, as far as it has come
	inside   bool   // of a message
	left     int    // bytes of the message that are still to come
	content  int    // of those, bytes of a value that is passed over
	elements int    // of the message
	size     int    // bytes of the message
}

// pass follows bytes, at most to the end of a message, and returns how many. cost
// is what the message takes in memory where its end is among them, and 0 else. Errors
// are of type [*Error], without the server's name.
func (s *messageScanner) pass(bytes []byte) (passed, cost int, err error) {
	for passed < len(bytes) {
		if s.content > 0 {
			step := min(s.content, len(bytes)-passed)
			s.content, s.left, passed = s.content-step, s.left-step, passed+step
		} else {
			s.header = append(s.header, bytes[passed])
			passed++
			if err := s.readHeader(); err != nil {
				return passed, 0, err
			}
		}
		if s.inside && s.left == 0 && len(s.header) == 0 {
			cost = s.size + (s.elements+1)*elementBytes
			*s = messageScanner{header: s.header}
			return passed, cost, nil
		}
	}
	return passed, 0, nil
}

// readHeader goes on within the message where the header is whole.
func (s *messageScanner) readHeader() error {
	if s.inside {
		if s.left--; s.left < 0 {
			return errNoMessage()
		}
	}
	length, whole, err := elementLength(s.header)
	if err != nil || !whole {
		return err
	}
	tag := s.header[0]
	s.header = s.header[:0]
	if !s.inside {
		if tag != tagSequence {
			return errNoMessage()
		}
		if length > maxMessageBytes {
			return fail(ReasonResponseTooLarge, "sent a message of more than %d MiB", maxMessageBytes>>20)
		}
		s.inside, s.left, s.size = true, length, length
		return nil
	}
	if length > s.left {
		return errNoMessage()
	}
	if s.elements++; s.elements > maxMessageElements {
		return fail(ReasonResponseTooLarge, "sent a message of more than %d values", maxMessageElements)
	}
	if tag&tagConstructed == 0 {
		s.content = length
	}
	return nil
}

// Of the tags of ASN.1 (ITU-T X.690 §8.1.2).
const (
	tagSequence    = 0x30
	tagConstructed = 0x20
	tagLong        = 0x1f
)

// elementLength reads tag and length; whole is false where more of the header is to
// come. Indefinite lengths are not LDAP's (RFC 4511 §5.1).
func elementLength(header []byte) (length int, whole bool, err error) {
	if header[0]&tagLong == tagLong {
		return 0, false, errNoMessage()
	}
	if len(header) < 2 {
		return 0, false, nil
	}
	if header[1] < 0x80 {
		return int(header[1]), true, nil
	}
	digits := int(header[1] & 0x7f)
	if digits == 0 || digits > maxLengthDigits {
		return 0, false, errNoMessage()
	}
	if len(header) < 2+digits {
		return 0, false, nil
	}
	for _, digit := range header[2:] {
		length = length<<8 | int(digit)
	}
	return length, true, nil
}

// maxLengthDigits are the bytes that a length may have: leading zeros are allowed,
// and no message is as long as four can say.
const maxLengthDigits = 4

func errNoMessage() error {
	return fail(ReasonResponseUnreadable, "sent something that is not LDAP")
}
