//go:build unix

package adapter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

func taken(t *testing.T, p *Pool, life string) *Process {
	t.Helper()
	process, err := p.Take(t.Context(), as(life))
	if err != nil {
		t.Fatal(err)
	}
	return process
}

func pid(p *Process) int { return p.group.cmd.Process.Pid }

func TestAPoolGivesTheProcessThatWasGivenBack(t *testing.T) {
	var pool Pool
	first := taken(t, &pool, "honest")
	if first.Startup <= 0 {
		t.Error("it started in no time")
	}
	second := taken(t, &pool, "honest")
	if first == second {
		t.Fatal("one process for two trials at once")
	}
	pool.Give(first)
	other := taken(t, &pool, "crlf")
	again := taken(t, &pool, "honest")
	if again != first || again.Startup != 0 {
		t.Errorf("another process, started in %v", again.Startup)
	}
	pool.Discard(again)
	pool.Give(second)
	if third := taken(t, &pool, "honest"); third != second {
		t.Error("not the one that was idle")
	}
	if err := pool.Close(); err != nil { // two are in use
		t.Error(err)
	}
	for _, p := range []*Process{first, second, other} {
		gone(t, pid(p))
	}
	if _, err := pool.Take(t.Context(), as("honest")); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

func TestAnIdleProcessThatDiedOrSpokeIsNotGiven(t *testing.T) {
	var pool Pool
	defer pool.Close()
	dead := taken(t, &pool, "honest")
	pool.Give(dead)
	if err := syscall.Kill(pid(dead), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-dead.exited
	if taken(t, &pool, "honest") == dead {
		t.Error("the dead one")
	}
	loud := taken(t, &pool, "two hellos")
	for len(loud.inbox) == 0 { // until the second is here
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
	pool.Give(loud)
	if taken(t, &pool, "two hellos") == loud {
		t.Error("the one that spoke unasked")
	}
	gone(t, pid(loud))
}

func TestAPoolIsWarmedAndKeepsNoMoreThanItsBound(t *testing.T) {
	var pool Pool
	defer pool.Close()
	hello, err := pool.Warm(t.Context(), as("honest"), 3)
	if err != nil || hello.Name != "script" {
		t.Fatalf("%+v, %v", hello, err)
	}
	if n := len(pool.idle[key(as("honest"))]); n != 3 {
		t.Errorf("%d idle", n)
	}
	var all []*Process
	for range MaxIdle + 1 {
		all = append(all, taken(t, &pool, "honest"))
	}
	if all[0].Startup == 0 {
		t.Error("nobody would hear how long it took to start")
	}
	for _, p := range all {
		pool.Give(p)
	}
	gone(t, pid(all[MaxIdle]))
	if n := len(pool.idle[key(as("honest"))]); n != MaxIdle {
		t.Errorf("%d idle", n)
	}
	if _, err := pool.Warm(t.Context(), as("honest"), 0); err != nil {
		t.Error(err)
	}
	if _, err := pool.Warm(t.Context(), as("exits at hello"), 1); !errors.Is(err, &Failure{Kind: Exited}) {
		t.Errorf("got %v", err)
	}
}

// A client that hangs as it starts is not waited for in every scenario.
func TestACommandThatNeverStartedIsNotStartedAgain(t *testing.T) {
	var pool Pool
	defer pool.Close()
	starts := filepath.Join(t.TempDir(), "starts")
	command := []string{"sh", "-c", `echo >> "$0"; exit 3`, starts}
	for range 3 {
		if _, err := pool.Warm(t.Context(), command, 1); !errors.Is(err, &Failure{Kind: Exited}) {
			t.Errorf("got %v", err)
		}
	}
	if text, err := os.ReadFile(starts); err != nil || len(text) != 1 {
		t.Errorf("it was started %d times, %v", len(text), err)
	}
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pool.Warm(cut, as("honest"), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := pool.Warm(t.Context(), as("honest"), 1); err != nil {
		t.Errorf("one that was not waited for: %v", err)
	}
}

func TestAPoolThatIsClosedCutsTrialsShort(t *testing.T) {
	var pool Pool
	process := taken(t, &pool, "mute at init")
	var trial sync.WaitGroup
	trial.Go(func() {
		if err := process.Init(context.Background(), Init{}); !errors.Is(err, &Failure{Kind: Exited}) {
			t.Errorf("got %v", err)
		}
	})
	pool.Close()
	trial.Wait()
	gone(t, pid(process))
}
