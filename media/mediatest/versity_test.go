package mediatest_test

import (
	"testing"

	"huotang/media"
	"huotang/media/mediatest"
	"huotang/media/mediatest/versitytest"
)

// A second S3 server, written by others on other ground, keeps us from leaning on
// what only MinIO does.
func TestVersity(t *testing.T) {
	cfg := versitytest.Start(t)
	mediatest.Run(t, func(t *testing.T) media.Store { return mediatest.Bucket(t, cfg) })
}
