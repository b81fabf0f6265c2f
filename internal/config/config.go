// Package config gathers the service's settings from defaults, a YAML file, the environment and command-line flags, in
// rising order of precedence, and reports every problem it finds at once.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Config is every setting of the service. The `koanf` tag is the key in the file; the environment variable is the key
// in capitals behind JIQIAO_ (JIQIAO_DATA_DIR), the flag is the key with hyphens (--data-dir).
type Config struct {
	// DataDir holds the database (when SQLite), the index and uploaded files. One process at a time.
	DataDir string `koanf:"data_dir"`
	// Listen is the HTTP address, host:port; port 0 picks a free one.
	Listen string `koanf:"listen"`
	// DatabaseURL is postgres://…, or empty for SQLite in DataDir. Also read from DATABASE_URL.
	DatabaseURL string `koanf:"database_url"`
	// RedisURL is redis://…, or empty for a cache in memory. Also read from REDIS_URL.
	RedisURL string `koanf:"redis_url"`
	// CacheMiB bounds the cache in memory.
	CacheMiB int `koanf:"cache_mib"`
	// UserDict, Synonyms and StopWords are files of the Chinese analysis; SIGHUP reads them again.
	UserDict  string `koanf:"user_dict"`
	Synonyms  string `koanf:"synonyms"`
	StopWords string `koanf:"stop_words"`
	// RatePerSecond and RateBurst limit the requests of one client address; 0 means no limit.
	RatePerSecond int `koanf:"rate_per_second"`
	RateBurst     int `koanf:"rate_burst"`
	// UserRatePerSecond and UserRateBurst limit those of one account, SignInsPerMinute attempts to sign in, to sign
	// up and to reset a password, of one address and for one name; 0 means no limit.
	UserRatePerSecond int `koanf:"user_rate_per_second"`
	UserRateBurst     int `koanf:"user_rate_burst"`
	SignInsPerMinute  int `koanf:"sign_ins_per_minute"`
	// MaxUploadMiB bounds an import file.
	MaxUploadMiB int `koanf:"max_upload_mib"`
	// TrustedProxies are the addresses or CIDR ranges whose X-Forwarded-For is believed, separated by commas.
	TrustedProxies string `koanf:"trusted_proxies"`
	// RequestTimeout bounds one request, DrainTimeout the stopping of the service.
	RequestTimeout time.Duration `koanf:"request_timeout"`
	DrainTimeout   time.Duration `koanf:"drain_timeout"`
	// RecordValidDays is how long a record is offered whose owner names no end; RecordConfirmMonths after how many months
	// an owner is asked whether a record still holds, 0 for never.
	RecordValidDays     int `koanf:"record_valid_days"`
	RecordConfirmMonths int `koanf:"record_confirm_months"`
	// VirusScan is what looks for viruses in attachments: "clamd:" and the address of a ClamAV daemon, or a command.
	VirusScan string `koanf:"virus_scan"`
	// LearnAt is the time of day, in Beijing, at which the ranker learns from decisions: 03:00. Empty is never.
	LearnAt string `koanf:"learn_at"`
	// GradedDir is a directory of graded pairs (needs.jsonl, achievements.jsonl, qrels.tsv) on which no model that is
	// learned may be worse; empty is none beside the built-in sample.
	GradedDir string `koanf:"graded_dir"`
	// EmbeddingURL is the base of an OpenAI-compatible server of embeddings, such as http://127.0.0.1:11434/v1; empty is
	// none. EmbeddingDimensions 0 takes the model's own length, EmbeddingRate 0 is no bound on requests per second.
	EmbeddingURL        string `koanf:"embedding_url"`
	EmbeddingKey        string `koanf:"embedding_key"`
	EmbeddingModel      string `koanf:"embedding_model"`
	EmbeddingDimensions int    `koanf:"embedding_dimensions"`
	EmbeddingBatch      int    `koanf:"embedding_batch"`
	EmbeddingRate       int    `koanf:"embedding_rate"`
	// LLMURL is the base of an OpenAI-compatible server of a language model; empty is none.
	LLMURL   string `koanf:"llm_url"`
	LLMKey   string `koanf:"llm_key"`
	LLMModel string `koanf:"llm_model"`
	// PublicURL is where browsers find the service: https://jiqiao.example.cn; links in mails begin with it.
	PublicURL string `koanf:"public_url"`
	// SecureCookies is true when browsers come over TLS though the service does not see it: a proxy stands before it.
	SecureCookies bool `koanf:"secure_cookies"`
	// OIDCIssuer, OIDCClientID and OIDCClientSecret let people sign in at an OpenID provider; empty is none.
	OIDCIssuer       string `koanf:"oidc_issuer"`
	OIDCClientID     string `koanf:"oidc_client_id"`
	OIDCClientSecret string `koanf:"oidc_client_secret"`
	// SMTPHost is the mail server, empty for no mail; port 465 is TLS from the start, others must offer STARTTLS unless
	// SMTPPlain. SMTPUser and SMTPPassword sign in; SMTPFrom is the sender, "技桥 <notice@example.cn>".
	SMTPHost     string `koanf:"smtp_host"`
	SMTPPort     int    `koanf:"smtp_port"`
	SMTPUser     string `koanf:"smtp_user"`
	SMTPPassword string `koanf:"smtp_password"`
	SMTPFrom     string `koanf:"smtp_from"`
	SMTPPlain    bool   `koanf:"smtp_plain"`
	// WebhookAllowPrivate lets webhooks and bots reach addresses of the private network.
	WebhookAllowPrivate bool `koanf:"webhook_allow_private"`
	// Holidays is a file of public holidays and moved working days that replaces and extends the built-in ones; see
	// internal/workday/holidays.tsv for its form.
	Holidays string `koanf:"holidays"`
	// ContactsPerDay bounds the contacts that one broker or operator may have shown in a day.
	ContactsPerDay int `koanf:"contacts_per_day"`
	// LogLevel is debug, info, warn or error; LogFormat is text or json.
	LogLevel  string `koanf:"log_level"`
	LogFormat string `koanf:"log_format"`
}

