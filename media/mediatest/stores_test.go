package mediatest_test

import (
	"testing"
	"time"

	"huotang/media"
	"huotang/media/mediatest"
)

func TestDisk(t *testing.T) {
	mediatest.Run(t, func(t *testing.T) media.Store { return openDisk(t, time.Now) })
}

// A clock that stands still, as a demo's may, must not make two versions look alike.
func TestDiskStoppedClock(t *testing.T) {
	at := time.Now()
	mediatest.Run(t, func(t *testing.T) media.Store {
		return openDisk(t, func() time.Time { return at })
	})
}

func openDisk(t *testing.T, now func() time.Time) media.Store {
	s, err := media.OpenDisk(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestMinIO(t *testing.T) {
	mediatest.Run(t, func(t *testing.T) media.Store { return mediatest.S3(t) })
}
