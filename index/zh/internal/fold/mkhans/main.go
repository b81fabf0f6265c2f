// Command mkhans writes hant-hans.txt: the characters that ICU's "Hant-Hans; NFKC" transform changes, each beside
// its result. It needs uconv (Debian: icu-devtools) and is run by hand, through go generate, when ICU improves.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"unicode"
)

// blocks are the CJK radicals, ideographs, compatibility ideographs and extensions.
var blocks = [][2]rune{{0x2E80, 0x2FDF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x323AF}}

// kept are current simplified characters that ICU would change: 显著 is not 显着, 俱 is not 具.
const kept = "著俱姊跤苎瞭藉吒"

func main() {
	out := flag.String("o", "hant-hans.txt", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	var in []rune
	for _, b := range blocks {
		for r := b[0]; r <= b[1]; r++ {
			if unicode.Is(unicode.Han, r) && !strings.ContainsRune(kept, r) {
				in = append(in, r)
			}
		}
	}
	cmd := exec.CommandContext(context.Background(), "uconv", "-f", "utf-8", "-t", "utf-8", "-x", "Hant-Hans; NFKC")
	cmd.Stdin = strings.NewReader(strings.Join(strings.Split(string(in), ""), "\n"))
	cmd.Stderr = os.Stderr
	result, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("run uconv: %w", err)
	}
	lines := strings.Split(strings.TrimRight(string(result), "\n"), "\n")
	if len(lines) != len(in) {
		return fmt.Errorf("uconv answered %d lines for %d characters", len(lines), len(in))
	}
	var b bytes.Buffer
	n := 0
	for i, r := range in {
		to := []rune(lines[i])
		if len(to) != 1 || to[0] == r {
			continue
		}
		b.WriteRune(r)
		b.WriteRune(to[0])
		if n++; n%32 == 0 {
			b.WriteByte('\n')
		}
	}
	return os.WriteFile(path, append(b.Bytes(), '\n'), 0o644)
}
