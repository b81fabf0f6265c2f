package jiqiao

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// NoticeTopic groups notices, so that people can say how they want to hear of each.
type NoticeTopic string

// The topics, codes of the list "notice_topic".
const (
	TopicAccount      NoticeTopic = "account"      // 账号与安全
	TopicRecord       NoticeTopic = "record"       // 需求与成果办理
	TopicReview       NoticeTopic = "review"       // 待办审核: what waits for an operator
	TopicQueue        NoticeTopic = "queue"        // 推荐队列
	TopicQuestion     NoticeTopic = "question"     // 提问与答复
	TopicIntroduction NoticeTopic = "introduction" // 线上对接
	TopicDeal         NoticeTopic = "deal"         // 对接项目
	TopicPayment      NoticeTopic = "payment"      // 到账与补助
	TopicMatch        NoticeTopic = "match"        // 匹配提醒
	TopicSystem       NoticeTopic = "system"       // 系统运行
)

// NoticeTopics lists every topic.
var NoticeTopics = [...]NoticeTopic{
	TopicAccount, TopicRecord, TopicReview, TopicQueue, TopicQuestion, TopicIntroduction, TopicDeal, TopicPayment, TopicMatch, TopicSystem,
}

// Valid reports whether there is such a topic.
func (t NoticeTopic) Valid() bool { return slices.Contains(NoticeTopics[:], t) }

// Label is the topic in Chinese.
func (t NoticeTopic) Label() string { return CodeLabel("notice_topic", string(t)) }

// ToldNotice is a notice with its text, as it is kept.
type ToldNotice struct {
	ID       string
	Template string
	Topic    NoticeTopic
	// Title is one line, Body plain text.
	Title, Body string
	Object      Ref
	Urgent      bool
	// Essential is sent whatever the recipient's preferences: it is about their account.
	Essential bool
	// Cursor is the id of the last recipient told.
	Cursor    string
	CreatedAt time.Time
	ToldAt    *time.Time
}

// Recipient is somebody a notice may go to.
type Recipient struct {
	Viewer
	// Active accounts can sign in.
	Active bool
	// Email is where mail goes, empty for nowhere; Verified once its owner has shown that it is theirs.
	Email    string
	Verified bool
}

