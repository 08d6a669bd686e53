package results_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"rstorm/results"
)

func writes(text string, err error) func(io.Writer) error {
	return func(w io.Writer) error {
		_, writeErr := io.WriteString(w, text)
		return errors.Join(writeErr, err)
	}
}

// holds fails the test unless the directory holds exactly this one file.
func holds(t *testing.T, path, text string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s holds %q (%v), want %q", path, got, err, text)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside it: %v (%v), want nothing", entries, err)
	}
}

func TestAFileIsReplacedWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	for _, text := range []string{"first, which is longer", "second"} {
		if err := results.WriteFile(path, writes(text, nil)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
}

func TestAFailureLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := results.WriteFile(path, writes(strings.Repeat("new", 1<<16), syscall.ENOSPC))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write "+path+": ") {
		t.Errorf("error %v, want a full disk at %s", err, path)
	}
	holds(t, path, "old")
}

func TestAFailureLeavesNothingNew(t *testing.T) {
	dir := t.TempDir()
	if err := results.WriteFile(filepath.Join(dir, "results.json"), writes("half", io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want the writer's own", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left %v (%v), want nothing", entries, err)
	}
}

func TestAPlaceThatCanNotBeWrittenIsAnError(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for about, path := range map[string]string{
		"a directory":             dir,
		"under a file":            filepath.Join(file, "results.json"),
		"in no directory":         filepath.Join(dir, "none", "results.json"),
		"a directory yet to be":   filepath.Join(dir, "none") + string(filepath.Separator),
		"a name that is too long": filepath.Join(dir, strings.Repeat("n", 5000)),
	} {
		called := false
		err := results.WriteFile(path, func(io.Writer) error { called = true; return nil })
		if err == nil || !strings.HasPrefix(err.Error(), "write "+path+": ") {
			t.Errorf("%s: error %v, want one that says where", about, err)
		}
		if called {
			t.Errorf("%s: the report was written to somewhere", about)
		}
	}
	holds(t, file, "old")
}

func TestAFileThatMayNotBeWrittenStays(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everything")
	}
	path := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(path, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := results.WriteFile(path, writes("new", nil)); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v, want that it is not permitted", err)
	}
	holds(t, path, "old")
}

func TestPermissionsAndLinksAreKept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has other permissions, and links for administrators only")
	}
	path, link := filepath.Join(t.TempDir(), "results.json"), filepath.Join(t.TempDir(), "latest.json")
	if err := errors.Join(os.WriteFile(path, []byte("old"), 0o600), os.Chmod(path, 0o606), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	if err := results.WriteFile(link, writes("new", nil)); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new")
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o606 {
		t.Errorf("the file is %v now (%v), want a file with mode 0606", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v now (%v)", info.Mode(), err)
	}
}

func TestAnyoneWhoMayReadNewFilesMayReadAReport(t *testing.T) {
	dir := t.TempDir()
	ordinary, report := filepath.Join(dir, "ordinary"), filepath.Join(dir, "report")
	err := errors.Join(os.WriteFile(ordinary, nil, 0o666), results.WriteFile(report, writes("", nil)))
	a, statErr := os.Stat(ordinary)
	b, statErr2 := os.Stat(report)
	if err = errors.Join(err, statErr, statErr2); err != nil || a.Mode() != b.Mode() {
		t.Errorf("the report has mode %v, any other file %v (%v)", b.Mode(), a.Mode(), err)
	}
}

func TestADeviceIsWrittenAndStaysADevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	if err := results.WriteFile("/dev/full", writes("new", nil)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want a full disk", err)
	}
	if info, err := os.Stat("/dev/full"); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Errorf("/dev/full is %v now (%v)", info.Mode(), err)
	}
}
