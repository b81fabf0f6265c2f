package app

import (
	"strings"
	"testing"

	"jiqiao"
)

func TestDirectoryHasOneUser(t *testing.T) {
	dir := t.TempDir()
	first, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable || !strings.Contains(err.Error(), "正被另一个") {
		t.Errorf("second lock: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lockDir(dir)
	if err != nil {
		t.Fatalf("after the first was released: %v", err)
	}
	_ = again.Close()
}

func TestUnusableDirectoryIsExplained(t *testing.T) {
	if _, err := lockDir("/proc/nowhere"); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}
