package quantity

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// known is a unit name of letters. below restricts it to what stands under a stroke; milli marks mpa, which means MPa
// but in mpa·s.
type known struct {
	unit
	below, milli bool
}

type hanName struct {
	name  string
	runes int
	unit  unit
	below bool
}

// latinUnits has rows of: names, prefixes, factor, base. A name may be given several spellings. "-" is none; a factor
// may be a+b with the offset of a scale of temperature. A row ending in "/" holds below a stroke only.
const latinUnits = `
m          pnμumcdk    1           m
g          npμumk      1e-3        kg
s          fpnμum      1           s
min        -           60          s
h,hr       -           3600        s
d          -           86400       s
a,yr,y     -           1           年 /
A          fpnμumk     1           A
K          m           1           K
℃,°C,oC    -           1+273.15    K
°F         -           0.5555555555555556+255.3722222222222 K
mol        pnμumk      1           mol
cd         m           1           cd
Hz         mkMGT       1           Hz
Pa         hkMG        1           kg m-1 s-2
mPa        -           1e-3        kg m-1 s-2
bar        mk          1e5         kg m-1 s-2
atm        -           101325      kg m-1 s-2
Torr,mmHg  -           133.322368  kg m-1 s-2
psi        -           6894.757293 kg m-1 s-2
N          nμumkM      1           kg m s-2
kgf        -           9.80665     kg m s-2
Nm         mk          1           kg m2 s-2
J          nμumkMG     1           kg m2 s-2
cal        kM          4.1868      kg m2 s-2
eV         mkMG        1.602176634e-19 kg m2 s-2
Wh         mkMGT       3600        kg m2 s-2
W          nμumkMG     1           kg m2 s-3
VA         kM          1           VA
var        kM          1           var
V          nμumkM      1           kg m2 s-3 A-1
Ω          μmkMG       1           kg m2 s-3 A-2
S          nμum        1           kg-1 m-2 s3 A2
F          pnμum       1           kg-1 m-2 s4 A2
C          pnμumk      1           C率
Ah         mk          3600        A s
H          nμum        1           kg m2 s-2 A-2
T          μum         1           kg s-2 A-1
L,l        nμum        1e-3        m3
t          k           1e3         kg
hm         -           100         m
hm2,ha     -           1e4         m2
Å          -           1e-10       m
μ          -           1e-6        m
mil        -           2.54e-5     m
inch,″     -           0.0254      m
°,deg      -           0.017453292519943295 rad
rad        μum         1           rad
r,rev      -           1           转
rpm        -           0.016666666666666666 转 s-1
%          -           0.01        %
‰          -           1e-3        %
ppm        -           1e-6        %
ppb        -           1e-9        %
pct        -           0.01        %
wt%        -           0.01        wt%
vol%,%vol  -           0.01        vol%
mol%       -           0.01        mol%
at%        -           0.01        at%
%RH        -           0.01        %RH
%FS        -           0.01        %FS
%IACS      -           0.01        %IACS
arcmin     -           2.908882086657216e-4 rad
arcsec     -           4.84813681109536e-6 rad
dB         -           1           dB
dBm        -           1           dBm
dBi        -           1           dBi
dBA        -           1           dB
HRC        -           1           HRC
HRB        -           1           HRB
HRA        -           1           HRA
HV         -           1           HV
HB,HBW     -           1           HB
HD         -           1           邵氏D
lm         k           1           lm
lx         k           1           lx
nit,nits   -           1           cd m-2
fps        -           1           帧 s-1
FPS        -           1           帧 s-1
bps        kMGT        1           bit s-1
bit        kMGT        1           bit
B          kKMGTP      8           bit
KB         -           8e3         bit
dpi,DPI    -           1           dpi
ppi,PPI    -           1           ppi
px         -           1           像素
CFU,cfu    -           1           CFU
IU         kM          1           IU
U          mkM         1           U
Da         k           1           Da
Gy         mk          1           Gy
Bq         kMG         1           Bq
cP         -           1e-3        kg m-1 s-1
cSt        -           1e-6        m2 s-1
sccm       -           1           sccm
tce        -           1e3         标煤kg
kgce       -           1           标煤kg
gce        -           1e-3        标煤kg
mgKOH      -           1           mgKOH
RIU        -           1           RIU
TOPS       -           1           TOPS
sq,□       -           1           □ /
cycles,cycle,cyc - 1           次
pcs        -           1           件
IOPS       -           1           IOPS
QPS,qps,TPS - 1        次 s-1
tex        dk          1           tex
D          -           1           D /
cN         -           0.01        kg m s-2
`

