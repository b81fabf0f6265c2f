package sheet

import (
	"regexp"
	"slices"
	"strings"

	"jiqiao"
)

const ipHelp = "每项应为「类型 号码 状态」，用分号隔开，如：发明专利 ZL202010123456.7 已授权；软件著作权 2020SR0123456"

var (
	ipTitle = regexp.MustCompile(`《((?:[^》\\]|\\.)*)》`)
	// A number of a patent says its kind by its ninth digit in GB/T 33250 (1 and 8 发明, 2 and 9 实用新型, 3 外观设计),
	// but people leave it out; only the prefix that no other kind uses is taken as evidence.
	softwareNumber = regexp.MustCompile(`^(?i)\d{4}SR\d+$`)
)

// parseIPs reads items of intellectual property: 发明专利 ZL202010123456.7《一种…》已授权；….
func parseIPs(cell string) ([]jiqiao.IP, error) {
	cell = clean(cell)
	if blank(cell) {
		return nil, nil
	}
	var ips []jiqiao.IP
	for _, piece := range split(cell, entrySeparators) {
		ip, err := parseIP(piece)
		if err != nil {
			return nil, err
		}
		ips = append(ips, ip)
	}
	return ips, nil
}

func parseIP(s string) (jiqiao.IP, error) {
	var ip jiqiao.IP
	if m := ipTitle.FindStringSubmatchIndex(s); m != nil {
		ip.Title = unescape(s[m[2]:m[3]])
		s = s[:m[0]] + " " + s[m[1]:]
	}
	words := split(s, " 　()（）：:")
	if len(words) == 0 {
		return ip, problem(ipHelp)
	}
	last := words[len(words)-1]
	if code, ok := jiqiao.CodeByLabel("ip_state", last); ok && !strings.Contains(last, `\`) {
		ip.State, words = code, words[:len(words)-1]
	}
	if len(words) > 0 {
		if code, rest, ok := leadingLabel("ip", words[0]); ok {
			ip.Kind = code
			if words = words[1:]; rest != "" {
				words = append([]string{rest}, words...)
			}
		}
	}
	ip.Number = unescape(strings.Join(words, " "))
	if ip.Kind == "" && softwareNumber.MatchString(ip.Number) {
		ip.Kind, _ = jiqiao.CodeByLabel("ip", "软件著作权")
	}
	if ip.Kind == "" {
		return ip, problem("看不出知识产权的类型。" + ipHelp)
	}
	return ip, nil
}

// leadingLabel finds the label of a list at the start of a word: 发明专利ZL2020… without a blank.
func leadingLabel(list, word string) (code, rest string, ok bool) {
	if code, ok = jiqiao.CodeByLabel(list, word); ok {
		return code, "", true
	}
	all, _ := jiqiao.LookupList(list)
	longest := 0
	for _, item := range all.Items {
		if len(item.Label) > longest && strings.HasPrefix(word, item.Label) {
			code, rest, ok, longest = item.Code, word[len(item.Label):], true, len(item.Label)
		}
	}
	return code, rest, ok
}

func formatIPs(ips []jiqiao.IP) string {
	parts := make([]string, len(ips))
	for i, ip := range ips {
		parts[i] = plainOr(
			func(quote quoting) string { return writeIP(ip, quote) },
			func(cell string) bool {
				back, err := parseIPs(cell)
				return err == nil && slices.Equal(back, []jiqiao.IP{ip})
			})
	}
	return strings.Join(parts, "；")
}

func writeIP(ip jiqiao.IP, quote quoting) string {
	s := codeText("ip", ip.Kind)
	if ip.Number != "" {
		s += " " + quote.text(ip.Number)
	}
	if ip.Title != "" {
		s += "《" + quote.text(ip.Title) + "》"
	}
	if ip.State != "" {
		s += " " + codeText("ip_state", ip.State)
	}
	return s
}

// parseTeam reads people: 张三/教授/负责人/材料学院；李四；王五. Names alone may also be separated by 、 or commas.
func parseTeam(cell string) ([]jiqiao.TeamMember, error) {
	cell = clean(cell)
	if blank(cell) {
		return nil, nil
	}
	pieces := split(cell, entrySeparators)
	if i, _ := indexUnescaped(cell, "/／"); i < 0 {
		pieces = split(cell, itemSeparators)
	}
	var team []jiqiao.TeamMember
	for _, piece := range pieces {
		var m jiqiao.TeamMember
		parts := []*string{&m.Name, &m.Title, &m.Role, &m.Unit}
		for i := range parts {
			end, sign := indexUnescaped(piece, "/／")
			if end < 0 || i == len(parts)-1 {
				*parts[i] = unescape(trimUnescaped(piece))
				break
			}
			*parts[i] = unescape(trimUnescaped(piece[:end]))
			piece = piece[end+len(string(sign)):]
		}
		if m.Name == "" {
			return nil, problem("每人应以姓名开头，如：张三/教授/负责人；李四/讲师")
		}
		team = append(team, m)
	}
	return team, nil
}

func formatTeam(team []jiqiao.TeamMember) string {
	write := func(quote quoting) string {
		parts := make([]string, len(team))
		for i, m := range team {
			parts[i] = trimRightUnescaped(strings.Join([]string{quote.text(m.Name), quote.text(m.Title), quote.text(m.Role), quote.text(m.Unit)}, "/"), "/")
		}
		return strings.Join(parts, "；")
	}
	return plainOr(write, func(cell string) bool {
		back, err := parseTeam(cell)
		return err == nil && slices.Equal(back, team)
	})
}
