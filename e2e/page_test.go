package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"jiqiao"
	"jiqiao/frontend"
	"jiqiao/internal/sheet"
)

// startPage runs the service with the sample data and opens a browser of that size.
func startPage(t *testing.T, width, height int64) (*page, *site) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short：不运行浏览器测试")
	}
	if !frontend.Built() {
		t.Fatal("网页还没有构建，无法测试：请先运行 make build（或在 frontend 目录运行 npm ci && npm run build）")
	}
	a, s, _ := startApp(t, testConfig(t.TempDir()))
	loadSample(t, a.Store)
	s.waitIndexed(t)
	return openBrowser(t, width, height), s
}

// within is the XPath of an element whose text holds the words.
func within(element, words string) chromedp.Search {
	return chromedp.Search(fmt.Sprintf("//%s[contains(normalize-space(.), %q)]", element, words))
}

// address is where the browser is: path and query, unescaped.
func (p *page) address() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := url.Parse(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		p.t.Fatal(err)
	}
	return u.Path + "?" + query
}

// count is how many elements the selector finds now.
func (p *page) count(selector string) int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](fmt.Sprintf("document.querySelectorAll(%q).length", selector)))
	if err != nil {
		p.t.Fatalf("count %s: %v", selector, err)
	}
	return n
}

// writeNeedSheet makes the workbook of somebody who filled in the template with its own example.
func writeNeedSheet(t *testing.T) (path, title string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "需求.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := sheet.NewWriter(f, jiqiao.KindNeed, sheet.XLSX)
	if err != nil {
		t.Fatal(err)
	}
	row := sheet.Sample(jiqiao.KindNeed)
	if err := w.Write(row); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path, row.Record.Head().Title
}

// The main job of the program, done by a person: bring a sheet in, find the record, see what fits and why.
func TestMainJobInChromium(t *testing.T) {
	p, s := startPage(t, 1280, 900)
	file, title := writeNeedSheet(t)

	p.do("open the import page", chromedp.Navigate(s.base+"/import"))
	p.sees("导入数据", "下载模板并填写", "技术需求")
	p.do("choose 技术需求", chromedp.Click(within("label", "技术需求")))
	p.do("give the token and the file",
		chromedp.SendKeys(chromedp.CSS("#token"), s.token),
		chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}, chromedp.NodeReady))
	p.sees("确认写入", "共读取", "将新增", "写入 1 条")
	p.screenshot("preview")
	p.do("commit", chromedp.Click(within("button", "写入 1 条")))
	p.sees("导入完成", "已写入 1 条")
	p.screenshot("imported")
	s.waitIndexed(t)

	p.do("search for it", chromedp.Click(within("a", "查看最新需求")))
	p.sees(title)
	p.do("type the words",
		chromedp.SendKeys(chromedp.CSS("input[role=combobox]"), "碳化硅外延片厚度均匀性\r"))
	p.sees(title, "条需求")
	if got := p.address(); !strings.Contains(got, "q=碳化硅外延片厚度均匀性") {
		t.Errorf("after searching the address is %s", got)
	}
	if p.count(".item mark") == 0 {
		t.Error("no words are marked in the results")
	}
	p.screenshot("search")

	p.do("open the record", chromedp.Click(within("h2/a", title)))
	p.sees("需求详情", "主要技术指标", "基本信息", "厚度不均匀性")
	p.screenshot("record")
	p.do("show its matches", chromedp.Click(within("nav/a", "匹配的成果")))
	p.sees("匹配程度", "共同涉及", "需求", "成果", "收起依据")
	if n := p.count(".match"); n < 3 {
		t.Errorf("%d matches shown", n)
	}
	if p.count(".match .level") != p.count(".match") {
		t.Error("a match without level")
	}
	if p.count(".match .pair mark") == 0 {
		t.Error("no evidence is marked")
	}
	p.screenshot("matches")
}

