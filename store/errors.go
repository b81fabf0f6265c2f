package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"jiqiao"
)

// wrap turns a driver's error into one for callers: what passes by itself or is for the operator to mend gets a code
// and a sentence, everything else stays internal. The driver's words go into the log only.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	var known *jiqiao.Error
	if errors.As(err, &known) {
		return err
	}
	cause := fmt.Errorf("store: %s: %w", doing, err)
	code, message := classify(err)
	if code == jiqiao.CodeInternal {
		return cause
	}
	return jiqiao.Fail(code, message, cause)
}

const cannotConnect = "无法连接数据库，请稍后再试；若持续出现，请检查数据库是否在运行"

func classify(err error) (jiqiao.Code, string) {
	var (
		lite    *sqlite.Error
		pg      *pgconn.PgError
		connect *pgconn.ConnectError
		network net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return jiqiao.CodeTimeout, "操作已取消"
	case errors.As(err, &pg):
		return classifyPostgres(pg.Code)
	case errors.As(err, &connect): // before deadlines: connecting has one of its own
		return jiqiao.CodeUnavailable, cannotConnect
	case errors.Is(err, context.DeadlineExceeded):
		return jiqiao.CodeTimeout, "数据库未能及时响应，请稍后再试"
	case errors.As(err, &lite):
		return classifySQLite(lite.Code() & 0xff)
	case errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), pgconn.SafeToRetry(err):
		return jiqiao.CodeUnavailable, cannotConnect
	case err.Error() == "sql: database is closed":
		return jiqiao.CodeUnavailable, "服务正在停止，请稍后再试"
	}
	return jiqiao.CodeInternal, ""
}

// Primary result codes of SQLite, https://www.sqlite.org/rescode.html.
const (
	sqlitePerm      = 3
	sqliteBusy      = 5
	sqliteLocked    = 6
	sqliteReadOnly  = 8
	sqliteInterrupt = 9
	sqliteIOErr     = 10
	sqliteCorrupt   = 11
	sqliteFull      = 13
	sqliteCantOpen  = 14
	sqliteNotADB    = 26
)

// isBusy reports whether another process holds SQLite's lock.
func isBusy(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqliteBusy
}

func classifySQLite(code int) (jiqiao.Code, string) {
	switch code {
	case sqliteBusy, sqliteLocked:
		return jiqiao.CodeUnavailable, "数据库正被另一个程序占用，请稍后再试"
	case sqliteInterrupt:
		return jiqiao.CodeTimeout, "数据库未能及时响应，请稍后再试"
	case sqliteFull:
		return jiqiao.CodeUnavailable, "磁盘空间不足，未能保存，请清理磁盘后再试"
	case sqliteIOErr:
		return jiqiao.CodeUnavailable, "读写数据库文件出错，请检查磁盘"
	case sqliteReadOnly, sqlitePerm, sqliteCantOpen:
		return jiqiao.CodeUnavailable, "数据库文件无法打开或不可写，请检查路径和权限"
	case sqliteCorrupt, sqliteNotADB:
		return jiqiao.CodeUnavailable, "数据库文件已损坏或不是数据库；请先把它（连同 -wal、-shm 文件）移到别处，再用 jiqiao restore 从备份恢复"
	}
	return jiqiao.CodeInternal, ""
}

// classifyPostgres reads SQLSTATE, https://www.postgresql.org/docs/15/errcodes-appendix.html.
func classifyPostgres(state string) (jiqiao.Code, string) {
	switch state {
	case "57014": // query_canceled
		return jiqiao.CodeTimeout, "数据库未能及时响应，请稍后再试"
	case "53100": // disk_full
		return jiqiao.CodeUnavailable, "数据库磁盘空间不足，未能保存，请清理磁盘后再试"
	case "3D000": // invalid_catalog_name
		return jiqiao.CodeUnavailable, "数据库不存在，请先建立数据库或检查地址中的库名"
	case "25006": // read_only_sql_transaction
		return jiqiao.CodeUnavailable, "数据库处于只读状态（可能是备用库），请检查主库"
	case "42501": // insufficient_privilege
		return jiqiao.CodeUnavailable, "数据库用户权限不足，请检查授权"
	}
	class := ""
	if len(state) == 5 {
		class = state[:2]
	}
	switch class {
	case "08", "57", "58": // connection exception, operator intervention, system error
		return jiqiao.CodeUnavailable, "数据库暂时不可用，请稍后再试"
	case "53": // insufficient resources
		return jiqiao.CodeUnavailable, "数据库连接或资源不足，请稍后再试"
	case "28": // invalid authorization
		return jiqiao.CodeUnavailable, "数据库用户名或密码不正确，请检查地址"
	case "40", "55": // transaction rollback, object not in prerequisite state (lock not available)
		return jiqiao.CodeUnavailable, "数据库繁忙，请稍后再试"
	}
	return jiqiao.CodeInternal, ""
}
