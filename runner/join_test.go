package runner

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/results"
)

func TestTheLedgerTellsDuplicatesAndOrder(t *testing.T) {
	records := map[string]*results.Record{}
	for client := range uint32(2) {
		for seq := range uint32(4) {
			id := results.CommandID{Client: client, Seq: seq}
			records[id.String()] = &results.Record{ID: id}
		}
	}
	var ledger []device.Execution
	for i, id := range strings.Fields("0-0 1-0 0-2 0-1 0-2 1-1 9-9 - 1-1 1-3") {
		ledger = append(ledger, device.Execution{Command: strings.Trim(id, "-"), At: time.Duration(i)})
	}
	if foreign := joinLedger(records, ledger); foreign != 2 {
		t.Errorf("%d executions without a record, want 2", foreign)
	}
	want := map[string]string{"0-0": "1 false", "0-1": "1 true", "0-2": "2 false", "0-3": "0 false",
		"1-0": "1 false", "1-1": "2 false", "1-2": "0 false", "1-3": "1 false"}
	for id, r := range records {
		if got := fmt.Sprint(r.Executed, r.Reordered); got != want[id] || !r.Ledger {
			t.Errorf("%s: executed, reordered = %s, want %s", id, got, want[id])
		}
	}
}

func TestKernelCountersAreReadByName(t *testing.T) {
	const snmp = "Ip: A B\nIp: 1 2\nTcp: RtoMin EstabResets OutRsts InErrs\nTcp: 200 7 9 0\nUdp: X\nUdp: 1\n"
	k := parseKernel(strings.NewReader(snmp))
	if k == nil || k.EstablishedResets != 7 || k.OutResets != 9 {
		t.Errorf("counters = %+v", k)
	}
	for _, bad := range []string{"", "Tcp: OutRsts\nTcp: 1\n", "Tcp: OutRsts EstabResets\n", "Tcp: OutRsts EstabResets\nTcp: x 1\n"} {
		if k := parseKernel(strings.NewReader(bad)); k != nil {
			t.Errorf("%q reads as %+v", bad, k)
		}
	}
	if kernelSince(k, nil) != nil || *kernelSince(k, &results.Kernel{OutResets: 4}) != (results.Kernel{OutResets: 5, EstablishedResets: 7}) {
		t.Error("the difference is wrong")
	}
}

func TestALateScheduleIsCalledPerturbed(t *testing.T) {
	late := make([]time.Duration, 200)
	if is, _ := perturbed(late, false); is {
		t.Error("an exact schedule is perturbed")
	}
	for i := range 120 {
		late[i] = 3 * time.Millisecond
	}
	if is, why := perturbed(late, false); !is || !strings.Contains(why, "3ms in the median") || strings.Contains(why, "timers") {
		t.Errorf("perturbed = %v, %q", is, why)
	}
	if is, _ := perturbed(nil, true); is {
		t.Error("no commands are perturbed")
	}
}

func TestTrialsThatComputeRunAlone(t *testing.T) {
	var jobs []job
	for i := range 40 {
		jobs = append(jobs, job{order: i, alone: i%4 == 0})
	}
	running, most, played := make(chan struct{}, 3), 0, map[int]bool{}
	lock := make(chan struct{}, 1)
	overlap(jobs, 3, func(j job) {
		select {
		case running <- struct{}{}:
		default:
			t.Error("more trials at once than allowed")
			return
		}
		lock <- struct{}{}
		now := len(running)
		most = max(most, now)
		played[j.order] = true
		if j.alone && now != 1 {
			t.Errorf("trial %d has %d neighbours", j.order, now-1)
		}
		<-lock
		<-running
	})
	if len(played) != len(jobs) {
		t.Errorf("%d of %d played", len(played), len(jobs))
	}
}
