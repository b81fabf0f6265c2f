package matcher

import (
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher/quantity"
)

// maxSentences bounds the sentences compared of one record: the first ones say what it is about.
const maxSentences = 60

// passage is a section of a record, no longer than what counts, with its sentences. A record is cut once, and all that
// explains it reads the same passages.
type passage struct {
	jiqiao.Section
	sentences []zh.Span
	// folded holds the first sentences folded, as far as they were read.
	folded []string
}

func cutUp(rec jiqiao.Record) []passage {
	sections := rec.Sections()
	passages := make([]passage, len(sections))
	for i, s := range sections {
		s.Text = cut(s.Text, maxMainRunes)
		passages[i] = passage{Section: s, sentences: zh.Sentences(s.Text)}
	}
	return passages
}

// reading is a record cut into sentences and words for explanations, in one pass over its texts. It lives as long as the
// request.
type reading struct {
	passages  []passage
	sentences []sentence
	words     map[string]*said
	order     []*said // as they first stand in the record
}

// said is a word of a record.
type said struct {
	term string // folded
	text string // as it stands where it is first said
	kind zh.Kind
	// alone says that it stands somewhere by itself and not only inside a longer word (化硅 in 碳化硅).
	alone bool
	in    []int // sentences
}

// tells reports whether the word may be named to a reader.
func (w *said) tells() bool { return telling(w.term, w.kind) }

// sentence is a sentence of a record.
type sentence struct {
	section jiqiao.Section // Text is the sentence alone
	norm    float64        // the weight of its terms
	tokens  []spoken
}

// spoken is a word at a place of a sentence.
type spoken struct {
	word       *said
	start, end int
}

// read cuts a record up. Of each sentence weigh answers what it weighs; those that weigh nothing are left out.
func (e *explainer) read(rec jiqiao.Record, weigh func(folded string) float64) *reading {
	r := &reading{passages: cutUp(rec), words: map[string]*said{}}
	var tokens []zh.Token
	for i := range r.passages {
		s := &r.passages[i]
		text := s.Text
		tokens = e.zh.Tokens(tokens[:0], text)
		at := 0
		for _, span := range s.sentences {
			if len(r.sentences) == maxSentences {
				return r
			}
			one := sentence{section: s.Section}
			one.section.Text = text[span.Start:span.End]
			folded := e.zh.Fold(one.section.Text)
			s.folded = append(s.folded, folded)
			if one.norm = weigh(folded); one.norm == 0 {
				continue
			}
			for at < len(tokens) && tokens[at].Start < span.Start {
				at++
			}
			for ; at < len(tokens) && tokens[at].Start < span.End; at++ {
				if t := &tokens[at]; t.End <= span.End && nameable(t) {
					one.tokens = append(one.tokens, spoken{r.hear(t, text, len(r.sentences)), t.Start - span.Start, t.End - span.Start})
				}
			}
			r.sentences = append(r.sentences, one)
		}
	}
	return r
}

// hear notes that a token stands in a sentence.
func (r *reading) hear(t *zh.Token, text string, sentence int) *said {
	w := r.words[t.Term]
	if w == nil {
		w = &said{term: strings.Clone(t.Term), text: text[t.Start:t.End], kind: t.Kind}
		r.words[w.term] = w
		r.order = append(r.order, w)
	}
	if !t.Part && !w.alone {
		w.alone, w.text, w.kind = true, text[t.Start:t.End], t.Kind
	}
	if n := len(w.in); n == 0 || w.in[n-1] != sentence {
		w.in = append(w.in, sentence)
	}
	return w
}

// nameable leaves out what is no word: pairs of characters, units, and the numbers of measures. Two records that both say
// mm or 0.3 have nothing in common that a reader would accept.
func nameable(t *zh.Token) bool {
	switch t.Kind {
	case zh.Bigram, zh.Unit, zh.Measure:
		return false
	case zh.Number:
		return !t.Part && !strings.Contains(t.Term, ".") // 304 names a steel, 0.3 names nothing
	default:
		return true
	}
}

// telling reports whether a word may be named as what two records have in common: 碳化硅 may, 以内 and 研究 may not.
func telling(folded string, kind zh.Kind) bool {
	switch {
	case generalWords[folded] || quantity.Comparing(folded) || quantity.Measuring(folded):
		return false
	case kind == zh.Number:
		return len(folded) >= 3
	case kind == zh.Latin:
		return len(folded) >= 2
	case kind == zh.Single:
		return true
	}
	return utf8.RuneCountInString(folded) >= 2
}

