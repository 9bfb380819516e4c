package oktatest

import "strconv"

// customIntegers start above 2^53, where a decoder that goes through float64
// loses the last digits.
const customIntegers = 9_007_199_254_740_993

// appendProfile appends the members of a profile: of the 31 base attributes the
// ones that are set, in no order to rely on, and custom ones among them.
func (c company) appendProfile(dst []byte, i int, k kind) []byte {
	if k == service {
		return c.appendService(dst, i)
	}
	n, d := c.nameOf(i), c.draw(c.original(i), drawProfile)
	dst = appendText(dst, `"firstName":"`, n.given.native)
	dst = appendText(dst, `","lastName":"`, n.family.native)
	dst = append(dst, '"')
	if k == newcomer {
		dst = append(dst, `,"mobilePhone":null,"secondEmail":null`...)
		return appendAddresses(dst, n, i, i)
	}
	dst = c.appendPlace(dst, i, n, &d)
	dst = c.appendJob(dst, i, k, &d)
	dst = appendPersonal(dst, i, n, &d)
	dst = appendCustom(dst, i, &d)
	if c.untidy {
		dst = c.appendUntidy(dst, i, n)
	} else {
		dst = c.appendManager(dst, i)
	}
	return appendAddresses(dst, n, i, c.original(i))
}

func (c company) appendService(dst []byte, i int) []byte {
	d := c.draw(i, drawProfile)
	program := pick(&d, programs)
	dst = appendText(dst, `"firstName":"`, program.native)
	dst = append(dst, `","lastName":"Service","mobilePhone":null,`...)
	if !c.untidy || d.oneIn(2) {
		dst = append(dst, `"userType":"Service account",`...)
	}
	dst = append(dst, `"secondEmail":null`...)
	dst = appendText(dst, `,"login":"svc-`, program.ascii)
	dst = strconv.AppendInt(dst, int64(i), 10)
	dst = appendText(dst, `@example.com","email":"svc-`, program.ascii)
	dst = strconv.AppendInt(dst, int64(i), 10)
	return append(dst, `@example.com"`...)
}

// appendAddresses appends the login, which is each user's own, and the address,
// which may be that of the user's other account.
func appendAddresses(dst []byte, n name, i, original int) []byte {
	dst = n.appendEmail(append(dst, `,"login":"`...), i)
	dst = n.appendEmail(append(dst, `","email":"`...), original)
	return append(dst, '"')
}

func (c company) appendPlace(dst []byte, i int, n name, d *draw) []byte {
	at := n.place
	dst = appendText(dst, `,"city":"`, at.city)
	dst = appendText(dst, `","state":"`, at.state)
	dst = appendText(dst, `","zipCode":"`, at.zip)
	dst = appendText(dst, `","countryCode":"`, at.country)
	dst = appendText(dst, `","streetAddress":"`, at.street)
	dst = strconv.AppendInt(append(dst, ' '), int64(1+d.below(200)), 10)
	dst = appendText(dst, `","timezone":"`, at.timezone)
	dst = appendText(dst, `","locale":"`, at.locale)
	dst = appendText(dst, `","preferredLanguage":"`, at.language)
	dst = appendText(dst, `","organization":"`, at.organization)
	dst = appendText(dst, `","primaryPhone":"`, at.dial)
	dst = strconv.AppendInt(dst, int64(10+i%90), 10)
	if d.oneIn(3) {
		dst = appendText(dst, `","postalAddress":"`, at.organization)
		dst = appendText(dst, `\n`, at.zip)
		dst = appendText(dst, ` `, at.city)
	}
	return append(dst, '"')
}

func (c company) appendJob(dst []byte, i int, k kind, d *draw) []byte {
	if c.untidy {
		return c.appendUntidyJob(dst, i, k, d)
	}
	at, lead := executive, "Chief Executive Officer"
	title := ""
	if i > 0 {
		p := positionOf(i)
		at, lead = departments[p.department], leaders[min(p.level(), len(leaders)-1)]
		title = at.name
		if !c.hasReports(i) {
			lead, title = "", pick(d, at.titles)
		}
	}
	dst = appendText(dst, `,"title":"`, lead)
	dst = append(dst, title...)
	dst = append(appendText(dst, `","department":"`, at.name), '"')
	return appendPost(dst, at, i, k)
}

