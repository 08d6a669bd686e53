package faults

import (
	"testing"
	"time"
)

func TestAFaultSaysWhatItDoesInALine(t *testing.T) {
	fifth := Probability(.2)
	for _, tt := range []struct {
		fault Fault
		want  string
	}{
		{Fault{Effect: HalfClose, Point: AfterResponse, Delay: After(2700 * time.Microsecond), Then: ThenClose}, "half-close at after-response, 2.7ms, then close"},
		{Fault{Effect: Crash, Point: Response, Bytes: 10, Down: After(20 * time.Millisecond), Selector: Selector{Probability: &fifth, Attempts: []int{1}}},
			"crash at response, 10 bytes in, down for 20ms (attempt 1; 20%)"},
		{Fault{Effect: GoAway, Point: BeforeForward, Error: NoError, Last: Below}, "goaway at before-forward NO_ERROR, last stream below"},
		{Fault{Effect: Close, Point: AfterResponse, Announce: true, Selector: Selector{Exchanges: []int{5}}}, "close at after-response, announced (request 5 of a connection)"},
		{Fault{Effect: Refuse, Point: Connect, Selector: Selector{Window: Window{From: time.Second, For: time.Second, Every: time.Minute}}}, "refuse at connect (from 1s for 1s every 1m0s)"},
		{Fault{Toxic: &Toxic{Type: "latency", Stream: Downstream, Toxicity: .5, Attributes: map[string]int64{"latency": 10, "jitter": 2}, Window: Window{For: time.Second, Ramp: Up}}},
			"toxic latency downstream jitter=2 latency=10 (50%) for 1s ramp up"},
		{Fault{Effect: Reject, Point: Packet, Stream: Upstream, Segments: []Segment{SYN, FIN}}, "reject at packet upstream syn, fin"},
		{Fault{Effect: Status, Point: BeforeForward, Code: 503, RetryAfter: 1}, "status at before-forward 503, Retry-After 1"},
		{Fault{Effect: Drop, Point: Packet, Stream: Upstream, Selector: Selector{First: 5, Connections: []int{1, 2}, Methods: []string{"PUT"}, Commands: []string{"0-1"}}},
			"drop at packet upstream (commands 0-1; PUT; connection 1 2; the first 5)"},
		{Fault{Effect: Status, Point: Idle, Code: 408, Delay: After(time.Second)}, "status at idle 408, 1s"},
	} {
		if got := tt.fault.String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
