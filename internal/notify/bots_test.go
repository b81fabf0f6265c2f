package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"jiqiao"
)

// target is a webhook or bot that keeps what it is sent.
type target struct {
	*httptest.Server
	mu     sync.Mutex
	got    []request
	answer func(w http.ResponseWriter, r *http.Request)
}

type request struct {
	url    string
	header http.Header
	body   string
}

func startTarget(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *target {
	t.Helper()
	tg := &target{answer: answer}
	tg.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		tg.mu.Lock()
		tg.got = append(tg.got, request{r.URL.String(), r.Header, string(body)})
		tg.mu.Unlock()
		tg.answer(w, r)
	}))
	t.Cleanup(tg.Close)
	return tg
}

func (tg *target) received() []request {
	tg.mu.Lock()
	defer tg.mu.Unlock()
	return append([]request(nil), tg.got...)
}

func says(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const fine = `{"errcode":0,"code":0}`

// The moment and the key of the fixed signatures below, which were computed apart, by the documented formulas:
//
//	printf '1767225600000\nSEC-test' | openssl dgst -sha256 -hmac SEC-test -binary | base64
//	printf '' | openssl dgst -sha256 -hmac "$(printf '1767225600\nSEC-test')" -binary | base64
//	printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
const (
	signedSecret = "SEC-test"
	signedSecond = 1767225600
)

func TestSignatures(t *testing.T) {
	moment := time.Unix(signedSecond, 0)
	query := signDingTalk(signedSecret, moment)
	if query.Get("timestamp") != "1767225600000" || query.Get("sign") != "aK//fpBGOjAI39HdhUREDlvTakwrvy9xIfLVblv5lWo=" {
		t.Errorf("钉钉: %v", query)
	}
	if !strings.Contains(query.Encode(), "sign=aK%2F%2FfpBGOjAI39HdhUREDlvTakwrvy9xIfLVblv5lWo%3D") {
		t.Errorf("钉钉, encoded: %s", query.Encode())
	}
	if timestamp, sign := signFeishu(signedSecret, moment); timestamp != "1767225600" || sign != "NwAR8XthmuCxsTtt9VT2QvwobdOHsCHNcfKknuG4R9I=" {
		t.Errorf("飞书: %s, %s", timestamp, sign)
	}
	if got := SignWebhook("0123456789abcdef", moment, []byte(`{"a":1}`)); got != "v1=539b0e21b535c5201ef7d1453c0a0de4ad132293226de9018be0cfbf0092faa6" {
		t.Errorf("webhook: %s", got)
	}
}

// broker tells a broker, whose group has the channel.
func (w *world) broker(texts ...string) {
	w.t.Helper()
	user := w.person("broker", func(u *jiqiao.User) { u.Email, u.EmailVerified = "", false })
	for _, text := range texts {
		n := urgent(text)
		n.Users = []string{user}
		w.tell(n)
	}
}

func TestBotsAndWebhooksGetTheirMessage(t *testing.T) {
	for kind, c := range map[jiqiao.ChannelKind]struct {
		check func(t *testing.T, w *world, r request)
	}{
		jiqiao.ChannelWeCom: {func(t *testing.T, _ *world, r request) {
			if r.url != "/hook?key=GEHEIM" || r.body != `{"msgtype":"text","text":{"content":"进展：甲\n正文：甲"}}` {
				t.Errorf("%+v", r)
			}
		}},
		jiqiao.ChannelDingTalk: {func(t *testing.T, w *world, r request) {
			if r.url != "/hook?key=GEHEIM&"+signDingTalk("0123456789abcdef", w.now).Encode() || r.body != `{"msgtype":"text","text":{"content":"进展：甲\n正文：甲"}}` {
				t.Errorf("%+v", r)
			}
		}},
		jiqiao.ChannelFeishu: {func(t *testing.T, w *world, r request) {
			timestamp, sign := signFeishu("0123456789abcdef", w.now)
			if want := fmt.Sprintf(`{"content":{"text":"进展：甲\n正文：甲"},"msg_type":"text","sign":%q,"timestamp":%q}`, sign, timestamp); r.body != want {
				t.Errorf("%s\nwant %s", r.body, want)
			}
		}},
		jiqiao.ChannelWebhook: {func(t *testing.T, w *world, r request) {
			var body webhookBody
			if err := json.Unmarshal([]byte(r.body), &body); err != nil || body.Title != "进展：甲" || body.Topic != jiqiao.TopicDeal || body.ID != w.only().ID {
				t.Errorf("%s: %v", r.body, err)
			}
			if r.header.Get(headerTimestamp) != fmt.Sprint(w.now.Unix()) || r.header.Get(headerDelivery) != body.ID ||
				r.header.Get(headerSignature) != SignWebhook("0123456789abcdef", w.now, []byte(r.body)) {
				t.Errorf("headers %v", r.header)
			}
		}},
	} {
		t.Run(string(kind), func(t *testing.T) {
			tg := startTarget(t, says(200, fine))
			w := newWorld(t)
			w.channel(kind, tg.URL+"/hook?key=GEHEIM", "0123456789abcdef")
			w.broker("甲")
			w.sweep()
			got := tg.received()
			if len(got) != 1 || w.only().State != jiqiao.DeliverySent {
				t.Fatalf("received %+v, %+v", got, w.only())
			}
			c.check(t, w, got[0])
			if strings.Contains(w.logged(), "GEHEIM") {
				t.Errorf("the address is in the log:\n%s", w.logged())
			}
		})
	}
}

func TestTargetsThatDoNot(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	trickle := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}
	retry := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	}
	for name, c := range map[string]struct {
		kind   jiqiao.ChannelKind
		answer func(http.ResponseWriter, *http.Request)
		state  jiqiao.DeliveryState
		reason string
		later  time.Duration // how long it is left alone, without the attempt being counted
	}{
		"hangs":               {jiqiao.ChannelWebhook, hang, jiqiao.DeliveryWaiting, "时限内没有响应", 0},
		"trickles":            {jiqiao.ChannelWeCom, trickle, jiqiao.DeliveryWaiting, "时限内没有响应", 0},
		"server error":        {jiqiao.ChannelWebhook, says(502, ""), jiqiao.DeliveryWaiting, "HTTP 502", 0},
		"refused":             {jiqiao.ChannelWebhook, says(401, ""), jiqiao.DeliveryDead, "HTTP 401", 0},
		"gone":                {jiqiao.ChannelWebhook, says(410, ""), jiqiao.DeliveryDead, "HTTP 410", 0},
		"too often, by HTTP":  {jiqiao.ChannelWebhook, retry, jiqiao.DeliveryWaiting, "限制了发送频率", 2 * time.Minute},
		"sent elsewhere":      {jiqiao.ChannelWebhook, elsewhere, jiqiao.DeliveryDead, "已拒绝", 0},
		"企业微信 too often":      {jiqiao.ChannelWeCom, says(200, `{"errcode":45009,"errmsg":"api freq out of limit"}`), jiqiao.DeliveryWaiting, "企业微信限制", time.Minute},
		"企业微信 busy":           {jiqiao.ChannelWeCom, says(200, `{"errcode":-1}`), jiqiao.DeliveryWaiting, "繁忙", 0},
		"企业微信 wrong key":      {jiqiao.ChannelWeCom, says(200, `{"errcode":93000,"errmsg":"invalid webhook url"}`), jiqiao.DeliveryDead, "93000", 0},
		"钉钉 too often":        {jiqiao.ChannelDingTalk, says(200, `{"errcode":660026,"errmsg":"send too fast"}`), jiqiao.DeliveryWaiting, "钉钉限制", 10 * time.Minute},
		"钉钉 too often, older": {jiqiao.ChannelDingTalk, says(200, `{"errcode":130101}`), jiqiao.DeliveryWaiting, "钉钉限制", 10 * time.Minute},
		"钉钉 busy":             {jiqiao.ChannelDingTalk, says(200, `{"errcode":-1}`), jiqiao.DeliveryWaiting, "繁忙", 0},
		"钉钉 wrong sign":       {jiqiao.ChannelDingTalk, says(200, `{"errcode":310000,"errmsg":"sign not match"}`), jiqiao.DeliveryDead, "310000", 0},
		"飞书 too often":        {jiqiao.ChannelFeishu, says(200, `{"code":11232,"msg":"frequency limited"}`), jiqiao.DeliveryWaiting, "飞书限制", time.Minute},
		"飞书 wrong sign":       {jiqiao.ChannelFeishu, says(200, `{"code":19021,"msg":"sign match fail"}`), jiqiao.DeliveryDead, "19021", 0},
		"no JSON":             {jiqiao.ChannelFeishu, says(200, `<html>`), jiqiao.DeliveryWaiting, "无法识别", 0},
	} {
		t.Run(name, func(t *testing.T) {
			tg := startTarget(t, c.answer)
			w := newWorld(t)
			w.channel(c.kind, tg.URL+"/hook?key=GEHEIM", "0123456789abcdef")
			w.broker("甲")
			w.sweep()
			d := w.only()
			if d.State != c.state || !strings.Contains(d.Reason, c.reason) {
				t.Errorf("%+v", d)
			}
			if c.later > 0 && (d.Attempts != 0 || !d.NextAt.Equal(w.now.Add(c.later))) || c.later == 0 && d.Attempts != 1 {
				t.Errorf("attempts %d, next at %v", d.Attempts, d.NextAt)
			}
			if text := d.Reason + w.logged(); strings.Contains(text, "GEHEIM") || strings.Contains(text, "127.0.0.1") {
				t.Errorf("the address is told:\n%s", text)
			}
		})
	}
}

