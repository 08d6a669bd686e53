package runner

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/live"
)

// fieldCase is the case that this project grew from, with the times of its
// capture, beside a device that works and others that show its neighbours.
const fieldCase = `
version: 1
scenarios:
  - name: close race
    about: The field case.
    load: {commands: 40, gap: 2.2ms}
    strategies: [naive]
    device: {service_time: 20ms, faults: [{effect: half-close, point: after-response, delay: 2.7ms, then: close}]}
    assert: [resets > 0]
  - name: stale reuse
    about: The FIN comes long before the next command.
    load: {commands: 20, gap: 30ms}
    strategies: [naive]
    device: {service_time: 2ms, faults: [{effect: close, point: after-response, delay: 2ms}]}
    assert: [resets > 0]
  - name: collision
    about: The next command comes long before the device closes.
    load: {commands: 20, gap: 2ms}
    strategies: [naive]
    device: {service_time: 2ms, faults: [{effect: close, point: after-response, delay: 20ms}]}
    assert: [resets > 0]
  - name: healthy
    about: Nothing is wrong.
    load: {commands: 20}
    strategies: [naive]
    device: {service_time: 2ms}
    assert: [resets == 0]
`

// a kept is a sink of packets.
type kept struct {
	mu       sync.Mutex
	numbers  []int
	comments map[int][]string
	dropped  *uint64
	fail     error
}

func (k *kept) Write(p *wire.Packet) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.numbers = append(k.numbers, p.Number)
	return k.fail
}

func (k *kept) Comment(packet int, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.comments[packet] = append(k.comments[packet], text)
}

func (k *kept) Dropped(packets uint64) { k.dropped = &packets }

func TestTheFieldCaseAndItsNeighboursAreToldApart(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	sink := &kept{comments: map[int][]string{}}
	r := Runner{Seed: 1, Isolated: kernel.Isolated(), Parallel: 4, Capture: live.Full, Findings: 3, Ladders: 1, Packets: sink}
	report, err := r.Run(t.Context(), suite(t, fieldCase))
	if err != nil {
		t.Fatal(err)
	}
	if report.Fidelity < 2 || report.Environment.FidelityNote == "" {
		t.Errorf("fidelity %d: %s", report.Fidelity, report.Environment.FidelityNote)
	}
	causes := map[string]string{"close race": "close-race", "stale reuse": "stale-reuse", "collision": "close-collision"}
	for i := range report.Trials {
		trial := &report.Trials[i]
		cause, n := causes[trial.Scenario], int(trial.Summary.Resets.Connections)
		if c := trial.Certificate; c == nil || !c.Certified || c.Dropped != 0 || c.Packets == 0 {
			t.Errorf("%s: the capture is not whole: %+v", trial.Scenario, c)
		}
		if cause == "" {
			if n != 0 || trial.FindingsTotal != 0 {
				t.Errorf("%s: %d resets, findings %+v", trial.Scenario, n, trial.Findings)
			}
			continue
		}
		// Which comes first is the scheduler's, within a millisecond.
		named := trial.Summary.Resets.ByCause
		if n == 0 || named["unknown"] != 0 || 2*named[cause] <= n {
			t.Errorf("%s: %d resets for %v", trial.Scenario, n, named)
		}
		if trial.FindingsTotal < n || len(trial.Findings) != 3 || trial.Findings[0].Diagram == "" || trial.Findings[1].Ladder != "" {
			t.Errorf("%s: %d findings of %d kept, of %d resets", trial.Scenario, len(trial.Findings), trial.FindingsTotal, n)
		}
		for _, f := range trial.Findings {
			checked(t, &f, sink)
		}
	}
	if sink.dropped == nil || *sink.dropped != 0 || len(sink.numbers) == 0 {
		t.Errorf("the sink has %d packets, and %v were dropped", len(sink.numbers), sink.dropped)
	}
	for i, n := range sink.numbers {
		if n != i+1 {
			t.Fatalf("packet %d has number %d", i+1, n)
		}
	}
}

// advice is what a finding of the field case says of checking before reuse.
var advice = map[string]string{"close-race": "could not have helped", "close-collision": "could not have helped", "stale-reuse": "would have helped"}

// checked holds a finding against what must be in it, and its packets against
// the sink.
func checked(t *testing.T, f *results.Finding, sink *kept) {
	t.Helper()
	if !f.Felt || f.Executed != 0 || f.Phase != results.PhaseWait && f.Phase != results.PhaseSend || f.Origin != results.ByDevice || f.Attempt != 1 || f.Connection == 0 {
		t.Errorf("the finding says %+v", f)
	}
	if text := strings.Join(f.Evidence, "\n"); !strings.Contains(text, advice[f.Cause]) || !strings.Contains(text, "the device's record") {
		t.Errorf("the evidence of %s: %s", f.Cause, text)
	}
	for _, packet := range f.Packets {
		if !slices.Contains(sink.comments[packet], "command "+f.Command+": "+f.Cause) {
			t.Errorf("packet %d is commented %q", packet, sink.comments[packet])
		}
	}
}

