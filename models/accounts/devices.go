package accounts

import (
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/db"
)

// deviceRow says that somebody has signed in on a device, by his own password or six digits, and is known there by name.
type deviceRow struct {
	Device    string    `gorm:"primaryKey"` // a hash of the cookie's token
	AccountID AccountID `gorm:"primaryKey"`
	UsedAt    time.Time
}

func (deviceRow) TableName() string { return "devices" }

// deviceLife is how long a device knows somebody who does not sign in there again.
const deviceLife = 180 * 24 * time.Hour

// devicePeople is how many people a device knows, those who were there last.
const devicePeople = 8

// DevicePerson is somebody whom a device knows.
type DevicePerson struct {
	Account  AccountID
	Username string
	Name     string // as on the slip
	Pin      bool   // six digits are asked for
}

const devicePeopleQuery = "SELECT d.account_id AS account, a.username, a.name, a.pin FROM devices d JOIN accounts a ON a.id = d.account_id " +
	"WHERE d.device = ? AND d.used_at > ? AND a.disabled_at IS NULL AND a.secret <> '' ORDER BY a.name, a.id"

// DevicePeople lists whom a device knows, by name. The device's token is the permission.
func DevicePeople(tx *db.Tx, device string) ([]DevicePerson, error) {
	if device == "" {
		return nil, nil
	}
	return db.Ask[DevicePerson](tx, devicePeopleQuery, device, tx.Now.Add(-deviceLife))
}

// KeepDevice notes that somebody has signed in on a device. Only hosts and trainees, who share phones, are kept; a PC in
// an office lists nobody.
func KeepDevice(tx *db.Tx, by access.Actor, device string) error {
	if device == "" || !MayPin(by) {
		return nil
	}
	row := deviceRow{Device: device, AccountID: by.Account, UsedAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return wrap(err)
	}
	rows, err := db.All[deviceRow](tx.Where("device = ?", device).Order("used_at DESC, account_id"))
	for i := devicePeople; i < len(rows) && err == nil; i++ {
		err = ForgetOnDevice(tx, device, rows[i].AccountID)
	}
	return err
}

// ForgetOnDevice takes somebody off a device. Whoever holds the device may: it is no account's.
func ForgetOnDevice(tx *db.Tx, device string, account AccountID) error {
	return wrapNil(tx.Where("device = ? AND account_id = ?", device, account).Delete(&deviceRow{}).Error)
}

func wrapNil(err error) error {
	if err == nil {
		return nil
	}
	return wrap(err)
}

func knownOn(tx *db.Tx, device string, account AccountID) (bool, error) {
	rows, err := db.All[deviceRow](tx.Where("device = ? AND account_id = ? AND used_at > ?", device, account, tx.Now.Add(-deviceLife)))
	return len(rows) > 0, err
}
