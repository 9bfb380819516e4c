package values

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"patchbay.example/plugin"
)

// statusWords are words for whether somebody works there, folded. A person on
// leave is active: the employment goes on, and so do reports.
var statusWords = map[plugin.UserStatus][]string{
	plugin.StatusActive: {
		"a", "active", "activeemployee", "employed", "current", "working", "works", "enabled", "yes", "y", "true", "1", "x", "probation", "hired", "rehired", "fulltime", "parttime", "noticeperiod", "undernotice",
		"l", "onleave", "leave", "leaveofabsence", "loa", "paidleave", "unpaidleave", "parentalleave", "maternityleave", "paternityleave", "sickleave", "sabbatical", "furlough", "gardenleave", "absent",
		"aktiv", "beschaftigt", "ja", "angestellt", "probezeit", "elternzeit", "mutterschutz", "beurlaubt", "karenz", "krank", "langzeitkrank", "ruhend", "ruhendesarbeitsverhaltnis", "freigestellt",
		"actif", "enposte", "present", "oui", "enconge", "congematernite", "congeparental", "activo", "activa", "enactivo", "alta", "si", "enlicencia", "debaja", "attivo", "attiva", "inforza", "inservizio", "inaspettativa",
		"ativo", "ativa", "sim", "delicenca", "afastado", "actief", "indienst", "metverlof", "anstalld", "ansat", "ansatt", "aktywny", "aktywna", "zatrudniony", "tak", "naurlopie",
	},
	plugin.StatusDeprovisioned: {
		"i", "t", "inactive", "terminated", "termed", "term", "left", "leaver", "former", "formeremployee", "resigned", "retired", "dismissed", "deceased", "separated", "exemployee", "offboarded", "disabled", "deactivated", "deleted", "deprovisioned", "archived", "no", "n", "false", "0", "ended", "discharged", "laidoff",
		"inaktiv", "ausgeschieden", "ausgetreten", "gekundigt", "nein", "ehemalig", "ehemaliger", "rente", "rentner", "pensioniert", "verstorben", "deaktiviert", "inactif", "sorti", "parti", "non", "demissionne", "demissionnaire", "licencie", "retraite",
		"inactivo", "inactiva", "baja", "cesado", "despedido", "jubilado", "inattivo", "cessato", "cessata", "dimesso", "licenziato", "pensionato", "inativo", "desligado", "demitido", "nao", "aposentado", "inactief", "uitdienst", "nee",
		"slutat", "avslutad", "nej", "fratradt", "sluttet", "nieaktywny", "zwolniony", "nie",
	},
	plugin.StatusPending: {
		"pending", "prehire", "prestart", "preboarding", "onboarding", "newhire", "futurehire", "future", "upcoming", "invited", "staged", "provisioned", "notstarted", "offeraccepted", "hirepending", "zukunftig", "kunftig", "neueintritt", "avenir", "futuro", "pendiente", "pendente",
	},
	plugin.StatusSuspended:      {"suspended", "onhold", "blocked", "gesperrt", "suspendiert", "suspendu", "suspendido", "sospeso", "suspenso", "geschorst"},
	plugin.StatusLocked:         {"locked", "lockedout"},
	plugin.StatusActionRequired: {"passwordexpired", "recovery"},
}

// statuses has every word.
var statuses = func() map[string]plugin.UserStatus {
	byWord := map[string]plugin.UserStatus{}
	for kind, words := range statusWords {
		for _, word := range words {
			byWord[word] = kind
		}
	}
	return byWord
}()

// Status sorts a word for whether somebody works there; false for one that is
// not known.
func Status(word string) (plugin.UserStatus, bool) {
	kind, ok := statuses[foldWord(word)]
	return kind, ok
}

// yes and no are answers to a question, folded. Other words of statusWords are none:
// inactive stands for itself, even under a header that asks whether somebody is.
var (
	yes = []string{"yes", "y", "true", "t", "1", "x", "ja", "j", "wahr", "oui", "vrai", "si", "sim", "verdadero", "vero", "tak", "jah", "waar"}
	no  = []string{"no", "n", "false", "f", "0", "nein", "falsch", "non", "faux", "nao", "falso", "nie", "nee", "nej", "nei", "onwaar"}
)

// Answer reads a yes or a no; ok is false for any other word.
func Answer(word string) (isYes, ok bool) {
	folded := foldWord(word)
	isYes = slices.Contains(yes, folded)
	return isYes, isYes || slices.Contains(no, folded)
}

// maxWordBytes bounds what is looked at as a word.
const maxWordBytes = 64

// foldWord keeps letters and digits, in lower case and without diacritics.
func foldWord(word string) string {
	if len(word) > maxWordBytes {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, norm.NFKD.String(word))
}
