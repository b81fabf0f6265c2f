// Package sheet reads and writes records as spreadsheets: xlsx, csv and jsonl files, the template that people fill in,
// the workbook of failed rows they correct, and exports.
//
// Each side's columns are declared once, in columns_need.go and columns_achievement.go. Template, reading, error
// messages, export and the error workbook all come from that declaration, so an export is a filled-in template and
// reads back unchanged.
//
// Reading and writing stream: a file of any length is held one row at a time, beside what the xlsx library keeps.
package sheet
