package device

import (
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
)

// TestTheKernelSendsOneResetForWhatLiesUnread counts the segments with RST
// that a broken exchange costs, in a network where nothing else happens. The
// client sends everything before it reads to the end, and closes with nothing
// unread.
func TestTheKernelSendsOneResetForWhatLiesUnread(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	ten := tens[0].request
	for _, s := range []struct {
		name    string
		profile Profile
		request string
		resets  uint64
	}{
		{"closed at the head", within(faults.Close, 0), ten, 1},
		{"closed in the body", within(faults.Close, 5), ten, 1},
		{"closed behind the body", within(faults.Close, 10), ten, 0},
		{"closed in a chunk", within(faults.Close, 5), tens[1].request, 1},
		{"closed with a request behind", within(faults.Close, 10), ten + get("0-2"), 1},
		{"reset in the body", within(faults.Reset, 5), ten, 1},
		{"reset behind the body", within(faults.Reset, 10), ten, 1},
		{"too large, drained", Profile{MaxBody: 9}, ten, 0},
		{"too large, abrupt", Profile{MaxBody: 9, TooLarge: LargeAbrupt}, ten, 1},
		{"too large, silent", Profile{MaxBody: 9, TooLarge: LargeSilent}, ten, 1},
		{"no last chunk", malformed(faults.NoLastChunk, 5), ten, 0},
		{"HTTP/1.0", malformed(faults.HTTP10, 0), ten, 0},
		{"408 when idle", Profile{Faults: []faults.Fault{{Effect: faults.Status, Point: faults.Idle, Code: 408, Delay: faults.After(time.Millisecond), Selector: faults.Selector{Methods: []string{"PUT"}}}}}, ten, 0},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOn(t, s.profile)
			before := kerneltest.OutRsts(t)
			c := dial(t, d)
			c.send(s.request)
			c.rest()
			c.Close()
			got := ended(t, d, 1)
			if n := kerneltest.OutRsts(t) - before; n != s.resets {
				t.Errorf("%d resets, want %d; connection %+v", n, s.resets, got)
			}
		})
	}
}
