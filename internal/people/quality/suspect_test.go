package quality

import "testing"

func TestPeopleAreNoSuspects(t *testing.T) {
	for name, e := range map[string]Evidence{
		"Hauser":                   {FirstName: "Anna", LastName: "Hauser", Login: "a.hauser@example.com"},
		"Testa":                    {FirstName: "Zoë", LastName: "Testa", Login: "testa@example.com"},
		"Zoom":                     {FirstName: "Piet", LastName: "Zoom", Login: "zoom@example.com"},
		"Bot, by name and login":   {FirstName: "Thi", LastName: "Bot", Login: "bot.thi@example.com"},
		"Test, by name and login":  {FirstName: "Robert", LastName: "Test", Login: "test@example.com"},
		"Service, by name":         {FirstName: "Robert", LastName: "Service", Login: "r.s@example.com"},
		"Roomans":                  {FirstName: "Jan", LastName: "Roomans", Login: "roomans@example.com"},
		"pattern with department":  {FirstName: "Ada", LastName: "Fox", Login: "test.ada@example.com", Department: "Legal"},
		"pattern with manager":     {FirstName: "Ada", LastName: "Fox", Login: "adm-ada@example.com", HasManager: true},
		"pattern with reports":     {FirstName: "Ada", LastName: "Fox", Login: "admin@example.com", HasReports: true},
		"pattern with a number":    {FirstName: "Ada", LastName: "Fox", Login: "admin@example.com", EmployeeNumber: "17"},
		"only a display name":      {DisplayName: "Madonna Example", Login: "m@example.com"},
		"no names, a department":   {Login: "x17@example.com", Department: "Legal"},
		"no names, a title":        {Login: "x17@example.com", Title: "Nurse"},
		"an employee":              {UserType: "Employee", FirstName: "Ada", LastName: "Fox", Login: "ada@example.com"},
		"type about the person":    {UserType: "Service technician", FirstName: "Ada", LastName: "Fox", Login: "ada@example.com"},
		"word in the login's host": {FirstName: "Ada", LastName: "Fox", Login: "ada@test.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			if suspect, why := Suspect(e); suspect || why != "" {
				t.Errorf("set aside: %s", why)
			}
		})
	}
}

func TestAccountsOfNobodyAreSuspects(t *testing.T) {
	for _, tc := range []struct {
		e   Evidence
		why string
	}{
		{Evidence{UserType: "Service Account", FirstName: "Ada", LastName: "Fox", Department: "IT", HasManager: true}, "The user type is “Service Account”."},
		{Evidence{UserType: "service_account"}, "The user type is “service_account”."},
		{Evidence{UserType: "SharedMailbox"}, "The user type is “SharedMailbox”."},
		{Evidence{Login: "x17@example.com"}, "There is no name, no title, no department and no manager."},
		{Evidence{Login: "x17@example.com", DisplayName: "X17"}, "There is no name, no title, no department and no manager."},
		{Evidence{FirstName: "Backup", LastName: "Agent", Login: "svc-backup@example.com"}, "There is no department and no manager, and the login has the word “svc”."},
		{Evidence{FirstName: "Fourth", LastName: "Floor", Login: "room4.floor@example.com"}, "There is no department and no manager, and the login has the word “room”."},
		{Evidence{FirstName: "Do Not", LastName: "Reply", Login: "noreply@example.com"}, "There is no department and no manager, and the login has the word “noreply”."},
	} {
		if suspect, why := Suspect(tc.e); !suspect || why != tc.why {
			t.Errorf("%+v: %v, %q; want %q", tc.e, suspect, why, tc.why)
		}
	}
}
