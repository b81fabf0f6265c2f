package zh

import "testing"

// analyzer is loaded once: it is immutable.
var analyzer = func() *Analyzer {
	a, err := New(Options{})
	if err != nil {
		panic(err)
	}
	return a
}()

func TestTermsOfMixedText(t *testing.T) {
	got := map[string]bool{}
	for _, tok := range analyzer.Tokens(nil, "机器人用Al₂O₃陶瓷，≤0.5 mm，GB/T 19001-2016，YOLOv8") {
		got[tok.Term] = true
	}
	for _, want := range []string{"机器人", "al2o3", "0.5mm", "gb/t19001-2016", "19001", "yolov8", "yolo"} {
		if !got[want] {
			t.Errorf("no term %q", want)
		}
	}
}
