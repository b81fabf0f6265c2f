package jiqiao

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// RegionMatches reports whether a region is filter or lies within it, by the significant digits of GB/T 2260: two for
// a province (320000), four for a city (320900), six for a county.
func RegionMatches(filter, code string) bool {
	if len(filter) != 6 || len(code) != 6 {
		return false
	}
	return strings.HasPrefix(code, RegionPrefix(filter))
}

// RegionPrefix is the significant part of a GB/T 2260 code: 32, 3209 or 320981.
func RegionPrefix(code string) string {
	switch {
	case strings.HasSuffix(code, "0000"):
		return code[:len(code)-4]
	case strings.HasSuffix(code, "00"):
		return code[:len(code)-2]
	}
	return code
}

// RegionsAround are the codes of a region and of those that it lies in, from the county to the province: an account that
// one of them binds reaches it.
func RegionsAround(code string) []string {
	if len(code) != 6 {
		return nil
	}
	return slices.Compact([]string{code, code[:4] + "00", code[:2] + "0000"})
}

// regionByPath reads names set one after the other, from a higher to a lower region, levels left out at will:
// 江苏盐城, 盐城市大丰区, 北京市市辖区东城区.
func (t *codeTable) regionByPath(key string) (string, bool) {
	key = strings.TrimPrefix(key, "中国")
	key = strings.ReplaceAll(key, "市辖区", "")
	if digits, cut := strings.CutSuffix(key, "000000"); cut && len(digits) == 6 { // 12 digits of the statistics bureau
		key = digits
	}
	if len(key) == 2 || len(key) == 4 { // significant digits alone
		key += "000000"[len(key):]
	}
	found := make(map[int]bool)
	t.walkRegions(key, "", found)
	if len(found) == 0 && len(t.byText[key]) == 0 {
		if at, ok := t.find(regionShort(key)); ok { // a county that became a district: 大丰市, 大丰县
			found[at] = true
		}
	}
	if len(found) != 1 {
		return "", false
	}
	for at := range found {
		return t.list.Items[at].Code, true
	}
	return "", false
}

// walkRegions collects the places that text can name below within. A name must be followed by nothing or by the name
// of a region inside it, so 吉林市 is never read as 吉林 followed by 市.
func (t *codeTable) walkRegions(text, within string, found map[int]bool) {
	for end := 0; end < len(text); {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
		for _, at := range t.byText[text[:end]] {
			code := t.list.Items[at].Code
			switch {
			case within != "" && (code == within || !RegionMatches(within, code)):
			case end == len(text):
				if within != "" || len(t.byText[text]) == 1 {
					found[at] = true
				}
			default:
				t.walkRegions(text[end:], code, found)
			}
		}
	}
}

// regionShort drops what kind of region a name says it is: 盐城市 -> 盐城, 恩施土家族苗族自治州 -> 恩施. It returns
// "" when less than two characters would be left.
func regionShort(name string) string {
	short := name
	for _, suffix := range []string{
		"特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "特区", "新区", "省", "市", "区", "县", "盟", "旗",
	} {
		if rest, cut := strings.CutSuffix(name, suffix); cut {
			short = rest
			if strings.HasPrefix(suffix, "自治") {
				short = dropPeoples(rest)
			}
			break
		}
	}
	if utf8.RuneCountInString(short) < 2 {
		return ""
	}
	return short
}

// peoples are the names that stand in the titles of autonomous regions.
var peoples = strings.Fields(`蒙古族 蒙古 回族 藏族 维吾尔族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族
	哈萨克族 哈萨克 傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族
	毛南族 仡佬族 锡伯 阿昌族 普米族 塔吉克 怒族 鄂温克族 德昂族 保安族 裕固族 独龙族 鄂伦春 各族`)

func dropPeoples(name string) string {
	for {
		shorter := name
		for _, people := range peoples {
			shorter = strings.TrimSuffix(shorter, people)
		}
		if shorter == name {
			return name
		}
		name = shorter
	}
}
