package unit

import (
	"slices"
	"testing"
)

func TestTitlesThatNameAHead(t *testing.T) {
	for title, want := range map[string]string{
		"Head of Payments":                         "Payments",
		"Head, Payments":                           "Payments",
		"Head - Payments":                          "Payments",
		"Head Payments":                            "Payments",
		"Payments Head":                            "Payments",
		"HEAD OF PAYMENTS":                         "Payments",
		"Global Head of Payments":                  "Payments",
		"Co-Head of Payments":                      "Payments",
		"Director of Payments":                     "Payments",
		"Director, Payments":                       "Payments",
		"Payments Director":                        "Payments",
		"Sr. Director – Payments":                  "Payments",
		"VP Payments":                              "Payments",
		"V.P. Payments":                            "Payments",
		"Senior Vice President, Payments":          "Payments",
		"Vice President of Payments":               "Payments",
		"Vice-President (Payments)":                "Payments",
		"Payments - Lead":                          "Payments",
		"Payments manager":                         "Payments",
		"Manager, Payments":                        "Payments",
		"Engineering manager, Payments":            "Payments",
		"Tech lead, Payments":                      "Payments",
		"Team Lead Payments":                       "Payments",
		"Co-founder, Head of Payments":             "Payments",
		"Senior Engineer / Payments Lead":          "Payments",
		"Interim Head of Payments":                 "Payments",
		"Chief Payments Officer":                   "Payments",
		"Chief Financial Officer":                  "Finance",
		"CFO":                                      "Finance",
		"CTO":                                      "Engineering",
		"Chief Human Resources Officer":            "HR",
		"Head of HR":                               "Human Resources",
		"Head of IT":                               "Information Technology",
		"Head of Research and Development":         "R&D",
		"R & D Director":                           "R&D",
		"Head of Sales & Marketing":                "Sales and Marketing",
		"Head of the Sales Department":             "Sales",
		"Sales Team Lead":                          "Sales Team",
		"Leiter Einkauf":                           "Einkauf",
		"Leiterin der Abteilung Einkauf":           "Einkauf",
		"Vertriebsleiter":                          "Vertrieb",
		"Försäljningschef":                         "Försäljning",
		"Directrice de l’Innovation":               "Innovation",
		"Responsable des ventes":                   "Ventes",
		"Responsável de Vendas":                    "Vendas",
		"Jefe de Compras":                          "Compras",
		"Direttore del Personale":                  "Personale",
		"Dyrektor, Finanse":                        "Finanse",
		"Kierownik Działu Sprzedaży":               "Dział Sprzedaży",
		"Начальник отдела продаж":                  "Отдел продаж",
		"経理部長":                                     "経理部",
		"销售总监":                                     "销售",
		"개발팀장":                                     "개발팀",
		"Executive Director, Payments":             "Payments",
		"Director of Payments (interim)":           "Payments",
		"  head   of\tpayments ":                   "Payments",
		"Head of Paiements\u0301":                  "Paiementś",
		"Chief of Surgery":                         "Surgery",
		"Head of Vice President Recruiting":        "Vice President Recruiting",
		"General Manager, Berlin":                  "Berlin",
		"Berlin General Manager":                   "Berlin",
		"Head of Customer Service":                 "Customer-Service",
		"Director, Developer Experience; Chairman": "Developer Experience Chairman",
	} {
		t.Run(title, func(t *testing.T) {
			c := readTitle(title)
			if key := wordsKey(fields(want)); !slices.Contains(c.keys, key) {
				t.Errorf("names %q, want %q", c.keys, key)
			}
		})
	}
}

