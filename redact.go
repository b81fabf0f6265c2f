package jiqiao

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// HiddenOwner stands where the name of an owner that stays anonymous would be.
const HiddenOwner = "（单位名称不公开）"

// redactOwner takes everything out of r, which is a copy, that leads to its owner: the name in all its forms, numbers that
// a register answers, people. mark stands where the name was.
func redactOwner(r Record, mark string) {
	h := r.Head()
	n := writtenNames(h.Owner.Name)
	h.Owner = OrganisationRef{Name: HiddenOwner, Kind: h.Owner.Kind}
	h.ExternalID, h.MergedInto = "", ""
	h.Attached = "" // documents name their authors in more ways than can be taken out
	n.hide(mark, &h.Title, &h.Summary)
	if h.Title == "" {
		h.Title = HiddenOwner // it was nothing but the name
	}
	h.Keywords = slices.Clone(h.Keywords)
	for i := range h.Keywords {
		n.hide(mark, &h.Keywords[i])
	}
	h.Keywords = slices.DeleteFunc(h.Keywords, func(k string) bool { return k == "" })
	switch r := r.(type) {
	case *Need:
		n.hide(mark, &r.Background, &r.Problem, &r.Constraints, &r.Foundation)
		r.Metrics = n.inMetrics(mark, r.Metrics)
		r.IntendedExperts, r.IntendedPartners = nil, nil
	case *Achievement:
		n.hide(mark, &r.Abstract, &r.Innovations, &r.Applications, &r.Benefit, &r.Usage, &r.Funding, &r.Awards)
		r.Metrics = n.inMetrics(mark, r.Metrics)
		// A patent number, a registry number or an inventor leads to the owner within one look-up.
		r.RegistryNumber, r.Team, r.IPs = "", nil, hideNumbers(r.IPs)
	}
}

func (n names) inMetrics(mark string, metrics []Metric) []Metric {
	metrics = slices.Clone(metrics)
	for i := range metrics {
		n.hide(mark, &metrics[i].Name, &metrics[i].Text, &metrics[i].Current)
	}
	return metrics
}

func hideNumbers(ips []IP) []IP {
	ips = slices.Clone(ips)
	for i := range ips {
		ips[i].Number, ips[i].Title = "", ""
	}
	return ips
}

// names are the ways in which a text may write an organisation's name, the longest first.
type names struct {
	// always are hidden wherever they stand; beside only before a word that makes them a name: 创新 in 创新公司.
	always, beside []string
}

// hide puts mark in place of every name.
func (n names) hide(mark string, texts ...*string) {
	for _, t := range texts {
		for _, name := range n.always {
			*t = replaceName(*t, name, mark, nil)
		}
		for _, name := range n.beside {
			*t = replaceName(*t, name, mark, naming)
		}
		if mark == "" {
			*t = strings.TrimSpace(*t)
		}
	}
}

