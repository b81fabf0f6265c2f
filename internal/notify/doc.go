// Package notify tells people of what happened. A jiqiao.Notice, left in the store with the change it is about, becomes a
// message in inboxes and deliveries in the outbox, by the preferences of each recipient (Teller); what is in the outbox
// goes out by mail, signed webhook, or the bots of 企业微信, 钉钉 and 飞书 (Outbox); what people subscribed to, and matches
// of their own records, become alerts (Alerts).
//
// A notice reaches each recipient once in each channel, however often its job runs. On the wire a message is sent at
// least once: a process that dies between sending and noting it sends again, under the same Message-ID or delivery id.
//
// Texts are in templates, one file for each part of the service. See parse for their form.
package notify