// Defaults are the settings of a service that nobody configured.
func Defaults() Config {
	return Config{
		DataDir:       "data",
		Listen:        "127.0.0.1:8080",
		CacheMiB:      64,
		RatePerSecond: 50,
		RateBurst:     200,

		UserRatePerSecond: 20,
		UserRateBurst:     100,
		SignInsPerMinute:  20,

		MaxUploadMiB:   256,
		RequestTimeout: 30 * time.Second,
		DrainTimeout:   10 * time.Second,
		LearnAt:        "03:00",

		RecordValidDays:     365,
		RecordConfirmMonths: 6,

		EmbeddingBatch: 16,
		ContactsPerDay: 30,
		SMTPPort:       587,
		LogLevel:       "info",
		LogFormat:      "text",
	}
}

// Setting describes one key for help texts, flags and the file.
type Setting struct {
	Key     string
	Usage   string
	Default any
}

// Settings lists every key in the order of the documentation.
func Settings() []Setting {
	d := Defaults()
	return []Setting{
		{"data_dir", "数据目录（数据库、索引、上传文件）", d.DataDir},
		{"listen", "HTTP 监听地址", d.Listen},
		{"database_url", "postgres://… 连接串；留空则在数据目录内使用 SQLite", d.DatabaseURL},
		{"redis_url", "redis://… 连接串；留空则使用内存缓存", d.RedisURL},
		{"cache_mib", "内存缓存上限（MiB）", d.CacheMiB},
		{"user_dict", "用户词典文件，每行一个词", d.UserDict},
		{"synonyms", "同义词文件，每行一组", d.Synonyms},
		{"stop_words", "停用词文件，每行一个词", d.StopWords},
		{"rate_per_second", "每个客户端地址每秒请求数上限，0 为不限", d.RatePerSecond},
		{"rate_burst", "每个客户端地址的突发请求数", d.RateBurst},
		{"user_rate_per_second", "每个账号每秒请求数上限，0 为不限", d.UserRatePerSecond},
		{"user_rate_burst", "每个账号的突发请求数", d.UserRateBurst},
		{"sign_ins_per_minute", "每个地址、每个登录名每分钟登录、注册、重置密码的次数上限，0 为不限", d.SignInsPerMinute},
		{"max_upload_mib", "导入文件大小上限（MiB）", d.MaxUploadMiB},
		{"trusted_proxies", "可信反向代理的地址或网段，逗号分隔", d.TrustedProxies},
		{"request_timeout", "单个请求的时限", d.RequestTimeout},
		{"drain_timeout", "停止服务时等待在途请求的时限", d.DrainTimeout},
		{"holidays", "节假日与调休文件（TSV），替换或补充内置的安排；留空则只用内置的", d.Holidays},
		{"record_valid_days", "需求和成果没有填有效期时，发布后有效的天数", d.RecordValidDays},
		{"record_confirm_months", "每隔几个月请填报单位确认一次是否仍然有效，0 为不问", d.RecordConfirmMonths},
		{"virus_scan", "附件的病毒检查：clamd:/run/clamav/clamd.sock、clamd:主机:3310，或一条命令（如 clamscan --no-summary）；留空则不查", d.VirusScan},
		{"learn_at", "每天由决定学习排序的时刻（北京时间），留空则不学习", d.LearnAt},
		{"graded_dir", "人工分级数据目录，学到的模型不得在其上变差；留空则只用自带样例", d.GradedDir},
		{"embedding_url", "嵌入服务地址（兼容 OpenAI，如 http://127.0.0.1:11434/v1）；留空则只用内置词向量", d.EmbeddingURL},
		{"embedding_key", "嵌入服务密钥，宜用环境变量给出", d.EmbeddingKey},
		{"embedding_model", "嵌入模型名称", d.EmbeddingModel},
		{"embedding_dimensions", "要求的向量维数，0 为模型自身的维数", d.EmbeddingDimensions},
		{"embedding_batch", "每次请求的文本条数", d.EmbeddingBatch},
		{"embedding_rate", "每秒请求数上限，0 为不限", d.EmbeddingRate},
		{"llm_url", "语言模型服务地址（兼容 OpenAI）；留空则不用", d.LLMURL},
		{"llm_key", "语言模型服务密钥，宜用环境变量给出", d.LLMKey},
		{"llm_model", "语言模型名称", d.LLMModel},
		{"public_url", "浏览器访问本系统的地址（如 https://jiqiao.example.cn），邮件里的链接以此开头", d.PublicURL},
		{"secure_cookies", "浏览器经 HTTPS 访问（TLS 由前面的代理终止）时设为 true，登录 Cookie 只走加密连接", d.SecureCookies},
		{"oidc_issuer", "统一身份认证（OpenID Connect）的签发者地址；留空则不用", d.OIDCIssuer},
		{"oidc_client_id", "在统一身份认证登记的客户端编号", d.OIDCClientID},
		{"oidc_client_secret", "在统一身份认证登记的客户端密钥，宜用环境变量给出", d.OIDCClientSecret},
		{"smtp_host", "邮件服务器；留空则不发邮件", d.SMTPHost},
		{"smtp_port", "邮件服务器端口：465 为 SSL，587 等须支持 STARTTLS", d.SMTPPort},
		{"smtp_user", "邮件服务器用户名；留空则不登录", d.SMTPUser},
		{"smtp_password", "邮件服务器密码（QQ、163 等为授权码），宜用环境变量给出", d.SMTPPassword},
		{"smtp_from", "发件人，如 技桥 <notice@example.cn>", d.SMTPFrom},
		{"smtp_plain", "允许不加密连接邮件服务器，仅用于本机中继", d.SMTPPlain},
		{"webhook_allow_private", "允许接口推送（Webhook）与群机器人的地址在内网", d.WebhookAllowPrivate},
		{"contacts_per_day", "每位技术经理人或业务员每天可查看的联系方式条数", d.ContactsPerDay},
		{"log_level", "日志级别：debug、info、warn、error", d.LogLevel},
		{"log_format", "日志格式：text 或 json", d.LogFormat},
	}
}

