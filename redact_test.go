package jiqiao

import (
	"strings"
	"testing"
)

func TestNamesAreHiddenInAllTheirForms(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		// What must not stay.
		{"江苏星火特钢有限公司", "江苏星火特钢有限公司的产线", "□的产线"},
		{"江苏星火特钢有限公司", "江苏星火特钢的产线", "□的产线"},
		{"江苏星火特钢有限公司", "星火特钢2号炉", "□2号炉"},
		{"江苏星火特钢有限公司", "我司“星火”牌轴承钢，星火®", "我司“□”牌轴承钢，□®"},
		{"江苏省盐城市星火特钢科技股份有限公司", "星火特钢科技与星火特钢", "□与□"},
		{"星火特钢（江苏）有限公司", "星火特钢(江苏)有限公司、星火特钢有限公司、星火特钢", "□、□、□"},
		{"盐城芯屿微电子有限公司", "芯屿的银膏由芯屿微电子提供", "□的银膏由□提供"},
		{"东台市万里机械厂", "万里机械", "□"},
		{"光明乳业股份有限公司", "光明乳业的光明公司", "□的□公司"},
		{"ABB（中国）有限公司", "abb变频器，ABB机器人，CABBAGE", "□变频器，□机器人，CABBAGE"},
		{"深圳市大疆创新科技有限公司", "大疆无人机，大疆创新", "□无人机，□"},
		{"江苏创新科技有限公司", "创新科技公司、江苏创新科技", "□公司、□"},
		{"南京理工大学", "南京理工、南理工、南理工大、南京理工大学", "□、□、□、□"},
		{"哈尔滨工业大学", "哈工大", "□"},
		{"北京航空航天大学", "北航课题组", "□课题组"},
		{"清华大学", "清华团队", "□团队"},
		{"盐城工学院", "盐城工学院的盐工团队", "□的□团队"},
		{"江苏大学", "江大团队", "□团队"},
		{"中国科学院金属研究所", "中国科学院金属研究所", "□"},
		{"某某大学", "某某大学", "□"},
		{"江苏晟硅切割丝有限公司", "晟硅的丝", "□的丝"},
		// What must stay.
		{"江苏创新科技有限公司", "科技创新，技术创新能力强，创新科技手段，江苏的创新", "科技创新，技术创新能力强，创新科技手段，江苏的创新"},
		{"江苏绿色能源有限公司", "绿色能源技术", "绿色能源技术"},
		{"光明乳业股份有限公司", "前景光明", "前景光明"},
		{"江苏星火特钢有限公司", "江苏的特钢企业与有限公司", "江苏的特钢企业与有限公司"},
		{"东南大学", "东南沿海", "东南沿海"},
		{"江苏大学", "江苏的大学，长江大桥", "江苏的大学，长江大桥"},
		{"上海交通大学", "交通运输，轨道交通", "交通运输，轨道交通"},
		{"盐城机械有限公司", "盐城的机械加工", "盐城的机械加工"},
		{"新材料研究院", "新材料", "新材料"},
		{"", "文字", "文字"},
		{HiddenOwner, HiddenOwner, HiddenOwner},
	} {
		text := c.text
		writtenNames(c.name).hide("□", &text)
		if text != c.want {
			t.Errorf("%s in %q: %q, want %q (%+v)", c.name, c.text, text, c.want, writtenNames(c.name))
		}
	}
}

func TestHidingLeavesNoName(t *testing.T) {
	for _, name := range []string{"江苏星火特钢有限公司", "密名精工股份有限公司", "南京理工大学", "ACME Tools Ltd", "甲公司", "一", "公司"} {
		text := "前" + name + "中" + name + "后"
		writtenNames(name).hide("", &text)
		if len([]rune(name)) > 1 && strings.Contains(text, name) {
			t.Errorf("%s stays in %q", name, text)
		}
	}
}

func FuzzHide(f *testing.F) {
	f.Add("江苏星火特钢有限公司", "星火特钢的产线")
	f.Add("ABB（中国）有限公司", "abb İ")
	f.Add("南京理工大学", "南理工")
	f.Fuzz(func(t *testing.T, name, text string) {
		n := writtenNames(name)
		n.hide("\n", &text)
		for _, form := range n.always {
			if !isASCII(form) && !strings.Contains(form, "\n") && strings.Contains(text, form) {
				t.Errorf("%q of %q stays in %q", form, name, text)
			}
		}
	})
}
