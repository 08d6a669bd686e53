package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rstorm/results"
)

const resetting = `version: 1
profiles:
  resets:
    faults: [{effect: reset, point: before-forward, probability: 30%, attempts: [1]}]
scenarios:
  - name: resets
    about: The device resets instead of answering.
    device: resets
    load: {commands: 40}
    strategies: [naive, retry]
    assert: [resets > 0]
`

// captured plays the suite with the flags and returns its report; the test is
// skipped, with the reason, where packets can't be captured.
func captured(t *testing.T, suite string, flags ...string) *results.Report {
	t.Helper()
	code, stdout, stderr := do(t, t.Context(), suite, append([]string{"run", "-q", "-f", "-", "--format", "json"}, flags...)...)
	if strings.Contains(stderr, uncapturable) {
		t.Skip(stderr)
	}
	report, err := results.ReadJSON(strings.NewReader(stdout))
	if code != exitHeld || err != nil {
		t.Fatalf("exit %d, %v\n%s", code, err, stderr)
	}
	return report
}

// A frame is a packet, as tshark reads it.
type frame struct {
	reset    bool
	comments string
}

func tshark(t *testing.T, file string) []frame {
	t.Helper()
	var frames []frame
	for _, f := range fields(t, file, "frame.number", "tcp.flags.reset", "frame.comment") {
		if f[0] != strconv.Itoa(len(frames)+1) {
			t.Fatalf("tshark says %q", f)
		}
		frames = append(frames, frame{f[1] == "1" || f[1] == "True", f[2]})
	}
	return frames
}

// fields are what tshark reads of each packet; the test is skipped where there
// is none.
func fields(t *testing.T, file string, names ...string) (rows [][]string) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip(err)
	}
	args := []string{"-n", "-r", file, "-T", "fields"}
	for _, name := range names {
		args = append(args, "-e", name)
	}
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	text, err := cmd.Output()
	if err != nil || strings.Contains(errs.String(), file) { // it complains of the file there
		t.Fatalf("tshark: %v\n%s", err, errs.String())
	}
	for line := range strings.Lines(string(text)) {
		row := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(row) != len(names) {
			t.Fatalf("tshark says %q", line)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestThePacketsOfARunOpenInWiresharkAndSayWhatTheyAreEvidenceOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.pcapng")
	report := captured(t, resetting, "--pcap", path, "--parallel", "1")
	frames := tshark(t, path)
	var packets uint64
	for _, trial := range report.Trials {
		packets += trial.Certificate.Packets
		if !trial.Certificate.Certified {
			t.Errorf("%s: not certified: %s", trial.Strategy, trial.Certificate.Missing)
		}
		if trial.FindingsTotal == 0 {
			t.Errorf("%s: no findings", trial.Strategy)
		}
		for _, f := range trial.Findings {
			told := slices.ContainsFunc(f.Packets, func(number int) bool {
				x := frames[number-1]
				return x.reset && strings.Contains(x.comments, f.Cause) && strings.Contains(x.comments, "command "+f.Command)
			})
			if !f.Reset || f.Command == "" || !told {
				t.Errorf("%s: no packet of %v says so: %+v", trial.Strategy, f.Packets, f)
			}
		}
	}
	if packets != uint64(len(frames)) {
		t.Errorf("tshark reads %d packets, the certificates say %d", len(frames), packets)
	}
	for i, f := range frames {
		if f.reset && f.comments == "" {
			t.Errorf("nothing is said of packet %d, a RST", i+1)
		}
	}
}

func TestLaddersAreDrawnBelowTheirTrialAndInTheReport(t *testing.T) {
	report := captured(t, resetting, "--ladder=2")
	for _, trial := range report.Trials {
		for i, f := range trial.Findings {
			if drawn := f.Ladder != "" && f.Diagram != ""; drawn != (i < 2) {
				t.Errorf("%s: finding %d is drawn: %t\n%s", trial.Strategy, i, drawn, f.Ladder)
			}
		}
	}
	_, stdout, _ := do(t, t.Context(), resetting, "run", "-q", "-f", "-", "--ladder", "--strategy", "naive")
	shape := regexp.MustCompile(`(?m)^    naive: finding 1 of \d+: reset-before-response, reset by device, connection \d+, command 0-\d+ \(attempt 1\),` +
		`\s+felt by its caller, never executed\n(      - .+\n(        .+\n)*)+        .*RST`)
	if !shape.MatchString(stdout) || strings.Contains(stdout, "finding 2 of") {
		t.Errorf("the table is\n%s", stdout)
	}
}

// Both trials talk to the same port.
func TestTrialsThatShareARealDeviceGetTheirOwnFindings(t *testing.T) {
	suite := strings.Replace(resetting, "[naive, retry]", "[naive, close]", 1)
	suite = strings.Replace(suite, ", attempts: [1]", "", 1) // the device has heard of each command when the second trial comes
	a := runAlone(t, suite, "--profile", "resets")
	report := captured(t, suite, "--capture", "full", "--target", a.url)
	for _, trial := range report.Trials {
		if trial.FindingsTotal == 0 || trial.FindingsTotal != int(trial.Summary.Resets.Connections) {
			t.Errorf("%s: findings: %d, connections reset: %d", trial.Strategy, trial.FindingsTotal, trial.Summary.Resets.Connections)
		}
		for _, f := range trial.Findings {
			if f.Connection == 0 || f.Cause != "reset-before-response" || f.Executed.Known() {
				t.Errorf("%s: %+v", trial.Strategy, f)
			}
		}
	}
}

func TestCtrlCKeepsThePacketsToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.pcapng")
	ctx, interrupt := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var told sync.WaitGroup
	told.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "resets, naive: 2") { // of 40 ok: it has ended
				interrupt()
			}
		}
	})
	gap := strings.Replace(resetting, "commands: 40", "commands: 40, gap: 1ms", 1)
	endless := strings.Replace(resetting[strings.Index(resetting, "  - name"):], "commands: 40", "commands: 1000000, gap: 1ms", 1)
	suite := gap + strings.Replace(endless, "name: resets", "name: endless", 1)
	var stdout bytes.Buffer
	code := run(ctx, []string{"run", "-v", "-f", "-", "--format", "json", "--pcap", path, "--strategy", "naive"}, strings.NewReader(suite), &stdout, in)
	in.Close()
	told.Wait()
	if code == exitBroken && stdout.Len() == 0 {
		t.Skip(uncapturable)
	}
	var report results.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); code != exitInterrupted || err != nil || !report.Partial {
		t.Fatalf("exit %d, %v\n%s", code, err, stdout.String())
	}
	if frames := tshark(t, path); !slices.ContainsFunc(frames, func(f frame) bool { return strings.Contains(f.comments, "reset-before-response") }) {
		t.Errorf("of %d packets none says why it is there", len(frames))
	}
}

func TestADiskWithoutRoomForThePacketsIsTheHarnesssFailure(t *testing.T) {
	const disk = "/dev/full"
	if _, err := os.Stat(disk); err != nil {
		t.Skip(err)
	}
	code, stdout, stderr := do(t, t.Context(), resetting, "run", "-q", "-f", "-", "--pcap", disk)
	if strings.Contains(stderr, uncapturable) {
		t.Skip(stderr)
	}
	if code != exitBroken || !strings.Contains(stdout, "HELD") || !strings.Contains(stderr, "write the packets: write /dev/full: ") || !strings.Contains(stderr, "no space left") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}