// Sources is where Load looks, beside the defaults.
type Sources struct {
	// File is the path given by the user; a file that is named must exist. When empty, jiqiao.yaml in the working
	// directory is read if it is there.
	File string
	// Environ is os.Environ().
	Environ []string
	// Flags are the values of the flags that were given, by key.
	Flags map[string]any
}

const (
	defaultFile = "jiqiao.yaml"
	envPrefix   = "JIQIAO_"
)

// Load merges the sources. The error joins every problem, each a Chinese sentence that names the key.
func Load(src Sources) (Config, error) {
	k := koanf.New(".")
	var problems []error
	if err := loadFile(k, src.File); err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, unknownKeys(k)...)
	values, unknown := fromEnviron(src.Environ)
	problems = append(problems, unknown...)
	for key, v := range src.Flags {
		values[key] = v
	}
	if err := k.Load(confmap.Provider(values, "."), nil); err != nil {
		problems = append(problems, fmt.Errorf("读取环境变量与参数：%w", err))
	}
	cfg := Defaults()
	for _, key := range k.Keys() {
		if err := set(&cfg, key, k); err != nil {
			problems = append(problems, err)
		}
	}
	problems = append(problems, cfg.check()...)
	return cfg, errors.Join(problems...)
}

func loadFile(k *koanf.Koanf, path string) error {
	named := path != ""
	if !named {
		path = defaultFile
	}
	err := k.Load(file.Provider(path), yaml.Parser())
	if err == nil || (!named && errors.Is(err, fs.ErrNotExist)) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("配置文件 %s 不存在，请检查 --config", path)
	}
	return fmt.Errorf("配置文件 %s 无法读取，请检查 YAML 格式：%w", path, err)
}

