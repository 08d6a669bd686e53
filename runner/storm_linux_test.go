package runner

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"rstorm/device"
	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/live"
)

// stormCommands are sent by 64 clients, as fast as they can.
const stormCommands = 2048

// storm strikes a fifth of all commands, in six ways.
const storm = `
version: 1
commands:
  put page: {method: PUT, target: /put/ctrl, body: page, size: 4000}
scenarios:
  - name: storm
    about: Six kinds of faults at full speed.
    load: {clients: 64, commands: %d, mix: [put page, get state], order: shuffle, timeout: 5s}
    strategies: [%s]
    device:
      faults:
        - {effect: reset, point: before-forward, probability: 4%%}
        - {effect: reset, point: response, bytes: 10, probability: 3%%}
        - {effect: reset, point: after-response, probability: 3%%}
        - {effect: close, point: request, bytes: 100, methods: [PUT], probability: 6%%}
        - {effect: half-close, point: after-response, then: close, delay: 200us, probability: 4%%}
    link:
      - {effect: reset, point: after-forward, probability: 3%%}
    assert: [resets > 0]
`

func TestAStormIsExplainedToTheLastReset(t *testing.T) {
	if kerneltest.Private(t) {
		playStorm(t, stormCommands)
	}
}

// The same as an ordinary user, in a private network of the user's own.
func TestAStormIsExplainedToAnOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 || kernel.Isolated() {
		t.Skip("the other storm is that already, unless root plays it")
	}
	const ordinary = 65534
	open := t.TempDir() // where others may look
	text, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.Chmod(filepath.Dir(open), 0o755)
	}
	program := filepath.Join(open, "runner.test")
	if err == nil {
		err = os.WriteFile(program, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.v", "-test.run=^TestAStormIsExplainedToTheLastReset$")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ordinary, Gid: ordinary}}
	out, err := cmd.CombinedOutput()
	switch {
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("as an ordinary user:\n%s", out)
	case err != nil || !strings.Contains(string(out), "--- PASS"):
		t.Fatalf("as an ordinary user: %v\n%s", err, out)
	}
	t.Logf("as an ordinary user:\n%s", out)
}

// playStorm plays a storm with clients that keep connections and with such that
// do not, and holds all that was said of it against the packets.
func playStorm(t *testing.T, commands int) {
	for _, strategy := range []string{"naive", "close", "retry"} {
		t.Run(strategy, func(t *testing.T) {
			r := Runner{Seed: 1, Isolated: kernel.Isolated(), Capture: live.Full, Findings: 1 << 30}
			c, err := r.openCapture()
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			sc := &suite(t, fmt.Sprintf(storm, commands/64, strategy)).Scenarios[0]
			play := trial{runner: &r, common: common{capture: c}, job: job{scenario: sc, strategy: sc.Strategies[0]}, seed: 1, done: new(atomic.Int64)}
			e, notes, err := play.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := play.group.certificate; !got.Certified || got.Captured == 0 {
				t.Errorf("the capture is not whole: %+v", got)
			}
			sum, _ := results.Summarize(e)
			t.Logf("%d of %d ok, %d RSTs, %d packets, fidelity %v; resets %v, failures %v %v", sum.OK, sum.Commands, play.group.certificate.Captured,
				play.group.certificate.Packets, c.silent, sum.Resets.ByCause, sum.Failures, notes)
			everyResetHasACause(t, &play, e)
			everyFailureIsExplained(t, &play, e)
			theDeviceAgrees(t, &play)
		})
	}
}

// everyResetHasACause looks for each RST captured in the findings.
func everyResetHasACause(t *testing.T, play *trial, e results.Evidence) {
	t.Helper()
	told := map[int]bool{}
	for _, f := range e.Findings {
		if !f.Certain() {
			t.Errorf("command %q, connection %d: %s: %q", f.Command, f.Connection, f.Name(), f.Evidence)
		}
		for _, packet := range f.Packets {
			told[packet] = true
		}
	}
	for _, c := range play.tap.kept {
		for way, side := range c.Sides {
			if side.Reset.Packet != 0 && !told[side.Reset.Packet] {
				t.Errorf("%s: RST #%d of side %d is in no finding: %s", play.tap.leg(c), side.Reset.Packet, way, wire.Ladder(c, &results.Finding{}))
			}
		}
	}
	for _, c := range e.Connections {
		if c.Reset != "" && !results.IsCause(c.Cause) {
			t.Errorf("a connection was reset by the %s for %q", c.Reset, c.Cause)
		}
	}
}

// everyFailureIsExplained looks for a RST, a FIN or the limit of time for each
// attempt that failed, on the client's own connection.
func everyFailureIsExplained(t *testing.T, play *trial, e results.Evidence) {
	t.Helper()
	calls := map[netip.AddrPort][]*wire.Conversation{}
	for _, c := range play.tap.kept {
		calls[c.Client] = append(calls[c.Client], c)
	}
	for _, r := range e.Records {
		if r.Outcome != results.OK && len(r.Failures) == 0 {
			t.Errorf("command %s ended %s without a failed attempt", r.ID, r.Outcome)
		}
		for _, f := range r.Failures {
			ended := slices.ContainsFunc(calls[f.Local], func(c *wire.Conversation) bool {
				down := &c.Sides[wire.Down]
				return down.FIN.Packet+down.Reset.Packet != 0
			})
			if !ended && f.Outcome != results.TimedOut && f.Phase != results.PhaseConnect || !results.IsCause(f.Cause) {
				t.Errorf("command %s, attempt %d from %s ended %s for %q, and the capture shows no end", r.ID, f.Attempt, f.Local, f.Outcome, f.Cause)
			}
		}
	}
}

// theDeviceAgrees holds the device's own record of each connection against the
// packets on its leg: a RST where it resets or closes with bytes unread, and
// nowhere else before a FIN.
func theDeviceAgrees(t *testing.T, play *trial) {
	t.Helper()
	records := map[netip.AddrPort][]device.Connection{}
	for _, d := range play.stage.device.Connections() {
		records[d.Client] = append(records[d.Client], d)
	}
	agreed, resets := 0, 0
	for _, c := range play.tap.kept {
		if play.tap.leg(c) != farLeg || c.State == "REJ" {
			continue
		}
		all := records[c.Client]
		i := slices.IndexFunc(all, func(d device.Connection) bool { return play.epoch.UnixNano()+int64(d.Opened) >= c.Began })
		if i < 0 {
			t.Errorf("the device has no record of %s", c.Client)
			continue
		}
		d, up, down := all[i], &c.Sides[wire.Up], &c.Sides[wire.Down]
		byWill := strings.HasPrefix(string(d.Ended), "reset at") || d.Unread > 0
		wired := down.Reset.Packet != 0 && down.FIN.Packet == 0 // behind a FIN it may answer what came late
		spared := up.FIN.Packet != 0 && down.FIN.Packet != 0    // once both have closed, no socket is there to reset anything
		if up.Reset.Packet == 0 && (byWill && !spared && down.Reset.Packet == 0 || wired && !byWill) {
			t.Errorf("the device's record says %q with %d bytes unread, the wire: %s", d.Ended, d.Unread, wire.Ladder(c, &results.Finding{}))
		}
		agreed++
		if wired {
			resets++
		}
	}
	if resets == 0 {
		t.Error("the device reset nothing")
	}
	t.Logf("the device's record and the wire agree on %d connections, %d of them reset at once", agreed, resets)
}
