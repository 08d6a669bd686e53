package rstormtest_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"rstorm/rstormtest"
)

// A recorder is a test that remembers what it was told, and ends as a test does.
type recorder struct {
	testing.TB
	errors, fatal, skipped string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors += fmt.Sprintf(format, args...) + "\n"
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// during runs do as a test of its own.
func during(t *testing.T, do func(testing.TB)) *recorder {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(r)
	}()
	<-done
	return r
}

func TestWhatDoesNotHoldIsAnErrorOfTheTest(t *testing.T) {
	r := during(t, func(tb testing.TB) {
		trial := rstormtest.Play(tb, rstormtest.Parse(tb, oneAnswer), http.DefaultClient)
		trial.Expect(tb, "success == 100%", "lost == 0", "success[DELETE] == 100%", "success > most")
	})
	for _, want := range []string{"one answer: client.success == 100% failed: observed ", "reset-before-response", "client.success[DELETE] == 100% no data"} {
		if !strings.Contains(r.errors, want) {
			t.Errorf("the test is not told %q:\n%s", want, r.errors)
		}
	}
	if strings.Contains(r.errors, "lost") {
		t.Errorf("what holds is no error:\n%s", r.errors)
	}
	if !strings.Contains(r.fatal, `threshold "success > most"`) {
		t.Errorf("nonsense does not end the test: %q", r.fatal)
	}
}

// What the device was going to do to them is not blamed for commands that never
// left their client.
func TestATransportThatFailsByItselfIsToldSo(t *testing.T) {
	r := during(t, func(tb testing.TB) {
		trial := rstormtest.Play(tb, rstormtest.Named(tb, "J"), &http.Client{Transport: tripper{broken{}}})
		trial.Expect(tb, "success == 100%")
	})
	for _, want := range []string{"observed 0%", "command 0-0: unknown", "and 197 more", "missing address"} {
		if !strings.Contains(r.errors, want) {
			t.Errorf("the test is not told %q:\n%s", want, r.errors)
		}
	}
}

type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("missing address")
}

func TestTextsThatCannotBePlayedEndTheTest(t *testing.T) {
	for text, want := range map[string]string{
		"version: 1\nscenarios: [{name: x, devise: calm}]":      "devise",
		"version: 1\nscenarios: [{name: x}, {name: y}]":         "2 scenarios",
		"version: 1\nscenarios: [{name: x, load: {gap: quick}}": "scenario:",
	} {
		if r := during(t, func(tb testing.TB) { rstormtest.Parse(tb, text) }); !strings.Contains(r.fatal, want) {
			t.Errorf("%q ends with %q, want %q", text, r.fatal, want)
		}
	}
	if r := during(t, func(tb testing.TB) { rstormtest.Play(tb, rstormtest.Named(tb, "A"), nil) }); !strings.Contains(r.fatal, "no client") {
		t.Errorf("no client ends with %q", r.fatal)
	}
	if r := during(t, func(tb testing.TB) { rstormtest.Named(tb, "nonesuch") }); !strings.Contains(r.fatal, "nonesuch") {
		t.Errorf("an unknown scenario ends with %q", r.fatal)
	}
}

// A tripper is a transport that is not net/http's own.
type tripper struct{ beneath http.RoundTripper }

func (c tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	return c.beneath.RoundTrip(req)
}

func TestATransportThatDialsByItselfGoesThroughTheLink(t *testing.T) {
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	trial := rstormtest.Play(t, rstormtest.Named(t, "J"), &http.Client{Transport: tripper{transport}})
	trial.Expect(t, "success == 80%", "ghosts == 40", "resets == 40", "connections == 200")
	if hidden := trial.Summary.Resets.Hidden; hidden.Known() {
		t.Errorf("it hid %d resets, which nobody can know", hidden)
	}
}

func TestTheClientsOwnTimeoutCounts(t *testing.T) {
	trial := rstormtest.Play(t, rstormtest.Parse(t, `
version: 1
scenarios:
  - name: silent device
    device: {faults: [{effect: stall, point: after-forward}]}
    load: {commands: 2, timeout: 1m}
`), &http.Client{Timeout: 50 * time.Millisecond})
	trial.Expect(t, "timed-out == 2", "ghosts == 2")
}

func TestADeviceWithTLSIsTrusted(t *testing.T) {
	trial := rstormtest.Play(t, rstormtest.Parse(t, `
version: 1
scenarios:
  - {name: calm, protocol: https, load: {commands: 4, clients: 2}}
`), http.DefaultClient)
	trial.Expect(t, "success == 100%", "connections == 2")
}

func TestTheDocumentedTestIsTheOneThatRuns(t *testing.T) {
	doc, err := os.ReadFile("../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), "```go\n"+string(code)+"```\n") {
		t.Error("docs/testing.md does not show example_test.go as it is")
	}
}