func unknownKeys(k *koanf.Koanf) []error {
	var problems []error
	for _, key := range k.Keys() {
		if !known(key) {
			problems = append(problems, fmt.Errorf("配置文件：没有名为 %s 的配置项", key))
			k.Delete(key)
		}
	}
	return problems
}

func known(key string) bool {
	return slices.ContainsFunc(Settings(), func(s Setting) bool { return s.Key == key })
}

// notSettings are variables with our prefix that are read elsewhere: the path of the configuration file, and what the
// tests and the Makefile use.
var notSettings = []string{"config", "token", "server", "shared", "bin", "screenshots"}

func fromEnviron(environ []string) (map[string]any, []error) {
	values := map[string]any{}
	var problems []error
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name == "DATABASE_URL" && value != "":
			setDefault(values, "database_url", value)
		case name == "REDIS_URL" && value != "":
			setDefault(values, "redis_url", value)
		case strings.HasPrefix(name, envPrefix):
			key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
			if known(key) {
				values[key] = value
			} else if !slices.Contains(notSettings, key) {
				problems = append(problems, fmt.Errorf("环境变量 %s：没有名为 %s 的配置项", name, key))
			}
		}
	}
	return values, problems
}

func setDefault(m map[string]any, key string, v any) {
	if _, ok := m[key]; !ok {
		m[key] = v
	}
}

func set(cfg *Config, key string, k *koanf.Koanf) error {
	value := k.Get(key)
	if value == nil {
		return nil // "key:" without a value in the file
	}
	raw := strings.TrimSpace(fmt.Sprint(value))
	switch p := cfg.field(key).(type) {
	case *string:
		*p = raw
		if _, list := value.([]any); list {
			*p = strings.Trim(raw, "[]") // a list in the file: addresses of proxies, separated by spaces
		}
	case *int:
		n, err := strconv.Atoi(raw)
		if err != nil {
			return fmt.Errorf("%s：应为整数，现为 %q", key, raw)
		}
		*p = n
	case *bool:
		on, err := strconv.ParseBool(raw)
		if err != nil {
			return fmt.Errorf("%s：应为 true 或 false，现为 %q", key, raw)
		}
		*p = on
	case *time.Duration:
		d, err := time.ParseDuration(raw)
		if err != nil {
			return fmt.Errorf("%s：应为时长（如 30s、2m），现为 %q", key, raw)
		}
		*p = d
	}
	return nil
}

