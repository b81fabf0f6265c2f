// Package openapi is the description of the HTTP interface, kept by hand: base.yaml, and one file for each further part.
package openapi

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"

	"github.com/oasdiff/yaml3"
)

//go:embed *.yaml
var files embed.FS

// YAML is the whole description: the other files' paths, components and tags laid into base.yaml. Nothing may be
// described twice.
func YAML() ([]byte, error) {
	whole, err := read("base.yaml")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == "base.yaml" {
			continue
		}
		part, err := read(name)
		if err != nil {
			return nil, err
		}
		if err := lay(part, whole, name); err != nil {
			return nil, err
		}
	}
	addIdempotency(find(whole, "paths"))
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(whole); err != nil {
		return nil, fmt.Errorf("write the description: %w", err)
	}
	return out.Bytes(), nil
}

// addIdempotency describes, for every write of somebody known, the header that has it done once.
func addIdempotency(paths *yaml.Node) {
	for i := 1; paths != nil && i < len(paths.Content); i += 2 {
		for _, method := range []string{"post", "put", "delete"} {
			op := find(paths.Content[i], method)
			if op == nil || find(op, "security") == nil {
				continue
			}
			parameters := find(op, "parameters")
			if parameters == nil {
				parameters = &yaml.Node{Kind: yaml.SequenceNode}
				op.Content = append(op.Content, text("parameters"), parameters)
			}
			parameters.Content = append(parameters.Content, reference("parameters/IdempotencyKey"))
			answers := find(op, "responses")
			for _, a := range [...][2]string{{"409", "Conflict"}, {"422", "KeyReused"}} {
				if find(answers, a[0]) == nil {
					answers.Content = append(answers.Content, text(a[0]), reference("responses/"+a[1]))
				}
			}
		}
	}
}

func text(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func reference(to string) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text("$ref"), text("#/components/" + to)}}
}

func read(name string) (*yaml.Node, error) {
	content, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("read %s: not a mapping", name)
	}
	return doc.Content[0], nil
}

// lay adds from's entries to into: lists are joined, mappings are laid into each other, anything else must be new.
func lay(from, into *yaml.Node, at string) error {
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, value := from.Content[i], from.Content[i+1]
		at := at + "/" + key.Value
		old := find(into, key.Value)
		switch {
		case old == nil:
			into.Content = append(into.Content, key, value)
		case old.Kind == yaml.SequenceNode && value.Kind == yaml.SequenceNode:
			old.Content = append(old.Content, value.Content...)
		case old.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode && deep[key.Value]:
			if err := lay(value, old, at); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is described twice", at)
		}
	}
	return nil
}

// deep are the mappings that several files add to.
var deep = map[string]bool{
	"paths": true, "components": true, "schemas": true, "parameters": true, "responses": true, "requestBodies": true,
	"headers": true, "securitySchemes": true,
}

func find(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
