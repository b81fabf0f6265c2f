// Package intake brings files of needs and achievements into the store. An import goes through two steps, each of
// which survives a crash:
//
//  1. Preview reads the whole file, checks every row by itself, against the rows before it and against the store, puts
//     the good rows on the store's stage and says what a commit would create, update and leave unchanged.
//  2. Commit writes the staged rows in batches. The store counts each row in the transaction that writes it, so an
//     import that is cut off goes on where it stopped, and one that is repeated changes nothing.
//
// The uploaded file is kept in a directory beside the report, for the workbook of failed rows, until it grows old.
package intake
