// Package index finds records: search with filters and facets, suggestions while typing, near duplicates, and recall of
// match candidates for a whole record.
//
// # Two halves
//
// The durable half is a bleve index. Every batch of changes goes into it together with the number of the last change,
// in one commit, so that a process killed at any moment goes on where the last commit ended. Beside the fields of its
// closed mapping it stores each record's analysed form: its terms with their weights, and the columns that filters,
// facets and sorting need.
//
// The quick half is in memory: package postings ranks, columns filter and count. It is read from the durable half
// when the index is opened, a few seconds for 100,000 records, and updated after each commit. It can therefore
// neither be ahead of the disk nor disagree with it. docs/adr/0001-recall-from-memory.md has the measurements that led here.
//
// # Life
//
// [Open] opens or creates; [Follower] brings in the store's changes, and rebuilds beside the live index, then switches,
// when the mapping, the analysis or the files say so ([Index.Stale]). A directory holds one subdirectory per build and
// the file CURRENT, which names the one in use.
package index