// generalWords stand in any text of the trade.
var generalWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`技术 研究 开发 研发 应用 方法 系统 产品 企业 公司 项目 问题 需求 成果 解决 实现 提高 提升 降低 减少 改善 优化 设计 进行 采用 使用 利用 通过
		具有 需要 要求 目标 指标 性能 质量 效率 成本 关键 主要 重要 目前 现有 国内 国外 市场 生产 制造 加工 工艺 设备 装置 材料 过程 条件 结果 效果 问题 难题 难点 方案 措施 手段 领域 方面
		能力 水平 特点 优点 优势 不足 缺点 影响 作用 因素 情况 状态 程度 范围 方向 基础 平台 体系 机制 模式 流程 环节 阶段 时间 周期 数量 数据 信息 参数 结构 功能 类型 种类 形式 单位 部分
		整体 综合 有效 稳定 可靠 安全 先进 传统 新型 高效 快速 精确 准确 适用 适合 满足 达到 保证 确保 建立 形成 完成 提供 支持 存在 包括 属于 导致 造成 引起 产生 出现 发生 发现 获得 得到
		以及 同时 因此 由于 对于 关于 根据 按照 针对 基于 为了 从而 进而 其中 其他 各种 多种 不同 相同 相关 一定 一般 通常 常规 普通 特别 尤其 非常 十分 较高 较低 较大 较小 显著 明显 大幅
		一种 一个 两种 多个 每个 本项目 该项目 我国 全国 行业 产业 规模 示范 推广 合作 服务 管理 团队 人员 专家 高校 院所 教授 博士 负责人 授权 发明专利 专利 论文 标准 国家 国际 省级 样品 样机
		试验 实验 测试 检测 检验 验证 评价 分析 计算 比较 对比 选择 确定 控制 调节 调整 改进 改造 升级 替代 取代 进口 国产 国产化 自主 自动 自动化 智能 智能化 数字化 一体化 产业化 工业化
		左右 之间 以后 以前 之后 之前 期间 当前 未来 近年来 多年 长期 短期 每年 全年 年产 左侧 右侧 上述 下述 如下 例如 比如 等等 可以 能够 可能 必须 应当 不能 无法 没有 还有 并且 而且 或者
		适应 兼容 兼顾 覆盖 涉及 引入 引进 投入 投资 收益 利润 销售 售价 价格 单价 费用 万元 亿元 面积 体积 重量 长度 宽度 高度 厚度 直径 温度 压力 强度 速度 精度 浓度 含量 寿命
		共同 联合 希望 计划 预期 预计 拟 已 可 将 使 对 在 与 和 及 或 等 中 内 外 上 下 高 低 大 小 新 后 前 时 年 月 日 个 种 项 名 次 倍 第 其 该 本 各 每 不 无 有 为 是 的 了
		环境 运行 工作 操作 使用寿命 技术难题 技术指标 关键技术 核心技术 主要技术 研究内容 预期目标 应用领域 合作方式 经济效益 社会效益 市场前景 产学研 知识产权 给出 更换 重新 保持 依赖 差异 一致 执行 业务 路径 在线 离线 现场 单片 单位 直接 间接 分别 方便 简单 复杂 困难 容易 严重 轻微 平均 最大 最小 最高 最低 全部 局部
		强力 充分 完全 部分 主体 类似 对应 适当 合理 良好 优良 优质 优异 突出 独特 创新 首次 关注 重视 加强 增强 促进 推动 带动 支撑 面向 围绕 结合 配合 协同 统一 规范 升高 上升 下降 增加 增长 缩短 扩大 缩小
		及其 人们 不断 其它 其实 专业 最终 正在 一直 随着 之一 然后 具体 细节 原因 特殊 运用 探索 发展 组成 构建 关系 有限公司 有限责任公司 股份有限公司 集团 方式 部件 理论 工程 经济
		提出 介绍 表明 证明 讨论 总结 综述 意义 背景 现状 趋势 前景 途径 思路 建议 对策 依据 原理 特征 特性 区域 地区 全面 广泛 大量 少量 多次 一次 初步 深入 进一步 逐步 逐渐 日益`) {
		m[w] = true
	}
	return m
}()
