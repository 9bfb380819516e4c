package unit

// The words of titles, folded. They are few and plain on purpose: a title that
// is not understood is a title that says nothing, and structure remains.

// roles are words for who leads something; true for those of which a unit has
// few.
var roles = map[string]bool{
	"head": true, "director": true, "vp": true, "svp": true, "evp": true, "v p": true, "vice president": true,
	"president": true, "managing director": true, "general manager": true, "gm": true,
	"manager": false, "mgr": false, "lead": false, "leader": false, "supervisor": false,
	"team lead": false, "team leader": false, "team manager": false, "tech lead": false,
	// German, Dutch, Danish and Norwegian
	"leiter": true, "leiterin": true, "leitung": true, "direktor": true, "direktorin": true, "hoofd": true, "leder": true,
	"abteilungsleiter": true, "abteilungsleiterin": true, "bereichsleiter": true, "bereichsleiterin": true,
	"teamleiter": false, "teamleiterin": false,
	// French, Spanish, Portuguese, Italian
	"directeur": true, "directrice": true, "responsable": true, "jefe": true, "jefa": true, "directora": true,
	"diretor": true, "diretora": true, "responsavel": true, "direttore": true, "direttrice": true, "responsabile": true,
	"gerente": false,
	// Polish, Czech, Russian, Ukrainian
	"kierownik": true, "kierowniczka": true, "dyrektor": true, "dyrektorka": true, "vedouci": true, "reditel": true,
	"reditelka": true, "начальник": true, "руководитель": true, "директор": true, "керівник": true,
}

// suffixes are roles at the end of a word. What keep holds belongs to the unit.
var suffixes = []struct {
	text, keep string
	senior     bool
}{
	{"leiterin", "", true},
	{"leiter", "", true},
	{"leitung", "", true},
	{"chefin", "", true},
	{"chef", "", true},
	{"direktor", "", true},
	{"direktorin", "", true},
	{"部長", "部", true},
	{"課長", "課", true},
	{"室長", "室", true},
	{"总监", "", true},
	{"部经理", "部", false},
	{"팀장", "팀", true},
	{"부장", "부", true},
}

// before are words that may stand before a role and change nothing.
var before = set("senior", "sr", "global", "group", "executive", "corporate", "worldwide", "international", "co", "the")

// actingWords say "for the time being".
var actingWords = set("acting", "interim", "interims", "temporary", "kommissarisch", "kommissarische", "kommissarischer", "tillforordnad", "interino", "interina")

// notHead are words that make somebody else of the head whom a title names.
var notHead = set(
	"deputy", "assistant", "asst", "associate", "assoc", "former", "formerly", "ex", "sub", "junior", "jr",
	"trainee", "intern", "to", "aide", "advisor", "adviser", "secretary", "pa", "ea", "avp", "emeritus", "retired",
	"designate", "elect", "incoming", "outgoing", "candidate", "understudy", "shadow", "fmr",
	"stellvertretender", "stellvertretende", "stellvertreter", "stellvertreterin", "stellv", "stv", "vize", "assistenz",
	"assistent", "assistentin", "adjoint", "adjointe", "sous", "adjunto", "adjunta", "subdirector", "subdirectora",
	"asistente", "assistente", "vicedirector", "vicedirettore", "zastepca", "asystent", "asystentka", "plaatsvervangend",
	"заместитель", "помощник", "заступник", "副部長", "次長",
)

// functional are words that make an occupation of "manager": a product manager
// leads no products.
var functional = set(
	"product", "project", "program", "programme", "account", "accounts", "office", "case", "community", "success",
	"release", "property", "portfolio", "content", "category", "brand", "relationship", "campaign", "event", "events",
	"delivery", "change", "incident", "problem", "risk", "asset", "contract", "territory", "channel", "partner",
	"customer", "client", "fund", "investment", "store", "shift", "branch", "site", "lead", "swing",
)

// linking are words between a role and what it is of.
var linking = set(
	"of", "for", "the", "in", "de", "del", "della", "dei", "delle", "di", "des", "du", "la", "le", "les", "l", "el", "los", "las",
	"da", "do", "das", "dos", "der", "die", "den", "fur", "von", "van", "het", "af", "for", "ds", "pro", "dla",
)

// joining are words that join the parts of a unit's name, and of the name of a
// title's unit.
var joining = set("and", "of", "the", "for", "und", "et", "y")

// generic are words that say what kind of thing a unit is.
var generic = set(
	"department", "dept", "team", "unit", "division", "abteilung", "bereich", "departement", "departamento",
	"dipartimento", "afdeling", "avdelning", "avdeling", "dzial", "dzialu", "oddeleni", "отдел", "отдела", "відділ", "відділу",
)

// longForm is what everybody's abbreviations stand for.
var longForm = map[string][]string{
	"hr": {"human", "resources"}, "it": {"information", "technology"}, "qa": {"quality", "assurance"},
}

// initialsOf are chiefs by their initials.
var initialsOf = map[string][]string{
	"ceo": {"chief", "executive", "officer"}, "cfo": {"chief", "financial", "officer"},
	"cto": {"chief", "technology", "officer"}, "coo": {"chief", "operating", "officer"},
	"cmo": {"chief", "marketing", "officer"}, "cio": {"chief", "information", "officer"},
	"chro": {"chief", "human", "resources", "officer"},
}

// chiefs are what a chief officer's unit is called beside the word in the title.
var chiefs = map[string][]string{
	"financial": {"finance"}, "operating": {"operations"}, "information": {"it"},
	"technology": {"engineering"}, "technical": {"engineering"}, "commercial": {"sales"}, "revenue": {"sales"},
}

// executives are words for who leads a company, on their own.
var executives = set("geschaftsfuhrer", "geschaftsfuhrerin")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
