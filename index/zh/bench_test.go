package zh

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// sample is what a need looks like.
const sample = `高功率密度碳化硅模块的双面散热封装技术。现有1200V/400A的SiC MOSFET模块采用单面水冷，结到壳热阻约0.18 K/W，结温超过150℃后
键合线易脱落，功率循环寿命不足5万次。拟解决的主要技术难题：（1）银烧结层孔隙率≤5%，剪切强度≥40MPa；（2）AMB氮化硅基板与铜的热膨胀失配；
（3）在-40～175℃温度循环1000次后分层面积小于3%。希望高校提供材料、工艺与可靠性评估方案，符合GB/T 29332-2012与AEC-Q101，样件不少于20只。`

// texts is real text where the shared corpus is at hand, else the sample.
func texts(tb testing.TB) []string {
	shared := os.Getenv("JIQIAO_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "corpus", "abstracts.jsonl.gz"))
	if err != nil {
		tb.Logf("no corpus, using the built-in sample: %v", err)
		return []string{sample}
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	in := json.NewDecoder(bufio.NewReader(zr))
	var all []string
	for range 3000 {
		var doc struct{ Title, Text string }
		if err := in.Decode(&doc); err != nil {
			tb.Fatal(err)
		}
		all = append(all, doc.Title+"\n"+doc.Text)
	}
	return all
}

func BenchmarkTokens(b *testing.B) {
	all := texts(b)
	size := len(strings.Join(all, ""))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var dst []Token
	for b.Loop() {
		for _, text := range all {
			dst = analyzer.Tokens(dst[:0], text)
		}
	}
	b.ReportMetric(float64(len(all)), "texts/op")
}

func BenchmarkQueryTokens(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	var dst []Token
	for b.Loop() {
		dst = analyzer.QueryTokens(dst[:0], sample)
	}
}

func BenchmarkFold(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		analyzer.Fold(sample)
	}
}

func BenchmarkHighlight(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		analyzer.Highlight(sample, func(term string) bool { return term == "氮化硅" })
	}
}

func BenchmarkSentences(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		Sentences(sample)
	}
}

func BenchmarkGrams(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		analyzer.Grams(sample)
	}
}

// BenchmarkNew also reports the heap that one analyzer holds.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // the second empties the pools
	runtime.ReadMemStats(&before)
	a, _ := New(Options{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/(1<<20), "heapMB")
	b.ReportMetric(float64(len(dictData))/(1<<20), "embeddedMB")
	runtime.KeepAlive(a)
}