// hanUnitNames has the same in Chinese characters, without prefixes.
const hanUnitNames = `
纳米 1e-9 m
微米 1e-6 m
毫米 1e-3 m
厘米 0.01 m
公分 0.01 m
分米 0.1 m
米 1 m
千米,公里 1e3 m
英寸 0.0254 m
平方毫米 1e-6 m2
平方厘米 1e-4 m2
平方米,平米 1 m2
平方公里,平方千米 1e6 m2
公顷 1e4 m2
亩 666.6666666666666 m2
立方毫米 1e-9 m3
立方厘米 1e-6 m3
立方米,立方,方 1 m3
升,公升 1e-3 m3
毫升 1e-6 m3
微升 1e-9 m3
皮克 1e-15 kg
纳克 1e-12 kg
微克 1e-9 kg
毫克 1e-6 kg
克 1e-3 kg
千克,公斤 1 kg
斤 0.5 kg
克拉 2e-4 kg
吨 1e3 kg
吨标煤,吨标准煤 1e3 标煤kg
千克标煤,公斤标煤,千克标准煤 1 标煤kg
飞秒 1e-15 s
皮秒 1e-12 s
纳秒 1e-9 s
微秒 1e-6 s
毫秒 1e-3 s
秒,秒钟 1 s
分钟 60 s
分 60 s /
小时,个小时,钟头 3600 s
时 3600 s /
天 86400 s
日 86400 s /
周,星期 604800 s
个月 0.08333333333333333 年
月 0.08333333333333333 年 /
年 1 年
帕 1 kg m-1 s-2
千帕 1e3 kg m-1 s-2
兆帕 1e6 kg m-1 s-2
吉帕 1e9 kg m-1 s-2
个大气压,大气压 101325 kg m-1 s-2
巴 1e5 kg m-1 s-2 /
牛,牛顿 1 kg m s-2
千牛 1e3 kg m s-2
兆牛 1e6 kg m s-2
牛米 1 kg m2 s-2
焦,焦耳 1 kg m2 s-2
千焦 1e3 kg m2 s-2
兆焦 1e6 kg m2 s-2
大卡,千卡 4186.8 kg m2 s-2
瓦时 3600 kg m2 s-2
千瓦时,千瓦小时,度电 3.6e6 kg m2 s-2
兆瓦时 3.6e9 kg m2 s-2
瓦 1 kg m2 s-3
毫瓦 1e-3 kg m2 s-3
千瓦 1e3 kg m2 s-3
兆瓦 1e6 kg m2 s-3
吉瓦 1e9 kg m2 s-3
马力 735.49875 kg m2 s-3
伏,伏特 1 kg m2 s-3 A-1
毫伏 1e-3 kg m2 s-3 A-1
千伏 1e3 kg m2 s-3 A-1
千伏安 1e3 VA
兆伏安 1e6 VA
安,安培 1 A
微安 1e-6 A
毫安 1e-3 A
千安 1e3 A
安时 3600 A s
毫安时 3.6 A s
欧,欧姆 1 kg m2 s-3 A-2
千欧 1e3 kg m2 s-3 A-2
兆欧 1e6 kg m2 s-3 A-2
赫兹,赫 1 Hz
千赫,千赫兹 1e3 Hz
兆赫,兆赫兹 1e6 Hz
吉赫,吉赫兹 1e9 Hz
太赫,太赫兹 1e12 Hz
摄氏度 1+273.15 K
度 1 度
转 1 转
弧度 1 rad
分贝 1 dB
流明 1 lm
勒克斯 1 lx
目 1 目
倍 1 倍
个百分点,百分点 0.01 %
比特 1 bit
字节 8 bit
次,循环,个循环 1 次
帧 1 帧
像素 1 像素
元,元人民币 1 元
美元 1 美元
欧元 1 欧元
`

// counters count things, each only against itself.
const counters = "个 只 件 台 套 颗 粒 片 根 条 张 块 辆 头 羽 尾 株 棵 家 人 户 项 篇 种 组 份 支 瓶 袋 箱 批 点 通道 路 模 炉 床 例 孔 针 芯 滴 枚 座 艘 架 部 卷 班 级 平台 车 门 节点 标准箱 人次 并发"

