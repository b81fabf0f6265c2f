package matcher

import (
	"sync/atomic"
	"testing"
)

func TestHalvesCoverEverythingOnce(t *testing.T) {
	for _, n := range []int{0, 1, 4, 5, 101} {
		done := make([]atomic.Int32, n)
		do := func(from, to int) {
			for i := from; i < to; i++ {
				done[i].Add(1)
			}
		}
		halves(n, 5, do, do)
		for i := range done {
			if got := done[i].Load(); got != 1 {
				t.Errorf("of %d, thing %d was done %d times", n, i, got)
			}
		}
	}
}

func TestPanicOfEitherHalfIsTheCallers(t *testing.T) {
	fine := func(int, int) {}
	bad := func(int, int) { panic("bad text") }
	for name, side := range map[string][2]func(int, int){"beside": {bad, fine}, "here": {fine, bad}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != "bad text" {
					t.Errorf("recovered %v", got)
				}
			}()
			halves(10, 2, side[0], side[1])
			t.Error("the panic was lost")
		})
	}
}