// What looks like a head and is none of this unit.
func TestTitlesThatNameNoHead(t *testing.T) {
	for _, tc := range []struct{ title, unit string }{
		{"Deputy Head of Sales", "Sales"},
		{"Head of Sales, deputy", "Sales"},
		{"Deputy Director, Sales", "Sales"},
		{"Assistant to the Director of Sales", "Sales"},
		{"Executive Assistant to Head of Sales", "Sales"},
		{"EA to VP Sales", "Sales"},
		{"Assistant Director, Sales", "Sales"},
		{"Assistant Sales Manager", "Sales"},
		{"Associate Director of Sales", "Sales"},
		{"Associate Vice President, Sales", "Sales"},
		{"Vice Director, Sales", "Sales"},
		{"Vice Head of Sales", "Sales"},
		{"Former Head of Sales", "Sales"},
		{"Ex-Head of Sales", "Sales"},
		{"Head of Sales (retired)", "Sales"},
		{"Head of Sales designate", "Sales"},
		{"Director Emeritus, Sales", "Sales"},
		{"Advisor to the Head of Sales", "Sales"},
		{"Head of Sales Enablement", "Sales"},
		{"Head of Sales, EMEA", "Sales"},
		{"Head of Sales, EMEA", "EMEA"},
		{"Regional Sales Director", "Sales"},
		{"Regional Head of Sales", "Sales"},
		{"Key Account Manager, Sales", "Sales"},
		{"Product Manager, Payments", "Payments"},
		{"Product Manager", "Product"},
		{"Project manager, Payments", "Payments"},
		{"Customer Success Manager", "Customer Success"},
		{"Office Manager, Berlin", "Berlin"},
		{"Lead Sales Engineer", "Sales"},
		{"Lead Engineer, Payments", "Payments"},
		{"Sales Lead Generation Specialist", "Sales"},
		{"Chief of Staff, Sales", "Sales"},
		{"Chief of Staff", "Staff"},
		{"Chief Engineer", "Engineer"},
		{"Sales", "Sales"},
		{"Head", "Sales"},
		{"Director", "Director"},
		{"", "Sales"},
		{"Stellvertretende Leiterin Vertrieb", "Vertrieb"},
		{"Assistentin der Leitung Vertrieb", "Vertrieb"},
		{"Adjoint au directeur des ventes", "Ventes"},
		{"Sous-directeur des ventes", "Ventes"},
		{"Asistente del director de Compras", "Compras"},
		{"Zastępca kierownika działu płac", "Dział płac"},
		{"Заместитель начальника отдела продаж", "Отдел продаж"},
		{"営業部副部長", "営業部"},
		{"Headhunter, Sales", "Sales"},
		{"Director's office, Sales", "Sales"},
		{"Salesman", "Sales"},
		{"Ambassador to the Head, Sales", "Sales"},
	} {
		t.Run(tc.title, func(t *testing.T) {
			c := readTitle(tc.title)
			if slices.Contains(c.keys, wordsKey(fields(tc.unit))) {
				t.Errorf("names the head of %q", tc.unit)
			}
		})
	}
}

func TestTitlesForTheTimeBeingAndOfTheCompany(t *testing.T) {
	for _, title := range []string{"Acting Head of Sales", "Head of Sales (interim)", "Interim Sales Director", "Sales Lead, acting", "Kommissarischer Leiter Sales"} {
		if c := readTitle(title); !c.acting || !slices.Contains(c.keys, "sales") {
			t.Errorf("%s: %+v, want somebody who leads Sales for the time being", title, c)
		}
	}
	for title, want := range map[string]bool{
		"CEO": true, "Chief Executive Officer": true, "Founder, CEO": true, "Geschäftsführerin": true,
		"CEO, Europe": false, "Assistant to the CEO": false, "Chief Financial Officer": false, "Deputy CEO": false,
	} {
		if c := readTitle(title); c.company != want {
			t.Errorf("%s leads the company: %v, want %v", title, c.company, want)
		}
	}
}

func FuzzTitle(f *testing.F) {
	for _, s := range []string{"Head of Payments", "Sr. Director – R&D (interim)", "営業部長", "VP", ", ,", "-", "head of of of", "Chief officer", "l'l'l'", "\xff\xfe", "chief", "\u202eHead"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		c := readTitle(title)
		if slices.Contains(c.keys, "") {
			t.Errorf("%q leads the unit without a name", title)
		}
		// Whatever the rest says, nobody's assistant is the head.
		if c := readTitle("Assistant to the " + title); len(segments(title)) == 1 && len(c.keys) > 0 {
			t.Errorf("an assistant to the %q leads %q", title, c.keys)
		}
	})
}
