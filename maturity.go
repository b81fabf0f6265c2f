package jiqiao

// MaturityTRL is the technology readiness that an everyday stage (list "maturity") stands for; 0 for none.
func MaturityTRL(stage string) int {
	low, high := MaturityRange(stage)
	return (low + high) / 2
}

// MaturityRange is the range of technology readiness of an everyday stage, after the mapping that technology-transfer
// offices use (正在研发 2–3, 已有样品 4–5, 通过小试 5, 通过中试 6–7, 可以量产 8–9); zeros for none.
func MaturityRange(stage string) (low, high int) {
	switch stage {
	case "researching":
		return 2, 3
	case "sample":
		return 4, 5
	case "lab":
		return 5, 5
	case "pilot":
		return 6, 7
	case "production":
		return 8, 9
	}
	return 0, 0
}
