package reportingtest

import "strings"

// Names that are plainly made up, of several scripts, each one word. Some differ
// by diacritics only, which makes them different names.
var (
	givenNames = []string{
		"Ada", "Bela", "Cleo", "Dario", "Edda", "Fenn", "Gala", "Hugo", "Iria", "Jonna", "Kito", "Lumi", "Mira", "Nilo",
		"Orla", "Pax", "Quin", "Rhea", "Siro", "Tova", "Ulla", "Vito", "Wren", "Xeno", "Yara", "Zeno", "José", "Jose",
		"Zoë", "Zoe", "Åsa", "Øyvin", "Łucja", "Søren", "Đana", "Ирина", "Олег", "Νίκη", "Άρης", "美咲", "伟", "지우", "नीला", "ליאור",
	}
	familyNames = []string{
		"Acker", "Bruun", "Corvo", "Dahl", "Eberle", "Falk", "Gruber", "Hauser", "Ibsen", "Jansky", "Kaur", "Lindqvist",
		"Moreau", "Novak", "Okoro", "Pereira", "Quist", "Rossi", "Sato", "Testa", "Uhl", "Varga", "Weiß", "Xander", "Yilmaz",
		"Zoom", "O'Hara", "Nuñez", "Nunez", "Müller", "Muller", "Çelik", "Ångström", "Петров", "Παππάς", "王", "김",
	}
	familyEndings = []string{
		"", "son", "-Berg", "ski", "mann", "sen", "ova", "etti", "-Lund", "ides", "er", "ton", "ley", "a", "o", "quist",
		"-Ray", "ini", "escu", "stein", "dal", "vik", "ford", "well", "by", "ham", "wick", "-Dale", "holm", "gren",
	}
	nickNames   = []string{"Buzz", "Dot", "Skip", "Pip", "Ziggy", "Bo"}
	departments = []string{"Sales, North", "Research & Development", "Finance", "Support", "Людские ресурсы"}
)

func (n name) forward() string { return n.given + " " + n.family }
func (n name) turned() string  { return n.family + ", " + n.given }

// withoutZeros is a number without zeros before it, in lower case.
func withoutZeros(number string) string {
	if strings.Trim(number, "0123456789") != "" {
		return strings.ToLower(number)
	}
	return strings.TrimLeft(number, "0")
}

// writeDN writes a name as Active Directory does.
func writeDN(rdns [][]string) string {
	var parts []string
	for _, rdn := range rdns {
		var values []string
		for k := 0; k < len(rdn); k += 2 {
			values = append(values, rdn[k]+"="+escaped.Replace(rdn[k+1]))
		}
		parts = append(parts, strings.Join(values, "+"))
	}
	return strings.Join(parts, ",")
}

var escaped = strings.NewReplacer(",", `\,`, "+", `\+`, `"`, `\"`, `\`, `\\`, "<", `\<`, ">", `\>`, ";", `\;`, "#", `\#`)
