package runner

import (
	"testing"

	"rstorm/device"
	"rstorm/link"
	"rstorm/results"
	"rstorm/wire"
)

// sent is a connection whose client sent segments of so many bytes.
func sent(lengths ...int) *wire.Conversation {
	c := &wire.Conversation{Protocol: wire.TLS}
	for _, n := range lengths {
		c.Events = append(c.Events, wire.Event{Way: wire.Up, Length: n}, wire.Event{Way: wire.Down, Length: 200})
	}
	return c
}

// An ordinary close over TLS may meet a device that has closed already: that is
// no death of a process and hits no command.
func TestAGoodbyeThatLiesUnreadIsNotAHitCommand(t *testing.T) {
	failed := []failure{{&results.Failure{Outcome: results.Reset}, &results.Record{}}}
	for _, tt := range []struct {
		name string
		n    incident
		want string // all that the records leave
	}{
		{"asked to close, and does", incident{device: &device.Connection{Ended: device.CloseHonoured}}, "unread-data"},
		{"the goodbye lies unread", incident{device: &device.Connection{Ended: "close at after-response", Unread: 24}}, "unread-data"},
		{"the goodbye comes too late", incident{device: &device.Connection{Ended: "close at after-response"}, legs: [legs]*wire.Conversation{farLeg: sent(900, 24)}}, "unread-data"},
		{"a request comes too late", incident{device: &device.Connection{Ended: "close at after-response"}, legs: [legs]*wire.Conversation{farLeg: sent(900, 140)}}, "close-race close-collision stale-reuse"},
		{"a command was hit", incident{device: &device.Connection{Ended: "close at after-response"}, legs: [legs]*wire.Conversation{farLeg: sent(900, 24)}, failed: failed}, "close-race close-collision stale-reuse"},
		{"an answer was cut", incident{device: &device.Connection{Ended: "truncate at response"}, legs: [legs]*wire.Conversation{farLeg: sent(900, 24)}}, "protocol-error"},
	} {
		tt.n.log, tt.n.row = &link.Connection{}, &results.Connection{Reset: results.ByDevice}
		f := results.Finding{}
		settle(&f, tt.n.said(&inquiry{tls: true}))
		if got := joined(&f); got != tt.want {
			t.Errorf("%s: the records leave %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Causes that no fault of the stage brings about on a connection are not named,
// however well they fit: least of all the death of a process that lived on.
func TestWhatCanNotComeAboutIsNotNamed(t *testing.T) {
	possible := []string{"client-abort", "crash-before-response", "crash-mid-response", "crash-while-receiving", "refused"}
	to := link.Connection{Device: endpoint}
	for _, tt := range []struct {
		name  string
		n     incident
		seen  string
		names string
	}{
		{"a process that lived on", incident{device: &device.Connection{Ended: device.ClientClosed}}, "abort-after-response", "unknown"},
		{"one that died", incident{device: &device.Connection{Ended: "crash at response"}}, "crash-mid-response", "crash-mid-response"},
		{"a queue of one that died", incident{}, "crash-before-response crash-while-receiving", "crash-before-response"},
		{"no call was answered, and none is dropped here", incident{failed: []failure{{&results.Failure{Outcome: results.TimedOut, Phase: results.PhaseConnect}, &results.Record{}}}}, "", "unknown"},
		{"a client that was told of a reset", incident{device: &device.Connection{Ended: device.Unexplained}}, "client-abort", "unknown"},
	} {
		tt.n.log, tt.n.row = &to, &results.Connection{Reset: results.ByDevice, Cause: results.CauseUnknown}
		f := results.Finding{}
		if tt.seen != "" {
			settle(&f, fields(tt.seen))
		}
		tt.n.decide(&f, &inquiry{possible: possible, recorded: true})
		if got := joined(&f); got != tt.names {
			t.Errorf("%s: it looks like %s and is named %s, want %s", tt.name, tt.seen, got, tt.names)
		}
	}
}

func TestWhereNothingCanBeReadWhatHurtNobodyIsNoFinding(t *testing.T) {
	reset := sent(900, 140)
	reset.Sides[wire.Down].Resets = 1
	failed := []failure{{&results.Failure{}, &results.Record{}}}
	for _, tt := range []struct {
		name     string
		n        incident
		harmless bool
	}{
		{"nothing", incident{legs: [legs]*wire.Conversation{sent(900)}}, true},
		{"a RST", incident{legs: [legs]*wire.Conversation{reset}}, false},
		{"a failed attempt", incident{failed: failed}, false},
	} {
		tt.n.row = &results.Connection{}
		if got := tt.n.harmless(); got != tt.harmless {
			t.Errorf("with %s, harmless is %v", tt.name, got)
		}
	}
}