func (c *Config) field(key string) any {
	return map[string]any{
		"data_dir": &c.DataDir, "listen": &c.Listen, "database_url": &c.DatabaseURL, "redis_url": &c.RedisURL,
		"cache_mib": &c.CacheMiB, "user_dict": &c.UserDict, "synonyms": &c.Synonyms, "stop_words": &c.StopWords,
		"rate_per_second": &c.RatePerSecond, "rate_burst": &c.RateBurst,
		"user_rate_per_second": &c.UserRatePerSecond, "user_rate_burst": &c.UserRateBurst, "sign_ins_per_minute": &c.SignInsPerMinute, "contacts_per_day": &c.ContactsPerDay, "max_upload_mib": &c.MaxUploadMiB,
		"trusted_proxies": &c.TrustedProxies, "request_timeout": &c.RequestTimeout, "drain_timeout": &c.DrainTimeout,
		"record_valid_days": &c.RecordValidDays, "record_confirm_months": &c.RecordConfirmMonths, "virus_scan": &c.VirusScan,
		"holidays": &c.Holidays, "learn_at": &c.LearnAt, "graded_dir": &c.GradedDir,
		"embedding_url": &c.EmbeddingURL, "embedding_key": &c.EmbeddingKey, "embedding_model": &c.EmbeddingModel,
		"embedding_dimensions": &c.EmbeddingDimensions, "embedding_batch": &c.EmbeddingBatch, "embedding_rate": &c.EmbeddingRate,
		"llm_url": &c.LLMURL, "llm_key": &c.LLMKey, "llm_model": &c.LLMModel,
		"smtp_host": &c.SMTPHost, "smtp_port": &c.SMTPPort, "smtp_user": &c.SMTPUser, "smtp_password": &c.SMTPPassword,
		"smtp_from": &c.SMTPFrom, "smtp_plain": &c.SMTPPlain, "webhook_allow_private": &c.WebhookAllowPrivate,
		"public_url": &c.PublicURL, "secure_cookies": &c.SecureCookies,
		"oidc_issuer": &c.OIDCIssuer, "oidc_client_id": &c.OIDCClientID, "oidc_client_secret": &c.OIDCClientSecret,
		"log_level": &c.LogLevel, "log_format": &c.LogFormat,
	}[key]
}

