package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	path := write(t, "listen: nowhere\ncolour: red\nrate_burst: many\n")
	_, err := Load(Sources{
		File:    path,
		Environ: []string{"JIQIAO_LOG_LEVEL=loud", "JIQIAO_TYPO=1", "REDIS_URL=http://x"},
		Flags:   map[string]any{"drain_timeout": "soon", "synonyms": "/does/not/exist"},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"listen", "colour", "rate_burst", "log_level", "JIQIAO_TYPO", "redis_url", "drain_timeout", "synonyms"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the report does not name %s:\n%v", want, err)
		}
	}
}

func TestPrecedence(t *testing.T) {
	path := write(t, "listen: :1\ndata_dir: from-file\nlog_level: warn\n")
	got, err := Load(Sources{
		File:    path,
		Environ: []string{"JIQIAO_LISTEN=:2", "JIQIAO_LOG_LEVEL=error", "DATABASE_URL=postgres://db/x", "JIQIAO_SHARED=/s"},
		Flags:   map[string]any{"listen": ":3", "request_timeout": 5 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults()
	want.Listen, want.DataDir, want.LogLevel = ":3", "from-file", "error"
	want.DatabaseURL, want.RequestTimeout = "postgres://db/x", 5*time.Second
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPrefixedVariableBeatsTheCommonOne(t *testing.T) {
	for _, environ := range [][]string{
		{"DATABASE_URL=postgres://common/x", "JIQIAO_DATABASE_URL=postgres://own/x"},
		{"JIQIAO_DATABASE_URL=postgres://own/x", "DATABASE_URL=postgres://common/x"},
	} {
		got, err := Load(Sources{Environ: environ})
		if err != nil || got.DatabaseURL != "postgres://own/x" {
			t.Errorf("%v: %q, %v", environ, got.DatabaseURL, err)
		}
	}
}

func TestFiles(t *testing.T) {
	if _, err := Load(Sources{File: "/no/such.yaml"}); err == nil || !strings.Contains(err.Error(), "不存在") {
		t.Errorf("a named file that is missing: %v", err)
	}
	if _, err := Load(Sources{File: write(t, "listen: [")}); err == nil || !strings.Contains(err.Error(), "YAML") {
		t.Errorf("broken YAML: %v", err)
	}
	t.Chdir(t.TempDir())
	if _, err := Load(Sources{}); err != nil {
		t.Errorf("no file at all: %v", err)
	}
}

func TestSettingsCoverEveryField(t *testing.T) {
	var cfg Config
	keys := map[string]bool{}
	for _, s := range Settings() {
		keys[s.Key] = true
		if cfg.field(s.Key) == nil {
			t.Errorf("%s has no field", s.Key)
		}
	}
	for f := range reflect.TypeFor[Config]().Fields() {
		if tag := f.Tag.Get("koanf"); !keys[tag] {
			t.Errorf("%s is not listed", tag)
		}
	}
}

func TestModelServers(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		wrong   string // "" is right
	}{
		"none":                {nil, ""},
		"an embedding server": {[]string{"JIQIAO_EMBEDDING_URL=http://127.0.0.1:11434/v1", "JIQIAO_EMBEDDING_MODEL=bge-m3", "JIQIAO_EMBEDDING_KEY=sk-1"}, ""},
		"a language model":    {[]string{"JIQIAO_LLM_URL=https://x/v1", "JIQIAO_LLM_MODEL=qwen3"}, ""},
		"no model":            {[]string{"JIQIAO_EMBEDDING_URL=http://x/v1"}, "embedding_model"},
		"no address":          {[]string{"JIQIAO_LLM_MODEL=qwen3"}, "llm_url"},
		"no scheme":           {[]string{"JIQIAO_LLM_URL=127.0.0.1:1", "JIQIAO_LLM_MODEL=x", "JIQIAO_LLM_KEY=sk-1"}, "llm_url"},
		"an empty batch":      {[]string{"JIQIAO_EMBEDDING_BATCH=0"}, "embedding_batch"},
		"a negative length":   {[]string{"JIQIAO_EMBEDDING_DIMENSIONS=-1"}, "embedding_dimensions"},
	} {
		_, err := Load(Sources{Environ: c.environ})
		if (err == nil) != (c.wrong == "") || err != nil && (!strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "sk-1")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStoreURL(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = "/var/lib/jiqiao"
	if got := cfg.StoreURL(); got != "sqlite:///var/lib/jiqiao/jiqiao.db" {
		t.Error(got)
	}
	cfg.DatabaseURL = "postgres://db/x"
	if got := cfg.StoreURL(); got != "postgres://db/x" {
		t.Error(got)
	}
}

func TestWaysToWriteAValue(t *testing.T) {
	path := write(t, "user_dict:\nlog_level: \" warn \"\ncache_mib: \"128\"\ntrusted_proxies: [10.0.0.0/8, 127.0.0.1]\n")
	got, err := Load(Sources{File: path})
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults()
	want.LogLevel, want.CacheMiB, want.TrustedProxies = "warn", 128, "10.0.0.0/8 127.0.0.1"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"10.0.0.0/8", "127.0.0.1"}, got.Proxies()); diff != "" {
		t.Error(diff)
	}
}

func TestWrongValues(t *testing.T) {
	for key, value := range map[string]string{
		"listen": "127.0.0.1:http", "database_url": "mysql://db/x", "redis_url": "redis://host:port:port", "cache_mib": "-1",
		"rate_per_second": "12 a", "max_upload_mib": "0", "drain_timeout": "10", "request_timeout": "0s",
		"stop_words": "/does/not/exist", "trusted_proxies": "10.0.0.0/8,proxy", "log_format": "xml", "data_dir": " ",
		"learn_at": "3 Uhr", "graded_dir": "/does/not/exist",
	} {
		if _, err := Load(Sources{Flags: map[string]any{key: value}}); err == nil || !strings.HasPrefix(err.Error(), key) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s=%q: %v", key, value, err)
		}
	}
}
