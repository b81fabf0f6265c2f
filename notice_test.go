package jiqiao

import (
	"strings"
	"testing"
)

func TestChannelsHideTheirSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=GEHEIM": "https://qyapi.weixin.qq.com/" + secretMark,
		"https://user:GEHEIM@host.example/GEHEIM":                     "https://host.example/" + secretMark,
		"https://host.example?GEHEIM":                                 "https://host.example/" + secretMark,
		"GEHEIM":                                                      secretMark,
	} {
		c := Channel{Address: address, Secret: "GEHEIM"}.HideSecrets()
		if c.Address != want || c.Secret != secretMark || !Hidden(c.Address) || !Hidden(c.Secret) {
			t.Errorf("%s: %+v", address, c)
		}
	}
	if c := (Channel{Address: "https://x/"}).HideSecrets(); c.Secret != "" {
		t.Errorf("a secret that is not there: %q", c.Secret)
	}
}

func TestChannelTakesWhatItIsFor(t *testing.T) {
	to := Recipient{Viewer: Viewer{User: "u_1", Role: RoleBroker, Organisation: "o_1"}}
	for name, c := range map[string]struct {
		channel Channel
		want    bool
	}{
		"role":           {Channel{Active: true, Role: RoleBroker}, true},
		"organisation":   {Channel{Active: true, Organisation: "o_1"}, true},
		"topic":          {Channel{Active: true, Role: RoleBroker, Topics: []NoticeTopic{TopicDeal}}, true},
		"another topic":  {Channel{Active: true, Role: RoleBroker, Topics: []NoticeTopic{TopicQueue}}, false},
		"another's":      {Channel{Active: true, Organisation: "o_2"}, false},
		"asleep":         {Channel{Role: RoleBroker}, false},
		"nobody's":       {Channel{Active: true}, false},
		"role of nobody": {Channel{Active: true, Role: RoleOperator}, false},
	} {
		if got := c.channel.Takes(TopicDeal, to); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDefaultPreferencesAreValid(t *testing.T) {
	p := DefaultPreferences()
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	for _, topic := range NoticeTopics {
		if topic.Label() == "" || p.Topics[topic].Mail == "" {
			t.Errorf("%s has no name or no default", topic)
		}
	}
	for _, kind := range ChannelKinds {
		if kind.Label() == "" {
			t.Errorf("%s has no name", kind)
		}
	}
	if got := (NoticePreferences{}).Topic(TopicDeal); got != p.Topics[TopicDeal] {
		t.Errorf("a topic that was never named: %+v", got)
	}
	for clock, want := range map[string]int{"00:00": 0, "21:05": 21*60 + 5, "24:00": -1, "8:30": -1, "": -1, "08:30:00": -1} {
		if got, ok := MinuteOfDay(clock); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d, %v", clock, got, ok)
		}
	}
}

func TestSubscriptionWaitsForWhatIsPublished(t *testing.T) {
	s := Subscription{Kind: SubscribeSearch, Name: "激光", Side: KindNeed, Text: " " + strings.Repeat("激", MaxQueryRunes+5), Filter: Filter{Statuses: []Status{AnyStatus}}}
	s.Normalise()
	if err := s.Validate(); err != nil || len([]rune(s.Text)) != MaxQueryRunes || s.Filter.Statuses[0] != StatusPublished {
		t.Errorf("%+v: %v", s.Filter, err)
	}
	if q := s.Query(Viewer{User: "u_1", Role: RoleEnterprise}, 10); q.Sort != SortUpdated || q.Kind != KindNeed || q.Limit != 10 {
		t.Errorf("%+v", q)
	}
}
