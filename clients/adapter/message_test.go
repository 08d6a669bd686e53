package adapter

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever an adapter writes, it is read to its end, as messages that hold what
// they must or as a failure of a known kind, and no line takes more memory than
// it may.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","protocol":1,"name":"n","caps":["batch"],"profiles":["p"]}` + "\n",
		"noise\n" + `{"type":"res","run":0,"seq":1,"t0":1,"t1":2,"status":200,"bytes":3}` + "\r\n",
		`{"type":"res","run":0,"seq":1,"t0":1,"t1":2,"err":{"name":"E","msg":"m","chain":["a"]}}` + "\n" + `{"type":"done","run":0}` + "\n",
		`{"type":"sync","id":0,"t":-5}` + "\n{\n\n{}\n", `{"type":"res"`, "{\"\xff\n", "noise without end",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l := newLines(bytes.NewReader(text))
		for {
			line, err := l.next()
			if err == nil {
				var m message
				if m, err = decode(line); err == nil {
					meant(t, &m)
				}
			} else if err == io.EOF {
				return
			}
			if failure, ok := errors.AsType[*Failure](err); err != nil && (!ok || failure.Kind.Mend() == "" || !utf8.ValidString(err.Error())) {
				t.Fatalf("%v", err)
			}
			if failure, ok := errors.AsType[*Failure](err); ok && (failure.Kind == HalfLine || failure.Kind == LongLine) {
				return
			}
			if cap(l.long) > 2*MaxLine || len(l.noise.kept) > tailSize {
				t.Fatal("it keeps more than it may")
			}
		}
	})
}

// meant reads from a message what its type promises.
func meant(t *testing.T, m *message) {
	switch m.Type {
	case "hello":
		m.hello()
	case "sync":
		_ = *m.T
	case "done":
		_ = *m.Run
	case "res":
		if r := m.result(); r.Err == nil && (r.Status < 100 || r.Status > 999) || r.Bytes != nil && *r.Bytes < 0 {
			t.Fatalf("%+v", r)
		}
	}
}

func TestALineMayHoldAMebibyteAndNoMore(t *testing.T) {
	fits := `{"type":"` + strings.Repeat("x", MaxLine-12) + "\"}\n"
	if len(fits) != MaxLine {
		t.Fatal(len(fits))
	}
	l := newLines(strings.NewReader(fits + fits))
	for range 2 {
		if line, err := l.next(); err != nil || len(line) != MaxLine-1 {
			t.Fatalf("%d bytes, %v", len(line), err)
		}
	}
	_, err := newLines(strings.NewReader(" " + fits + "{" + fits)).next()
	if !errors.Is(err, &Failure{Kind: LongLine}) {
		t.Errorf("got %v", err)
	}
	if _, err := encode(Command{Body: strings.Repeat("x", MaxLine)}); !errors.Is(err, &Failure{Kind: TooMuch}) {
		t.Errorf("got %v", err)
	}
}

func TestForeignTextIsFitToPrint(t *testing.T) {
	m, err := decode([]byte(`{"type":"hello","protocol":1,"name":"a\u001b[2Jb","lib":"` + strings.Repeat("ü", 500) + `","profiles":["p"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if h := m.hello(); h.Name != "a [2Jb" || utf8.RuneCountInString(h.Lib) != 100 {
		t.Errorf("%q, %q", h.Name, h.Lib)
	}
}

func TestEveryKindSaysWhatMendsIt(t *testing.T) {
	for _, k := range kinds {
		if k.doc == "" || k.mend == "" || k.kind.doc() != k.doc || k.kind.Mend() != k.mend {
			t.Errorf("%+v", k)
		}
	}
}
