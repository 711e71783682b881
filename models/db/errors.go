package db

import (
	"errors"

	driver "github.com/go-sql-driver/mysql"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"
)

// MySQL's error numbers; 4025 is MariaDB's for a CHECK.
const (
	myDuplicate     = 1062
	myLockTimeout   = 1205
	myDeadlock      = 1213
	myParentMissing = 1452
	myChildExists   = 1451
	myCheck         = 3819
	mariaCheck      = 4025
)

func myNumber(err error, numbers ...uint16) bool {
	var e *driver.MySQLError
	if !errors.As(err, &e) {
		return false
	}
	for _, n := range numbers {
		if e.Number == n {
			return true
		}
	}
	return false
}

// IsDuplicate reports that a row with the same unique key is there.
func IsDuplicate(err error) bool {
	return errors.Is(err, gorm.ErrDuplicatedKey) || myNumber(err, myDuplicate) ||
		errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY)
}

// IsReference reports a foreign key with no row behind it, or a row that others still name.
func IsReference(err error) bool {
	return errors.Is(err, gorm.ErrForeignKeyViolated) || myNumber(err, myParentMissing, myChildExists) ||
		errors.Is(err, sqlite3.CONSTRAINT_FOREIGNKEY)
}

// IsCheck reports a violated CHECK.
func IsCheck(err error) bool {
	return errors.Is(err, gorm.ErrCheckConstraintViolated) || myNumber(err, myCheck, mariaCheck) ||
		errors.Is(err, sqlite3.CONSTRAINT_CHECK)
}

// IsMissing reports that no row was found.
func IsMissing(err error) bool { return errors.Is(err, gorm.ErrRecordNotFound) }

type repeat struct{ error }

func (r repeat) Unwrap() error { return r.error }

// Repeat marks an error after which [DB.Write] shall run the work again: a duplicate
// of the work's own key, which another run has just stored and the next run will find.
func Repeat(err error) error { return repeat{err} }

func repeatable(err error) bool {
	var r repeat
	return errors.As(err, &r) || myNumber(err, myDeadlock, myLockTimeout) ||
		errors.Is(err, sqlite3.BUSY) || errors.Is(err, sqlite3.LOCKED)
}
