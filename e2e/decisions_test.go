package e2e

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"jiqiao"
)

// A broker works through a need's matches: takes one, turns one down with a reason, thinks better of it, and finds the
// decisions again.
func TestBrokerDecidesInChromium(t *testing.T) {
	p, s := startPage(t, 1280, 900)
	var list struct {
		Hits []struct{ ID string }
	}
	s.call(t, http.MethodGet, "/api/v1/search?kind=need&limit=1", nil, http.StatusOK, &list)
	p.do("open the matches", chromedp.Navigate(s.base+"/needs/"+list.Hits[0].ID+"?tab=matches"))
	p.sees("登记采纳与否", "匹配程度")
	if strings.Contains(p.text(), "不采纳…") {
		t.Error("the public is offered to decide")
	}
	p.do("ask to decide", chromedp.Click(within("button", "登记采纳与否")))
	p.do("give the token", chromedp.SendKeys(chromedp.CSS("#decision-token"), s.token+"\r"))
	p.sees("可登记采纳与否", "不采纳…", "暂缓")
	p.screenshot("offered")

	p.do("take the first", chromedp.Click(chromedp.Search("(//li[contains(@class,'match')])[1]//button[normalize-space(.)='采纳']")))
	p.sees("已采纳")
	p.do("turn the second down", chromedp.Click(chromedp.Search("(//li[contains(@class,'match')])[2]//button[normalize-space(.)='不采纳…']")))
	p.sees("不采纳的原因", "领域不符", "阶段过早", "取消")
	p.screenshot("reasons")
	p.do("say why", chromedp.Click(chromedp.Search("(//li[contains(@class,'match')])[2]//button[normalize-space(.)='领域不符']")))
	p.sees("已不采纳：领域不符")
	p.do("come again", chromedp.Reload())
	p.sees("已采纳", "已不采纳：领域不符")
	p.screenshot("decided")
	p.do("think better of it", chromedp.Click(chromedp.Search("(//li[contains(@class,'match')])[2]//button[normalize-space(.)='撤销']")))
	eventually(t, "wait for the second to be open again", func() error {
		if strings.Contains(p.text(), "已不采纳") {
			return errors.New("it is still turned down")
		}
		return nil
	})

	var page jiqiao.DecisionPage
	s.call(t, http.MethodGet, "/api/v1/decisions?withdrawn=true&sort=oldest", nil, http.StatusOK, &page)
	if len(page.Decisions) != 2 {
		t.Fatalf("decisions: %+v", page)
	}
	taken, refused := page.Decisions[0], page.Decisions[1]
	if taken.Verb != jiqiao.VerbAccept || taken.Rank != 1 || taken.Shown < 2 || taken.Model == "" || taken.Score == 0 || taken.WithdrawnAt != nil {
		t.Errorf("taken: %+v", taken)
	}
	if refused.Verb != jiqiao.VerbReject || refused.Reason != "field" || refused.Rank != 2 || refused.WithdrawnAt == nil {
		t.Errorf("turned down: %+v", refused)
	}
}
