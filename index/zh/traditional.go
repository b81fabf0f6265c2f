package zh

import "jiqiao/index/zh/internal/fold"

// Traditional writes simplified characters as traditional ones, one by one: what [Analyzer.Fold] takes back. Where one
// simplified character stands for several it writes the first by code point, so the result is for testing what 繁體 does
// to an analysis, not for reading.
func Traditional(text string) string { return fold.Traditional(text) }
