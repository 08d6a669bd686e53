package link

import (
	"fmt"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// The client gets bytes that it did not ask for, and the connection goes on:
// garbage at after-forward takes the place of the answer.
func TestUnaskedBytesReachTheClientAndTheConnectionGoesOn(t *testing.T) {
	texts := map[faults.Effect]string{faults.Garbage: noise, faults.Unsolicited: unasked}
	for effect, text := range texts {
		for _, point := range linkPoints(effect) {
			t.Run(fmt.Sprintf("%s at %s", effect, point), func(t *testing.T) {
				t.Parallel()
				f := faults.Fault{Effect: effect, Point: point, Selector: faults.Selector{First: 1}}
				want := []string{answer + text, answer}
				switch point {
				case faults.Connect:
					want[0] = text + answer
				case faults.AfterForward:
					want[0] = text
				case faults.Idle:
					f.Delay, f.Attempts = faults.After(20*time.Millisecond), []int{1}
				}
				got := make(chan string, 1)
				l := openLink(t, startDevice(t, answering(got, false)), f)
				c := call(t, l.Addr(), nil)
				for i, w := range want {
					c.say(request(fmt.Sprintf("0-%d", i)))
					c.take(w)
				}
				c.CloseWrite()
				c.drain()
				c.Close()
				if c.saw[0] != `"", EOF` {
					t.Errorf("then the client saw %v, want EOF", c.saw)
				}
				if s, want := <-got, fmt.Sprintf("2 requests in %d bytes, EOF", 2*len(request("0-0"))); s != want {
					t.Errorf("device got %s; want %s", s, want)
				}
				log := closeLink(t, l)[0]
				if log.First != results.ByClient || log.Reset != "" || log.Injected != "" || len(log.Strikes) != 1 || log.Down != int64(2*len(answer)) {
					t.Errorf("log: %+v", log)
				}
				if replaced := log.Exchanges[0].Answered < 0; replaced != (point == faults.AfterForward) || log.Exchanges[1].Answered < 0 {
					t.Errorf("log: %+v; want the first answered unless it was replaced", log.Exchanges)
				}
			})
		}
	}
}

// Garbage in place of an answer is as late as its delay says, counted from the
// request, and comes only if the device has answered.
func TestGarbageInPlaceOfAnAnswerIsDelayed(t *testing.T) {
	const late = 60 * time.Millisecond
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Garbage, Point: faults.AfterForward, Delay: faults.After(late)})
	c := call(t, l.Addr(), nil)
	defer c.Close()
	began := time.Now()
	c.say(request("0-0"))
	c.take(noise)
	if took := time.Since(began); took < late {
		t.Errorf("it took %v, less than its delay of %v", took, late)
	}
}
