//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func fifo(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACaptureCanComeThroughANamedPipe(t *testing.T) {
	path := fifo(t)
	data := capture(t, calls(1, 1))
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(path, data, 0) }()
	code, stdout, stderr := do(t, t.Context(), "", "diagnose", path)
	if err := <-wrote; err != nil || code != exitFailed || stderr != "" || !strings.Contains(stdout, "2 connections, 1 ended badly") {
		t.Errorf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
}

func TestCtrlCEndsTheWaitForAWriterOfANamedPipe(t *testing.T) {
	path := fifo(t)
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	code, _, stderr := do(t, ctx, "", "diagnose", path)
	if code != exitInterrupted || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	w, err := os.OpenFile(path, os.O_WRONLY, 0) // lets go what was left behind
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
}
