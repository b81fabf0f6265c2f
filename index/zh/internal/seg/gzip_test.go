package seg

import (
	"bytes"
	"compress/gzip"
	"testing"
)

func write(t *testing.T, b *bytes.Buffer, s string) {
	t.Helper()
	zw := gzip.NewWriter(b)
	if _, err := zw.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
}
