package attribute

import (
	"math"
	"strconv"
	"testing"
	"time"
)

func TestGeneralizedTime(t *testing.T) {
	for text, want := range map[string]string{
		"20260102030405Z":         "2026-01-02T03:04:05Z",
		"20260102030405.0Z":       "2026-01-02T03:04:05Z",
		"20260102030405,5Z":       "2026-01-02T03:04:05.5Z",
		"202601020304Z":           "2026-01-02T03:04:00Z",
		"2026010203Z":             "2026-01-02T03:00:00Z",
		"20260102030405+0130":     "2026-01-02T01:34:05Z",
		"20260102030405-05":       "2026-01-02T08:04:05Z",
		"20260102030405.123+0100": "2026-01-02T02:04:05.123Z",
		"000001010000Z":           "", // locked for good
		"20260102030405":          "", // no time zone
		"20261302030405Z":         "",
		"":                        "",
		"2026-01-02T03:04:05Z":    "",
	} {
		got, ok := GeneralizedTime(text)
		if written := got.Format(time.RFC3339Nano); ok != (want != "") || ok && written != want {
			t.Errorf("%q is %s, %t; want %q", text, written, ok, want)
		}
	}
}

func TestFileTime(t *testing.T) {
	for text, want := range map[string]string{
		"116444736000000000":                   "1970-01-01T00:00:00Z",
		"134115696000000001":                   "2025-12-30T12:00:00.0000001Z",
		"1":                                    "1601-01-01T00:00:00.0000001Z",
		"0":                                    "",
		"-1":                                   "",
		strconv.FormatInt(math.MaxInt64, 10):   "",
		strconv.FormatInt(math.MaxInt64-1, 10): "",
		"soon":                                 "",
	} {
		got, ok := FileTime(text)
		if written := got.Format(time.RFC3339Nano); ok != (want != "") || ok && written != want {
			t.Errorf("%q is %s, %t; want %q", text, written, ok, want)
		}
	}
}

func TestGUID(t *testing.T) {
	got, ok := GUID([]byte{0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff})
	if want := "00112233-4455-6677-8899-aabbccddeeff"; got != want || !ok {
		t.Errorf("the GUID is %q, %t; want %q", got, ok, want)
	}
	if _, ok := GUID([]byte("short")); ok {
		t.Error("5 bytes are a GUID")
	}
}

func TestSID(t *testing.T) {
	got, ok := SID([]byte("\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00"))
	if want := "S-1-5-32-544"; got != want || !ok {
		t.Errorf("the SID is %q, %t; want %q", got, ok, want)
	}
	if _, ok := SID([]byte("\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00")); ok {
		t.Error("a SID that is cut short is one")
	}
}

func TestRange(t *testing.T) {
	for name, want := range map[string]struct {
		part Part
		ok   bool
	}{
		"member;range=0-1499":        {Part{0, 1500}, true},
		"member;Range=1500-*":        {Part{1500, 0}, true},
		"member;binary;range=3-9":    {Part{3, 10}, true},
		"member":                     {Part{}, false},
		"member;range=":              {Part{}, false},
		"member;range=5-3":           {Part{}, false},
		"member;range=0-99999999999": {Part{}, false},
		"member;range=-1-3":          {Part{}, false},
	} {
		if part, ok := Range(name); part != want.part || ok != want.ok {
			t.Errorf("%s is %+v, %t; want %+v, %t", name, part, ok, want.part, want.ok)
		}
	}
}

func TestSecretsAreToldFromWhatIsAboutThem(t *testing.T) {
	for _, name := range []string{
		"userPassword", "USERPASSWORD;x-option", "unicodePwd", "krbPrincipalKey", "sambaNTPassword", "sambaClearTextPassword",
		"ms-Mcs-AdmPwd", "msLAPS-EncryptedPassword", "ipaNTHash", "customPasswordHint", "apiSecret", "userPKCS12", "authPassword", "pwdHistory",
		"krb5Key", "pwhistory", "msExchUMPinChecksum", "zimbraAuthTokens", "zimbraTwoFactorAuthScratchCodes", "nsSymmetricKey", "oathOTPToken", "totpSeed", "2.5.4.35",
	} {
		if !Secret(name) {
			t.Errorf("%s is taken for no secret", name)
		}
	}
	for _, name := range []string{"pwdLastSet", "pwdAccountLockedTime", "badPwdCount", "krbLastPwdChange", "mail", "cn", "secretary", "tokenGroups", "krb5PrincipalName", "jpegPhoto"} {
		if Secret(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}

func FuzzTimes(f *testing.F) {
	for _, seed := range []string{"20260102030405.0Z", "20260102030405,123456789-0500", "000001010000Z", "134115696000000000", "0", "-9223372036854775808", "9223372036854775807", "19000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for kind, read := range map[string]func(string) (time.Time, bool){"generalized time": GeneralizedTime, "file time": FileTime, "days": Days} {
			if got, ok := read(text); ok && (got.Year() < windowsEpochYear || got.Year() > 9999 || got.Location() != time.UTC) {
				t.Errorf("%q is the %s %v", text, kind, got)
			}
		}
	})
}

func FuzzIdentifiers(f *testing.F) {
	f.Add([]byte("0123456789abcdef"))
	f.Add([]byte("\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00"))
	f.Add([]byte("\x01\xff\x00\x00\x00\x00\x00\x05"))
	f.Fuzz(func(t *testing.T, value []byte) {
		if text, ok := GUID(value); ok && len(text) != 36 {
			t.Errorf("%x is the GUID %q", value, text)
		}
		if text, ok := SID(value); ok && text[:4] != "S-1-" {
			t.Errorf("%x is the SID %q", value, text)
		}
		if part, ok := Range(string(value)); part.Low < 0 || part.Next != 0 && part.Next <= part.Low || !ok && part != (Part{}) {
			t.Errorf("%q is %+v", value, part)
		}
	})
}
