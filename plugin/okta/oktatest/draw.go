package oktatest

// draw is a stream of numbers that follow from a seed: SplitMix64, see
// https://prng.di.unimi.it/splitmix64.c. It is a value, so making one costs
// nothing.
type draw uint64

// What draws are for: each has its own stream, so that one attribute can be
// computed without the others.
const (
	drawKind = iota + 1
	drawStatus
	drawName
	drawTimes
	drawProfile
	drawBlemish
)

const goldenGamma = 0x9e3779b97f4a7c15

func (c company) draw(i, purpose int) draw {
	return draw(mix(mix(c.seed^uint64(purpose)*goldenGamma) + uint64(i)*goldenGamma))
}

func (d *draw) next() uint64 {
	*d += goldenGamma
	return mix(uint64(*d))
}

// below returns a number from 0 to n-1.
func (d *draw) below(n int) int { return int(d.next() >> 32 * uint64(n) >> 32) }

// oneIn is true once in n.
func (d *draw) oneIn(n int) bool { return d.below(n) == 0 }

func pick[T any](d *draw, from []T) T { return from[d.below(len(from))] }

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unmix is mix backwards: the factors are the inverses modulo 2^64.
func unmix(z uint64) uint64 {
	z = (z ^ z>>31 ^ z>>62) * 0x319642b2d24d8ec3
	z = (z ^ z>>27 ^ z>>54) * 0x96de1b173f119089
	return z ^ z>>30 ^ z>>60
}

const (
	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	// An id is a prefix of three, these, and an ending that all ids of an org
	// share, like those of real orgs.
	numberDigits = 11 // 62^11 > 2^64
	seedDigits   = 3
	cell         = "5d7"
	idLength     = 3 + numberDigits + seedDigits + len(cell)
)

// appendID appends the id of object n: unique, since mixing is one to one, and
// readable backwards, so that an id can be found without an index of them.
func appendID(dst []byte, prefix string, seed, n uint64) []byte {
	dst = append(dst, prefix...)
	dst = appendBase62(dst, mix(n+mix(seed+goldenGamma)), numberDigits)
	dst = appendBase62(dst, mix(seed)%(62*62*62), seedDigits)
	return append(dst, cell...)
}

// parseID returns the n of an id that appendID made.
func parseID(id, prefix string, seed uint64) (n uint64, ok bool) {
	if len(id) != idLength {
		return 0, false
	}
	var mixed uint64
	for _, digit := range []byte(id[3 : 3+numberDigits]) {
		value := indexBase62(digit)
		if value < 0 {
			return 0, false
		}
		mixed = mixed*62 + uint64(value)
	}
	n = unmix(mixed) - mix(seed+goldenGamma)
	var made [idLength]byte
	return n, string(appendID(made[:0], prefix, seed, n)) == id
}

func appendBase62(dst []byte, value uint64, digits int) []byte {
	start := len(dst)
	for range digits {
		dst = append(dst, '0')
	}
	for at := len(dst) - 1; at >= start; at-- {
		dst[at] = base62[value%62]
		value /= 62
	}
	return dst
}

func indexBase62(digit byte) int {
	switch {
	case digit >= '0' && digit <= '9':
		return int(digit - '0')
	case digit >= 'A' && digit <= 'Z':
		return int(digit-'A') + 10
	case digit >= 'a' && digit <= 'z':
		return int(digit-'a') + 36
	}
	return -1
}
