package adapter

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// document is what authors of adapters read.
func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/adapters.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every line of the document is a message of protocol.go, all of it and nothing
// else, and every field of every message is in the document.
func TestTheDocumentShowsTheProtocolAsItIs(t *testing.T) {
	types := map[string]any{"hello": Hello{}, "init": Init{}, "sync": Sync{}, "run": Run{}, "ready": Ready{}, "res": Result{},
		"done": Done{}, "error": Refusal{}, "tomorrow": struct {
			Type string `json:"type"`
		}{}}
	text := document(t)
	lines := regexp.MustCompile(`(?m)^[<>] (\{.*\})$`).FindAllStringSubmatch(text, -1)
	shown := map[string]bool{}
	for _, m := range lines {
		var kind struct{ Type string }
		if err := json.Unmarshal([]byte(m[1]), &kind); err != nil {
			t.Fatalf("%s: %v", m[1], err)
		}
		shown[kind.Type] = true
		empty, known := types[kind.Type]
		if !known {
			t.Errorf("there is no message of the type in %s", m[1])
			continue
		}
		strict := json.NewDecoder(strings.NewReader(m[1]))
		strict.DisallowUnknownFields()
		if err := strict.Decode(reflect.New(reflect.TypeOf(empty)).Interface()); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
		if strings.HasPrefix(m[0], "<") {
			if _, err := decode([]byte(m[1])); err != nil {
				t.Error(err)
			}
		}
	}
	for name, empty := range types {
		if !shown[name] {
			t.Errorf("no line shows %s", name)
		}
		for field := range named(reflect.TypeOf(empty)) {
			if !strings.Contains(text, `"`+field+`":`) && !strings.Contains(text, "`"+field+"`") {
				t.Errorf("%s: the document lacks the field %s", name, field)
			}
		}
	}
}

// named are the JSON names of a struct's fields, and of those within.
func named(t reflect.Type) map[string]bool {
	all := map[string]bool{}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return named(t.Elem())
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			all[name] = true
			for inner := range named(f.Type) {
				all[inner] = true
			}
		}
	}
	return all
}

func TestTheDocumentNamesEveryCapability(t *testing.T) {
	for _, name := range capabilities {
		if !strings.Contains(document(t), "| `"+name+"` |") {
			t.Errorf("the document lacks %s", name)
		}
	}
}

// example is the adapter in the document, as a command; part of it changed.
func example(t *testing.T, old, changed string) []string {
	t.Helper()
	m := regexp.MustCompile("(?s)```python\n(.*?)```").FindStringSubmatch(document(t))
	if m == nil || !strings.Contains(m[1], old) {
		t.Fatalf("there is no adapter with %q", old)
	}
	if n := strings.Count(m[1], "\n"); n >= 60 {
		t.Errorf("it has %d lines", n)
	}
	if runtime.GOOS == "windows" {
		t.Skip("its timer needs a Unix")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 to run it with")
	}
	file := filepath.Join(t.TempDir(), "client.py")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(m[1], old, changed)), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{python, file}
}

// checked plays the check and returns the rules that were broken, and all that
// was told.
func checked(t *testing.T, command []string) (broken []string, kept int, told string) {
	t.Helper()
	var out bytes.Buffer
	check := Check{Command: command, Tell: func(f Finding) {
		out.WriteString(string(f.Verdict) + " " + f.Rule + ": " + f.Got + "; " + f.Want + "\n")
		switch f.Verdict {
		case Right:
			kept++
		case Wrong:
			broken = append(broken, f.Rule)
		}
	}}
	wrong, err := check.Run(t.Context())
	if err != nil || wrong != len(broken) {
		t.Errorf("%d rules broken, %v", wrong, err)
	}
	return broken, kept, out.String()
}

func TestTheAdapterInTheDocumentKeepsEveryRule(t *testing.T) {
	if broken, kept, told := checked(t, example(t, "", "")); len(broken) > 0 || kept < 20 {
		t.Errorf("%q are broken, %d kept:\n%s", broken, kept, told)
	}
}

func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ old, changed, rule string }{
		{"gap_us\"] / 1e6", "gap_us\"] / 1e9", "one at a time"},
		{"len(body)", "len(body.decode())", "answer"},
		{"sha256(body)", "sha256(body + b' ')", "answer"},
		{"time.monotonic_ns()", "int(time.monotonic() * 1e6)", "sync"},
		{`m["report"] == "stream"`, "False", "stream"},
		{`m["report"] == "stream"`, "True", "batch"},
		{"if client: client.connection.close()", "kept = globals().setdefault('kept', []); kept.append(client)", "fresh client"},
		{`and m["profile"] == "default"`, "", "unknown profile"},
		{`say(type="error"`, `dict(type="error"`, "unknown profile"},
		{`"timeout_ms"] / 1000`, `"timeout_ms"] / 100`, "timeout"},
		{"        signal.setitimer(signal.ITIMER_REAL, self.limit)\n", "        self.connection.timeout = self.limit\n", "timeout"},
		{`c["path"]`, `c["path"] + "&now=1"`, "request"},
		{`c["headers"])`, "{})", "request"},
		{`"name": type(e).__name__`, `"name": ""`, "reset"},
		{`"stream"],`, `"stream", "gap"],`, "capabilities"},
		{"import hashlib", "import subprocess; subprocess.Popen(['sleep', '60'])\nimport hashlib", "end"},
		{"for line in sys.stdin:", "import signal, atexit; atexit.register(time.sleep, 60)\nfor line in sys.stdin:", "end"},
	} {
		t.Run(tt.rule+", "+tt.changed, func(t *testing.T) {
			t.Parallel()
			command := example(t, tt.old, tt.changed)
			if broken, _, told := checked(t, command); !slices.Contains(broken, tt.rule) {
				t.Errorf("%q are broken:\n%s", broken, told)
			}
		})
	}
}
