package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"jiqiao"
)

// Preferences keeps how people want to be told; the store does.
type Preferences interface {
	Preferences(ctx context.Context, user string) (jiqiao.NoticePreferences, error)
	PutPreferences(ctx context.Context, user string, p *jiqiao.NoticePreferences) error
}

// links makes the links in mails.
type links struct {
	// base is where people reach the service, without a slash at the end; empty makes no links.
	base   string
	secret []byte
}

// token proves that a mail about the topic was sent to the user: base64url of "user topic", a dot, and of its
// HMAC-SHA256. It says nothing else and lets nobody do anything else.
func (l links) token(user string, topic jiqiao.NoticeTopic) string {
	said := base64.RawURLEncoding.EncodeToString([]byte(user + " " + string(topic)))
	return said + "." + base64.RawURLEncoding.EncodeToString(l.sign(said))
}

func (l links) sign(said string) []byte {
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte("unsubscribe:" + said))
	return mac.Sum(nil)
}

// read is the reverse of token; CodeInvalid for one that was not made here.
func (l links) read(token string) (user string, topic jiqiao.NoticeTopic, err error) {
	bad := jiqiao.Fail(jiqiao.CodeInvalid, "退订链接无效或不完整", nil)
	said, signed, found := strings.Cut(token, ".")
	if !found || len(token) > maxToken {
		return "", "", bad
	}
	signature, err := base64.RawURLEncoding.DecodeString(signed)
	if err != nil || !hmac.Equal(signature, l.sign(said)) {
		return "", "", bad
	}
	text, err := base64.RawURLEncoding.DecodeString(said)
	if err != nil {
		return "", "", bad
	}
	user, name, _ := strings.Cut(string(text), " ")
	if topic = jiqiao.NoticeTopic(name); user == "" || !topic.Valid() {
		return "", "", bad
	}
	return user, topic, nil
}

const maxToken = 300

// unsubscribe is the address that ends mail about the topic, empty without a base.
func (l links) unsubscribe(user string, topic jiqiao.NoticeTopic) string {
	if l.base == "" {
		return ""
	}
	return l.base + "/api/v1/unsubscribe?token=" + url.QueryEscape(l.token(user, topic))
}

// page is a page of the service, empty without a base.
func (l links) page(path string) string {
	if l.base == "" {
		return ""
	}
	return l.base + path
}

// Unsubscribe reads the token of a mail's link, and with do ends the person's mail about its topic. Doing it again changes
// nothing.
func (o *Outbox) Unsubscribe(ctx context.Context, token string, do bool) (jiqiao.NoticeTopic, error) {
	user, topic, err := o.links.read(token)
	if err != nil || !do {
		return topic, err
	}
	// Somebody else may change the preferences at the same time.
	for range 3 {
		if err = o.end(ctx, user, topic); jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			break
		}
	}
	return topic, err
}

func (o *Outbox) end(ctx context.Context, user string, topic jiqiao.NoticeTopic) error {
	p, err := o.opts.Preferences.Preferences(ctx, user)
	if err != nil {
		return err
	}
	of := p.Topic(topic)
	if of.Mail == jiqiao.MailNever {
		return nil
	}
	of.Mail = jiqiao.MailNever
	topics := map[jiqiao.NoticeTopic]jiqiao.TopicPreference{topic: of}
	for t, kept := range p.Topics {
		if t != topic {
			topics[t] = kept
		}
	}
	p.Topics = topics
	return o.opts.Preferences.PutPreferences(ctx, user, &p)
}

// UnsubscribeLink is the address that ends a person's mail about a topic; empty without a PublicURL.
func (o *Outbox) UnsubscribeLink(user string, topic jiqiao.NoticeTopic) string {
	return o.links.unsubscribe(user, topic)
}
