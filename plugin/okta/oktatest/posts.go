package oktatest

import "slices"

// post says what the leading people of a department of an untidy company are
// called, and what their teams are.
type post struct {
	head  string
	leads []string // of those who lead a part of a team
	teams []string // one for each who may report to the head
}

// posts are those of the departments, in their order.
var posts = []post{
	{"VP Engineering", []string{"Engineering Manager", "Senior Engineering Manager", "Team Lead"}, []string{"Payments", "Platform", "Search", "Mobile", "Data Infrastructure", "Security Engineering", "Developer Experience", "Billing"}},
	{"Sales Director", []string{"Regional Sales Manager", "Team Lead"}, []string{"Enterprise Sales", "Sales Enablement", "Inside Sales", "Partnerships", "Public Sector", "Solutions", "Renewals", "Sales Planning"}},
	{"Head of Operations", []string{"Operations Manager", "Shift Manager"}, []string{"Production", "Logistics", "Procurement", "Facilities", "Quality", "Planning", "Maintenance", "Warehouse"}},
	{"Head of Customer Support", []string{"Support Manager", "Team Lead"}, []string{"Technical Support", "Customer Success", "Onboarding", "Escalations", "Night Desk", "Community", "Knowledge Base", "Support Tools"}},
	{"Chief Financial Officer", []string{"Finance Manager"}, []string{"Accounting", "Payroll", "Treasury", "Tax", "Internal Audit", "Controlling", "Financial Planning", "Receivables"}},
	{"VP Marketing", []string{"Marketing Manager"}, []string{"Brand", "Content", "Events", "Demand Generation", "Product Marketing", "Web", "Communications", "Design"}},
	{"IT Director", []string{"IT Manager", "Team Lead"}, []string{"Identity", "Networks", "Workplace", "Service Desk", "Data Centres", "Business Applications", "Endpoints", "Integration"}},
	{"Head of People & Culture", []string{"People Manager"}, []string{"Recruiting", "Learning", "Compensation", "People Partners", "People Operations", "Inclusion", "Travel", "Workplace Safety"}},
	{"General Counsel", []string{"Managing Counsel"}, []string{"Contracts", "Privacy", "Compliance", "Litigation", "Intellectual Property", "Risk", "Policy", "Corporate Law"}},
	{"Head of Research", []string{"Research Manager"}, []string{"Materials", "Data Science", "Laboratory", "Forecasting", "Human Factors", "Simulation", "Sensors", "Field Studies"}},
}

// directors are the titles of those who lead a team, which stands for the star.
var directors = []string{"Head of *", "Director, *", "* Lead", "Head of *", "Director of *"}

// spellings are the ways in which else a department is written.
var spellings = map[string][]string{
	"Engineering":                {"engineering", "ENGINEERING"},
	"Sales":                      {"sales", "SALES"},
	"Operations":                 {"operations", "Operations."},
	"Customer Support":           {"Customer-Support", "customer support", "CustomerSupport"},
	"Finance":                    {"FINANCE", "finance"},
	"Marketing":                  {"marketing", "Markeitng"},
	"IT":                         {"I.T.", "it"},
	"People & Culture":           {"People and Culture", "People&Culture"},
	"Legal, Risk and Compliance": {"Legal, Risk & Compliance", "legal, risk and compliance"},
	"Research":                   {"research", "Reserach"},
}

// widePlaces are the places with more names, as an untidy company has them:
// among a thousand people some are called the same, but not most.
var widePlaces = func() []place {
	wide := slices.Clone(places)
	for i := range wide {
		wide[i].given = slices.Concat(wide[i].given, moreNames[i].given)
		wide[i].family = slices.Concat(wide[i].family, moreNames[i].family)
	}
	return wide
}()

