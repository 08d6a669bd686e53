package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// refused parses text, which must be wrong, and returns the error's first line.
func refused(t *testing.T, text io.Reader) (first string, all *Errors) {
	t.Helper()
	s, err := Parse("f.yaml", text)
	all, ok := errors.AsType[*Errors](err)
	if !ok || s != nil {
		t.Fatalf("got %v, %v", s, err)
	}
	first, _, _ = strings.Cut(err.Error(), "\n")
	return first, all
}

func TestWhatIsNotTextIsRefusedAtItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"version: 1\nab\xff":   `f.yaml:2:3: not text: the byte 0xff is not UTF-8 here`,
		"version: 1\n\xc3":     `f.yaml:2:1: not text: the byte 0xc3 is not UTF-8 here`,
		"ü\x00":                `f.yaml:1:2: not text: the character U+0000 can't stand in YAML`,
		"\x7fELF\x02\x01":      `f.yaml:1:1: not text: the character U+007F can't stand in YAML`,
		"\xff\xfev\x00":        `f.yaml:1:1: not text: the byte 0xff is not UTF-8 here`,
		"version: 1\r\n\x1b[m": `f.yaml:2:1: not text: the character U+001B can't stand in YAML`,
	} {
		if got, _ := refused(t, strings.NewReader(text)); got != want {
			t.Errorf("%q is refused with %s, want %s", text, got, want)
		}
	}
}

func TestATooLargeFileIsRefusedUnread(t *testing.T) {
	if got, _ := refused(t, io.LimitReader(endless{}, 10<<20)); got != "f.yaml:1:1: the file is larger than 1 MiB" {
		t.Error(got)
	}
}

// endless is a comment without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

func TestAReaderThatFailsIsNoMistakeInTheText(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	broken := errors.New("the disk is on fire")
	for want, r := range map[error]io.Reader{broken: iotest.ErrReader(broken), io.ErrUnexpectedEOF: iotest.ErrReader(io.ErrUnexpectedEOF), nil: dir} {
		_, all := refused(t, r)
		var path *fs.PathError
		if want != nil && !errors.Is(all, want) || want == nil && !errors.As(all, &path) || all.All[0].Line != 1 {
			t.Errorf("got %v", all)
		}
	}
}

func TestAliasesCannotMultiplyWithoutBounds(t *testing.T) {
	laughs := "version: 1\nscenarios:\n- name: x\n  strategies: [naive, {use: retry, methods: &a [A,A,A,A,A,A,A,A,A,A]}]\n"
	for i, c := range "bcdefgh" {
		laughs += fmt.Sprintf("  %c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", 'a'+rune(i)), 10))
	}
	if got, _ := refused(t, strings.NewReader(laughs+"  link: *h\n")); got != `f.yaml:5:3: unknown key "b"; known: name, about, shows, protocol, needs, device, link, load, strategies, assert` {
		t.Error(got)
	}

	many := "version: 1\nscenarios:\n- name: x\n  assert: &a [" + strings.Repeat("resets > 0, ", 1000) + "]\n"
	for i := range 1000 {
		many += fmt.Sprintf("- {name: x%d, assert: *a}\n", i)
	}
	got, all := refused(t, strings.NewReader(many))
	if !strings.HasSuffix(got, ": the file grows beyond all bounds here: too many aliases") || all.All[0].Line != 4 || !all.Cut || len(all.All) != 1 {
		t.Error(all)
	}
}

func TestTheLargestFileIsRead(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nscenarios:\n")
	for i := 0; text.Len() < maxSize-2000; i++ {
		fmt.Fprintf(&text, "- {name: x%d, assert: [naive.success < 60%%]}\n", i)
		if i%100 == 0 {
			text.WriteString(strings.Repeat("# nothing to see\n", 100))
		}
	}
	if s := parse(t, text.String()); len(s.Scenarios) < 1000 {
		t.Errorf("got %d scenarios", len(s.Scenarios))
	}
}

func TestOnlySoManyErrorsAreShown(t *testing.T) {
	got, all := refused(t, strings.NewReader("version: 1\n"+strings.Repeat("x: 1\n", 60)))
	lines := strings.Split(all.Error(), "\n")
	if got != `f.yaml:2:1: unknown key "x"; known: version, defaults, profiles, commands, scenarios` ||
		len(all.All) != 60 || len(lines) != 51 || lines[50] != "and 10 more" || all.Cut {
		t.Error(all)
	}

	_, all = refused(t, strings.NewReader("version: 1\n"+strings.Repeat("x: 1\n", 100_000)))
	lines = strings.Split(all.Error(), "\n")
	if len(all.All) != maxErrors || len(lines) != 52 || lines[50] != "and 150 more" || lines[51] != "the rest was not looked at" {
		t.Error(all)
	}
}

func TestDepthIsBounded(t *testing.T) {
	for _, open := range []string{"[", "- ", "{a: ", "? "} {
		refused(t, strings.NewReader("version: 1\nscenarios:\n"+strings.Repeat(open, 100_000)))
	}
}
