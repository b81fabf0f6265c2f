package app

import (
	"testing"

	"jiqiao"
)

// People see the work of the background by name.
func TestEveryJobHasALabel(t *testing.T) {
	for kind := range new(App).handlers() {
		if jiqiao.CodeLabel("job_kind", kind) == "" {
			t.Errorf("codes/job_kind.tsv has no label for %q", kind)
		}
	}
}
