package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms lists every package, lowest first: its own packages that it may import
// and the third-party modules it alone may import.
var rooms = []struct{ dir, ours, theirs string }{
	{"results", "", "github.com/HdrHistogram/hdrhistogram-go"},
	{"faults", "", ""},
	{"kernel", "", "golang.org/x/sys"},
	{"kernel/kerneltest", "kernel", ""},
	{"clients/errtext", "results", ""},
	{"clients/adapter", "results clients/errtext kernel", ""},
	{"clients/adapters", "", ""},
	{"clients/adapters/go", "", ""},
	{"clients", "results clients/errtext clients/adapter", ""},
	{"device", "results faults kernel", "golang.org/x/net/http2"},
	{"packet", "faults kernel", ""},
	{"link", "results faults kernel", "github.com/Shopify/toxiproxy/v2 github.com/rs/zerolog"},
	{"wire", "results", ""},
	{"wire/wiretest", "wire", ""},
	{"wire/pcap", "wire", "github.com/gopacket/gopacket"},
	{"wire/live", "kernel wire", "golang.org/x/net/bpf github.com/cilium/ebpf"},
	{"wire/diagnosis", "results wire wire/pcap", ""},
	{"wire/portrait", "results wire", ""},
	{"assert", "results", ""},
	{"sweep", "results", ""},
	{"scenarios", "results faults clients device link assert", "go.yaml.in/yaml/v3"},
	{"runner", "results faults kernel clients/adapter clients device link packet wire wire/pcap wire/live assert scenarios", ""},
	{"rstormtest", "results clients assert scenarios runner", ""},
	{".", "results faults kernel clients/errtext clients/adapter clients sweep device link wire wire/pcap wire/live wire/diagnosis wire/portrait assert scenarios runner", "github.com/spf13/pflag github.com/vbauerster/mpb/v8"},
}

// inTests lists what test files may import beside what their package may.
const inTests = "go.uber.org/goleak"

func TestImportsPointDownAndEachDependencyHasOneDoor(t *testing.T) {
	below, door := map[string]bool{}, map[string]string{}
	for _, room := range rooms {
		ours, theirs := strings.Fields(room.ours), strings.Fields(room.theirs)
		for _, dir := range ours {
			if !below[dir] {
				t.Errorf("%s may import %s, which is not below it", room.dir, dir)
			}
		}
		for _, module := range theirs {
			if other := door[module]; other != "" {
				t.Errorf("%s has two doors: %s and %s", module, other, room.dir)
			}
			door[module] = room.dir
		}
		below[room.dir] = true
		for file, imports := range importsOf(t, room.dir) {
			for _, path := range imports {
				if !allowed(path, ours, theirs, strings.HasSuffix(file, "_test.go")) {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	}
}

func allowed(path string, ours, theirs []string, test bool) bool {
	if dir, own := strings.CutPrefix(path, "rstorm/"); own {
		return slices.Contains(ours, dir) || test
	}
	if root, _, _ := strings.Cut(path, "/"); !strings.Contains(root, ".") {
		return true // the standard library
	}
	if test {
		theirs = append(slices.Clone(theirs), inTests)
	}
	return slices.ContainsFunc(theirs, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
}

// importsOf reads the imports of every Go file in dir, whatever its build
// tags.
func importsOf(t *testing.T, dir string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no Go files: %v", dir, err)
	}
	all := map[string][]string{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			all[file] = append(all[file], path)
		}
	}
	return all
}

func TestEveryFolderWithCodeIsARoom(t *testing.T) {
	known := map[string]bool{}
	for _, room := range rooms {
		known[room.dir] = true
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if dir := filepath.Dir(path); err == nil && strings.HasSuffix(path, ".go") && !known[dir] {
			t.Errorf("%s stands outside the rooms", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestThereIsNoInitAndNoUnfinishedWork(t *testing.T) {
	for _, room := range rooms {
		for file := range importsOf(t, room.dir) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"func " + "init()", "TO" + "DO", "FIX" + "ME"} {
				if strings.Contains(string(text), word) {
					t.Errorf("%s holds %q", file, word)
				}
			}
		}
	}
}
