package attribute

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// guidBytes is the length of a GUID.
const guidBytes = 16

// GUID writes the 16 bytes of an objectGUID the way Windows shows it: the first
// three groups are stored with the least byte first (Microsoft, GUID structure).
// ok is false for any other length.
func GUID(value []byte) (text string, ok bool) {
	if len(value) != guidBytes {
		return "", false
	}
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", binary.LittleEndian.Uint32(value), binary.LittleEndian.Uint16(value[4:]),
		binary.LittleEndian.Uint16(value[6:]), value[8:10], value[10:]), true
}

// sidHeader is what stands before the sub-authorities: revision, their number and
// 6 bytes of authority.
const sidHeader = 8

// SID writes a security identifier as S-1-5-21-… (Microsoft, SID packet
// representation). ok is false for bytes that are none.
func SID(value []byte) (text string, ok bool) {
	if len(value) < sidHeader || value[0] != 1 || len(value) != sidHeader+4*int(value[1]) {
		return "", false
	}
	authority := uint64(binary.BigEndian.Uint16(value[2:]))<<32 | uint64(binary.BigEndian.Uint32(value[4:]))
	var b strings.Builder
	b.WriteString("S-1-" + strconv.FormatUint(authority, 10))
	for rest := value[sidHeader:]; len(rest) > 0; rest = rest[4:] {
		b.WriteString("-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(rest)), 10))
	}
	return b.String(), true
}
