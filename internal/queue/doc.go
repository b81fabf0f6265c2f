// Package queue is what brokers work through: matches become candidates, each in the queue of one broker, who decides.
//
//	published record -> matcher -> candidate -> a broker's queue -> lease -> decision -> introduction
//
// [Service.Fill] handles the job that a published or changed record leaves. What the matcher finds and [jiqiao.QueueRules]
// let in becomes a candidate, and comes to the broker of its need, else to the one with the most room among those who
// serve its field and region (place.go); no broker gets more than he takes on. What fits nobody waits, with the reason.
//
// A decision is written together with a [jiqiao.Decision], which teaches the ranker, and with its audit, in one
// transaction of the store. Whoever opens a candidate has a lease on it; the store refuses what somebody else has, or has
// decided, and says who. A share of the decisions is judged once more by another broker, blind; how far the two agree
// beyond chance is Cohen's κ (agreement.go).
package queue