func (c *Config) check() []error {
	var problems []error
	report := func(key, message string) { problems = append(problems, fmt.Errorf("%s：%s", key, message)) }
	if c.DataDir == "" {
		report("data_dir", "不能为空")
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || !isPort(port) {
		report("listen", "应为 主机:端口，如 127.0.0.1:8080")
	}
	if c.DatabaseURL != "" && !hasScheme(c.DatabaseURL, "postgres", "postgresql", "sqlite") {
		report("database_url", "应以 postgres:// 或 sqlite:// 开头")
	}
	if c.RedisURL != "" && !hasScheme(c.RedisURL, "redis", "rediss", "unix") {
		report("redis_url", "应以 redis://、rediss:// 或 unix:// 开头")
	}
	for key, v := range map[string]int{"cache_mib": c.CacheMiB, "rate_per_second": c.RatePerSecond, "rate_burst": c.RateBurst, "contacts_per_day": c.ContactsPerDay} {
		if v < 0 {
			report(key, "不能为负数")
		}
	}
	c.checkServers(report)
	c.checkMail(report)
	c.checkSignIn(report)
	if c.RecordValidDays < 1 || c.RecordValidDays > 3650 {
		report("record_valid_days", "应为 1～3650")
	}
	if c.RecordConfirmMonths < 0 || c.RecordConfirmMonths > 120 {
		report("record_confirm_months", "应为 0～120")
	}
	if c.MaxUploadMiB < 1 {
		report("max_upload_mib", "至少为 1")
	}
	for key, d := range map[string]time.Duration{"request_timeout": c.RequestTimeout, "drain_timeout": c.DrainTimeout} {
		if d <= 0 {
			report(key, "应大于 0")
		}
	}
	for key, path := range map[string]string{"user_dict": c.UserDict, "synonyms": c.Synonyms, "stop_words": c.StopWords, "graded_dir": c.GradedDir} {
		if _, err := os.Stat(path); path != "" && err != nil {
			report(key, "文件 "+path+" 无法读取")
		}
	}
	if _, err := time.Parse("15:04", c.LearnAt); c.LearnAt != "" && err != nil {
		report("learn_at", "应写成 03:00 的样子，或留空")
	}
	for _, proxy := range c.Proxies() {
		if _, _, err := net.ParseCIDR(proxy); err != nil && net.ParseIP(proxy) == nil {
			report("trusted_proxies", "“"+proxy+"”不是地址或网段")
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		report("log_level", "应为 debug、info、warn 或 error")
	}
	if !slices.Contains([]string{"text", "json"}, c.LogFormat) {
		report("log_format", "应为 text 或 json")
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// checkSignIn checks the settings of signing in.
func (c *Config) checkSignIn(report func(key, message string)) {
	if c.PublicURL != "" && (!hasScheme(c.PublicURL, "http", "https") || strings.HasSuffix(c.PublicURL, "/")) {
		report("public_url", "应写成 https://jiqiao.example.cn 的样子，末尾不要斜杠")
	}
	if c.OIDCIssuer == "" {
		return
	}
	if !hasScheme(c.OIDCIssuer, "http", "https") {
		report("oidc_issuer", "应以 https:// 开头")
	}
	if c.OIDCClientID == "" {
		report("oidc_client_id", "设置了 oidc_issuer，还应写明客户端编号")
	}
	if c.PublicURL == "" {
		report("public_url", "设置了 oidc_issuer，还应写明浏览器访问本系统的地址")
	}
}

// checkMail checks the settings of mail.
func (c *Config) checkMail(report func(key, message string)) {
	if c.SMTPHost == "" {
		return
	}
	if c.SMTPPort < 1 || c.SMTPPort > 65535 {
		report("smtp_port", "应为 1～65535，通常是 465 或 587")
	}
	if _, err := mail.ParseAddress(c.SMTPFrom); err != nil {
		report("smtp_from", "设置了 smtp_host，还应写明发件人，如 技桥 <notice@example.cn>")
	}
	if c.SMTPUser != "" && c.SMTPPassword == "" {
		report("smtp_password", "设置了 smtp_user，还应写明密码或授权码")
	}
}

// checkServers checks the settings of model servers.
func (c *Config) checkServers(report func(key, message string)) {
	for _, s := range []struct{ name, url, model string }{{"embedding", c.EmbeddingURL, c.EmbeddingModel}, {"llm", c.LLMURL, c.LLMModel}} {
		if s.url != "" && !hasScheme(s.url, "http", "https") {
			report(s.name+"_url", "应以 http:// 或 https:// 开头，通常以 /v1 结尾")
		}
		if s.url != "" && s.model == "" {
			report(s.name+"_model", "设置了 "+s.name+"_url，还应写明模型名称")
		}
		if s.url == "" && s.model != "" {
			report(s.name+"_url", "设置了 "+s.name+"_model，还应写明服务地址")
		}
	}
	for key, v := range map[string]int{"embedding_dimensions": c.EmbeddingDimensions, "embedding_rate": c.EmbeddingRate} {
		if v < 0 {
			report(key, "不能为负数")
		}
	}
	if c.EmbeddingBatch < 1 {
		report("embedding_batch", "至少为 1")
	}
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func hasScheme(raw string, schemes ...string) bool {
	u, err := url.Parse(raw)
	return err == nil && slices.Contains(schemes, u.Scheme)
}

// Proxies is TrustedProxies as a list.
func (c *Config) Proxies() []string {
	return strings.FieldsFunc(c.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' })
}

// StoreURL is DatabaseURL, or the SQLite database in DataDir.
func (c *Config) StoreURL() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite://" + filepath.ToSlash(filepath.Join(c.DataDir, "jiqiao.db"))
}
