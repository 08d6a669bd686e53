package portrait

import (
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

func TestAnAnswerThatComesTooLateIsNoSuccess(t *testing.T) {
	f := newFilm()
	for i := range 40 {
		c := f.call()
		f.ask(c, get)
		if i%2 == 0 {
			f.Wait(30 * time.Millisecond)
			c.Send(wire.Up, wire.FIN|wire.ACK, "")
			f.Wait(30 * time.Millisecond)
			f.answer(c, "")
			c.Reply(wire.Up)
			continue
		}
		f.answer(c, "")
		f.part(c)
	}
	text, suite := written(t, f.Tape)
	if !strings.Contains(text, "20 answers, 20 of them with success") {
		t.Errorf("late answers count:\n%s", text)
	}
	sc := suite.Scenarios[0]
	if got := sc.Load.Timeout; got < 25*time.Millisecond || got > 60*time.Millisecond || len(sc.Device.Faults) != 1 || *sc.Device.Faults[0].Probability != 0.5 {
		t.Errorf("timeout %v, faults %v\n%s", got, sc.Device.Faults, text)
	}
}

func TestRequestsAbortedByWillWereRead(t *testing.T) {
	f := newFilm()
	c, n := f.call(), 0
	abort := func() {
		e := &c.Ends[wire.Down]
		c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: e.Next, Ack: e.Heard, Window: 502, Options: true})
		c = f.call()
	}
	for i := range 80 { // every PUT is aborted, and half of them are the first of their connections
		f.Wait(time.Duration(1+i%7) * time.Millisecond)
		f.ask(c, []string{put, get}[i%2])
		if i%2 == 0 {
			n++
			f.Wait(100 * time.Microsecond)
			abort()
			continue
		}
		f.answer(c, "")
		if i%4 == 1 {
			f.part(c)
			c = f.call()
		}
	}
	_, suite := written(t, f.Tape)
	got := suite.Scenarios[0].Device.Faults
	if len(got) != 1 || got[0].Effect != faults.Reset || got[0].Probability == nil || *got[0].Probability < 0.45 || *got[0].Probability > 0.55 {
		t.Errorf("%d of 80 requests were aborted; the faults are %v", n, got)
	}
}

func TestANaiveClientMayLoseWhatNeverLeft(t *testing.T) {
	f := newFilm()
	c := f.call()
	for i := range 80 {
		f.ask(c, get)
		f.answer(c, "")
		f.Wait(time.Millisecond)
		if i%4 == 3 {
			f.reset(c)
			f.Wait(9 * time.Millisecond)
			c = f.call()
		}
		f.Wait(4 * time.Millisecond)
	}
	text, _ := written(t, f.Tape)
	if strings.Contains(text, "success > 8") || strings.Contains(text, "success > 9") {
		t.Errorf("all that was seen was answered, but every fifth command may not have been seen:\n%s", text)
	}
}