// moreNames are further names, by place. Some family names are words that look
// like those of test accounts.
var moreNames = []struct{ given, family []word }{
	{
		words("Emery", "Finley", "Hayden", "Jamie", "Kendall", "Logan", "Marley", "Noel", "Parker", "Peyton", "Reese", "Robin", "Sage", "Sam", "Skyler", "Sydney", "Terry", "Toni", "Blake", "Cameron", "Dana", "Drew", "Ellis", "Frances"),
		words("Abbott", "Adams", "Archer", "Atkins", "Barker", "Barton", "Bishop", "Booth", "Bowen", "Bright", "Burke", "Chapman", "Conway", "Cross", "Dalton", "Dawson", "Dixon", "Ellison", "Farmer", "Fleming", "Garner", "Gibson", "Glover", "Grant", "Hardy", "Holland", "Hunt", "Jennings", "Kemp", "Lambert", "Marsh", "Norton", "Osborne", "Palmer", "Porter", "Quick", "Rhodes", "Sharp", "Testa", "Tyler", "Usher", "Vaughn", "Waters", "Wheeler", "York", "Young"),
	},
	{
		words("Cormac", "Deirdre", "Eoin", "Fionnuala", "Gráinne|Grainne", "Oisín|Oisin", "Sinéad|Sinead", "Tadhg"),
		words("Brennan", "Doyle", "Fitzgerald", "Gallagher", "Kavanagh", "Nolan", "O'Brien|OBrien", "Quinn", "Walsh", "Whelan"),
	},
	{
		words("Anders", "Astrid", "Bengt", "Ebba", "Fredrik", "Gunilla", "Ingrid", "Lars", "Nils", "Ulrika", "Viktor", "Ylva"),
		words("Berglund", "Dahl", "Ekström|Ekstrom", "Forsberg", "Gustafsson", "Hedlund", "Holmström|Holmstrom", "Lundgren", "Nordin", "Sandberg", "Söderlund|Soderlund", "Wallin"),
	},
	{
		words("Birgit", "Dieter", "Franziska", "Gerhard", "Ingrid", "Katharina", "Matthias", "Renate", "Stefan", "Ulrich", "Ursula", "Wolfgang"),
		words("Becker", "Bäumler|Baeumler", "Fuchs", "Hauser", "Hofmann", "Jäger|Jaeger", "Krüger|Krueger", "Lehmann", "Schröder|Schroeder", "Seidel", "Vogel", "Zimmermann"),
	},
	{words("Bartosz", "Ewa", "Jakub", "Katarzyna", "Piotr"), words("Adamczyk", "Kamiński|Kaminski", "Lewandowska", "Nowicki", "Szymańska|Szymanska", "Wójcik|Wojcik")},
	{words("Ayşe|Ayse", "Deniz", "Emre", "Zeynep"), words("Aydın|Aydin", "Demir", "Kaya", "Koç|Koc", "Yılmaz|Yilmaz")},
	{words("Андрій|Andrii", "Оксана|Oksana", "Петро|Petro", "Марічка|Marichka"), words("Гончаренко|Honcharenko", "Кравець|Kravets", "Савченко|Savchenko", "Ткачук|Tkachuk")},
	{words("Κώστας|Kostas", "Σοφία|Sofia", "Χριστίνα|Christina"), words("Δημητρίου|Dimitriou", "Ιωάννου|Ioannou", "Μακρής|Makris")},
	{words("حسن|Hassan", "سارة|Sara", "مريم|Maryam"), words("الشامي|AlShami", "حداد|Haddad", "يعقوب|Yaqoub")},
	{words("אלון|Alon", "מאיה|Maya", "רון|Ron"), words("אביב|Aviv", "מזרחי|Mizrahi", "פרידמן|Friedman")},
	{
		words("अमित|Amit", "कविता|Kavita", "दीपक|Deepak", "मीना|Meena", "रोहन|Rohan", "सुनीता|Sunita"),
		words("गुप्ता|Gupta", "चौधरी|Chaudhary", "देशमुख|Deshmukh", "नायर|Nair", "मेहता|Mehta", "राव|Rao"),
	},
	{words("ประเสริฐ|Prasert", "วิไล|Wilai", "อรุณ|Arun"), words("ศรีสุข|Srisuk", "สุขใจ|Sukjai", "พงษ์ไพร|Phongphrai")},
	{
		words("丽|Li", "军|Jun", "婷|Ting", "建国|Jianguo", "晓明|Xiaoming", "静|Jing"),
		words("周|Zhou", "孙|Sun", "徐|Xu", "朱|Zhu", "林|Lin", "赵|Zhao", "黄|Huang"),
	},
	{words("愛|Ai", "翼|Tsubasa", "直樹|Naoki", "美咲|Misaki"), words("中村|Nakamura", "伊藤|Ito", "加藤|Kato", "山本|Yamamoto", "田中|Tanaka")},
	{words("예은|Yeeun", "도윤|Doyun", "현우|Hyunwoo"), words("강|Kang", "조|Cho", "윤|Yoon", "임|Lim")},
}