func TestOneThatHangsHoldsUpNobodyElse(t *testing.T) {
	slow := startTarget(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	quick := startTarget(t, says(200, fine))
	w := newWorld(t)
	w.channel(jiqiao.ChannelWebhook, slow.URL, "0123456789abcdef")
	w.channel(jiqiao.ChannelWeCom, quick.URL, "")
	w.broker("甲")
	w.sweep()
	if len(quick.received()) != 1 || len(slow.received()) != 1 {
		t.Errorf("received %d and %d", len(quick.received()), len(slow.received()))
	}
}

func TestWhatWaitsForABotIsOneMessage(t *testing.T) {
	tg := startTarget(t, says(200, fine))
	w := newWorld(t)
	w.channel(jiqiao.ChannelWeCom, tg.URL, "")
	w.broker("一", "二", "三")
	w.sweep()
	got := tg.received()
	if len(got) != 1 || !strings.Contains(got[0].body, "进展：一") || !strings.Contains(got[0].body, "进展：三") {
		t.Fatalf("received %+v", got)
	}
	for _, d := range w.deliveries() {
		if d.State != jiqiao.DeliverySent {
			t.Errorf("%+v", d)
		}
	}
}

func TestRatesOfBotsHold(t *testing.T) {
	for kind, limit := range map[jiqiao.ChannelKind]int{jiqiao.ChannelWeCom: 20, jiqiao.ChannelDingTalk: 20, jiqiao.ChannelFeishu: 100} {
		t.Run(string(kind), func(t *testing.T) {
			tg := startTarget(t, says(200, fine))
			w := newWorld(t)
			w.channel(kind, tg.URL, "")
			user := w.person("broker", func(u *jiqiao.User) { u.Email, u.EmailVerified = "", false })
			for i := range 60 { // a minute, in which something is told each second
				n := urgent(fmt.Sprint(i))
				n.Users = []string{user}
				w.tell(n)
				w.sweep()
				w.advance(time.Second)
			}
			if n := len(tg.received()); n > limit || n < 10 {
				t.Errorf("%d messages in a minute, of %d allowed", n, limit)
			}
			w.advance(time.Hour)
			w.sweep()
			for _, d := range w.deliveries() {
				if d.State != jiqiao.DeliverySent {
					t.Errorf("%+v", d)
				}
			}
		})
	}
}

func TestFeishuIsLeftAloneWhenEverybodySends(t *testing.T) {
	tg := startTarget(t, says(200, fine))
	w := newWorld(t)
	w.channel(jiqiao.ChannelFeishu, tg.URL, "")
	w.now = time.Date(2026, 11, 22, 4, 30, 20, 0, time.UTC)
	w.broker("甲")
	w.sweep()
	if d := w.only(); len(tg.received()) != 0 || !d.NextAt.Equal(time.Date(2026, 11, 22, 4, 31, 0, 0, time.UTC)) {
		t.Errorf("%+v", d)
	}
	w.advance(time.Minute)
	w.sweep()
	if len(tg.received()) != 1 {
		t.Error("not sent after the minute")
	}
}

func TestChannelsThatAreGone(t *testing.T) {
	tg := startTarget(t, says(200, fine))
	w := newWorld(t)
	c := w.channel(jiqiao.ChannelWeCom, tg.URL, "")
	w.broker("甲")
	c.Active = false
	w.must(w.store.PutChannel(t.Context(), &c))
	w.sweep()
	if d := w.only(); d.State != jiqiao.DeliveryCancelled || len(tg.received()) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestChannelIsTested(t *testing.T) {
	tg := startTarget(t, says(200, fine))
	w := newWorld(t)
	c := w.channel(jiqiao.ChannelWeCom, tg.URL, "")
	w.must(w.outbox.TestChannel(t.Context(), c))
	if got := tg.received(); len(got) != 1 || !strings.Contains(got[0].body, "测试消息") {
		t.Errorf("%+v", got)
	}
	tg.answer = says(200, `{"errcode":93000}`)
	if err := w.outbox.TestChannel(t.Context(), c); jiqiao.CodeOf(err) != jiqiao.CodeConflict || !strings.Contains(err.Error(), "93000") {
		t.Errorf("%v", err)
	}
	c.Kind = "smoke"
	if err := w.outbox.TestChannel(t.Context(), c); err == nil {
		t.Error("smoke signals arrive")
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	tg := startTarget(t, says(200, fine))
	w := newWorld(t, func(o *Options) { o.AllowPrivate = false })
	for _, address := range []string{
		tg.URL, strings.Replace(tg.URL, "127.0.0.1", "localhost", 1), strings.Replace(tg.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1),
		strings.Replace(tg.URL, "127.0.0.1", "0.0.0.0", 1), "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]:80/", "http://[fd00::1]/",
	} {
		c := jiqiao.Channel{Kind: jiqiao.ChannelWebhook, Address: address, Secret: "0123456789abcdef"}
		err := w.outbox.TestChannel(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), "内网") && !strings.Contains(err.Error(), "无法") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if n := len(tg.received()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "114.114.114.114": true, "2400:3200::1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "100.100.100.200": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false,
		"192.0.0.1": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"::7f00:1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "100::1": false, "fe80::1%eth0": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// A text never exceeds its limit, is never cut inside a character, and says how many are left out.
func TestJoinedTextsFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(200, 3000).Draw(t, "limit")
		texts := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("激光a😀\n")), 0, 900, -1), 1, 25).Draw(t, "texts")
		var parcels []jiqiao.Parcel
		for _, text := range texts {
			parcels = append(parcels, jiqiao.Parcel{Notice: jiqiao.ToldNotice{Title: "题", Body: text}})
		}
		got := joined(parcels, limit)
		if len(got) > limit || !utf8.ValidString(got) {
			t.Fatalf("%d bytes of %d, valid %v", len(got), limit, utf8.ValidString(got))
		}
		shown := strings.Count(got, "题")
		if left := len(parcels) - shown; left > 0 && !strings.HasSuffix(got, more(left)) {
			t.Fatalf("%d of %d shown: %q", shown, len(parcels), got)
		}
	})
}

func TestPausesGrow(t *testing.T) {
	for attempt, want := range map[int]time.Duration{0: firstRetry, 1: firstRetry, 2: 2 * firstRetry, 5: 16 * firstRetry, 9: lastRetry, 1 << 30: lastRetry} {
		for range 50 {
			if got := backoff(attempt); got < want*3/4 || got > want*5/4 {
				t.Fatalf("after attempt %d: %v, want about %v", attempt, got, want)
			}
		}
	}
	now := time.Unix(signedSecond, 0)
	for header, want := range map[string]time.Duration{
		"": minPause, "30": 30 * time.Second, "-5": time.Second, "999999999": maxPause, "99999999999999999999": minPause, "soon": minPause,
		now.Add(90 * time.Second).UTC().Format(http.TimeFormat): 90 * time.Second, now.Add(-time.Hour).UTC().Format(http.TimeFormat): time.Second,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}
