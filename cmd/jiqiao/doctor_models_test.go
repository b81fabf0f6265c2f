package main

import (
	"strings"
	"testing"

	"jiqiao/internal/endpoint/endpointtest"
)

func TestDoctorTriesTheModels(t *testing.T) {
	for name, c := range map[string]struct {
		key  string
		do   endpointtest.Behaviour
		has  []string
		good bool
	}{
		"good":          {key: endpointtest.Key, has: []string{"[正常] 嵌入模型：bge-m3，8 维"}, good: true},
		"wrong key":     {key: "sk-secret", has: []string{"[故障] 嵌入模型", "密钥", "→"}},
		"unknown model": {key: endpointtest.Key, do: endpointtest.Fail(404, "model not found"), has: []string{"[故障] 嵌入模型", "没有名为 bge-m3 的模型"}},
		"wrong length":  {key: endpointtest.Key, do: endpointtest.OtherLength, has: []string{"9 维", "embedding_dimensions"}},
		"no JSON":       {key: endpointtest.Key, do: endpointtest.NotANumber, has: []string{"不是 JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := withSample(t)
			server := endpointtest.New(t, 8)
			server.Behave(c.do)
			o := s.run("doctor", "--embedding-url", server.URL, "--embedding-model", "bge-m3", "--embedding-key", c.key, "--embedding-dimensions", "8")
			text := o.out + o.err
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("lacks %q:\n%s", want, text)
				}
			}
			if strings.Contains(text, "sk-secret") {
				t.Errorf("the key is shown:\n%s", text)
			}
			if (o.code == 0) != c.good {
				t.Errorf("ended with %d", o.code)
			}
		})
	}
	s := withSample(t)
	server := endpointtest.New(t, 8)
	server.Behave(endpointtest.Saying("{}"))
	if text := s.ok("doctor", "--llm-url", server.URL, "--llm-model", "qwen3"); !strings.Contains(text, "[正常] 语言模型：qwen3") {
		t.Errorf("doctor:\n%s", text)
	}
	server.Behave(endpointtest.Fail(401, "no"))
	if o := s.run("doctor", "--llm-url", server.URL, "--llm-model", "qwen3"); o.code == 0 || !strings.Contains(o.out+o.err, "[故障] 语言模型") {
		t.Errorf("doctor:\n%s", o.out+o.err)
	}
}