// replaceName replaces name where one of the words follows, or anywhere when there are none. A Latin name is one whole
// word, in capitals or not.
func replaceName(text, name, mark string, follow []string) string {
	latin := isASCII(name)
	folded, wanted := text, name
	if latin {
		folded, wanted = strings.ToLower(text), strings.ToLower(name)
	}
	if len(folded) != len(text) || !strings.Contains(folded, wanted) {
		return text
	}
	var b strings.Builder
	last := 0
	for at := 0; ; {
		i := strings.Index(folded[at:], wanted)
		if i < 0 {
			break
		}
		i += at
		end := i + len(wanted)
		at = end
		if latin && (joined(text, i-1) || joined(text, end)) {
			continue
		}
		if follow != nil && !slices.ContainsFunc(follow, func(word string) bool { return strings.HasPrefix(text[end:], word) }) {
			continue
		}
		b.WriteString(text[last:i])
		b.WriteString(mark)
		last = end
	}
	return b.String() + text[last:]
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// joined reports whether the byte makes the Latin word beside it longer.
func joined(text string, at int) bool {
	if at < 0 || at >= len(text) {
		return false
	}
	c := text[at] | 0x20
	return c >= 'a' && c <= 'z' || text[at] >= '0' && text[at] <= '9'
}

// naming are words before which an everyday word is a name.
var naming = strings.Fields("公司 集团 股份 有限 厂 总厂 牌 品牌 ® ™ 研究院 研究所 课题组 团队 教授 老师 学院 实验室")

// forms are what an organisation says it is, at the end of its name.
var forms = strings.Fields(`股份有限公司 有限责任公司 集团有限公司 有限公司 分公司 总公司 公司 （集团） (集团) 集团 控股 股份 总厂 分厂 工厂 厂
	专业合作社 合作社 研究总院 研究院 研究所 研究中心 技术中心 工程中心 实验室 设计院 中心 医院`)

// schools are forms of universities.
var schools = strings.Fields("职业技术大学 职业技术学院 职业大学 职业学院 大学 学院")

// trades are words of everyday technical texts from which names are made, too. By themselves they name nobody.
var trades = strings.Fields(`科技 技术 高科 高新 科学 研究 研发 创新 创业 智能 智慧 智造 数字 数据 信息 网络 软件 系统 控制 自动化 机器人 互联 物联 物联网
	人工智能 云计算 通信 通讯 传感 传感器 导航 遥感 测控 测试 检测 计量 认证 标准 电子 微电子 半导体 集成电路 芯片 电路 光电 光电子 光学 光子 光纤
	激光 红外 显示 照明 材料 新材料 复合材料 高分子 纳米 陶瓷 玻璃 水泥 建材 石墨 石墨烯 碳纤维 纤维 薄膜 涂料 油墨 胶粘 橡胶 橡塑 塑料 塑业
	金属 有色 有色金属 特种 特钢 钢铁 钢管 不锈钢 铝业 铜业 钛业 稀土 磁材 磁性材料 冶金 矿业 矿山 铸造 锻造 锻压 热处理 表面 粉末 焊接 模具 五金
	机械 机床 机电 数控 精密 精工 精细 精机 工业 制造 重工 重型 轻工 装备 设备 成套 工程 建设 建筑 安装 轴承 齿轮 液压 气动 密封 泵业 水泵 阀门
	压缩机 风机 锅炉 换热 制冷 空调 暖通 电机 电气 电器 电力 电缆 电线 电网 变压器 开关 仪器 仪表 汽车 车辆 零部件 摩托车 轨道 交通 铁路 船舶 海工
	航空 航天 航海 航空航天 无人机 动力 发动机 能源 新能源 太阳能 光伏 风电 风能 氢能 核电 核能 储能 电池 锂电 石油 石化 燃气 天然气 煤炭 热能 热电
	节能 环保 环境 生态 水务 水处理 净化 固废 再生 再生资源 循环 绿色 低碳 化工 化学 精细化工 农化 农药 化肥 肥业 日化 生物 生物科技 生物技术 生物医药
	基因 医药 制药 药业 中药 药物 医疗 医疗器械 器械 健康 康复 诊断 食品 饮料 粮油 乳业 酒业 茶业 水产 渔业 畜牧 饲料 种业 种苗 农业 农机 林业 园林
	纺织 印染 服装 服饰 家纺 家居 家具 木业 纸业 造纸 印刷 包装 玩具 海洋 海水 安全 消防 应急 安防 文化 教育 传媒 咨询 服务 贸易 物流 供应链 实业 产业
	发展 投资 企业 国际 先进 现代 通用 综合 专用 高端 未来 前沿 核心 优质 高效 理工 工业技术 科教
	大数据 信创 切片 边框 敷料 饮片 滤料 米业 面业 牧业 果蔬 制品 石英 容器 压力容器 滩涂 工艺 港航 制氢 滤材 板材 型材 线缆 管业 管道 木材 皮革 毛纺 丝绸`)

// ambiguous are words that stand in texts without naming anybody, and that are many an organisation's name.
var ambiguous = strings.Fields(`光明 希望 阳光 蓝天 大地 长城 长江 黄河 黄海 东海 南海 太湖 泰山 东方 南方 北方 西部 东部 中部 东南 东北 西南 西北 华东 华南 华北
	华中 中原 中华 中国 国家 世纪 时代 世界 全球 环球 第一 联合 统一 新星 恒星 卫星 太阳 月亮 星光 星空 金属 黄金 白银 钻石 宝石 明珠 彩虹 火炬 灯塔
	先锋 先导 领航 领先 卓越 优秀 完美 永恒 恒温 恒定 稳定 安定 平安 和平 和谐 团结 友谊 幸福 美好 自由 自然 天然 森林 草原 高山 高原 海岸 海港 江南
	江北 苏北 苏南 沿海 内地 城市 乡村 农村 田园 丰收 春天 秋天 四季 朝阳 夕阳 曙光 晨光 日出 天空 宇宙 银河 极地 极限 速度 力量 力学 动力 引力
	维度 精度 高度 深度 温度 湿度 强度 密度 效率 质量 品质 价值 成长 进步 突破 开放 合作 共享 共赢 协同 集成 融合 交通 河海 同济 民族 人民 中心 中央
	公共 社会 经济 开发 新区 园区 港口 码头 桥梁 隧道 航道`)

// word reports whether the list holds it. The lists are short enough to look through.
func word(list []string, w string) bool { return slices.Contains(list, w) }

// writtenNames works out how texts write the name. 江苏星火特钢有限公司 is also 江苏星火特钢, 星火特钢 and 星火; 江苏创新科技有限公司 is
// also 江苏创新科技, but 创新 and 创新科技 only where 公司 or the like follows.
func writtenNames(name string) names {
	name = strings.TrimSpace(strings.ToValidUTF8(name, ""))
	if name == "" || name == HiddenOwner {
		return names{}
	}
	var n names
	n.add(true, name, strings.NewReplacer("（", "(", "）", ")").Replace(name), strings.NewReplacer("(", "（", ")", "）").Replace(name))
	whole := withoutBrackets(name)
	n.add(true, whole)
	if rest, school := cutForm(whole, schools); school {
		n.school(rest)
	} else {
		rest, _ := cutForm(whole, forms)
		n.company(rest)
	}
	for _, list := range []*[]string{&n.always, &n.beside} {
		slices.SortStableFunc(*list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
		*list = slices.Compact(*list)
	}
	return n
}

// add takes forms of the name of two characters at least.
func (n *names) add(always bool, forms ...string) {
	for _, f := range forms {
		switch {
		case utf8.RuneCountInString(f) < 2 || slices.Contains(n.always, f):
		case always:
			n.always = append(n.always, f)
		default:
			n.beside = append(n.beside, f)
		}
	}
}

// company takes the name of a company without its form: 江苏星火特钢.
func (n *names) company(whole string) {
	place, core := cutPlace(whole)
	brand, trade := cutTrades(core)
	n.add(place != "" && core != "" || brand != "", whole)
	if brand == "" { // made of everyday words
		n.add(false, core)
		if word(ambiguous, place) { // 光明 is a district, too
			n.add(false, place)
		}
		for w := range prefixes(trade) {
			n.add(false, w)
		}
		return
	}
	for tail := range prefixes(trade) { // 星火特钢科技, 星火特钢
		n.add(true, brand+tail)
	}
	n.add(!word(ambiguous, brand), brand)
	// What is left is long: a brand of two characters before a trade that is not listed. 晟硅切割丝 is 晟硅.
	if runes := []rune(brand); len(runes) >= 4 && runes[0] >= utf8.RuneSelf {
		short := string(runes[:2])
		everyday := word(ambiguous, short) || slices.ContainsFunc(trades, func(w string) bool { return strings.HasPrefix(w, short) })
		n.add(!everyday, short)
	}
}

// school takes the name of a university without 大学 or 学院: 南京理工, whose short forms are made of first characters.
func (n *names) school(whole string) {
	place, special := cutPlace(whole)
	switch {
	case place == "": // 清华, 东南
		n.add(!word(ambiguous, whole) && !word(trades, whole), whole)
	case special == "": // 江苏 is a place; 江大 is more than the university
		n.add(false, first(place)+"大")
	default:
		n.add(utf8.RuneCountInString(special) > 1, whole)
		n.add(true, first(place)+special+"大", first(place)+special, first(place)+first(special)+"大")
		n.add(false, first(place)+first(special))
		if special == "航空航天" {
			n.add(true, first(place)+"航")
		}
	}
}

func first(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// withoutBrackets leaves out what stands in brackets: 星火（江苏）特钢有限公司.
func withoutBrackets(name string) string {
	for _, pair := range [][2]string{{"（", "）"}, {"(", ")"}} {
		before, rest, open := strings.Cut(name, pair[0])
		if _, after, closed := strings.Cut(rest, pair[1]); open && closed && before != "" {
			name = before + after
		}
	}
	return name
}

// cutForm cuts the forms off the end of a name, as long as something is left.
func cutForm(name string, forms []string) (rest string, cut bool) {
	for again := true; again; {
		again = false
		for _, f := range forms {
			if shorter, ok := strings.CutSuffix(name, f); ok && shorter != "" {
				name, cut, again = shorter, true, true
				break
			}
		}
	}
	return name, cut
}

// cutPlace cuts the places off the beginning of a name: 江苏省盐城市, 盐城, 中国.
func cutPlace(name string) (place, rest string) {
	rest = name
	for {
		found := placeBefore(rest)
		if found == "" {
			break
		}
		rest = rest[len(found):]
	}
	return name[:len(name)-len(rest)], rest
}

// maxPlace is how many characters the name of a place has at most, as far as names of organisations go.
const maxPlace = 8

func placeBefore(name string) string {
	if strings.HasPrefix(name, "中国") {
		return "中国"
	}
	longest, end := "", 0
	for n := 1; n <= maxPlace && end < len(name); n++ {
		_, size := utf8.DecodeRuneInString(name[end:])
		end += size
		if prefix := name[:end]; n >= 2 && !isASCII(prefix) && isPlace(prefix) {
			longest = prefix
		}
	}
	return longest
}

func isPlace(name string) bool { return len(codes().byName["region"].byText[name]) > 0 }

// cutTrades cuts everyday words off the end of a name, in their order; brand is what they do not explain.
func cutTrades(core string) (brand string, trade []string) {
	for core != "" {
		longest := ""
		for _, w := range trades {
			if len(w) > len(longest) && strings.HasSuffix(core, w) {
				longest = w
			}
		}
		if longest == "" {
			break
		}
		if rest := strings.TrimSuffix(core, longest); utf8.RuneCountInString(rest) == 1 {
			break // 华电子: one character is no name
		}
		core = strings.TrimSuffix(core, longest)
		trade = append([]string{longest}, trade...)
	}
	return core, trade
}

// prefixes are the words put together from the first on: 特钢科技, 特钢.
func prefixes(words []string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for n := len(words); n > 0; n-- {
			if !yield(strings.Join(words[:n], "")) {
				return
			}
		}
	}
}
