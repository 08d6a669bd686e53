package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/wire/diagnosis"
)

// stormy strikes a fifth of all commands, in six ways.
const stormy = `version: 1
commands:
  put page: {method: PUT, target: /put/ctrl, body: page, size: 4000}
scenarios:
  - name: storm
    about: Six kinds of faults at full speed.
    load: {clients: 64, commands: 32, mix: [put page, get state], order: shuffle, timeout: 5s}
    strategies: [naive, close, retry]
    device:
      faults:
        - {effect: reset, point: before-forward, probability: 4%}
        - {effect: reset, point: response, bytes: 10, probability: 3%}
        - {effect: reset, point: after-response, probability: 3%}
        - {effect: close, point: request, bytes: 100, methods: [PUT], probability: 6%}
        - {effect: half-close, point: after-response, then: close, delay: 200us, probability: 4%}
    link:
      - {effect: reset, point: after-forward, probability: 3%}
    assert: [resets > 0]
`

// What diagnose says of a storm of ours is what tshark says: connections, those
// with a RST, RSTs, FINs, and of each connection the bytes and packets each way.
// And it agrees with the run that sent the storm.
func TestTsharkCountsInAStormWhatWeCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "storm.pcapng")
	report := captured(t, stormy, "--pcap", path)
	theirs, all := countedByTshark(t, path)

	code, stdout, stderr := do(t, t.Context(), "", "diagnose", "--all", "--format", "json", path)
	var ours told
	if err := json.Unmarshal([]byte(stdout), &ours); err != nil || code != exitFailed {
		t.Fatalf("exit %d, %v\n%s", code, err, stderr)
	}
	total := &ours.Totals
	if got := (counted{rsts: total.RSTPackets, fins: total.FINs}); got.rsts != all.rsts || got.fins != all.fins || total.Connections != len(theirs) || total.Resets != all.withRST {
		t.Errorf("%d connections, %d with RST, %+v; tshark counts %d, %d, %+v", total.Connections, total.Resets, got, len(theirs), all.withRST, all.counted)
	}
	for i := range ours.Connections {
		c := &ours.Connections[i]
		for from, s := range map[string]diagnosis.Side{c.Client.String(): c.FromClient, c.Server.String(): c.FromServer} {
			if got, want := (counted{s.Packets, s.Bytes, s.Resets, s.FINs}), theirs[c.Number][from]; got != want {
				t.Errorf("connection %d from %s: %+v, tshark has %+v", c.Number, from, got, want)
			}
		}
	}
	rsts, packets := sentInAll(t, report)
	if int(rsts) != all.rsts || int(packets) != all.packets {
		t.Errorf("the certificates say %d RSTs in %d packets, tshark %d in %d", rsts, packets, all.rsts, all.packets)
	}
	agrees(t, report, ours.Connections)
	t.Logf("%d connections, %d with RST: %+v", len(theirs), all.withRST, all.counted)
}

// agrees holds what the run found, with the ledger, the link's log and the
// kernel's reasons at hand, against what its packets alone say: a cause that was
// found must be one that they leave.
func agrees(t *testing.T, report *results.Report, all []diagnosis.Connection) {
	t.Helper()
	by := map[int][]*diagnosis.Connection{} // by packet
	for i := range all {
		for _, packet := range all[i].Packets {
			by[packet] = append(by[packet], &all[i])
		}
	}
	compared := 0
	for _, trial := range report.Trials {
		for _, f := range trial.Findings {
			var left []string
			for _, packet := range f.Packets {
				for _, c := range by[packet] {
					left = append(left, c.Cause)
					left = append(left, c.Candidates...)
				}
			}
			if !slices.Contains(left, f.Cause) {
				t.Errorf("%s found %s by packets %v, which leave %v", trial.Strategy, f.Name(), f.Packets, left)
			}
			compared++
		}
	}
	if compared == 0 {
		t.Error("nothing was found")
	}
}

// sentInAll adds up the certificates; those that share one have the same.
func sentInAll(t *testing.T, report *results.Report) (rsts, packets uint64) {
	t.Helper()
	seen := map[results.Certificate]bool{}
	for _, trial := range report.Trials {
		if !trial.Certificate.Certified {
			t.Errorf("%s is not certified: %s", trial.Strategy, trial.Certificate.Missing)
		}
		if !seen[*trial.Certificate] {
			seen[*trial.Certificate] = true
			rsts, packets = rsts+trial.Certificate.OutResets, packets+trial.Certificate.Packets
		}
	}
	return rsts, packets
}

// A counted is what one end of a connection sent.
type counted struct {
	packets    int
	bytes      int64
	rsts, fins int
}

// A tally is what all sent.
type tally struct {
	counted
	withRST int // connections
}

// countedByTshark counts per connection and end, by its address.
func countedByTshark(t *testing.T, file string) (map[int]map[string]counted, tally) {
	t.Helper()
	streams, sum := map[int]map[string]counted{}, tally{}
	reset := map[int]bool{}
	for _, f := range fields(t, file, "tcp.stream", "ip.src", "tcp.srcport", "tcp.len", "tcp.flags.reset", "tcp.flags.fin") {
		n, err := strconv.Atoi(f[0])
		length, err2 := strconv.Atoi(f[3])
		if err != nil || err2 != nil {
			t.Fatalf("tshark says %q", f)
		}
		rst, fin := strings.Count(f[4], "1")+strings.Count(f[4], "True"), strings.Count(f[5], "1")+strings.Count(f[5], "True")
		if streams[n] == nil {
			streams[n] = map[string]counted{}
		}
		c := streams[n][f[1]+":"+f[2]]
		streams[n][f[1]+":"+f[2]] = counted{c.packets + 1, c.bytes + int64(length), c.rsts + rst, c.fins + fin}
		sum.packets, sum.bytes, sum.rsts, sum.fins = sum.packets+1, sum.bytes+int64(length), sum.rsts+rst, sum.fins+fin
		reset[n] = reset[n] || rst > 0
	}
	for _, was := range reset {
		if was {
			sum.withRST++
		}
	}
	return streams, sum
}
