package matcher

import "sync"

// halves does the first half of n things beside the second, or all of them here where fewer than least are not worth a
// goroutine. A panic on either side is the caller's, after both have ended: one bad text costs its own answer, not the
// service.
func halves(n, least int, beside, here func(from, to int)) {
	half := 0
	if n >= least {
		half = n / 2
		var work sync.WaitGroup
		var failed any
		work.Go(func() {
			defer func() { failed = recover() }()
			beside(0, half)
		})
		defer func() {
			work.Wait()
			if failed != nil {
				panic(failed)
			}
		}()
	}
	here(half, n)
}
