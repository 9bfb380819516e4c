package searchtest

import "strings"

// script is a way to make names.
type script struct {
	share            int // of a thousand people
	given, family    parts
	givens, families int       // how many different ones there are
	feminine         [2]string // the end of a family name and what it is for some
	familyFirst      bool
	spaced           bool // between the family name and the given name
}

// parts are what a name is made of: some middles and an end.
type parts struct {
	middles, ends []string
	least, most   int // middles
}

var split = strings.Fields

// scripts has the shares of a company that began in Europe and is everywhere.
var scripts = []script{
	{
		share: 330, spaced: true, givens: 900, families: 16000, // English, Irish, Dutch and others
		given: parts{split("a ja ma jo el ka da mi li ro sa be chri ste wi tho ge ke an the hen ar vi o"), split("n mes ry hn la ren vid chael sa bert rah th stine phen liam mas rald vin drew resa ry thur vian scar na lie"), 1, 2},
		family: parts{
			split("ash brad cart dal el fair gar hart ing jen kel lang mor new ox pem quin ros stan thorn up ver whit yor mac o' ber dun har wal tur mil hol bur cla"),
			split("ton son ley ford man well ham wood worth field by er ing more land den ridge brook s ells ins ett ard kins berg veld stra"), 1, 2,
		},
	},
	{
		share: 170, spaced: true, givens: 500, families: 12000, feminine: [2]string{"ski", "ska"}, // Polish and Czech
		given:  parts{split("ka mał go ta ja ag wo jó an bar ma zo el krzy pio łu ste pa"), split("rzyna sia gorzata dwiga nieszka jciech zef na bara teusz fia żbieta sztof tr kasz fan weł rek"), 1, 2},
		family: parts{split("wi śnie ko wal no zie lin woź nia ka miń du da gór szy mań krze wą żuk łu ki dą br ostr jasz"), split("wski ski cki czyk ak ek ik icz owicz ński ła ała uk ga"), 1, 3},
	},
	{
		share: 120, spaced: true, givens: 400, families: 9000, // Spanish and Portuguese
		given:  parts{split("ma jo lu car a fer be is di pe ra so ca ju"), split("ría sé is los na nando atriz abel ego dro úl fía rlota lia ão nés món"), 1, 2},
		family: parts{split("gon mar her ro pe lo fer sán gar ji ál cas da sil car val men oli pa"), split("zález tínez nández dríguez reira pez nandes chez cía ménez varez tro sta va valho des doza veira checo ção"), 1, 2},
	},
	{
		share: 110, spaced: true, givens: 400, families: 9000, // German and Nordic
		given:  parts{split("jür gün bjö sö an hei ka in má sø kå ulf ste grø mül"), split("gen ther rn ren ke di rin ge ni rena re fan ta hild"), 1, 2},
		family: parts{split("mül schrö grö kö jä strö å ø berg lind hol sø næs kjæ wei groß böh fuchs hau te wag len"), split("ler der ß nig ger m berg ster gaard strøm dahl er mann ser sta ner sen sson bauer"), 1, 2},
	},
	{
		share: 40, spaced: true, givens: 300, families: 4000, // Turkish
		given:  parts{split("ay meh gü ö ça ze ş i e fa mu"), split("şe met lay zgür ğlar ynep ükrü rem mine tma rat"), 1, 2},
		family: parts{split("yıl ka de öz ça kı ay şa do gü kö"), split("maz ya mir türk lık lıç dın hin ğan neş se oğlu er"), 1, 3},
	},
	{
		share: 40, spaced: true, familyFirst: true, givens: 300, families: 60, // Vietnamese
		given:  parts{split("th m h ng ph qu tr"), split("ảo inh ương ọc úc ân ung ị ạnh"), 1, 1},
		family: parts{split("ng tr l ph h v đ b"), split("uyễn ần ê ạm oàng ũ ặng ùi ỗ ồ"), 1, 1},
	},
	{
		share: 60, spaced: true, givens: 300, families: 6000, feminine: [2]string{"ов", "ова"}, // Russian, Bulgarian and Ukrainian
		given:  parts{split("ма о ни ев ан сер вла дми та ле"), split("рия льга кита гений дрей гей димир трий тьяна онид ксандр"), 1, 2},
		family: parts{split("ива пет ку ко сер мо ле бон ша по чер ва ги"), split("нов ров знецов валенко геев розов бедев даренко пов ненко сильев ленко чук"), 1, 3},
	},
	{
		share: 20, spaced: true, givens: 200, families: 2500, // Greek
		given:  parts{split("γι ε μα κω νι δη"), split("ώργος λένη ρία νσταντίνα κος μήτρης άννης"), 1, 2},
		family: parts{split("πα κα δη νι γε βα χρι"), split("παδόπουλος ραγιάννης μητρίου κολάου ωργίου σιλείου στοδούλου ίδης"), 1, 3},
	},
	{
		share: 30, spaced: true, givens: 200, families: 2000, // Arabic
		given:  parts{split("مح أح فا عب يو لي سا"), split("مد طمة دالله سف لى رة مير"), 1, 2},
		family: parts{split("ال حس خا عل سا نا"), split("حسن لد ي لم صر خطيب مصري"), 1, 3},
	},
	{
		share: 10, spaced: true, givens: 100, families: 800, // Hebrew
		given:  parts{split("דו ש מי רו א"), split("ד רה כל ן ורי"), 1, 2},
		family: parts{split("כה לו מז פר ש"), split("ן י רחי ץ לום"), 1, 3},
	},
	{
		share: 20, spaced: true, givens: 150, families: 1200, // Hindi
		given:  parts{split("रा प्रि अ सु वि"), split("हुल या नीता रेश जय"), 1, 2},
		family: parts{split("श गु सिं प वर"), split("र्मा प्ता ह टेल मा"), 1, 2},
	},
	{
		share: 20, familyFirst: true, givens: 900, families: 150, // Chinese
		given:  parts{split("小 建 志 美 文 国 丽 海 春 秀"), split("明 华 强 芳 伟 英 军 敏 静 杰 平"), 0, 1},
		family: parts{split("欧 司"), split("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 马 朱 胡"), 0, 0},
	},
	{
		share: 15, familyFirst: true, givens: 500, families: 80, // Korean
		given:  parts{split("하 민 서 지 수 영 현"), split("준 연 우 호 진 희 아"), 1, 1},
		family: parts{split("김"), split("김 이 박 최 정 강 조 윤 장 임"), 0, 0},
	},
	{
		share: 10, familyFirst: true, spaced: true, givens: 300, families: 300, // Japanese
		given:  parts{split("太 健 美 花 陽 直"), split("郎 一 子 咲 菜 樹"), 1, 2},
		family: parts{split("佐 鈴 高 田 渡 山 中"), split("藤 木 橋 中 辺 本 村"), 1, 1},
	},
	{
		share: 5, spaced: true, givens: 100, families: 500, // Thai
		given:  parts{split("สม ปร วิ นิ"), split("ชาย ยุทธ ชัย ดา"), 1, 2},
		family: parts{split("ศรี ทอง สุข แสง"), split("สุวรรณ ดี ใจ จันทร์"), 1, 3},
	},
}

var (
	areas  = split("Payments Platform Freight Customs Finance Legal Security Data Depot Route Quality People Marketing Sales Support Fleet Mobile Network Cloud Billing Tax Treasury Design Research Energy Safety Training Travel Audit Claims")
	roles  = split("Engineer Analyst Specialist Manager Planner Lead Coordinator Accountant Designer Developer Architect Consultant Associate Officer Technician Operator Partner Assistant Director Administrator")
	levels = split("Senior Junior Principal Staff Regional Global Deputy Interim")
)
