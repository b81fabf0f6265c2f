package train

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// chunk is how many items a goroutine takes at a time.
const chunk = 64

// parallel calls do for every i below n, from a few goroutines. What do(i) writes must depend on i alone: then the
// result does not depend on how many goroutines there are. told, when not nil, hears from time to time how much is done.
func parallel(ctx context.Context, n int, do func(i int), told func(done int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for worker := range min(runtime.GOMAXPROCS(0), (n+chunk-1)/chunk) {
		wg.Go(func() {
			for ctx.Err() == nil {
				end := int(next.Add(chunk))
				if end-chunk >= n {
					return
				}
				for i := end - chunk; i < min(end, n); i++ {
					do(i)
				}
				if told != nil && worker == 0 {
					told(min(end, n))
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// stripes is into how many parts a sum over rows is divided. It is fixed, so that the order of additions is.
const stripes = 8

// striped calls do for each stripe of n rows.
func striped(ctx context.Context, n int, do func(stripe, from, to int)) error {
	var wg sync.WaitGroup
	for s := range stripes {
		wg.Go(func() { do(s, n*s/stripes, n*(s+1)/stripes) })
	}
	wg.Wait()
	return ctx.Err()
}