// Message is a notice in a person's inbox.
type Message struct {
	ID       string      `json:"id"` // "x_" and 20 characters
	Topic    NoticeTopic `json:"topic"`
	Template string      `json:"template"`
	Title    string      `json:"title"`
	Body     string      `json:"body"`
	Object   Ref         `json:"object"`
	Urgent   bool        `json:"urgent,omitempty"`
	// Feedback is FeedbackIrrelevant or empty.
	Feedback   string     `json:"feedback,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	ReadAt     *time.Time `json:"read_at,omitempty"`
	ArchivedAt *time.Time `json:"archived_at,omitempty"`
}

// FeedbackIrrelevant says that an alert was of no use (不相关).
const FeedbackIrrelevant = "irrelevant"

// MessageQuery asks for a page of one person's inbox, newest first.
type MessageQuery struct {
	User   string
	Topics []NoticeTopic
	// Unread leaves out what was read; Archived shows the archive in place of the inbox.
	Unread, Archived bool
	From, Until      time.Time
	Limit            int
	Cursor           string
}

// MessagePage is a page of an inbox. Total counts all that the query finds.
type MessagePage struct {
	Total int       `json:"total"`
	Items []Message `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// InboxCount is how much of an inbox is unread.
type InboxCount struct {
	Unread int                 `json:"unread"`
	Topics map[NoticeTopic]int `json:"topics"`
}

// InboxMark is what can be done with messages.
type InboxMark string

// The marks.
const (
	MarkRead     InboxMark = "read"
	MarkUnread   InboxMark = "unread"
	MarkArchived InboxMark = "archived"
	MarkRestored InboxMark = "restored"
)

// MailMode is how a person wants mail about a topic.
type MailMode string

// The modes of mail.
const (
	MailNow   MailMode = "now"   // 即时
	MailDaily MailMode = "daily" // 每日汇总
	MailNever MailMode = "never" // 不发
)

// TopicPreference is how a person wants to hear of a topic beside the inbox, which has everything.
type TopicPreference struct {
	Mail MailMode `json:"mail"`
	// Bots lets the topic also go to the bots and webhooks of one's organisation or role on one's account.
	Bots bool `json:"bots"`
}

// NoticePreferences is how a person wants to be told. Times are "21:00", of Beijing.
type NoticePreferences struct {
	// Version 0 is a person who never said anything: DefaultPreferences.
	Version int64                           `json:"version"`
	Topics  map[NoticeTopic]TopicPreference `json:"topics"`
	// Nothing that is not urgent is sent from QuietFrom until QuietUntil; equal times are no quiet hours.
	QuietFrom  string `json:"quiet_from"`
	QuietUntil string `json:"quiet_until"`
	// DigestAt is when the day's digest is mailed.
	DigestAt string `json:"digest_at"`
	// WorkdaysOnly keeps what is not urgent from weekends and holidays until the next working day.
	WorkdaysOnly bool `json:"workdays_only"`
	// Alerts tells of matches of one's own organisation's records from AlertLevel on. What is found at one time, by saved
	// searches, too, comes in one message, at most AlertsPerWeek of these in seven days; the rest comes in the week's digest.
	Alerts        bool  `json:"alerts"`
	AlertLevel    Level `json:"alert_level"`
	AlertsPerWeek int   `json:"alerts_per_week"`
}

// MaxAlertsPerWeek bounds what a person may ask for.
const MaxAlertsPerWeek = 100

// DefaultPreferences are those of a person who never said anything: what waits for an answer is mailed at once,
// everything else once a day.
func DefaultPreferences() NoticePreferences {
	p := NoticePreferences{
		Topics: map[NoticeTopic]TopicPreference{}, QuietFrom: "21:00", QuietUntil: "08:00", DigestAt: "08:30",
		Alerts: true, AlertLevel: LevelStrong, AlertsPerWeek: 10,
	}
	for _, t := range NoticeTopics {
		p.Topics[t] = TopicPreference{Mail: MailDaily, Bots: true}
	}
	for _, t := range []NoticeTopic{TopicAccount, TopicQuestion, TopicIntroduction} {
		p.Topics[t] = TopicPreference{Mail: MailNow, Bots: true}
	}
	return p
}

// Topic is the preference of a topic; the default for one that was never named.
func (p NoticePreferences) Topic(t NoticeTopic) TopicPreference {
	if kept, ok := p.Topics[t]; ok {
		return kept
	}
	return DefaultPreferences().Topics[t]
}

// Validate reports topics, modes and times that there are not.
func (p NoticePreferences) Validate() error {
	var ck checker
	for t, of := range p.Topics {
		if !t.Valid() {
			ck.add("topics", "没有「"+clip(string(t))+"」这类通知")
		}
		if of.Mail != MailNow && of.Mail != MailDaily && of.Mail != MailNever {
			ck.add("topics."+clip(string(t))+".mail", "应为 now（即时）、daily（每日汇总）或 never（不发）")
		}
	}
	for field, at := range map[string]string{"quiet_from": p.QuietFrom, "quiet_until": p.QuietUntil, "digest_at": p.DigestAt} {
		if _, ok := MinuteOfDay(at); !ok {
			ck.add(field, "应写成 21:00 的样子")
		}
	}
	if p.AlertLevel < LevelWeak || p.AlertLevel > LevelStrong {
		ck.add("alert_level", "应为 2（弱）、3（较强）或 4（强）")
	}
	if p.AlertsPerWeek < 0 || p.AlertsPerWeek > MaxAlertsPerWeek {
		ck.add("alerts_per_week", "应为 0～"+strconv.Itoa(MaxAlertsPerWeek)+" 的整数")
	}
	return Invalid(ck.found)
}

// MinuteOfDay reads "21:00" as the minutes since midnight.
func MinuteOfDay(s string) (int, bool) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// ChannelKind is a way out of the service.
type ChannelKind string

// The kinds, codes of the list "channel_kind". ChannelInbox and ChannelMail are each person's own.
const (
	ChannelInbox    ChannelKind = "inbox"
	ChannelMail     ChannelKind = "mail"
	ChannelWebhook  ChannelKind = "webhook"
	ChannelWeCom    ChannelKind = "wecom"    // 企业微信群机器人
	ChannelDingTalk ChannelKind = "dingtalk" // 钉钉群机器人
	ChannelFeishu   ChannelKind = "feishu"   // 飞书群机器人
)

// ChannelKinds lists every kind.
var ChannelKinds = [...]ChannelKind{ChannelInbox, ChannelMail, ChannelWebhook, ChannelWeCom, ChannelDingTalk, ChannelFeishu}

// Label is the kind in Chinese.
func (k ChannelKind) Label() string { return CodeLabel("channel_kind", string(k)) }

// Channel is a webhook or bot that takes the notices of an organisation's members or of a role.
type Channel struct {
	ID      string      `json:"id"` // "h_" and 20 characters
	Version int64       `json:"version"`
	Kind    ChannelKind `json:"kind"`
	Name    string      `json:"name"`
	// Address is the URL. It is a secret, since it lets anybody send: outside the sender it is HideSecrets'.
	Address string `json:"address"`
	// Secret signs what is sent; empty for a bot that asks for none.
	Secret string `json:"secret,omitempty"`
	// Organisation and Role say whose notices it takes: those to the organisation's members, or to people of the role.
	Organisation string `json:"organisation,omitempty"`
	Role         Role   `json:"role,omitempty"`
	// Topics are those it takes; empty is all.
	Topics    []NoticeTopic `json:"topics"`
	Active    bool          `json:"active"`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
}

// Takes reports whether the channel takes a notice of the topic to the recipient.
func (c Channel) Takes(t NoticeTopic, to Recipient) bool {
	return c.Active && (len(c.Topics) == 0 || slices.Contains(c.Topics, t)) &&
		(c.Organisation != "" && c.Organisation == to.Organisation || c.Role != "" && c.Role == to.Role)
}

// secretMark stands for what is not shown.
const secretMark = "••••"

// HideSecrets is the channel with the host of its address alone and no secret.
func (c Channel) HideSecrets() Channel {
	scheme, rest, found := strings.Cut(c.Address, "://")
	host, _, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	host, _, _ = strings.Cut(host, "?")
	c.Address = secretMark
	if found {
		c.Address = scheme + "://" + host + "/" + secretMark
	}
	if c.Secret != "" {
		c.Secret = secretMark
	}
	return c
}

// Hidden reports whether a text that came back from a form is the stand-in for a secret that was not changed.
func Hidden(s string) bool { return strings.HasSuffix(s, secretMark) }

// Validate reports what is missing or too long. Where the address leads is checked when it is dialled.
func (c Channel) Validate() error {
	var ck checker
	if !slices.Contains(ChannelKinds[2:], c.Kind) {
		ck.add("kind", "应为 webhook（接口推送）、wecom（企业微信）、dingtalk（钉钉）或 feishu（飞书）")
	}
	if c.Name == "" || len([]rune(c.Name)) > MaxName {
		ck.add("name", "请填写名称，不超过 "+strconv.Itoa(MaxName)+" 字")
	}
	if !strings.HasPrefix(c.Address, "https://") && !strings.HasPrefix(c.Address, "http://") || len(c.Address) > 1000 {
		ck.add("address", "应为完整的 https:// 地址")
	}
	if c.Kind == ChannelWebhook && len(c.Secret) < 16 {
		ck.add("secret", "请填写至少 16 个字符的签名密钥，接收方用它核对来源")
	}
	if len(c.Secret) > MaxShort {
		ck.add("secret", "密钥过长")
	}
	if (c.Organisation == "") == (c.Role == "") {
		ck.add("organisation", "请在单位与角色中选择一项，说明接收谁的通知")
	}
	if c.Role != "" && !slices.Contains(Roles[:], c.Role) {
		ck.add("role", "没有这个角色")
	}
	for i, t := range c.Topics {
		if !t.Valid() {
			ck.add(index("topics", i), "没有这类通知")
		}
	}
	return Invalid(ck.found)
}
