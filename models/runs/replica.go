package runs

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/db"
)

// Replica is a process that runs jobs, as it last said of itself.
type Replica struct {
	Host    string    `gorm:"primaryKey" json:"host"` // its name in runs and leases
	Version string    `json:"version"`
	SeenAt  time.Time `json:"seen_at"`  // by the database's clock
	AheadMS int64     `json:"ahead_ms"` // its clock beside the database's, in milliseconds; negative when it is behind
}

// TableName is replicas.
func (Replica) TableName() string { return "replicas" }

// keepReplica is how long a process that is gone stays in the list.
const keepReplica = time.Hour

// Beat stores that the replica lives, and drops those that have not said so for an hour. It gives the row stored.
func Beat(tx *db.Tx, host, version string, ahead time.Duration) (Replica, error) {
	now, err := ServerNow(tx)
	if err != nil {
		return Replica{}, err
	}
	r := Replica{Host: host, Version: version, SeenAt: now, AheadMS: ahead.Milliseconds()}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error; err != nil {
		return r, fmt.Errorf("runs: replica: %w", err)
	}
	if err := tx.Where("seen_at < ?", now.Add(-keepReplica)).Delete(&Replica{}).Error; err != nil {
		return r, fmt.Errorf("runs: replicas: %w", err)
	}
	return r, nil
}

// ReplicasInput is empty.
type ReplicasInput struct{}

// Replicas lists the processes that run jobs, or have in the last hour, by name. Permission: JobsSee.
func Replicas(tx *db.Tx, by access.Actor, _ ReplicasInput) (db.Page[Replica], error) {
	if err := by.Require(access.JobsSee); err != nil {
		return db.Page[Replica]{}, err
	}
	rows, err := db.All[Replica](tx.Order("host"))
	return db.Page[Replica]{Items: rows}, err
}
