package app

import (
	"time"

	"jiqiao/api"
	"jiqiao/internal/config"
	"jiqiao/internal/endpoint"
	"jiqiao/internal/llm"
)

// LanguageServer is the configuration of the language model's server.
func LanguageServer(cfg config.Config) endpoint.Config {
	return endpoint.Config{Name: "llm", URL: cfg.LLMURL, Key: cfg.LLMKey, Model: cfg.LLMModel}
}

// openLanguage connects the language model that is configured; usually none is.
func (a *App) openLanguage(retry time.Duration) api.LanguageModel {
	if a.cfg.LLMURL == "" {
		return nil
	}
	server := LanguageServer(a.cfg)
	server.Log, server.Now, server.Rest, server.Pause = a.log, a.now, retry, retry
	a.language = endpoint.New(server)
	return llm.New(a.language)
}
