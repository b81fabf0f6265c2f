package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiqiao"
)

// Limits of a text, in bytes. 企业微信: developer.work.weixin.qq.com/document/path/99110 (text 2,048). 钉钉 states none for
// text and refuses bodies over 20,000. 飞书: the whole body at most 20 KB, of which JSON may need twice the text.
const (
	wecomText    = 2048
	dingtalkText = 15_000
	feishuText   = 8_000
)

// rate is how often a target may be sent to: one message per interval, burst of them at once after a rest. In any window w
// at most (w+burst)/interval+1 pass, which stays below the limit of each service.
type rate struct{ interval, burst time.Duration }

// rates by kind. 企业微信 and 钉钉 allow 20 a minute: (60+16)/4+1 = 20. 飞书 allows 100 a minute and 5 a second:
// (1+1.4)/0.7+1 = 4 and (60+1.4)/0.7+1 = 88. A webhook is left 5 a second; a mailbox, one mail a minute.
var rates = map[jiqiao.ChannelKind]rate{
	jiqiao.ChannelWeCom:    {4 * time.Second, 16 * time.Second},
	jiqiao.ChannelDingTalk: {4 * time.Second, 16 * time.Second},
	jiqiao.ChannelFeishu:   {700 * time.Millisecond, 1400 * time.Millisecond},
	jiqiao.ChannelWebhook:  {200 * time.Millisecond, 2 * time.Second},
	jiqiao.ChannelMail:     {time.Minute, 4 * time.Minute},
}

// dingtalkPause is how long 钉钉 refuses who sent too often.
const dingtalkPause = 10 * time.Minute

func (o *Outbox) sendWeCom(ctx context.Context, c jiqiao.Channel, parcels []jiqiao.Parcel) error {
	body := map[string]any{"msgtype": "text", "text": map[string]string{"content": joined(parcels, wecomText)}}
	return o.sendBot(ctx, c.Address, body, func(a botAnswer) error {
		switch a.ErrCode {
		case 0:
			return nil
		case 45009: // too often
			return throttled("企业微信限制了发送频率", minPause)
		case -1: // busy
			return temporary("企业微信系统繁忙", nil)
		default:
			return final(fmt.Sprintf("企业微信拒绝接收（错误码 %d），请检查机器人地址", a.ErrCode), nil)
		}
	})
}

// signDingTalk is timestamp and sign of the query: base64 of HMAC-SHA256, under the secret, of the milliseconds, a line
// break and the secret (open.dingtalk.com, 自定义机器人安全设置).
func signDingTalk(secret string, at time.Time) url.Values {
	millis := strconv.FormatInt(at.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(millis + "\n" + secret))
	return url.Values{"timestamp": {millis}, "sign": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
}

func (o *Outbox) sendDingTalk(ctx context.Context, c jiqiao.Channel, parcels []jiqiao.Parcel) error {
	address := c.Address
	if c.Secret != "" {
		u, err := url.Parse(address)
		if err != nil {
			return final("机器人地址写法有误", nil)
		}
		query := u.Query()
		for name, values := range signDingTalk(c.Secret, o.opts.Now()) {
			query[name] = values
		}
		u.RawQuery = query.Encode()
		address = u.String()
	}
	body := map[string]any{"msgtype": "text", "text": map[string]string{"content": joined(parcels, dingtalkText)}}
	return o.sendBot(ctx, address, body, func(a botAnswer) error {
		switch a.ErrCode {
		case 0:
			return nil
		case 130101, 660026, 410100: // too often
			return throttled("钉钉限制了发送频率", dingtalkPause)
		case -1:
			return temporary("钉钉系统繁忙", nil)
		default:
			return final(fmt.Sprintf("钉钉拒绝接收（错误码 %d），请检查机器人地址、加签密钥与安全设置", a.ErrCode), nil)
		}
	})
}

// signFeishu is the sign of the body: base64 of HMAC-SHA256 of nothing, under the seconds, a line break and the secret
// (open.feishu.cn, 自定义机器人使用指南).
func signFeishu(secret string, at time.Time) (timestamp, sign string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(timestamp+"\n"+secret))
	return timestamp, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (o *Outbox) sendFeishu(ctx context.Context, c jiqiao.Channel, parcels []jiqiao.Parcel) error {
	body := map[string]any{"msg_type": "text", "content": map[string]string{"text": joined(parcels, feishuText)}}
	if c.Secret != "" {
		body["timestamp"], body["sign"] = signFeishu(c.Secret, o.opts.Now())
	}
	return o.sendBot(ctx, c.Address, body, func(a botAnswer) error {
		switch a.Code {
		case 0:
			return nil
		case 9499, 11232, 11233: // too often
			return throttled("飞书限制了发送频率", minPause)
		default:
			return final(fmt.Sprintf("飞书拒绝接收（错误码 %d），请检查机器人地址与签名密钥", a.Code), nil)
		}
	})
}

// crowded reports whether 飞书 asks to be left alone: at full and half hours everybody sends.
func crowded(at time.Time) bool {
	minute := at.Minute()
	return minute == 0 || minute == 30
}

// botAnswer is what the services answer with status 200: errcode, or code.
type botAnswer struct {
	ErrCode int `json:"errcode"`
	Code    int `json:"code"`
}

func (o *Outbox) sendBot(ctx context.Context, address string, body any, judge func(botAnswer) error) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	said, err := o.post(ctx, address, text, nil)
	if err != nil {
		return err
	}
	var a botAnswer
	if err := json.Unmarshal(said, &a); err != nil {
		return temporary("对方的答复无法识别，请检查地址是否为群机器人", nil)
	}
	return judge(a)
}

// joined is one text of all parcels within a limit of bytes. What does not fit is counted; a single one that does not is
// cut at a character.
func joined(parcels []jiqiao.Parcel, limit int) string {
	var b strings.Builder
	for i, p := range parcels {
		text := p.Notice.Title
		if p.Notice.Body != "" {
			text += "\n" + p.Notice.Body
		}
		if i > 0 {
			text = "\n\n" + text
		}
		rest := ""
		if left := len(parcels) - i - 1; left > 0 {
			rest = more(left)
		}
		if b.Len()+len(text)+len(rest) > limit {
			if i > 0 {
				b.WriteString(more(len(parcels) - i))
				break
			}
			text = cutBytes(text, limit-len(rest))
		}
		b.WriteString(text)
	}
	return b.String()
}

func more(n int) string { return fmt.Sprintf("\n\n还有 %d 条，请登录查看。", n) }

// cutBytes cuts a text to at most n bytes, at a character, and says so.
func cutBytes(s string, n int) string {
	const mark = "……"
	if len(s) <= n {
		return s
	}
	end := max(n-len(mark), 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
