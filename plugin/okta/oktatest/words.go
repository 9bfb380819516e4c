package oktatest

import "strings"

// department is a part of the company.
type department struct {
	name, division, code string
	titles               []string // of those who lead nobody
}

var executive = department{name: "Executive", division: "Corporate", code: "EX"}

// The departments, with names that need care in JSON, HTML and CSV.
var departments = []department{
	{"Engineering", "Product & Technology", "EN", []string{"Software Engineer", "Senior Software Engineer", "Site Reliability Engineer", "Quality Engineer", "Staff Engineer"}},
	{"Sales", "Go to Market", "SA", []string{"Account Executive", "Sales Engineer", "Inside Sales Representative", "Account Manager"}},
	{"Operations", "Operations", "OP", []string{"Operations Analyst", "Logistics Planner", "Production Technician", "Shift Lead"}},
	{"Customer Support", "Go to Market", "CS", []string{"Support Engineer", "Support Specialist", "Customer Success Manager"}},
	{"Finance", "Corporate", "FI", []string{"Financial Analyst", "Accountant", "Payroll Specialist"}},
	{"Marketing", "Go to Market", "MK", []string{"Content Writer", "Campaign Manager", "Designer"}},
	{"IT", "Product & Technology", "IT", []string{"Systems Administrator", "Identity Engineer", "Service Desk Analyst"}},
	{"People & Culture", "Corporate", "PC", []string{"Recruiter", "People Partner", "Learning Specialist"}},
	{"Legal, Risk and Compliance", "Corporate", "LE", []string{"Counsel", "Compliance Analyst", "Privacy Specialist"}},
	{"Research", "Product & Technology", "RE", []string{"Researcher", "Data Scientist", "Laboratory Technician"}},
}

// departmentPattern says which department each of 32 people in a row is in.
var departmentPattern = []int{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 0, 0,
	2, 1, 0, 6, 3, 0, 2, 4, 0, 1, 5, 0, 3, 2, 0, 1,
}

// departmentSlots are the positions of each department in the pattern.
var departmentSlots = func() [][]int {
	slots := make([][]int, len(departments))
	for slot, d := range departmentPattern {
		slots[d] = append(slots[d], slot)
	}
	return slots
}()

// leaders are the titles of those who lead, by how many are above them in the
// department.
var leaders = []string{"Vice President, ", "Director, ", "Senior Manager, ", "Manager, ", "Team Lead, "}

// word is a name in its own script, and in ASCII for addresses.
type word struct{ native, ascii string }

// place is a country with an office, and the names that are common there.
type place struct {
	language, locale, country string
	city, state, zip, street  string
	timezone, dial            string
	organization              string
	given, family             []word
}

