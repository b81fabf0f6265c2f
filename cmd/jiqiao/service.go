package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"jiqiao"
)

// service is the HTTP API, of a running server or of one opened in this process for the length of a command.
type service struct {
	base   string
	token  string
	client *http.Client
	close  func() error
}

// get asks path with the query and decodes the answer into v.
func (s *service) get(ctx context.Context, path string, query url.Values, v any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return s.do(ctx, http.MethodGet, path, nil, v)
}

// post sends body as JSON and decodes the answer into v.
func (s *service) post(ctx context.Context, path string, body, v any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	return s.do(ctx, http.MethodPost, path, raw, v)
}

func (s *service) do(ctx context.Context, method, path string, body []byte, v any) error {
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask %s: %w", path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法连接 "+s.base+"，请确认服务已启动", err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", path, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		failure := &jiqiao.Error{Code: jiqiao.CodeInternal, Message: "服务返回 " + resp.Status}
		_ = json.Unmarshal(raw, failure) // an answer that is not ours keeps the sentence above
		return failure
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("decode the answer of %s: %w", path, err)
	}
	return nil
}

// remote is the service at the address.
func remote(address string) *service {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	return &service{
		base: strings.TrimRight(address, "/"), token: os.Getenv("JIQIAO_TOKEN"),
		client: &http.Client{}, close: func() error { return nil },
	}
}
