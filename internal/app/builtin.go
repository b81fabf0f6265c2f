package app

import (
	"maps"
	"time"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/matcher/rank"
)

// builtinModels describe what ships with the program, as the registry describes what was trained here.
func builtinModels() []jiqiao.ModelVersion {
	ranker, measured := rank.Default(), rank.Measurement()
	figures := maps.Clone(ranker.Figures)
	maps.Copy(figures, measured.Figures)
	day, _ := time.ParseInLocation(time.DateOnly, measured.Day, time.FixedZone("Asia/Shanghai", 8*60*60))
	return []jiqiao.ModelVersion{
		{
			Kind: jiqiao.ModelRanker, Version: ranker.Version, Provenance: "随程序提供。成果只有名称时，按技术转移人员对真实需求与成果的人工分级训练；成果有正文时，按 58,128 对上下文和自有样例的判断训练。", Figures: figures, Measured: measured.Set,
			Accepted: true, CreatedAt: day,
		},
		{
			Kind: jiqiao.ModelVectors, Version: vector.BuiltinVersion(), Provenance: "随程序提供的中文词向量，由 125,361 篇公开的论文摘要、专利和科技文字训练。",
			Accepted: true, CreatedAt: day,
		},
	}
}
