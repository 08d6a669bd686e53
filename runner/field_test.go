package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rstorm/device"
	"rstorm/results"
	"rstorm/scenarios"
)

// asDevice makes the test binary a device in a process of its own.
const asDevice = "supervised-device"

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == asDevice {
		if err := device.Serve(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else each such process ends a second late
	goleak.VerifyTestMain(m)
}

// suite reads YAML written for a test.
func suite(t testing.TB, yaml string) *scenarios.Suite {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", strings.NewReader(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// played runs a suite and returns its trials by strategy.
func playedBy(t testing.TB, r Runner, s *scenarios.Suite) (map[string]results.Trial, *results.Report) {
	t.Helper()
	report, err := r.Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]results.Trial{}
	for _, trial := range report.Trials {
		all[trial.Strategy] = trial
	}
	return all, report
}

const afterExecution = `
version: 1
scenarios:
  - name: reset after execution
    about: The device executes and the answer is lost.
    load: {clients: 4, commands: 100, mix: [put ctrl, get state], order: shuffle}
    strategies: [naive, retry, go-default]
    link: [{effect: reset, point: after-forward, probability: 10%, attempts: [1]}]
    assert: [resets > 0, lost == 0, retry.duplicates - naive.duplicates > 0]
`

func TestResetAfterExecutionIsSeenAlikeByCallerLinkAndLedger(t *testing.T) {
	trials, report := playedBy(t, Runner{Seed: 7}, suite(t, afterExecution))
	if !report.Held {
		t.Errorf("thresholds did not hold: %+v %+v", report.Trials[0].Verdicts, report.Scenarios)
	}
	if d := report.Scenarios[0].Differences; len(d) != 2 || d[0].Strategy != "retry" || d[0].Than != "naive" || !(d[0].Low > 0) ||
		float64(d[0].Success) != float64(trials["retry"].Summary.Success-trials["naive"].Summary.Success) {
		t.Errorf("differences = %+v", d)
	}
	naive, retry, plain := trials["naive"].Summary, trials["retry"].Summary, trials["go-default"].Summary
	n := int(naive.Resets.Connections)
	for name, s := range map[string]results.Summary{"naive": naive, "retry": retry, "go-default": plain} {
		if int(s.Resets.Connections) != s.Resets.Seen+int(s.Resets.Hidden) {
			t.Errorf("%s: %d resets on the link, %d seen and %d hidden by the client", name, s.Resets.Connections, s.Resets.Seen, s.Resets.Hidden)
		}
		if s.Resets.ByOrigin[results.ByLink] != int(s.Resets.Connections) {
			t.Errorf("%s: resets by origin = %v", name, s.Resets.ByOrigin)
		}
	}
	if n == 0 || int(retry.Resets.Connections) != n {
		t.Errorf("naive met %d resets, retry %d: the seed gives both the same fate", n, retry.Resets.Connections)
	}
	if naive.Resets.Seen != n || int(naive.Ghosts) != n || naive.Duplicates != 0 {
		t.Errorf("naive: %d resets, %d seen, %d ghosts, %d duplicates", n, naive.Resets.Seen, naive.Ghosts, naive.Duplicates)
	}
	if retry.Success != 1 || int(retry.Duplicates) != n || int(retry.Resets.Hidden) != n || retry.Attempts != 400+n {
		t.Errorf("retry: success %v, %d duplicates of %d resets, %d hidden, %d attempts", retry.Success, retry.Duplicates, n, retry.Resets.Hidden, retry.Attempts)
	}
	byMethod := trials["go-default"].ByMethod
	if put := byMethod["PUT"]; put.Duplicates != 0 || put.Resets.Seen == 0 {
		t.Errorf("go-default PUT: %d duplicates, %d resets seen", put.Duplicates, put.Resets.Seen)
	}
	if get := byMethod["GET"]; get.Duplicates == 0 || get.Duplicates != get.Resets.Hidden {
		t.Errorf("go-default GET: %d duplicates, %d resets hidden", get.Duplicates, get.Resets.Hidden)
	}
}

func TestTheSameSeedGivesTheSameResult(t *testing.T) {
	s := suite(t, afterExecution)
	counts := func(parallel int) string {
		trials, _ := playedBy(t, Runner{Seed: 3, Parallel: parallel}, s)
		naive, retry := trials["naive"].Summary, trials["retry"].Summary
		return fmt.Sprint(naive.OK, naive.Ghosts, retry.OK, retry.Duplicates, retry.Resets.Connections)
	}
	if first, again := counts(1), counts(4); first != again {
		t.Errorf("one at a time: %s, overlapping: %s", first, again)
	}
}

func TestInTheFieldCaseEverySecondCommandIsLost(t *testing.T) {
	trials, _ := playedBy(t, Runner{Seed: 1, Parallel: 8}, suite(t, `
version: 1
profiles:
  closes-silently:
    service_time: 20ms
    faults: [{effect: half-close, point: after-response, delay: 2.7ms, then: close}]
scenarios:
  - name: close race
    about: The device closes without saying so while the next command is on its way.
    device: closes-silently
    load: {commands: 40, gap: 2.2ms}
    strategies: [naive, close, refresh, retry]
    assert: [resets > 0]
`))
	naive := trials["naive"]
	if put, get := naive.ByMethod["PUT"], naive.ByMethod["GET"]; put.OK+get.OK != 20 || put.OK != 0 && put.OK != 20 {
		t.Errorf("naive: %d PUT and %d GET of 20 each went through, want all of one and none of the other", put.OK, get.OK)
	}
	if s := naive.Summary; s.Resets.Connections == 0 || s.Resets.ByOrigin[results.ByDevice] != int(s.Resets.Connections) || s.NotExecuted != 20 {
		t.Errorf("naive: resets %+v, %d not executed", s.Resets, s.NotExecuted)
	}
	for _, name := range []string{"close", "refresh", "retry"} {
		if s := trials[name].Summary; s.OK != 40 || s.ExecutedOnce != 40 {
			t.Errorf("%s: %d of 40 ok, %d executed once", name, s.OK, s.ExecutedOnce)
		}
	}
	if s := trials["close"].Summary; s.Connections != 40 || s.Attempts != 40 {
		t.Errorf("close: %d connections, %d attempts", s.Connections, s.Attempts)
	}
}

// target is a runner against a device of the test's own.
func target(addr string) Runner {
	return Runner{Seed: 1, Target: Target{Address: addr, Host: addr}}
}

const plain = `
version: 1
scenarios:
  - name: plain
    about: Nothing goes wrong on the link.
    load: {commands: 6, timeout: 2s}
    strategies: [naive, close, retry, go-default]
    assert: [success >= 99%, duplicates == 0]
`

func TestARealDeviceThatMisbehavesIsAResult(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }))
	defer broken.Close()
	foreign, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	go func() {
		for {
			c, err := foreign.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "SSH-2.0-OpenSSH_9.9\r\n")
			c.Close()
		}
	}()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for _, tt := range []struct {
		name, addr string
		outcomes   []results.Outcome
	}{
		{"answers 500", broken.Listener.Addr().String(), []results.Outcome{results.Rejected}},
		{"is not HTTP", foreign.Addr().String(), []results.Outcome{results.Failed, results.Reset, results.Truncated}},
		{"refuses", gone.Addr().String(), []results.Outcome{results.Refused, results.Reset}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trials, report := playedBy(t, target(tt.addr), suite(t, plain))
			if report.Held {
				t.Error("the thresholds held")
			}
			for name, trial := range trials {
				s, sum := trial.Summary, 0
				for _, o := range tt.outcomes {
					sum += s.Outcomes[o]
				}
				if s.OK != 0 || sum != 6 || s.Duplicates != results.Unknown {
					t.Errorf("%s: outcomes %v, duplicates %d", name, s.Outcomes, s.Duplicates)
				}
			}
		})
	}
}

func TestAnInterruptedRunKeepsWhatWasMeasured(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	r := Runner{Seed: 1, Observe: func(p Progress) {
		if p.Ended == nil {
			go func() {
				for p.Done() < 3 {
					time.Sleep(time.Millisecond)
				}
				cancel(why)
			}()
		}
	}}
	report, err := r.Run(ctx, suite(t, `
version: 1
scenarios:
  - name: endless
    about: Goes on.
    load: {commands: 100000, gap: 10ms}
    strategies: [naive]
    assert: [success >= 99%]
`))
	if !errors.Is(err, why) || !report.Partial || report.Held {
		t.Errorf("err %v, partial %v, held %v", err, report.Partial, report.Held)
	}
	if len(report.Trials) != 1 || report.Trials[0].Summary.OK < 3 || !report.Trials[0].Partial {
		t.Errorf("trials = %+v", report.Trials)
	}
}
