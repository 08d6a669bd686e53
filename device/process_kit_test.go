package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

// lives are what the test binary can be instead of running tests, by its only
// argument.
var lives = map[string]func() error{
	"device": func() error { return Serve(os.Stdin, os.Stdout) },
	"frail":  func() error { return Serve(os.Stdin, frail{}) },
	"mute":   func() error { _, err := io.Copy(io.Discard, os.Stdin); return err },
	"babble": func() error { _, err := fmt.Println("good morning"); return err },
	"deaf":   func() error { select {} },
	"parent": parent,
}

func live(args []string) {
	if len(args) != 1 || lives[args[0]] == nil {
		return
	}
	if err := lives[args[0]](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// frail is a pipe to the process above that the process does not survive an
// execution with.
type frail struct{}

func (frail) Write(b []byte) (int, error) {
	n, err := os.Stdout.Write(b)
	if bytes.Contains(b, []byte(`{"executed"`)) {
		os.Exit(7)
	}
	return n, err
}

// parent spawns a device, says where, and waits to be killed.
func parent() error {
	p, err := Spawn(context.Background(), Config{}, child("device"))
	if err != nil {
		return err
	}
	fmt.Println(p.Addr())
	select {}
}

func child(life string) []string { return []string{os.Args[0], life} }

func spawn(t *testing.T, cfg Config) *Process {
	t.Helper()
	cfg.Seed = 1
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	p, err := Spawn(ctx, cfg, child("device"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// once is a fault that strikes the first time only.
func once(effect faults.Effect, point faults.Point) faults.Fault {
	f := faults.Fault{Effect: effect, Point: point, Selector: faults.Selector{First: 1}}
	switch point {
	case faults.Response, faults.Request:
		f.Bytes = 5
	case faults.Idle:
		f.Delay = faults.After(time.Millisecond)
		f.Methods = []string{"PUT"} // not on a connection that had no request yet
	}
	return f
}

// again demands that the device is there once more at the same address. Before
// it is it refuses, and a connection that its death left in the accept queue is
// reset.
func again(t *testing.T, p *Process, request string) reply {
	t.Helper()
	var got reply
	eventually(t, "an answer after a death", func() bool {
		c, err := tryDial(t, p)
		if err != nil {
			if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, errReset) {
				t.Fatal(err)
			}
			return false
		}
		defer c.Close()
		if _, err := io.WriteString(c, request); err != nil {
			return false
		}
		got, err = c.read("PUT")
		return err == nil
	})
	return got
}

// mustComeToRefuse demands that nobody listens any more, once the kernel has
// closed what a dead process leaves, in an order of its own.
func mustComeToRefuse(t *testing.T, d running) {
	t.Helper()
	eventually(t, "a refusal", func() bool {
		c, err := tryDial(t, d)
		if err == nil {
			c.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	})
}

// recorded returns the ledger, which must have so many lines: what a client has
// seen is in it, although it comes from another process.
func recorded(t *testing.T, d running, lines int) []Execution {
	t.Helper()
	all := d.Ledger()
	if len(all) != lines {
		t.Fatalf("ledger %+v, want %d lines", all, lines)
	}
	return all
}
