package store

import "jiqiao"

// pageSize is a limit within bounds.
func pageSize(limit int) int {
	if limit <= 0 {
		return jiqiao.DefaultPage
	}
	return min(limit, jiqiao.MaxPageSize)
}

// goodCursor refuses a cursor that is no id with the prefix; "" begins at the first page.
func goodCursor(cursor, prefix string) error {
	if cursor != "" && !hasShape(cursor, prefix) {
		return badCursor()
	}
	return nil
}

func badCursor() error {
	return jiqiao.Invalid([]jiqiao.FieldError{{Field: "cursor", Message: "翻页位置无效，请从第一页重新查询"}})
}
