package app

import "fmt"

// Reload reads the dictionaries again. The index notices the change and is rebuilt beside the live one; until then
// answers go on as before. A faulty file changes nothing.
func (a *App) Reload() error {
	holder, err := OpenAnalyzer(a.cfg)
	if err != nil {
		return fmt.Errorf("read the dictionaries: %w", err)
	}
	a.analyzer.Swap(holder.Get())
	a.log.Info("dictionaries read again", "version", holder.Get().Version())
	return nil
}
