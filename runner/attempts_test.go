package runner

import (
	"testing"
	"time"

	"rstorm/link"
	"rstorm/wire"
)

func TestAConnectionMayBeLostBeforeTheLinkAcceptsIt(t *testing.T) {
	q := &inquiry{epoch: time.Unix(100, 0)}
	began := func(after time.Duration) [legs]*wire.Conversation {
		return [legs]*wire.Conversation{nearLeg: {Began: q.at(after)}}
	}
	old := &incident{log: &link.Connection{Opened: 10}, legs: began(9)}
	late := &incident{log: &link.Connection{Opened: 80}, legs: began(40)}
	unseen := &incident{log: &link.Connection{Opened: 90}}
	for by, want := range map[time.Duration]*incident{5: nil, 30: old, 50: late, 85: late, 95: unseen} {
		if got := q.lastOf([]*incident{old, late, unseen}, by); got != want {
			t.Errorf("an attempt that ended at %d was on %+v, want %+v", by, got, want)
		}
	}
}