func TestFacetsNarrowAndBackRestores(t *testing.T) {
	p, s := startPage(t, 1280, 900)
	p.do("open the search page", chromedp.Navigate(s.base+"/search?kind=achievement&q="+url.QueryEscape("工艺")))
	p.sees("项成果", "技术领域", "地区")
	before, total := p.address(), p.total()

	const facet = "(//fieldset//label[.//input[@type='checkbox'] and .//*[contains(@class,'count')]])[1]"
	p.do("narrow by the first facet", chromedp.Click(chromedp.Search(facet)))
	p.sees("清除全部")
	eventually(t, "fewer results", func() error {
		if n := p.total(); n == 0 || n >= total {
			return fmt.Errorf("%d results of %d", n, total)
		}
		return nil
	})
	if got := p.address(); got == before || !strings.Contains(got, "fields=") {
		t.Errorf("the address stayed %s", got)
	}
	p.screenshot("narrowed")

	p.do("back", chromedp.NavigateBack())
	eventually(t, "all results again", func() error {
		if n := p.total(); n != total {
			return fmt.Errorf("%d results, want %d", n, total)
		}
		return nil
	})
	if got := p.address(); got != before {
		t.Errorf("back leads to %s, want %s", got, before)
	}
	if strings.Contains(p.text(), "清除全部") {
		t.Error("the facet is still chosen after going back")
	}
}

// total is the number of results that the page states; 0 while it searches.
func (p *page) total() int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](
		`Number(document.querySelector('.results[aria-busy=false] .total b')?.textContent.replace(/\D/g, '') ?? 0)`))
	if err != nil {
		p.t.Fatalf("read the total: %v", err)
	}
	return n
}

func TestPastedTextMatches(t *testing.T) {
	p, s := startPage(t, 1280, 900)
	p.do("open the page for pasting", chromedp.Navigate(s.base+"/match"))
	p.sees("粘贴文本匹配", "这是一段需求")
	p.do("paste and ask",
		chromedp.SendKeys(chromedp.CSS("#paste-text"), "碳化硅模块银烧结界面空洞率偏高，希望在烧结压力不高于10MPa时把空洞率降到2%以下，替代进口银膏。"),
		chromedp.Click(within("button", "匹配成果")))
	p.sees("个候选中按匹配程度排序", "低温低压烧结型微纳复合银膏", "共同涉及")
	if p.count(".match .pair mark") == 0 {
		t.Error("no evidence is marked")
	}
	p.screenshot("pasted")
}

// Nothing may be wider than a telephone.
func TestPhoneHasNoSidewaysScroll(t *testing.T) {
	p, s := startPage(t, 390, 844)
	fits := func(name string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
		defer cancel()
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
			const w = document.documentElement.clientWidth
			if (document.documentElement.scrollWidth <= w) return ''
			const worst = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > w + 0.5)
			return document.documentElement.scrollWidth + ' px of ' + w + ': ' + worst.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(' | ')
		})()`))
		if err != nil {
			t.Fatal(err)
		}
		if wide != "" {
			t.Errorf("%s is wider than the screen: %s", name, wide)
		}
		p.screenshot(name)
	}
	p.do("home", chromedp.Navigate(s.base+"/"))
	p.sees("技术需求与科技成果，双向匹配", "最新需求", "最新成果")
	fits("home")
	p.do("search", chromedp.Navigate(s.base+"/search?kind=need&q="+url.QueryEscape("碳化硅")))
	p.sees("条需求", "碳化硅")
	fits("search")
	p.do("record", chromedp.Click(chromedp.CSS(".item h2 a")))
	p.sees("需求详情", "基本信息")
	fits("record")
	p.do("matches", chromedp.Click(within("nav/a", "匹配的成果")))
	p.sees("共同涉及")
	fits("matches")
	p.do("import", chromedp.Navigate(s.base+"/import"))
	p.sees("导入数据")
	fits("import")
}
