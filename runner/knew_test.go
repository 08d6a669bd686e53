package runner

import (
	"context"
	"syscall"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/results"
	"rstorm/scenarios"
)

// finds is a client that asks for what became of its command after its only
// attempt was reset.
type finds struct{ reply results.Reply }

func (f finds) Do(context.Context, results.Command) results.Reply { return f.reply }
func (finds) Close()                                              {}

// What a client finds out after its last attempt takes time as well, and what
// ended that attempt did not end the command.
func TestACommandIsDoneWhenItsClientKnew(t *testing.T) {
	epoch := time.Now()
	last := results.Attempt{Connection: 1, Exchange: 1, Outcome: results.Reset, Err: syscall.ECONNRESET, Phase: results.PhaseWait,
		Sent: epoch.Add(time.Second), Done: epoch.Add(2 * time.Second)}
	for _, tt := range []struct {
		name  string
		reply results.Reply
		done  time.Duration
		errno string
	}{
		{"nothing more", results.Reply{Outcome: results.Reset, Err: last.Err}, 2 * time.Second, "ECONNRESET"},
		{"asked in vain", results.Reply{Outcome: results.Reset, Err: last.Err, Done: epoch.Add(3 * time.Second)}, 3 * time.Second, "ECONNRESET"},
		{"learnt that it was executed", results.Reply{Outcome: results.OK, Status: 200, Done: epoch.Add(4 * time.Second)}, 4 * time.Second, ""},
	} {
		tt.reply.Attempts = []results.Attempt{last}
		c := &caller{load: &scenarios.Load{Timeout: time.Minute}, epoch: epoch, client: finds{tt.reply}, dialer: clients.NewDialer(nil)}
		r := c.send(t.Context(), results.Command{})
		if r.Done != tt.done || r.LastTry != time.Second || r.Errno != tt.errno || r.Outcome != tt.reply.Outcome || len(r.Failures) != 1 {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}
