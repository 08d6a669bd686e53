//go:build unix

package adapter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// enough is how long an honest adapter may take on a machine at its limits.
const enough = time.Minute

// short is how long one that says nothing is waited for.
const short = 50 * time.Millisecond

// A trial is what a test does with an adapter: start, init, sync, two runs sent
// ahead, sync.
func trial(ctx context.Context, p *Process, patience, limit time.Duration) error {
	p.patience = enough
	step := func(do func() error) error {
		p.patience = patience
		return do()
	}
	if err := p.greet(ctx); err != nil {
		return err
	}
	if err := step(func() error { return p.Init(ctx, Init{BaseURL: "http://127.0.0.1:9", TimeoutMS: 1000}) }); err != nil {
		return err
	}
	if _, err := p.Sync(ctx); err != nil {
		return err
	}
	run := Run{Report: "batch", Commands: gets("/a", "/b")}
	for range 2 {
		if err := p.Send(ctx, run, limit); err != nil {
			return err
		}
	}
	for done := 0; done < 2; {
		r, err := p.Next(ctx)
		if err != nil {
			return err
		}
		if r == nil {
			done++
		}
	}
	_, err := p.Sync(ctx)
	return err
}

// gone fails unless no process of the group is left.
func gone(t *testing.T, group int) {
	t.Helper()
	for give := time.Now().Add(enough); ; time.Sleep(time.Millisecond) {
		if err := syscall.Kill(-group, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		if time.Now().After(give) {
			t.Fatalf("the group %d is still there", group)
		}
	}
}

func TestEveryWayToBreakTheProtocolIsToldAndLeavesNothing(t *testing.T) {
	for _, tt := range []struct {
		life string
		kind Kind
		says string // a part of the error
	}{
		{"exits at hello", Exited, "exit status 3"},
		{"says why it exits", Exited, "exit status 1"},
		{"protocol 2", WrongProtocol, "protocol 2"},
		{"protocol missing", Absurd, "no protocol"},
		{"half a hello", HalfLine, `"{\"type\":\"hello\",\"proto"`},
		{"no JSON", Garbled, "{hello}"},
		{"an array for text", Garbled, "cannot unmarshal array"},
		{"no UTF-8", Garbled, "not UTF-8"},
		{"no type", Garbled, "no type"},
		{"2 MiB in a line", LongLine, "longer than 1 MiB"},
		{"2 MiB without end", LongLine, "longer than 1 MiB"},
		{"ready before hello", OutOfTurn, "ready"},
		{"two hellos", OutOfTurn, "hello"},
		{"exits at init", Exited, "exit status 0"},
		{"closes output", Closed, "standard output and went on"},
		{"refuses init", Refused, "no such profile"},
		{"result at init", OutOfTurn, "res of run 0"},
		{"another sync", OutOfTurn, "sync with id 1, asked was 0"},
		{"sync without t", Absurd, "no t"},
		{"sync with a text", Garbled, "where a whole number"},
		{"clock runs back", WrongTime, "t is 999999 after 1000000"},
		{"absurd clock", Absurd, "t is 4611686018427387904"},
		{"exits in a run", Exited, "run 0: the adapter ended (exit status 9)"},
		{"killed in a run", Exited, "signal: killed"},
		{"half a result", HalfLine, "run 0"},
		{"error in a run", Refused, "out of memory"},
		{"hello in a run", OutOfTurn, "hello"},
		{"done at once", Missing, "2 of 2 were not"},
		{"results missing", Missing, "1 of 2 were not"},
		{"done twice", UnknownRun, "done of run 0"},
		{"result after done", UnknownRun, "res of run 0"},
		{"answers twice", Twice, "seq 0"},
		{"unknown command", UnknownCommand, "seq 1000"},
		{"negative command", UnknownCommand, "seq -1"},
		{"unknown run", UnknownRun, "res of run 7"},
		{"t1 before t0", WrongTime, "t1 is before t0"},
		{"before the run", WrongTime, "before the run was sent"},
		{"after the run", WrongTime, "after the result was here"},
		{"absurd times", WrongTime, "t0 is -9223372036854775808"},
		{"no outcome", Absurd, "neither status nor err"},
		{"status 1000", Absurd, "status 1000"},
		{"status -200", Absurd, "status -200"},
		{"negative bytes", Absurd, "bytes -1"},
		{"absurd bytes", Absurd, "bytes 4611686018427387904"},
		{"no digest", Absurd, `sha256 "cafe"`},
		{"an empty err", Absurd, "an err without"},
		{"overflow", Garbled, "99999999999999999999"},
		{"result lacks t0", Absurd, "no run, seq, t0 or t1"},
		{"done of none", Absurd, "no run"},
		{"says much unasked", OutOfTurn, "ready"},
		{"child holds pipes", Exited, "exit status 4"},
		{"child leaves group", Exited, "exit status 4"},
	} {
		t.Run(tt.life, func(t *testing.T) {
			t.Parallel()
			broken(t, tt.life, enough, enough, tt.kind, tt.says)
		})
	}
}

// What is wrong with it depends on when it is read: it comes unasked, or from
// before the run, or is the first of two.
func TestAResultBeforeItsRunIsNone(t *testing.T) {
	p, err := launch(as("result before run"), enough)
	if err != nil {
		t.Fatal(err)
	}
	err = trial(t.Context(), p, enough, enough)
	p.Close()
	f, ok := errors.AsType[*Failure](err)
	if !ok || f.Kind != OutOfTurn && f.Kind != WrongTime && f.Kind != Twice {
		t.Errorf("got %v", err)
	}
	gone(t, p.group.cmd.Process.Pid)
}

func TestWhoSaysNothingIsEndedAtEveryStep(t *testing.T) {
	for _, tt := range []struct {
		life            string
		patience, limit time.Duration
		says            string
	}{
		{"mute at init", short, enough, "the answer to init"},
		{"noise without end", short, enough, "the answer to init"},
		{"child and hangs", short, enough, "the answer to init"},
		{"never reads", short, enough, "the answer to init"},
		{"mute at sync", enough, enough, "the answer to sync"},
		{"mute at run", enough, short, "run 0"},
		{"done never", enough, short, "run 0"},
	} {
		t.Run(tt.life, func(t *testing.T) {
			t.Parallel()
			patience := tt.patience
			if tt.life == "mute at sync" {
				patience = 5 * time.Second // in which it has to answer init
			}
			broken(t, tt.life, patience, tt.limit, Silent, tt.says)
		})
	}
	t.Run("no hello", func(t *testing.T) {
		t.Parallel()
		_, err := Start(t.Context(), []string{"sh", "-c", "echo listening on port 80; sleep 600"}, 5*time.Second)
		if f, ok := errors.AsType[*Failure](err); !ok || f.Kind != Silent || f.Detail != `what it wrote is no message, as in "listening on port 80"` {
			t.Errorf("got %v", err)
		}
	})
	t.Run("mute at hello", func(t *testing.T) {
		t.Parallel()
		_, err := Start(t.Context(), as("mute at hello"), short)
		if !errors.Is(err, &Failure{Kind: Silent}) {
			t.Errorf("got %v", err)
		}
	})
}

// broken plays a trial and wants the failure.
func broken(t *testing.T, life string, patience, limit time.Duration, kind Kind, says string) {
	t.Helper()
	p, err := launch(as(life), patience)
	if err != nil {
		t.Fatal(err)
	}
	err = trial(t.Context(), p, patience, limit)
	p.Close() // it is gone already, if all is well
	f, ok := errors.AsType[*Failure](err)
	if !ok || f.Kind != kind || !strings.Contains(f.Error(), says) {
		t.Errorf("got %v, want %s with %q", err, kind, says)
	}
	if life == "says why it exits" && strings.TrimSpace(f.Stderr) != "no module axios" {
		t.Errorf("its standard error was %q", f.Stderr)
	}
	if ok && (f.Step == "" || f.Kind.Mend() == "" || len(f.Error()) > 2000) {
		t.Errorf("%+v", f)
	}
	gone(t, p.group.cmd.Process.Pid)
}

func TestWhatIsNoMessageAndNoKnownTypeIsPassedOver(t *testing.T) {
	for _, life := range []string{"honest", "crlf", "mark", "no profiles", "floating point", "sync without id", "unknown types and fields", "floods stderr", "floods stdout", "ignores end", "floods at the end", "leaves a child"} {
		t.Run(life, func(t *testing.T) {
			t.Parallel()
			p, err := launch(as(life), enough)
			if err != nil {
				t.Fatal(err)
			}
			if err := trial(t.Context(), p, enough, enough); err != nil {
				t.Error(err)
			}
			p.Close()
			p.Close()
			gone(t, p.group.cmd.Process.Pid)
			switch life {
			case "unknown types and fields":
				if p.Unknown != 1 {
					t.Errorf("%d messages of unknown types", p.Unknown)
				}
			case "floods stderr":
				if n := len(p.Stderr()); n != tailSize {
					t.Errorf("%d bytes of its standard error were kept", n)
				}
			case "floods stdout":
				if n := len(p.lines.noise.String()); n != tailSize {
					t.Errorf("%d bytes of noise were kept", n)
				}
			}
		})
	}
}

func TestProgramsThatCantBeStarted(t *testing.T) {
	folder := t.TempDir()
	plain, strange := filepath.Join(folder, "plain"), filepath.Join(folder, "strange")
	if err := errors.Join(os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o600), os.WriteFile(strange, []byte("no program"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		command []string
		kind    Kind
	}{
		{"nothing", nil, NotFound},
		{"not in the path", []string{"no-such-program-here"}, NotFound},
		{"no such file", []string{filepath.Join(folder, "none")}, NotFound},
		{"not executable", []string{plain}, NotStarted},
		{"a folder", []string{folder}, NotStarted},
		{"no format", []string{strange}, NotStarted},
	} {
		if _, err := Start(t.Context(), tt.command, enough); !errors.Is(err, &Failure{Kind: tt.kind}) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.kind)
		}
	}
}

// A proxy of the user's would stand between the client and the link.
func TestAnAdapterIsToldOfNoProxy(t *testing.T) {
	t.Setenv("http_proxy", "http://127.0.0.1:9")
	t.Setenv("no_proxy", "example.com")
	_, err := Start(t.Context(), []string{"sh", "-c", `[ "$no_proxy$NO_PROXY$RSTORM_PROTOCOL" = "**1" ] && exit 42`}, enough)
	if err == nil || !strings.Contains(err.Error(), "exit status 42") {
		t.Errorf("got %v", err)
	}
}

func TestTheEndOfTheContextEndsTheProcess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := launch(as("mute at init"), enough)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.greet(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.Init(ctx, Init{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	gone(t, p.group.cmd.Process.Pid)
}