func TestARunThatCanNotCaptureSaysSo(t *testing.T) {
	never := errors.New("--capture off")
	report, err := (&Runner{Seed: 1, Uncaptured: never}).Run(t.Context(), suite(t, fieldCase))
	if err != nil {
		t.Fatal(err)
	}
	if report.Fidelity != 1 || !strings.Contains(report.Environment.FidelityNote, never.Error()) {
		t.Errorf("fidelity %d: %s", report.Fidelity, report.Environment.FidelityNote)
	}
	for _, trial := range report.Trials {
		if trial.Certificate != nil || trial.Summary.Failures.Attempts != trial.FindingsTotal {
			t.Errorf("%s: certificate %v, %d findings of %d failures", trial.Scenario, trial.Certificate, trial.FindingsTotal, trial.Summary.Failures.Attempts)
		}
	}
}

// Trials that overlap end at the same time; their comments still come one after
// the other. The race detector sees it if not.
func TestASinkHearsOneCommentAtATime(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	sink := &kept{comments: map[int][]string{}}
	r := Runner{Seed: 1, Repeat: 4, Parallel: 8, Isolated: kernel.Isolated(), Capture: live.Full, Packets: sink}
	report, err := r.Run(t.Context(), suite(t, fieldCase))
	if err != nil {
		t.Fatal(err)
	}
	if len(sink.comments) == 0 || report.Fidelity < 2 {
		t.Errorf("%d packets have comments, fidelity %d: %s", len(sink.comments), report.Fidelity, report.Environment.FidelityNote)
	}
}

func TestASinkThatFailsIsAskedNoMoreAndTheReportSaysSo(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	sink := &kept{comments: map[int][]string{}, fail: errors.New("no space")}
	r := Runner{Seed: 1, Isolated: kernel.Isolated(), Capture: live.Full, Packets: sink}
	report, err := r.Run(t.Context(), suite(t, fieldCase))
	if err != nil {
		t.Fatal(err)
	}
	if len(sink.numbers) != 1 || !strings.Contains(strings.Join(report.Notes, " "), "no space") {
		t.Errorf("asked %d times, notes %q", len(sink.numbers), report.Notes)
	}
}

// What is missing is said in numbers.
func TestACertificateSaysWhatIsMissing(t *testing.T) {
	kernel := func(n uint64) *results.Kernel { return &results.Kernel{OutResets: n} }
	for _, tt := range []struct {
		name         string
		began, ended level
		missing      string
	}{
		{"nothing", level{kernel: kernel(7)}, level{kernel: kernel(10), capture: live.Counts{Packets: 40, Resets: 3}}, ""},
		{"RSTs", level{kernel: kernel(0)}, level{kernel: kernel(120), capture: live.Counts{Resets: 117}}, "3 of 120 RSTs"},
		{"packets", level{kernel: kernel(0)}, level{kernel: kernel(0), capture: live.Counts{Dropped: 12}}, "12 packets were dropped"},
		{"what the kernel says", level{}, level{capture: live.Counts{Resets: 1}}, "the kernel's count of the RSTs it sent can't be read"},
		{"a flush", level{kernel: kernel(0)}, level{kernel: kernel(0), err: context.DeadlineExceeded}, context.DeadlineExceeded.Error()},
		{"what the kernel does not know of", level{kernel: kernel(0)}, level{kernel: kernel(1), capture: live.Counts{Resets: 2}}, "the kernel says that it sent 1 of the 2 RSTs captured"},
	} {
		g := group{began: tt.began}
		g.certify(&tt.ended)
		if c := g.certificate; c.Missing != tt.missing || c.Certified != (tt.missing == "") {
			t.Errorf("without %s: %+v", tt.name, c)
		}
	}
}

// abortive is a device that answers a connection's first request, and resets
// instead of answering the second one.
func abortive(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()
		serving.Wait()
	})
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				if r, err := http.ReadRequest(in); err == nil {
					io.Copy(io.Discard, r.Body)
					io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
				if r, err := http.ReadRequest(in); err == nil {
					io.Copy(io.Discard, r.Body)
					conn.(*net.TCPConn).SetLinger(0)
				}
			})
		}
	})
	return listener.Addr().String()
}

// A real device keeps no record for us: what its kernel does not say stays open.
func TestWhatARealDeviceDoesIsReadFromTheWire(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	r := target(abortive(t))
	r.Isolated, r.Capture, r.Parallel = kernel.Isolated(), live.Full, 4
	trials, report := playedBy(t, r, suite(t, strings.Replace(plain, "success >= 99%", "resets > 0", 1)))
	naive := trials["naive"]
	if c := naive.Certificate; c == nil || !c.Certified {
		t.Errorf("the capture is not whole: %+v", c)
	}
	if n := int(naive.Summary.Resets.Connections); n != 3 || naive.FindingsTotal != n || naive.Summary.Failures.Attempts != n {
		t.Errorf("%d connections were reset, %d findings, %+v", n, naive.FindingsTotal, naive.Summary.Failures)
	}
	for _, f := range naive.Findings {
		if !slices.Contains(candidates(&f), "reset-before-response") || f.Origin != results.ByDevice || f.Executed.Known() || len(f.Packets) == 0 {
			t.Errorf("fidelity %d: the finding says %+v", report.Fidelity, f)
		}
		if told := report.Fidelity == 3; f.Certain() != told {
			t.Errorf("fidelity %d: it was %s: %q", report.Fidelity, f.Name(), f.Evidence)
		}
	}
}
