package values

import "strings"

// endless are words, folded, that stand where a day of leaving would, and say that
// there is none.
var endless = map[string]bool{
	"na": true, "none": true, "never": true, "open": true, "openend": true, "openended": true, "noend": true, "noenddate": true,
	"indefinite": true, "permanent": true, "unlimited": true, "ongoing": true, "present": true,
	"unbefristet": true, "unbefr": true, "unbegrenzt": true, "offen": true, "ohneende": true, "keine": true, "keines": true, "keins": true, "niemals": true, "bisaufweiteres": true,
	"indetermine": true, "indeterminee": true, "dureeindeterminee": true, "cdi": true, "permanente": true, "aucun": true, "aucune": true, "jamais": true,
	"indefinido": true, "indefinida": true, "indeterminado": true, "indeterminada": true, "indeterminato": true, "tempoindeterminato": true, "ninguno": true, "ninguna": true, "nessuno": true, "nessuna": true,
	"onbepaald": true, "onbepaaldetijd": true, "vast": true, "geen": true, "tillsvidare": true, "fastansat": true, "bezterminowa": true, "nieokreslony": true, "brak": true,
}

// NoEnd reports whether a text in the place of a day of leaving says that there is
// none: in a word (unbefristet, open end), by answering no, or in figures that
// databases write for it, which are before all days that count (1900-01-01,
// 00.00.0000) or behind them (99.99.9999). A day far ahead, such as 31.12.9999, is
// a date like others.
func NoEnd(text string) bool {
	isYes, isAnswer := Answer(text)
	return (isAnswer && !isYes) || endless[foldWord(text)] || isNoDay(text)
}

// isNoDay reports whether figures stand for no day, or a form for one is empty.
func isNoDay(text string) bool {
	switch figures := strings.Trim(text, "0 .-/_:TZ"); {
	case figures == "":
		return true // 00.00.0000, __.__.____
	case strings.Trim(figures, "9 .-/") == "":
		return len(strings.Map(digitOnly, text)) >= 6
	}
	parts := split(text)
	if len(parts) == 1 && digits(parts[0]) && len(parts[0]) == 8 {
		return parts[0][:4] < earliest
	}
	for _, part := range parts[:min(len(parts), 3)] {
		if len(parts) >= 3 && digits(part) && len(part) == 4 && part < earliest {
			return true
		}
	}
	return false
}

// earliest is firstYear as it is written.
const earliest = "1902"