// notAfter has, for units of one character, what may not follow: 3天线, 5安全.
var notAfter = map[rune]string{
	'天': "线然气津窗", '安': "全装排徽防", '欧': "洲盟", '克': "隆服斯", '转': "换化让移变运型动录基诊速", '米': "粒饭制诺面线糠",
	'时': "代间期刻序域效", '牛': "肉奶场羊", '升': "级降高温压华", '伏': "击", '点': "云阵位对多火胶焊", '条': "件例款形带纹", '组': "成织合件分装团学",
	'份': "额", '种': "植子类业群质苗", '套': "管筒丝利种袋", '台': "阶架湾州车面", '个': "人体性别案", '次': "要品氯级谐生元序", '株': "洲系型高",
	'根': "据系本部茎瘤", '头': "部孢", '项': "目链圈", '周': "期边转围长", '年': "代版级轮度", '元': "件素器宇数组", '瓦': "斯片楞",
	'片': "段式状剂材", '支': "持撑架路链座护", '路': "由径面况基灯", '模': "型块式具态拟组", '度': "量过", '人': "工员才机类体", '件': "套",
	'家': "具电族", '辆': "", '块': "状", '张': "力", '粒': "度径子", '颗': "粒", '尾': "气矿水部砂", '户': "外用", '批': "量次准",
	'孔': "径隙洞", '针': "对状阀", '芯': "片材", '滴': "灌", '例': "如", '架': "构", '部': "分件门位", '卷': "积材曲", '车': "辆间载床身", '门': "槛窗诊",
	'床': "层", '级': "别联差配数", '炉': "渣温膛", '班': "", '倍': "频增", '目': "标前的录", '方': "法案式向面便程形差", '焦': "点化距虑", '分': "", '秒': "杀",
	'日': "", '月': "", '吨': "袋位", '斤': "", '帕': "金", '亩': "", '帧': "", '座': "标", '枚': "", '艘': "",
}

var (
	units, loose = latinTable()
	hanUnits     = hanTable()
)

var prefixFactors = map[rune]float64{
	'f': 1e-15, 'p': 1e-12, 'n': 1e-9, 'μ': 1e-6, 'u': 1e-6, 'm': 1e-3, 'c': 1e-2, 'd': 0.1, 'h': 100, 'k': 1e3, 'K': 1e3, 'M': 1e6, 'G': 1e9,
	'T': 1e12, 'P': 1e15,
}

// latinTable builds the names, and the names in lower case for those that are not ambiguous so: Mpa, KG, Khz.
func latinTable() (exact, lower map[string]known) {
	exact = map[string]known{}
	for line := range strings.Lines(latinUnits) {
		cells := strings.Fields(line)
		if len(cells) < 4 {
			continue
		}
		u, below := parseUnit(cells[2:])
		for _, name := range strings.Split(cells[0], ",") {
			exact[name] = known{unit: u, below: below}
			if cells[1] == "-" {
				continue
			}
			for _, p := range cells[1] {
				v := u
				v.factor *= prefixFactors[p]
				exact[string(p)+name] = known{unit: v, below: below}
			}
		}
	}
	delete(exact, "T") // five T are tonnes, teslas or the name of a thing
	delete(exact, "F")
	delete(exact, "H")
	exact["PB"] = known{unit: unit{factor: 8e15, dims: []power{{"bit", 1}}}}
	lower, seen := map[string]known{}, map[string]int{}
	for name := range exact {
		seen[strings.ToLower(name)]++
	}
	for name, u := range exact {
		if folded := strings.ToLower(name); seen[folded] == 1 && utf8.RuneCountInString(name) > 1 {
			lower[folded] = u
		}
	}
	for _, name := range []string{"MPa", "kPa", "kW", "kWh", "MWh", "kHz", "MHz", "kg", "mg", "mm", "cm", "km", "mL", "kV", "dB", "Mbps", "KB", "mAh", "kN"} {
		u := exact[name]
		u.milli = name == "MPa"
		lower[strings.ToLower(name)] = u
	}
	lower["pa"] = exact["Pa"]
	return exact, lower
}

func hanTable() map[rune][]hanName {
	table := map[rune][]hanName{}
	add := func(name string, u unit, below bool) {
		first, _ := utf8.DecodeRuneInString(name)
		table[first] = append(table[first], hanName{name, utf8.RuneCountInString(name), u, below})
	}
	for line := range strings.Lines(hanUnitNames) {
		cells := strings.Fields(line)
		if len(cells) < 3 {
			continue
		}
		u, below := parseUnit(cells[1:])
		for _, name := range strings.Split(cells[0], ",") {
			add(name, u, below)
		}
	}
	for _, name := range strings.Fields(counters) {
		add(name, unit{factor: 1, dims: []power{{name, 1}}}, false)
	}
	for _, names := range table {
		slices.SortStableFunc(names, func(a, b hanName) int { return cmp.Compare(b.runes, a.runes) })
	}
	return table
}

// parseUnit reads a factor, base units with exponents, and "/" for what holds below a stroke only.
func parseUnit(cells []string) (u unit, below bool) {
	factor, offset, _ := strings.Cut(cells[0], "+")
	u.factor, _ = strconv.ParseFloat(factor, 64)
	u.offset, _ = strconv.ParseFloat(offset, 64)
	for _, cell := range cells[1:] {
		if cell == "/" {
			below = true
			continue
		}
		symbol := strings.TrimRight(cell, "-0123456789")
		exp, err := strconv.Atoi(cell[len(symbol):])
		if err != nil {
			exp = 1
		}
		u.dims = append(u.dims, power{symbol, exp})
	}
	slices.SortFunc(u.dims, func(a, b power) int { return cmp.Compare(a.symbol, b.symbol) })
	return u, below
}
