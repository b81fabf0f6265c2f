package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jiqiao"
)

// named is how many of the new candidates a notice names.
const named = 3

// Told handles a job of the kind jiqiao.JobQueueTold: the broker who is its key hears, in one notice, how many candidates
// came into the queue and are still open.
func (s *Service) Told(ctx context.Context, j jiqiao.Job) error {
	var told jiqiao.QueueTold
	if err := json.Unmarshal(j.Payload, &told); err != nil {
		return jiqiao.Fail(jiqiao.CodeInvalid, "任务的内容无法读取", err)
	}
	n, best, err := s.o.Store.NewCandidates(ctx, j.Key, told.Since, named)
	if err != nil || n == 0 {
		return err
	}
	notice := jiqiao.Notice{
		Template: "candidate.placed", Users: []string{j.Key}, Object: jiqiao.Ref{Type: "queue"}, Key: "candidate.placed:" + j.ID,
		Data: map[string]string{"count": strconv.Itoa(n)},
	}
	if n == 1 {
		notice.Object = jiqiao.Ref{Type: "candidate", ID: best[0].ID}
	}
	var lines []string
	for i := range best {
		lines = append(lines, fmt.Sprintf("%d. %s × %s", i+1, best[i].Need, best[i].Achievement))
	}
	if n > len(best) {
		lines = append(lines, fmt.Sprintf("……另有 %d 条", n-len(best)))
	}
	notice.Data["list"] = strings.Join(lines, "\n")
	return s.o.Store.Notify(ctx, notice)
}
