package jiqiao

import "time"

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"   // 等待发送
	DeliverySending   DeliveryState = "sending"   // 发送中
	DeliverySent      DeliveryState = "sent"      // 已发送
	DeliveryDead      DeliveryState = "dead"      // 未能送达
	DeliveryCancelled DeliveryState = "cancelled" // 已取消
)

// DeliveryStates lists every state.
var DeliveryStates = [...]DeliveryState{DeliveryWaiting, DeliverySending, DeliverySent, DeliveryDead, DeliveryCancelled}

// Label is the state in Chinese.
func (s DeliveryState) Label() string {
	return map[DeliveryState]string{
		DeliveryWaiting: "等待发送", DeliverySending: "发送中", DeliverySent: "已发送", DeliveryDead: "未能送达", DeliveryCancelled: "已取消",
	}[s]
}

// Delivery is one row of the outbox: a notice on its way to one mailbox or channel. It has no text: who looks after the
// outbox need not read what it carries.
type Delivery struct {
	ID       string        `json:"id"` // "y_" and 20 characters
	NoticeID string        `json:"notice_id"`
	Target   string        `json:"target"` // a channel's id, or "mail:" and a user's
	Kind     ChannelKind   `json:"kind"`
	User     string        `json:"user,omitempty"`
	Template string        `json:"template"`
	State    DeliveryState `json:"state"`
	Attempts int           `json:"attempts"`
	NextAt   time.Time     `json:"next_at"`
	// Reason says in Chinese why it last failed.
	Reason string `json:"reason,omitempty"`
	// Batch is the id of the first of those that went out in the same message.
	Batch     string     `json:"batch,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
}

// MailTarget is where a person's mail goes in the outbox.
func MailTarget(user string) string { return string(ChannelMail) + ":" + user }

// DeliveryQuery asks for a page of the outbox, newest first.
type DeliveryQuery struct {
	States      []DeliveryState
	Kind        ChannelKind
	Template    string
	Target      string
	From, Until time.Time
	Limit       int
	Cursor      string
}

// DeliveryPage is a page of the outbox.
type DeliveryPage struct {
	Total int        `json:"total"`
	Items []Delivery `json:"items"`
	Next  string     `json:"next,omitempty"`
}

// NoticeFigures is what became of one template's notices in one channel.
type NoticeFigures struct {
	Template string      `json:"template"`
	Label    string      `json:"label"`
	Channel  ChannelKind `json:"channel"`
	// Sent arrived; Waiting is on its way; Failed never arrived, Cancelled was not wanted any more.
	Sent      int `json:"sent"`
	Waiting   int `json:"waiting"`
	Failed    int `json:"failed"`
	Cancelled int `json:"cancelled"`
	// Read was opened in the inbox. Answered: the recipient, or a colleague, did something about its object afterwards.
	// Ignored is neither, seven days later. Irrelevant was marked as 不相关. These four are of the inbox alone.
	Read       int `json:"read"`
	Answered   int `json:"answered"`
	Ignored    int `json:"ignored"`
	Irrelevant int `json:"irrelevant"`
}

// IgnoredAfter is how long a notice may lie before it counts as ignored.
const IgnoredAfter = 7 * 24 * time.Hour

// Receipt is one line behind the figures of the inbox: whom a notice reached and what they did about it. No text.
type Receipt struct {
	ID           string     `json:"id"`
	Template     string     `json:"template"`
	User         string     `json:"user"`
	Organisation string     `json:"organisation,omitempty"`
	Object       Ref        `json:"object"`
	Feedback     string     `json:"feedback,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
	ReadAt       *time.Time `json:"read_at,omitempty"`
	Answered     bool       `json:"answered"`
	Ignored      bool       `json:"ignored"`
}

// Receipt outcomes that a ReceiptQuery may ask for.
const (
	OutcomeRead       = "read"
	OutcomeUnread     = "unread"
	OutcomeAnswered   = "answered"
	OutcomeIgnored    = "ignored"
	OutcomeIrrelevant = "irrelevant"
)

// ReceiptQuery asks for a page of receipts, newest first.
type ReceiptQuery struct {
	Template string
	// Outcome is one of the outcomes, empty for all.
	Outcome     string
	From, Until time.Time
	Limit       int
	Cursor      string
}

// ReceiptPage is a page of receipts.
type ReceiptPage struct {
	Total int       `json:"total"`
	Items []Receipt `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// NewDelivery asks for a delivery of a notice.
type NewDelivery struct {
	Target string
	Kind   ChannelKind
	// User is whose mail it is, empty for a channel.
	User string
	// NextAt is when it may go out.
	NextAt time.Time
}

// Parcel is a delivery with what it carries, for who sends it.
type Parcel struct {
	Delivery
	Notice ToldNotice
}

// DeliveryEnd is how an attempt ended.
type DeliveryEnd struct {
	State DeliveryState
	// NextAt is when to try again, with DeliveryWaiting.
	NextAt time.Time
	Reason string
	// Excused attempts do not count: the target said to come back later.
	Excused bool
}
