// Package kerneltest gives tests a network of their own, in which the
// kernel's counters count nothing but what the test does.
package kerneltest

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"rstorm/kernel"
)

// Private runs the calling test once more, alone, in a private network
// namespace with loopback up, and reports true there; its subtests share that
// namespace. Outside it reports false once that run has passed: the caller
// must return then. A failure there fails the test here, with what was
// printed; the test is skipped, with the reason, when it was skipped there or
// no namespace can be had. Inside one already ([Main]), it just reports true.
func Private(t *testing.T) bool {
	t.Helper()
	if kernel.Isolated() {
		if err := kernel.Raise(); err != nil {
			t.Skipf("no rights in a private network here: %v", err)
		}
		return true
	}
	args := []string{"-test.v", "-test.count=1", "-test.run=" + only(t.Name())}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	if end, ok := t.Deadline(); ok {
		args = append(args, "-test.timeout="+max(time.Second, time.Until(end)-time.Second).String())
	}
	again := exec.CommandContext(t.Context(), os.Args[0], args...)
	again.Env = append([]string{"GORACE=atexit_sleep_ms=0"}, os.Environ()...) // else every run lasts a second longer
	if err := kernel.Isolate(again); err != nil {
		t.Skip(err)
	}
	out, err := again.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("no private network here: %v", err)
	}
	ended := func(how string) bool { // as the testing package prints it, a subtest's indented
		return regexp.MustCompile("(?m)^ *--- " + how + ": " + regexp.QuoteMeta(t.Name()) + ` \(`).Match(out)
	}
	switch {
	case err == nil && ended("SKIP"):
		t.Skipf("in a private network:\n%s", out)
	case err != nil || !ended("PASS"):
		t.Fatalf("in a private network: %v\n%s", err, out)
	}
	if testing.Verbose() {
		t.Logf("in a private network:\n%s", out)
	}
	return false
}

// only is the pattern of -test.run that matches one test or subtest.
func only(name string) string {
	return "^" + strings.ReplaceAll(regexp.QuoteMeta(name), "/", "$/^") + "$"
}

// unusable is the exit code that says a namespace was granted without rights.
const unusable = 125

// Main runs m in one private network for all tests and benchmarks of the
// package, flags and streams unchanged, and returns the exit code. Where none
// can be had it runs m here, and [Private] skips with the reason. It is for
// packages whose benchmarks need such a network too.
func Main(m *testing.M) int {
	if kernel.Isolated() {
		if kernel.Raise() != nil {
			return unusable
		}
		return m.Run()
	}
	again := exec.Command(os.Args[0], os.Args[1:]...)
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	if kernel.Isolate(again) != nil {
		return m.Run()
	}
	err := again.Run()
	switch failed, ran := errors.AsType[*exec.ExitError](err); {
	case err == nil:
		return 0
	case ran && failed.ExitCode() != unusable:
		return max(1, failed.ExitCode()) // -1 when a signal ended it
	}
	return m.Run()
}
