package people

import (
	"strings"
	"testing"
)

func TestInitialsInManyScripts(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Example": "AE", "ada example": "AE", "Ada": "A", "Ada Maria van Example": "AE", "Example, Ada": "EA", "Łukasz Żak": "ŁŻ",
		"Образец Примеров": "ОП", "Δείγμα Παράδειγμα": "ΔΠ", "例 太郎": "例", "예시 사람": "예", "דוגמה אדם": "ד", "مثال شخص": "م", "Ada 太郎": "A",
		"": "?", "123 !?": "?", "42 Ada": "A", "👩🏽‍🚀 Ada": "A", "e\u0301mile Z": "E\u0301Z", "(Ada) \"Ex\"": "AE",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials of %q: %q, want %q", name, got, want)
		}
	}
	if long := initials("A" + strings.Repeat("\u0301", 1000)); len(long) > 40 {
		t.Errorf("the initials of a letter with a thousand marks have %d bytes", len(long))
	}
}

func TestToneStaysAndSpreads(t *testing.T) {
	seen := map[int]int{}
	for i := range 1000 {
		id := "00u" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26))
		if tone(id) < 0 || tone(id) >= tones {
			t.Fatalf("tone of %q: %d", id, tone(id))
		}
		seen[tone(id)]++
	}
	if len(seen) != tones {
		t.Errorf("a thousand people have %d tones, want %d: %v", len(seen), tones, seen)
	}
}

func TestZone(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Warsaw": "Europe/Warsaw", "UTC": "UTC", "": "", "Local": "", "Mars/Olympus": "", "../../etc/passwd": "", "/etc/localtime": "", "a\x00b": "",
	} {
		if got := zone(name); got != want {
			t.Errorf("zone %q: %q, want %q", name, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"badgeNumber": "Badge number", "badge_number": "Badge number", "badge-number": "Badge number", "tShirt": "T shirt", "x": "X", "": "", "urn:ext": "Urn ext", "éTape": "É tape",
	} {
		if got := words(name); got != want {
			t.Errorf("words of %q: %q, want %q", name, got, want)
		}
	}
}

func TestNamesOfAttributes(t *testing.T) {
	for name, want := range map[string]string{
		"manager": "manager", "managerId": "manager", "profile.manager_dn": "manager", "Manager-Email": "manager", "reportsTo": "manager", "supervisorName": "manager",
		"lineManager": "manager", "managerEmployeeNumber": "manager", "boss": "manager",
		"accountManager": "", "projectManagerId": "", "managerial": "", "isManager": "", "managers": "", "managerLevel": "",
		"birthDate": "private", "dateOfBirth": "private", "dob": "private", "personalEmail": "private", "home_phone": "private", "salaryBand": "private",
		"gender": "private", "maritalStatus": "private", "emergencyContact": "private", "geburtsdatum": "private", "street_address": "private", "mobile_phone": "private",
		"linkedinProfile": "", "badge": "", "traceId": "", "officeLocation": "", "work_phone": "", "title": "", "shirtSize": "",
		"apiToken": "secret", "password": "secret", "recoveryQuestion": "secret", "clientSecret": "secret", "credentials": "secret", "privateKey": "secret private",
	} {
		var is []string
		if isManagerAttribute(name) {
			is = append(is, "manager")
		}
		if secretNames.MatchString(folded(lastOf(name))) {
			is = append(is, "secret")
		}
		if isPrivate(name) {
			is = append(is, "private")
		}
		if got := strings.Join(is, " "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
