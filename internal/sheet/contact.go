package sheet

import (
	"math/big"
	"regexp"
	"strings"

	"jiqiao"
)

var (
	scientific = regexp.MustCompile(`^\d(?:\.\d+)?[eE]\+?\d+$`)
	mobile     = regexp.MustCompile(`^(?:\+?86)?(1\d{10})$`)
	fixedLine  = regexp.MustCompile(`^(?:0\d{2,3}[- ]?|\(0\d{2,3}\) ?)?\d{7,8}(?:[-转]\d+)?$|^400[- ]?\d{3,4}[- ]?\d{3,4}$`)
	nonDigits  = strings.NewReplacer(" ", "", "-", "", "\n", "")
)

// errKeep says that the cell states nothing: what the record had stays.
const errKeep = problem("keep")

// masked reports a contact that was hidden when the file was exported; it must not overwrite the real one.
func masked(s string) bool { return strings.Contains(s, "**") }

// parsePhone reads a mobile or fixed line number. A mobile loses its blanks, hyphens and 86; what a spreadsheet turned
// into 1.38E+10 is restored when no digit was lost.
func parsePhone(cell string) (string, error) {
	s := fold(cell)
	switch {
	case blank(s):
		return "", nil
	case masked(s):
		return "", errKeep
	}
	s, err := unscientific(s, 11)
	if err != nil {
		return "", err
	}
	s = strings.TrimSuffix(s, ".0")
	if m := mobile.FindStringSubmatch(nonDigits.Replace(s)); m != nil {
		return m[1], nil
	}
	return s, nil
}

// unscientific undoes scientific notation, which a spreadsheet forces on long numbers in cells not set to text.
func unscientific(s string, digits int) (string, error) {
	if !scientific.MatchString(s) {
		return s, nil
	}
	const lost = "被表格软件改成了科学计数，末尾的数字已丢失；请把该列设为「文本」格式后重新填写"
	v, ok := new(big.Rat).SetString(s)
	if len(s) > 40 || !ok || !v.IsInt() || len(v.Num().String()) != digits || strings.IndexAny(s, "eE") < digits {
		return "", problem(lost)
	}
	return v.Num().String(), nil
}

// parseCredit reads a 统一社会信用代码; whether its check digit holds is for validation.
func parseCredit(cell string) (string, error) {
	s := jiqiao.FoldCreditCode(fold(cell))
	if blank(s) {
		return "", nil
	}
	return unscientific(s, 18)
}

func parseEmail(cell string) (string, error) {
	s := squeeze(cell)
	switch {
	case blank(s):
		return "", nil
	case masked(s):
		return "", errKeep
	}
	return s, nil
}

func parsePerson(cell string) (string, error) {
	s := oneLine(cell)
	switch {
	case blank(s):
		return "", nil
	case masked(s):
		return "", errKeep
	}
	return s, nil
}

const flagHelp = "应填「是」或「否」"

func parseFlag(cell string) (bool, error) {
	switch strings.ToLower(squeeze(cell)) {
	case "是", "1", "true", "yes", "y", "√", "✓", "✔", "有", "同意", "接受", "愿意", "参与", "t", "☑":
		return true, nil
	case "", "否", "0", "false", "no", "n", "×", "x", "✗", "无", "不", "不同意", "不接受", "不愿意", "不参与", "f", "☐", "-", "/", "—":
		return false, nil
	}
	return false, problem(flagHelp)
}
