package device

import (
	"crypto/tls"
	"io"
	"testing"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

func TestTheKernelSendsAResetForWhatIsOneAndForNothingElse(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, s := range []struct {
		protocol results.Protocol
		fault    faults.Fault
		resets   uint64
	}{
		{results.HTTPS, faults.Fault{Effect: faults.Reset, Point: faults.Handshake}, 1},
		{results.HTTPS, faults.Fault{Effect: faults.Close, Point: faults.Handshake}, 1}, // the ClientHello lies unread
		{results.HTTPS, faults.Fault{Effect: faults.Alert, Point: faults.Handshake, Code: 40}, 0},
		{results.H2, faults.Fault{Effect: faults.Reset, Point: faults.Handshake}, 1},
		{results.H2, faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward}, 1},
		{results.H2, faults.Fault{Effect: faults.Reset, Point: faults.Response, Bytes: 5}, 1},
		{results.H2, faults.Fault{Effect: faults.Close, Point: faults.AfterForward}, 0},
		{results.H2, faults.Fault{Effect: faults.Drain, Point: faults.AfterForward}, 0},
		{results.H2, faults.Fault{Effect: faults.Truncate, Point: faults.Response, Bytes: 5}, 0},
		{results.H2, faults.Fault{Effect: faults.GoAway, Point: faults.AfterForward, Last: faults.Below, Error: faults.NoError}, 0},
		{results.H2C, faults.Fault{Effect: faults.GoAway, Point: faults.AfterResponse, Last: faults.At, Error: faults.NoError}, 0},
		{results.H2C, faults.Fault{Effect: faults.Reset, Point: faults.AfterResponse}, 1},
	} {
		t.Run(string(s.protocol)+" "+string(s.fault.Effect)+" at "+string(s.fault.Point), func(t *testing.T) {
			d := switchOnSpeaking(t, s.protocol, Profile{Faults: []faults.Fault{s.fault}})
			before := kerneltest.OutRsts(t)
			if s.fault.Point == faults.Handshake {
				c := dial(t, d)
				if tls.Client(c.TCPConn, &tls.Config{RootCAs: d.Roots(), ServerName: "localhost"}).Handshake() == nil {
					t.Error("they shook hands")
				}
				c.Close()
			} else {
				p := call(t, d)
				p.put(1, "0-1")
				_, _, _ = p.rest() // how it ends is tested elsewhere
				_, _ = io.Copy(io.Discard, p.TCPConn)
				p.TCPConn.Close()
			}
			ended(t, d, 1)
			if n := kerneltest.OutRsts(t) - before; n != s.resets {
				t.Errorf("%d resets, want %d", n, s.resets)
			}
		})
	}
}
