package jiqiao

// MaturityTRL is the technology readiness that an everyday stage stands for, the lower end of its range; 0 for none.
func MaturityTRL(stage string) int { return maturityTRL[stage] }

var maturityTRL = map[string]int{"researching": 2, "sample": 4, "lab": 5, "pilot": 6, "production": 8}
