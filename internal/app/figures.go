package app

import (
	"context"
	"time"
)

// figuresEvery is how far figures may lag behind what they count.
const figuresEvery = 2 * time.Second

// keepFigures brings the figures of the cockpit along. Every process does; they take turns in the database.
func (a *App) keepFigures(ctx context.Context) error {
	tick := time.NewTicker(figuresEvery)
	defer tick.Stop()
	for {
		if _, err := a.Store.RefreshFigures(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
