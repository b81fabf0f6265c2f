package index

import (
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"

	"jiqiao"
)

// mappingVersion changes with the mapping, with what is stored beside it, and with the field weights. An index of
// another version is rebuilt.
const mappingVersion = "2"

// Types of bleve documents. Everything else is ignored: the default mapping is disabled.
const (
	typeRecord = "record"
	typeTerms  = "terms"
)

// Names of bleve fields beside the five of jiqiao.SectionFields.
const (
	fieldKind   = "kind"
	fieldStored = "doc"   // the analysed record, see stored.go
	fieldTerms  = "terms" // dictionary entries, see disk.go
)

// tokensName is the tokenizer that cuts where our analysis says. Texts reach bleve analysed, so that it needs neither
// dictionary nor state: whoever opens the directory later opens it cold.
const tokensName = "jiqiao_tokens"

// tokenSeparator stands between the terms of an analysed text. No folded text holds it.
const tokenSeparator = "\x1f"

func init() {
	// bleve keeps its registry per process and knows no other way.
	err := registry.RegisterTokenizer(tokensName, func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) {
		return tokens{}, nil
	})
	if err != nil {
		panic(err)
	}
}

type tokens struct{}

// Tokenize implements analysis.Tokenizer.
func (tokens) Tokenize(input []byte) analysis.TokenStream {
	if len(input) == 0 {
		return nil
	}
	stream := make(analysis.TokenStream, 0, strings.Count(string(input), tokenSeparator)+1)
	at := 0
	for term := range strings.SplitSeq(string(input), tokenSeparator) {
		stream = append(stream, &analysis.Token{Term: []byte(term), Start: at, End: at + len(term), Position: len(stream) + 1})
		at += len(term) + len(tokenSeparator)
	}
	return stream
}

// newMapping is the closed mapping: fields it does not name are not indexed, and a field keeps no more than its use
// needs; bleve's defaults cost 2.7 times the CPU and 5.7 times the disk. Of the texts only the head is inverted on disk:
// inverting all of them takes more room than the texts themselves, and ranking happens in memory (ADR 1).
func newMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(tokensName, map[string]any{"type": custom.Name, "tokenizer": tokensName}); err != nil {
		return nil, err
	}
	m.DefaultMapping = bleve.NewDocumentDisabledMapping()
	m.IndexDynamic, m.StoreDynamic, m.DocValuesDynamic = false, false, false

	record := bleve.NewDocumentStaticMapping()
	for _, f := range jiqiao.SectionFields {
		if isHead(f) {
			record.AddFieldMappingsAt(string(f), lean(tokensName))
		}
	}
	for _, name := range append(facetNames(), fieldKind) {
		f := lean(keyword.Name)
		f.SkipFreqNorm = true
		record.AddFieldMappingsAt(name, f)
	}
	record.AddFieldMappingsAt(fieldStored, storedOnly())
	record.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	m.AddDocumentMapping(typeRecord, record)

	terms := bleve.NewDocumentStaticMapping()
	terms.AddFieldMappingsAt(fieldTerms, storedOnly())
	terms.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	m.AddDocumentMapping(typeTerms, terms)
	return m, m.Validate()
}

func lean(analyzer string) *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer = analyzer
	f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
	return f
}

func storedOnly() *mapping.FieldMapping {
	f := lean(keyword.Name)
	f.Index, f.Store = false, true
	return f
}

// bleveRecord is a record as bleve gets it: analysed texts, the codes of each facet, and the stored form.
type bleveRecord map[string]any

// BleveType implements bleve's classifier.
func (bleveRecord) BleveType() string { return typeRecord }

// bleveTerms are new entries of the dictionary.
type bleveTerms map[string]any

// BleveType implements bleve's classifier.
func (bleveTerms) BleveType() string { return typeTerms }
