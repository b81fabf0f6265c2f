package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// wishes are what owners ask brokers for.
type wishes interface {
	// Wish is CodeConflict where there is nothing to ask for.
	Wish(ctx context.Context, v jiqiao.Viewer, w jiqiao.Wish, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Candidate, error)
	// Unwish returns what was said with the wish; CodeConflict once a broker has answered.
	Unwish(ctx context.Context, v jiqiao.Viewer, needID, achievementID string) (note string, err error)
}

// wishMade is what who asks learns of the candidate: who answers, and until when. Nobody has it yet without a name.
type wishMade struct {
	ID         string    `json:"id"`
	BrokerName string    `json:"broker_name,omitempty"`
	DueAt      time.Time `json:"due_at"`
}

func (s *Server) makeWish(c *gin.Context) error {
	var in jiqiao.Wish
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := in.Validate(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	need, err := s.seen(ctx, v, jiqiao.KindNeed, in.NeedID)
	if err != nil {
		return err
	}
	achievement, err := s.seen(ctx, v, jiqiao.KindAchievement, in.AchievementID)
	if err != nil {
		return err
	}
	k, err := s.opts.Queue.Wish(ctx, v, in, need.(*jiqiao.Need), achievement.(*jiqiao.Achievement))
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, wishMade{k.ID, k.BrokerName, k.DueAt})
}

// wishDropped is what is needed to ask once more.
type wishDropped struct {
	Note string `json:"note"`
}

func (s *Server) dropWish(c *gin.Context) error {
	note, err := s.opts.Queue.Unwish(c.Request.Context(), viewer(c), c.Param("need"), c.Param("achievement"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, wishDropped{note})
}
