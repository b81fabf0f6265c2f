package api

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed docs.html
var docsHTML string

var docsTemplate = template.Must(template.New("docs").Parse(docsHTML))

// The page is drawn on the server from the same document that is served and tested, so it needs no script and no
// network.
type docsPage struct {
	Title, About string
	Groups       []docsGroup
	Schemas      []docsSchema
}

type docsGroup struct {
	Name, Label string
	Operations  []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, About string
	Token                            bool
	Params                           []docsField
	Body                             docsType
	Example, Curl                    string
	Responses                        []docsResponse
}

type docsResponse struct {
	Status, About string
	Type          docsType
}

type docsSchema struct {
	Name, About string
	Type        docsType
	Fields      []docsField
}

type docsField struct {
	Name, In, About string
	Required        bool
	Type            docsType
}

// docsType is a type in words; Link is the schema it names.
type docsType struct{ Text, Link string }

var methodOrder = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

func describe(doc *openapi3.T) docsPage {
	page := docsPage{Title: doc.Info.Title, About: doc.Info.Description}
	for _, tag := range doc.Tags {
		page.Groups = append(page.Groups, docsGroup{tag.Name, tag.Description, describeGroup(doc, tag.Name)})
	}
	names := make([]string, 0, len(doc.Components.Schemas))
	for name := range doc.Components.Schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		page.Schemas = append(page.Schemas, describeSchema(name, doc.Components.Schemas[name].Value))
	}
	return page
}

func describeGroup(doc *openapi3.T, tag string) []docsOperation {
	var ops []docsOperation
	paths := doc.Paths.Keys()
	slices.Sort(paths)
	for _, path := range paths {
		for _, method := range methodOrder {
			op := doc.Paths.Value(path).Operations()[method]
			if op != nil && slices.Contains(op.Tags, tag) {
				ops = append(ops, describeOperation(method, path, op))
			}
		}
	}
	return ops
}

func describeOperation(method, path string, op *openapi3.Operation) docsOperation {
	d := docsOperation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, About: op.Description}
	if op.Security != nil {
		// An empty requirement among them lets the public in.
		d.Token = len(*op.Security) > 0 && !slices.ContainsFunc(*op.Security, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
	}
	for _, p := range op.Parameters {
		v := p.Value
		d.Params = append(d.Params, docsField{v.Name, v.In, v.Description, v.Required, typeOf(v.Schema)})
	}
	if op.RequestBody != nil {
		for _, media := range op.RequestBody.Value.Content {
			d.Body = typeOf(media.Schema)
			d.Example = indented(media.Example)
		}
	}
	d.Curl = curl(d, op)
	keys := op.Responses.Keys()
	slices.Sort(keys)
	for _, status := range keys {
		r := op.Responses.Value(status).Value
		d.Responses = append(d.Responses, docsResponse{status, deref(r.Description), contentType(r.Content)})
	}
	return d
}

// curl is a line to try the operation with.
func curl(d docsOperation, op *openapi3.Operation) string {
	var b strings.Builder
	b.WriteString("curl -i")
	if d.Method != http.MethodGet {
		b.WriteString(" -X " + d.Method)
	}
	if d.Token {
		b.WriteString(" -H 'Authorization: Bearer 令牌'")
	}
	var required []string
	for _, p := range d.Params {
		switch {
		case p.In == "header" && p.Name == "If-Match":
			b.WriteString(` -H 'If-Match: "1"'`)
		case p.In == "query" && p.Name == "kind":
			required = append(required, "kind=need")
		}
	}
	if op.RequestBody != nil && d.Example == "" && op.RequestBody.Value.Content.Get("multipart/form-data") != nil {
		b.WriteString(" -F file=@需求.xlsx")
	} else if d.Body.Text != "" {
		b.WriteString(" -H 'Content-Type: application/json' --data @body.json")
	}
	path := strings.NewReplacer("{id}", "编号", "{name}", "industry", "{file}", "need.xlsx", "{kind}", "ranker", "{version}", "builtin").Replace(d.Path)
	if len(required) > 0 {
		path += "?" + strings.Join(required, "&")
	}
	b.WriteString(" 'http://localhost:8080" + path + "'")
	return b.String()
}

func contentType(content openapi3.Content) docsType {
	kinds := make([]string, 0, len(content))
	for kind := range content {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	if len(kinds) == 1 && kinds[0] == "application/json" {
		return typeOf(content[kinds[0]].Schema)
	}
	return docsType{Text: strings.Join(kinds, "、")}
}

func describeSchema(name string, s *openapi3.Schema) docsSchema {
	d := docsSchema{Name: name, About: s.Description, Type: typeOf(&openapi3.SchemaRef{Value: s})}
	for field, ref := range s.Properties {
		d.Fields = append(d.Fields, docsField{Name: field, About: ref.Value.Description, Required: slices.Contains(s.Required, field), Type: typeOf(ref)})
	}
	slices.SortFunc(d.Fields, func(a, b docsField) int {
		if a.Required != b.Required {
			if a.Required {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return d
}

const schemaPrefix = "#/components/schemas/"

// typeOf says a schema in a few words.
func typeOf(ref *openapi3.SchemaRef) docsType {
	if ref == nil || ref.Value == nil {
		return docsType{}
	}
	if name, ok := strings.CutPrefix(ref.Ref, schemaPrefix); ok {
		return docsType{name, name}
	}
	s := ref.Value
	switch {
	case s.Items != nil:
		item := typeOf(s.Items)
		return docsType{item.Text + " 列表", item.Link}
	case len(s.AnyOf) > 0:
		var parts []string
		for _, part := range s.AnyOf {
			parts = append(parts, typeOf(part).Text)
		}
		return docsType{Text: strings.Join(parts, " 或 ")}
	case len(s.Enum) > 0:
		return docsType{Text: enumText(s.Enum)}
	case s.Type == nil:
		return docsType{Text: "任意"}
	}
	text := strings.Join(s.Type.Slice(), " | ")
	if s.Format != "" {
		text += "（" + s.Format + "）"
	}
	return docsType{Text: text}
}

func enumText(values []any) string {
	var texts []string
	for _, v := range values {
		text := fmt.Sprint(v)
		if text == "" {
			text = "空"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " | ")
}

func indented(v any) string {
	if v == nil {
		return ""
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return ""
	}
	return string(b)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
