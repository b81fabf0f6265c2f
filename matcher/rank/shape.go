package rank

import (
	"fmt"
	"slices"

	"jiqiao"
)

// Shape is what one feature adds to the strength: piecewise linear between its knots, level outside them. It never falls,
// because more in common must not lower a score.
type Shape struct {
	Feature string `json:"feature"`
	// Label is the feature's Chinese name.
	Label string `json:"label"`
	// Knots are values of the feature, rising. Values are in log odds, one for each knot, never falling.
	Knots  []float64 `json:"knots"`
	Values []float64 `json:"values"`

	at int // the feature's place among those the model is bound to
}

// value is the shape at x.
func (s *Shape) value(x float64) float64 {
	last := len(s.Knots) - 1
	if !(x > s.Knots[0]) { // not a number counts as nothing in common
		return s.Values[0]
	}
	if x >= s.Knots[last] {
		return s.Values[last]
	}
	i := 1
	for x >= s.Knots[i] {
		i++
	}
	low, high := s.Knots[i-1], s.Knots[i]
	return s.Values[i-1] + (s.Values[i]-s.Values[i-1])*((x-low)/(high-low))
}

// rise is the most that the feature can change.
func (s *Shape) rise() float64 { return s.Values[len(s.Values)-1] - s.Values[0] }

func (s *Shape) check(field string) []jiqiao.FieldError {
	wrong := func(message string) []jiqiao.FieldError {
		return []jiqiao.FieldError{{Field: fmt.Sprintf("%s.%s", field, s.Feature), Message: message}}
	}
	switch {
	case s.Feature == "" || s.Label == "":
		return wrong("缺少特征名称")
	case len(s.Knots) < 2 || len(s.Knots) != len(s.Values):
		return wrong("节点与取值应一一对应，且不少于两个")
	case !finite(s.Knots) || !finite(s.Values):
		return wrong("节点与取值应为有限的数")
	case !rising(s.Knots):
		return wrong("节点应从小到大，互不相同")
	case !slices.IsSorted(s.Values):
		return wrong("取值不能下降：相同之处更多，不应降低分数")
	}
	return nil
}

func rising(v []float64) bool {
	for i := 1; i < len(v); i++ {
		if v[i] <= v[i-1] {
			return false
		}
	}
	return true
}

func finite(v []float64) bool {
	for _, x := range v {
		if x-x != 0 { // infinite or not a number
			return false
		}
	}
	return true
}