// The places. Names are common words of their languages; whoever results from
// putting two together exists by chance only.
var places = []place{
	{
		"en-US", "en_US", "US", "Springfield", "IL", "62701", "Example Avenue", "America/Chicago", "+1 555 01", "Example Corporation",
		words("Alex", "Jordan", "Taylor", "Morgan", "Casey", "Riley", "Avery", "Quinn", "Harper", "Rowan"),
		words("Walker", "Carter", "Brooks", "Hayes", "Mason", "Fisher", "Parker", "Reed", "Cole", "Bennett"),
	},
	{
		"en-IE", "en_IE", "IE", "Dublin", "Leinster", "D02 X285", "Sample Quay", "Europe/Dublin", "+353 1 555 0", "Example Ireland Limited",
		words("Aoife", "Seán|Sean", "Róisín|Roisin", "Ciarán|Ciaran", "Niamh", "Pádraig|Padraig"),
		words("O'Neill|ONeill", "Ní Bhriain|NiBhriain", "Byrne", "O’Connor|OConnor", "Murphy", "MacCarthy"),
	},
	{
		"sv-SE", "sv_SE", "SE", "Göteborg", "Västra Götaland", "411 01", "Exempelgatan", "Europe/Stockholm", "+46 31 555 0", "Example Nordics AB",
		words("Åsa|Asa", "Björn|Bjorn", "Göran|Goran", "Märta|Marta", "Sören|Soren", "Linnéa|Linnea", "Håkan|Hakan", "Elin"),
		words("Ångström|Angstrom", "Lindqvist", "Sjöberg|Sjoberg", "Öhman|Ohman", "Bergström|Bergstrom", "Åkesson|Akesson", "Nyström|Nystrom"),
	},
	{
		"de-DE", "de_DE", "DE", "München", "Bayern", "80331", "Musterstraße", "Europe/Berlin", "+49 89 555 0", "Example Deutschland GmbH",
		words("Jürgen|Juergen", "Käthe|Kaethe", "Lukas", "Anneliese", "Günther|Guenther", "Sabine", "Jörg|Joerg", "Heike"),
		words("Müller|Mueller", "Weiß|Weiss", "Schäfer|Schaefer", "Größer|Groesser", "von der Heide|vonderHeide", "Köhler|Koehler", "Braun"),
	},
	{
		"pl-PL", "pl_PL", "PL", "Łódź", "łódzkie", "90-001", "ulica Przykładowa", "Europe/Warsaw", "+48 42 555 0", "Example Polska sp. z o.o.",
		words("Łukasz|Lukasz", "Małgorzata|Malgorzata", "Żaneta|Zaneta", "Wojciech", "Świętosława|Swietoslawa", "Agnieszka"),
		words("Wiśniewska|Wisniewska", "Zając|Zajac", "Dąbrowski|Dabrowski", "Źródło|Zrodlo", "Kowalczyk", "Gołębiowski|Golebiowski"),
	},
	{
		"tr-TR", "tr_TR", "TR", "İstanbul", "İstanbul", "34000", "Örnek Sokağı", "Europe/Istanbul", "+90 212 555 0", "Example Türkiye A.Ş.",
		words("Işıl|Isil", "İbrahim|Ibrahim", "Çağla|Cagla", "Gökhan|Gokhan", "Şebnem|Sebnem", "Oğuz|Oguz"),
		words("Yıldız|Yildiz", "Şahin|Sahin", "Çelik|Celik", "Öztürk|Ozturk", "Kılıç|Kilic", "Güneş|Gunes"),
	},
	{
		"uk-UA", "uk_UA", "UA", "Київ", "Київ", "01001", "вулиця Зразкова", "Europe/Kyiv", "+380 44 555 0", "Example Україна",
		words("Олена|Olena", "Тарас|Taras", "Юлія|Yuliia", "Богдан|Bohdan", "Їжакевич|Yizhakevych", "Ґалина|Galyna"),
		words("Шевченко|Shevchenko", "Ковальчук|Kovalchuk", "Бондаренко|Bondarenko", "Лисенко|Lysenko", "Мельник|Melnyk"),
	},
	{
		"el-GR", "el_GR", "GR", "Αθήνα", "Αττική", "105 57", "Οδός Παραδείγματος", "Europe/Athens", "+30 210 555 0", "Example Ελλάς",
		words("Γιώργος|Giorgos", "Ελένη|Eleni", "Νίκος|Nikos", "Μαρία|Maria", "Δημήτρης|Dimitris", "Αθηνά|Athina"),
		words("Παππάς|Pappas", "Οικονόμου|Oikonomou", "Γεωργίου|Georgiou", "Νικολάου|Nikolaou", "Αγγελής|Angelis"),
	},
	{
		"ar-AE", "ar_AE", "AE", "دبي", "دبي", "00000", "شارع المثال", "Asia/Dubai", "+971 4 555 0", "Example Gulf FZ",
		words("ليلى|Layla", "يوسف|Yousef", "فاطمة|Fatima", "عمر|Omar", "نور|Nour", "خالد|Khaled"),
		words("الحداد|AlHaddad", "النجار|AlNajjar", "الخياط|AlKhayyat", "منصور|Mansour", "صالح|Saleh"),
	},
	{
		"he-IL", "he_IL", "IL", "תל אביב", "מחוז תל אביב", "6100000", "רחוב הדוגמה", "Asia/Jerusalem", "+972 3 555 0", "Example Israel Ltd.",
		words("נועה|Noa", "אורי|Uri", "יעל|Yael", "דוד|David", "תמר|Tamar", "איתן|Eitan"),
		words("לוי|Levi", "כהן|Cohen", "שרון|Sharon", "ברק|Barak", "גולן|Golan"),
	},
	{
		"hi-IN", "hi_IN", "IN", "पुणे", "महाराष्ट्र", "411001", "उदाहरण मार्ग", "Asia/Kolkata", "+91 20 555 0", "Example India Private Limited",
		words("अनिता|Anita", "राहुल|Rahul", "प्रिया|Priya", "विक्रम|Vikram", "सीता|Sita", "अर्जुन|Arjun"),
		words("शर्मा|Sharma", "वर्मा|Varma", "पाटिल|Patil", "कुलकर्णी|Kulkarni", "जोशी|Joshi", "क्षत्रिय|Kshatriya"),
	},
	{
		"th-TH", "th_TH", "TH", "กรุงเทพฯ", "กรุงเทพมหานคร", "10100", "ถนนตัวอย่าง", "Asia/Bangkok", "+66 2 555 0", "Example Thailand",
		words("สมชาย|Somchai", "มาลี|Malee", "นภา|Napa", "ธนา|Thana", "กานดา|Kanda"),
		words("ใจดี|Jaidee", "รักไทย|Rakthai", "ทองคำ|Thongkham", "แสงจันทร์|Saengchan"),
	},
	{
		"zh-CN", "zh_CN", "CN", "上海", "上海", "200000", "示例路", "Asia/Shanghai", "+86 21 555 0", "Example 中国",
		words("秀英|Xiuying", "伟|Wei", "芳|Fang", "娜|Na", "强|Qiang", "敏|Min"),
		words("王|Wang", "李|Li", "张|Zhang", "刘|Liu", "陈|Chen", "欧阳|Ouyang"),
	},
	{
		"ja-JP", "ja_JP", "JP", "東京", "東京都", "100-0001", "見本通り", "Asia/Tokyo", "+81 3 555 0", "Example Japan 株式会社",
		words("さくら|Sakura", "大翔|Hiroto", "陽菜|Hina", "蓮|Ren", "ユウコ|Yuko", "健|Ken"),
		words("佐藤|Sato", "鈴木|Suzuki", "高橋|Takahashi", "渡邊|Watanabe", "小林|Kobayashi"),
	},
	{
		"ko-KR", "ko_KR", "KR", "서울", "서울특별시", "04524", "예시로", "Asia/Seoul", "+82 2 555 0", "Example Korea",
		words("서연|Seoyeon", "민준|Minjun", "지우|Jiwoo", "하준|Hajun", "수빈|Subin"),
		words("김|Kim", "이|Lee", "박|Park", "최|Choi", "정|Jung", "남궁|Namgung"),
	},
}

// placePattern makes some places larger than others.
var placePattern = []int{0, 0, 0, 0, 0, 0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 12, 13, 14}

// programs are what service accounts are for.
var programs = words("Backup", "Build", "Monitoring", "Payroll Export|payroll-export", "Directory Sync|directory-sync", "Print", "Scanner", "Webhook")

// words reads names written as "native|ascii", or as one where they are the
// same.
func words(spellings ...string) []word {
	list := make([]word, len(spellings))
	for i, spelling := range spellings {
		native, ascii, found := strings.Cut(spelling, "|")
		if !found {
			ascii = native
		}
		list[i] = word{native, strings.ToLower(ascii)}
	}
	return list
}