// appendPost appends what the payroll knows of a job.
func appendPost(dst []byte, at department, i int, k kind) []byte {
	dst = appendText(dst, `,"division":"`, at.division)
	dst = appendText(dst, `","costCenter":"`, at.code)
	dst = strconv.AppendInt(append(dst, '-'), int64(1000+i%17*10), 10)
	if k == contractor {
		return append(dst, `","userType":"Contractor"`...)
	}
	dst = append(dst, `","userType":"Employee","employeeNumber":"`...)
	dst = appendPadded(dst, i+1, 9) // with leading zeros, which a number would lose
	return append(dst, '"')
}

func appendPersonal(dst []byte, i int, n name, d *draw) []byte {
	dst = n.appendDisplay(append(dst, `,"displayName":"`...))
	dst = append(dst, `","profileUrl":"https://people.example.com/profile/`...)
	dst = append(strconv.AppendInt(dst, int64(i), 10), '"')
	if d.oneIn(4) {
		dst = appendText(dst, `,"middleName":"`, pick(d, n.place.given).native)
		dst = append(dst, '"')
	}
	if d.oneIn(12) {
		dst = append(dst, `,"honorificPrefix":"Dr."`...)
	}
	if d.oneIn(40) {
		dst = append(dst, `,"honorificSuffix":"Jr."`...)
	}
	if d.oneIn(10) {
		dst = appendText(dst, `,"nickName":"\"`, n.given.native)
		dst = append(dst, `\" \\o/"`...)
	}
	if d.oneIn(3) {
		dst = appendText(dst, `,"mobilePhone":"`, n.place.dial)
		dst = append(strconv.AppendInt(dst, int64(10+d.below(90)), 10), '"')
	} else {
		dst = append(dst, `,"mobilePhone":null`...)
	}
	if d.oneIn(20) {
		dst = append(dst, `,"secondEmail":"second.`...)
		dst = append(strconv.AppendInt(dst, int64(i), 10), `@mail.example.com"`...)
		return dst
	}
	return append(dst, `,"secondEmail":null`...)
}

// appendCustom appends attributes that the org defined: of every type, with a
// name that differs from a base attribute's by case only, with HTML.
func appendCustom(dst []byte, i int, d *draw) []byte {
	dst = append(dst, `,"badgeNumber":`...)
	dst = strconv.AppendInt(dst, customIntegers+int64(i), 10)
	dst = append(dst, `,"remote":`...)
	dst = strconv.AppendBool(dst, d.oneIn(4))
	if d.oneIn(3) {
		dst = append(dst, `,"workload":0.8`...)
	}
	if d.oneIn(2) {
		dst = append(dst, `,"skills":["go","sql","public speaking"],"floors":[1,2,14]`...)
	}
	if d.oneIn(15) {
		dst = append(dst, `,"note":"<b>desk</b> & \"locker\" \u2028 \/ \u00e9","retired":null`...)
	}
	if d.oneIn(50) {
		dst = append(dst, `,"Department":"former"`...)
	}
	return dst
}

func (c company) appendManager(dst []byte, i int) []byte {
	boss, ok := c.managerOf(i)
	if !ok {
		return dst
	}
	n := c.nameOf(boss)
	dst = n.appendEmail(append(dst, `,"managerId":"`...), boss)
	dst = n.appendDisplay(append(dst, `","manager":"`...))
	return append(dst, '"')
}

func appendText(dst []byte, before, text string) []byte {
	return append(append(dst, before...), text...)
}

func appendPadded(dst []byte, n, width int) []byte {
	digits := strconv.AppendInt(nil, int64(n), 10)
	for range width - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}
