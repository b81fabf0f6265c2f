// The shapes that the page reads, named as in the root package. Generated from api/openapi.yaml by `npm run api`.

import type { components } from './types'

type Schemas = components['schemas']

export type Need = Schemas['Need']
export type Achievement = Schemas['Achievement']
export type AnyRecord = Need | Achievement
export type Money = Schemas['Money']
export type Metric = Schemas['Metric']
export type IP = Schemas['IP']
export type TeamMember = Schemas['TeamMember']
export type Contact = Schemas['Contact']
export type Hit = Schemas['Hit']
export type Snippet = Schemas['Snippet']
export type Facet = Schemas['Facet']
export type FacetCounts = Schemas['FacetCounts']
export type SearchResult = Schemas['SearchResult']
export type Suggestion = Schemas['Suggestion']
export type Suggestions = Schemas['Suggestions']
export type Duplicate = Schemas['Duplicate']
export type Duplicates = Schemas['Duplicates']
export type ScorePart = Schemas['ScorePart']
export type Evidence = Schemas['Evidence']
export type Match = Schemas['Match']
export type MatchList = Schemas['MatchList']
export type TextMatchRequest = Schemas['TextMatchRequest']
export type CodeItem = Schemas['CodeItem']
export type CodeList = Schemas['CodeList']
export type CellError = Schemas['CellError']
export type Import = Schemas['Import']
export type Stats = Schemas['Stats']
