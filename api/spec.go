package api

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"jiqiao/api/openapi"
)

// spec is the interface's description in the forms it is served in, each with its ETag.
type spec struct {
	doc              *openapi3.T
	yaml, json, html document
}

type document struct {
	contentType, tag string
	body             []byte
}

func newDocument(contentType string, body []byte) document {
	return document{contentType, hashTag(body), body}
}

// theSpec reads the description once: it takes a good part of a second, and is never changed.
var theSpec = sync.OnceValues(loadSpec)

func loadSpec() (*spec, error) {
	text, err := openapi.YAML()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	asJSON, err := doc.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the description as JSON: %w", err)
	}
	var page bytes.Buffer
	if err := docsTemplate.Execute(&page, describe(doc)); err != nil {
		return nil, fmt.Errorf("write the documentation: %w", err)
	}
	return &spec{
		doc:  doc,
		yaml: newDocument("application/yaml; charset=utf-8", text),
		json: newDocument(jsonType, asJSON),
		html: newDocument("text/html; charset=utf-8", page.Bytes()),
	}, nil
}

func (s *Server) specYAML(c *gin.Context) error { return serveDocument(c, s.spec.yaml) }

func (s *Server) specJSON(c *gin.Context) error { return serveDocument(c, s.spec.json) }

// docsPolicy lets the page of the documentation have its own style, and nothing else.
const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"

func (s *Server) docs(c *gin.Context) error {
	c.Header("Content-Security-Policy", docsPolicy)
	return serveDocument(c, s.spec.html)
}

func serveDocument(c *gin.Context, d document) error {
	c.Header("Cache-Control", "no-cache")
	return answerBytes(c, d.contentType, d.tag, d.body)
}
