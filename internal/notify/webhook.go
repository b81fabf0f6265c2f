package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"jiqiao"
)

// The headers of a webhook. A receiver checks that the signature is "v1=" and the hex of HMAC-SHA256, under the shared
// secret, of the timestamp, a dot, and the body as received; that the timestamp, in seconds, is within ReplayWindow of its
// own clock; and that it has not seen the delivery before.
const (
	headerTimestamp = "X-Jiqiao-Timestamp"
	headerSignature = "X-Jiqiao-Signature"
	headerDelivery  = "X-Jiqiao-Delivery"
)

// ReplayWindow is how old a webhook may be when it arrives.
const ReplayWindow = 5 * time.Minute

// SignWebhook is the signature of a webhook's body sent at a moment.
func SignWebhook(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// webhookBody is what a webhook says.
type webhookBody struct {
	ID        string             `json:"id"`
	Topic     jiqiao.NoticeTopic `json:"topic"`
	Template  string             `json:"template"`
	Title     string             `json:"title"`
	Body      string             `json:"body"`
	Object    jiqiao.Ref         `json:"object"`
	Urgent    bool               `json:"urgent"`
	CreatedAt time.Time          `json:"created_at"`
}

func (o *Outbox) sendWebhook(ctx context.Context, c jiqiao.Channel, parcels []jiqiao.Parcel) error {
	p := parcels[0] // machines get them one by one
	body, err := json.Marshal(webhookBody{
		p.ID, p.Notice.Topic, p.Template, p.Notice.Title, p.Notice.Body, p.Notice.Object, p.Notice.Urgent, p.Notice.CreatedAt,
	})
	if err != nil {
		return err
	}
	now := o.opts.Now()
	_, err = o.post(ctx, c.Address, body, http.Header{
		headerTimestamp: {strconv.FormatInt(now.Unix(), 10)}, headerSignature: {SignWebhook(c.Secret, now, body)}, headerDelivery: {p.ID},
	})
	return err
}

// post sends JSON and returns the beginning of the answer, once its status is good.
func (o *Outbox) post(ctx context.Context, address string, body []byte, header http.Header) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, o.opts.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, final("地址写法有误", nil) // the error names the address
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "jiqiao")
	res, err := o.client.Do(req)
	if err != nil {
		return nil, dialFailure(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if f := statusFailure(res, o.opts.Now()); f != nil {
		return nil, f
	}
	if err != nil {
		return nil, dialFailure(ctx, err)
	}
	return said, nil
}
