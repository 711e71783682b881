package media_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
)

// checkFastStart rewrites a file that Probe passed as v and probes the outcome.
func checkFastStart(t *testing.T, data []byte, v media.Video) []byte {
	t.Helper()
	r, size, err := media.FastStart(bytes.NewReader(data), int64(len(data)))
	if errors.Is(err, media.ErrDamaged) {
		return nil // a track that Probe has no need of
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if size != int64(len(out)) || len(out) != len(data) {
		t.Errorf("%d bytes, announced %d, from %d", len(out), size, len(data))
	}
	got, err := probe(out)
	if err != nil {
		t.Fatalf("the outcome: %v", err)
	}
	v.FastStart = true
	if diff := cmp.Diff(v, got); diff != "" {
		t.Error(diff)
	}
	return out
}

func TestFastStart(t *testing.T) {
	for _, name := range []string{"plain.mp4", "silent.mp4", "phone.mov", "front.mp4"} {
		data := fixture(t, name)
		v, err := probe(data)
		if err != nil {
			t.Fatal(err)
		}
		out := checkFastStart(t, data, v)
		if name == "front.mp4" && !bytes.Equal(out, data) {
			t.Error("a file with its index in front was changed")
		}
	}
}

// A track's packets must be the same bytes after the rewriting, as ffprobe reads them.
func TestFastStartPackets(t *testing.T) {
	tool := ffprobe(t)
	for _, name := range []string{"plain.mp4", "phone.mov"} {
		data := fixture(t, name)
		v, err := probe(data)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(out, checkFastStart(t, data, v), 0o600); err != nil {
			t.Fatal(err)
		}
		want, got := packets(t, tool, "testdata/"+name), packets(t, tool, out)
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
			t.Errorf("%s: packets differ: %s", name, diff)
		}
	}
}

// ffprobe finds the tool: HUOTANG_TEST_FFPROBE, or the system's.
func ffprobe(t *testing.T) string {
	tool := os.Getenv("HUOTANG_TEST_FFPROBE")
	if tool == "" {
		tool = "ffprobe"
	}
	path, err := exec.LookPath(tool)
	if err != nil && os.Getenv("HUOTANG_TEST_ALL") == "1" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return path
}

// packets lists times, sizes and hashes of all packets; it fails on any warning.
func packets(t *testing.T, tool, file string) string {
	var warnings bytes.Buffer
	cmd := exec.CommandContext(t.Context(), tool, "-v", "warning", "-show_packets", "-show_data_hash", "md5",
		"-show_entries", "packet=codec_type,pts,dts,size,flags,data_hash", "-of", "csv", file)
	cmd.Stderr = &warnings
	out, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Fatalf("ffprobe %s: %v %s", file, err, &warnings)
	}
	return string(out)
}

func TestFastStartRefuses(t *testing.T) {
	plain := fixture(t, "plain.mp4")
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"text":       {fixture(t, "text.mp4"), media.ErrNotMP4},
		"cut":        {plain[:len(plain)-10], media.ErrTruncated},
		"fragments":  {fixture(t, "fragmented.mp4"), media.ErrFragmented},
		"no offsets": {change(plain, "stco", "free"), media.ErrDamaged},
	} {
		if _, _, err := media.FastStart(bytes.NewReader(c.data), int64(len(c.data))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The reader keeps to the rules of io.Reader, and says so when the source has shrunk.
func TestFastStartReader(t *testing.T) {
	data := fixture(t, "plain.mp4")
	v, err := probe(data)
	if err != nil {
		t.Fatal(err)
	}
	want := checkFastStart(t, data, v)
	r, _, err := media.FastStart(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(r, want); err != nil {
		t.Error(err)
	}
	r, _, err = media.FastStart(bytes.NewReader(fixture(t, "front.mp4")[:5000]), int64(len(data)))
	if err == nil {
		_, err = io.ReadAll(r)
	}
	if err == nil {
		t.Error("a source shorter than announced was read without error")
	}
}
