package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

func TestClassify(t *testing.T) {
	pg := func(state string) error {
		return fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: state, Message: "secret words"})
	}
	for name, c := range map[string]struct {
		err  error
		want jiqiao.Code
	}{
		"deadline":          {context.DeadlineExceeded, jiqiao.CodeTimeout},
		"cancelled":         {fmt.Errorf("x: %w", context.Canceled), jiqiao.CodeTimeout},
		"bad connection":    {driver.ErrBadConn, jiqiao.CodeUnavailable},
		"end of file":       {io.ErrUnexpectedEOF, jiqiao.CodeUnavailable},
		"refused":           {&net.OpError{Op: "dial", Err: errors.New("refused")}, jiqiao.CodeUnavailable},
		"statement timeout": {pg("57014"), jiqiao.CodeTimeout},
		"shutdown":          {pg("57P01"), jiqiao.CodeUnavailable},
		"starting":          {pg("57P03"), jiqiao.CodeUnavailable},
		"disk":              {pg("53100"), jiqiao.CodeUnavailable},
		"connections":       {pg("53300"), jiqiao.CodeUnavailable},
		"password":          {pg("28P01"), jiqiao.CodeUnavailable},
		"no database":       {pg("3D000"), jiqiao.CodeUnavailable},
		"standby":           {pg("25006"), jiqiao.CodeUnavailable},
		"rights":            {pg("42501"), jiqiao.CodeUnavailable},
		"deadlock":          {pg("40P01"), jiqiao.CodeUnavailable},
		"syntax":            {pg("42601"), jiqiao.CodeInternal},
		"unique":            {pg("23505"), jiqiao.CodeInternal},
		"strange":           {pg("?"), jiqiao.CodeInternal},
		"ours":              {errors.New("a mistake of ours"), jiqiao.CodeInternal},
	} {
		code, sentence := store.Classify(c.err)
		if code != c.want {
			t.Errorf("%s: %q, want %q", name, code, c.want)
		}
		if code != jiqiao.CodeInternal {
			checkSpoken(t, jiqiao.Fail(code, sentence, nil), code)
		} else if sentence != "" {
			t.Errorf("%s: an internal error says %q", name, sentence)
		}
	}
}

func TestNumbered(t *testing.T) {
	for query, want := range map[string]string{
		"":                                 "",
		"SELECT 1":                         "SELECT 1",
		"a = ? AND b IN (?, ?)":            "a = $1 AND b IN ($2, $3)",
		strings.Repeat("?", 11) + " LIMIT": "$1$2$3$4$5$6$7$8$9$10$11 LIMIT",
	} {
		if got := store.Numbered(query); got != want {
			t.Errorf("%q became %q", query, got)
		}
	}
}

func TestCreditKey(t *testing.T) {
	for code, want := range map[string]string{
		"12320000466007034H":    "12320000466007034H",
		" 12320000-466007034h ": "12320000466007034H", //nolint:gocritic // typed with spaces
		"１２３２００００４６６００７０３４Ｈ": "12320000466007034H",
		"":                       "",
		"无":                      "",
		"/":                      "",
		"123456789012345":        "",
		"12320000466007034HH":    "",
		"六六六六六六":                 "",
		"12320000466007034\x00H": "",
	} {
		if got := store.CreditKey(code); got != want {
			t.Errorf("%q became %q", code, got)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"", "ＹＯＬＯｖ8 缺陷", "东南大学（南京）", "İstanbul", "a\x00b\xff", "ſtraße", "e\u0301", "ǅ", strings.Repeat("长", 500)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := store.Fold(s)
		if !utf8.ValidString(key) || strings.ContainsAny(key, "\x00 \n") {
			t.Errorf("%q became %q, which is no key", s, key)
		}
		if n := utf8.RuneCountInString(key); n > 200 {
			t.Errorf("a key of %d characters", n)
		}
		if utf8.RuneCountInString(key) < 150 && store.Fold(key) != key {
			t.Errorf("%q folds to %q and that to %q", s, key, store.Fold(key))
		}
		if spaced := store.Fold(" " + strings.ToUpper(s) + "\u200b"); strings.EqualFold(strings.ToLower(s), s) && len(s) < 100 &&
			isASCII(s) && spaced != key {
			t.Errorf("case and spaces matter: %q and %q", key, spaced)
		}
	})
}

func isASCII(s string) bool {
	for _, c := range []byte(s) {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// FuzzReadBackup feeds what may have happened to a backup's lines: whatever is not whole is refused with a sentence.
func FuzzReadBackup(f *testing.F) {
	const whole = `{"format":"jiqiao-backup","version":1,"schema":2,"created_at":"2026-11-22T00:00:00Z"}` + "\n" +
		`{"table":"imports","columns":["id","state","created_at","body"]}` + "\n" + `["i_1","done",9007199254740993,"{}"]` + "\n"
	sum := sha256.Sum256([]byte(whole))
	trailer := `{"end":true,"rows":1,"sha256":"` + hex.EncodeToString(sum[:]) + `"}` + "\n"
	for _, seed := range []string{whole + trailer, whole, trailer, "", "{}\n", whole + "[1e999]\n", whole + "[[]]\n", whole + "\n", whole + trailer + "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, plain string) {
		var file bytes.Buffer
		w := gzip.NewWriter(&file)
		_, _ = io.WriteString(w, plain)
		_ = w.Close()
		rows, err := store.ReadBackup(&file)
		switch {
		case err != nil && jiqiao.CodeOf(err) != jiqiao.CodeInvalid:
			t.Errorf("%q: %v", plain, err)
		case err == nil && rows != strings.Count(plain, "\n[")+strings.Count(plain, "\n{\"end")-1:
			t.Errorf("%q: %d rows", plain, rows)
		}
	})
}

// TestIDsGrow has a clock that stands still and steps back: order of creation is order of ids all the same.
func TestIDsGrow(t *testing.T) {
	clock := storetest.NewClock()
	cfg := quiet(sqliteURL(t))
	cfg.Now = clock.Now
	st, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	last := ""
	for i := range 300 {
		n := storetest.Need("甲公司", fmt.Sprint(i))
		if err := st.Put(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		if n.ID <= last || strings.ToLower(n.ID) != n.ID {
			t.Fatalf("%s follows %s", n.ID, last)
		}
		last = n.ID
		if i == 100 {
			clock.Advance(-time.Hour)
		}
		if i == 200 {
			clock.Advance(2 * time.Hour)
		}
	}
}

// TestTokenSecretsAreNotStored looks for a secret in everything that is on the disk.
func TestTokenSecretsAreNotStored(t *testing.T) {
	st := open(t, sqliteURL(t))
	secret := storetest.Fill(t, st)
	if err := st.Exec(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	if stored, err := st.File(t.Context()); err != nil || len(stored) == 0 || bytes.Contains(stored, []byte(secret[10:])) {
		t.Errorf("the secret is in the file of %d bytes, or it cannot be read: %v", len(stored), err)
	}
}
