package matcher

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao/matcher/quantity"
)

// sameIndicator is how alike the names of two indicators have to be for their figures to be compared.
const sameIndicator = 0.8

// indicator is the name of a metric made ready to be compared.
type indicator struct {
	written   string // without brackets
	folded    string // without spaces, brackets and general tails
	canonical string // with the group's first word in place of its synonyms
	digits    string // the numbers in it: 8～12μm 透过率 and 3～5μm 透过率 are two
}

// readIndicator folds a name. fold is the analyzer's.
func readIndicator(fold func(string) string, name string) indicator {
	name, _ = quantity.SplitName(name)
	folded := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" 　\t、,-_/的·", r) {
			return -1
		}
		return r
	}, fold(name))
	for _, tail := range generalTails {
		if rest, ok := strings.CutSuffix(folded, tail); ok && utf8.RuneCountInString(rest) >= 2 {
			folded = rest
		}
	}
	for _, head := range generalHeads {
		if rest, ok := strings.CutPrefix(folded, head); ok && utf8.RuneCountInString(rest) >= 2 {
			folded = rest
		}
	}
	i := indicator{written: name, folded: folded, canonical: folded}
	for _, r := range folded {
		if r >= '0' && r <= '9' || r == '.' {
			i.digits += string(r)
		}
	}
	for _, group := range indicatorGroups {
		for _, other := range group[1:] {
			if rest, ok := strings.CutSuffix(i.canonical, other); ok && !strings.HasSuffix(i.canonical, group[0]) {
				i.canonical = rest + group[0]
				return i
			}
		}
	}
	return i
}

// endings are the last two characters of every name that may mean the same indicator: alike compares no others.
func (i indicator) endings() []string {
	endings := []string{lastTwo(i.folded), lastTwo(i.canonical)}
	for _, group := range indicatorGroups {
		if strings.HasSuffix(i.canonical, group[0]) {
			for _, w := range group {
				endings = append(endings, lastTwo(w))
			}
		}
	}
	slices.Sort(endings)
	return slices.Compact(endings)
}

func lastTwo(s string) string {
	_, size := utf8.DecodeLastRuneInString(s)
	_, before := utf8.DecodeLastRuneInString(s[:len(s)-size])
	return s[len(s)-size-before:]
}

// generalTails and generalHeads say nothing about which indicator it is.
var (
	generalTails = []string{"指标", "水平", "要求", "参数", "数值"}
	generalHeads = []string{"产品", "整体", "总体", "综合", "平均"}
)

// indicatorGroups are names of one indicator, checked by hand: synonyms of engineering, not of everyday language.
var indicatorGroups = wordGroups(`
热导率 导热系数 导热率 热传导率 热传导系数
断裂伸长率 断后伸长率 延伸率 断裂延伸率
拉伸强度 抗拉强度 抗张强度
弯曲强度 抗弯强度 抗折强度
压缩强度 抗压强度
冲击强度 抗冲击强度 冲击韧性 抗冲击韧性
剪切强度 抗剪强度
剥离强度 抗剥离强度
空洞率 孔洞率
孔隙率 气孔率
良率 良品率 成品率
次品率 不良率 废品率 不合格率
使用寿命 服役寿命 工作寿命
循环寿命 循环次数
工作温度 使用温度 服役温度 工作温度范围 使用温度范围
透过率 透光率 透射率
去除率 脱除率 去除效率 脱除效率
收率 得率 产率
粒径 颗粒尺寸 颗粒粒径
粗糙度 表面粗糙度
电导率 导电率
噪声 噪音
识别准确率 识别正确率 识别率
识别时间 识别耗时
介电常数 相对介电常数
处理能力 处理量
响应时间 反应时间
时延 延时 延迟
转化效率 转换效率
能量密度 比能量 质量能量密度
比容量 克容量 放电容量
漏检率 漏判率
误检率 误判率
含水率 含水量 水分含量 水分
粘度 黏度
电耗 耗电量 用电量
水耗 耗水量 用水量
定位精度 定位误差
`)

func wordGroups(text string) [][]string {
	var groups [][]string
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 {
			groups = append(groups, words)
		}
	}
	return groups
}

// bareHeads are names too general to stand for a longer one: 强度 is not 剪切强度.
var bareHeads = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`强度 温度 效率 精度 时间 厚度 速度 速率 压力 浓度 含量 成本 寿命 硬度 功率 密度 直径 重量 质量 面积 长度 宽度 高度 深度 容量 频率
		电压 电流 电阻 误差 偏差 周期 产量 产能 用量 数量 比例 距离 范围 尺寸 体积 流量 能耗 准确率 成功率 合格率 去除率 回收率 保持率 损失率 覆盖率 利用率 收率 电耗 水耗 纯度
		检出限 分辨率 灵敏度 比 率 量 度 值`) {
		bareHeads[w] = true
	}
}

// contrary are beginnings that make another indicator of a name: 最大减薄率, 不合格率.
var contrary = []string{"不", "非", "未", "无", "误", "漏", "最大", "最小", "最高", "最低", "相对", "逆", "反", "副", "次", "初始", "瞬时", "峰值"}

// alike is how surely two names mean one indicator, 0–1. The words' vectors have no say: among 180 pairs of indicators of
// the sample they put 铬回收率 and 镍回收率 at 0.91, 银回收率 and 铜回收率 at 0.81, and 二噁英去除率 and its 去除率 no higher.
func (i indicator) alike(o indicator) float64 {
	switch {
	case i.folded == "" || o.folded == "":
		return 0
	case i.folded == o.folded:
		return 1
	case i.digits != "" && o.digits != "" && i.digits != o.digits:
		return 0
	case i.canonical == o.canonical:
		return 0.95
	}
	long, short := i.canonical, o.canonical
	if len(long) < len(short) {
		long, short = short, long
	}
	if rest, ok := strings.CutSuffix(long, short); ok && !bareHeads[short] && !anyPrefix(rest, contrary) {
		return 0.9 // 烧结层空洞率 and 空洞率
	}
	if inserted(long, short) {
		return 0.85
	}
	return 0
}

// maxInserted is how many characters one name may have more in its middle than another: 浸水(稳定)系数.
const maxInserted = 3

// inserted reports whether long is short with a word put in before its last two characters or more.
func inserted(long, short string) bool {
	l, s := []rune(long), []rune(short)
	if extra := len(l) - len(s); len(s) < 4 || extra < 1 || extra > maxInserted {
		return false
	}
	head := 0
	for head < len(s) && l[head] == s[head] {
		head++
	}
	tail := 0
	for tail < len(s)-head && l[len(l)-1-tail] == s[len(s)-1-tail] {
		tail++
	}
	return head >= 2 && tail >= 2 && head+tail == len(s) && !anyPrefix(string(l[head:]), contrary)
}

// sameHead reports whether two names end in the same two characters, which say what is measured: 率, 强度, 时间.
func sameHead(a, b string) bool {
	return lastTwo(a) == lastTwo(b)
}

func anyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
