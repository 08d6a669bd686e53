package device

import (
	"io"
	"testing"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
)

func TestADeathSendsOneResetForEachConnectionWithBytesUnread(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, effect := range []faults.Effect{faults.Crash, faults.Exit} {
		t.Run(string(effect), func(t *testing.T) {
			f := once(effect, faults.Request)
			f.Commands = []string{"0-9"}
			p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{f}}})
			idle, served := dial(t, p), dial(t, p)
			for _, c := range []*client{idle, served} {
				c.do(put("0-1"))
			}
			before := kerneltest.OutRsts(t)
			struck := dial(t, p)
			struck.send(put("0-9", "Content-Length: 9") + "half more")
			struck.mustEnd(errReset)
			idle.mustEnd(io.EOF)
			served.mustEnd(io.EOF)
			if sent := kerneltest.OutRsts(t) - before; sent != 1 {
				t.Errorf("%d segments with RST were sent, want 1", sent)
			}
			if got := ended(t, p, 3); got.Unread != len("more") {
				t.Errorf("connection %+v", got)
			}
		})
	}
}
