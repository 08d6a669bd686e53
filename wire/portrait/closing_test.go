package portrait

import (
	"strings"
	"testing"
	"time"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// closes lets the device close in order so long after its answer; the client
// follows.
func (f *film) closes(c *wiretest.Call, after time.Duration) {
	f.Wait(after)
	c.Send(wire.Down, wire.FIN|wire.ACK, "")
	c.Send(wire.Up, wire.FIN|wire.ACK, "")
	c.Send(wire.Down, wire.ACK, "")
	f.Wait(10 * time.Millisecond)
}

// serve makes a connection with n exchanges, a pause before each but the first.
func (f *film) serve(n int, pause time.Duration, fields string) *wiretest.Call {
	c := f.call()
	for i := range n {
		if i > 0 {
			f.Wait(pause)
		}
		f.ask(c, get)
		f.answer(c, fields)
	}
	return c
}

func TestHowTheDeviceClosesIsWritten(t *testing.T) {
	for _, tt := range []struct {
		name string
		roll func(*film)
		want string // the device's faults
		like string
	}{
		{"behind every answer", func(f *film) {
			for range 10 {
				f.closes(f.serve(1, 0, ""), 3*time.Millisecond)
			}
		}, "close at after-response, 3ms", "close"},
		{"behind every answer, and says so", func(f *film) {
			for range 10 {
				f.closes(f.serve(1, 0, "Connection: close\r\n"), 3*time.Millisecond)
			}
		}, "close at after-response, 3ms, announced", "close"},
		{"behind the fifth answer", func(f *film) {
			for range 6 {
				f.closes(f.serve(5, 8*time.Millisecond, ""), 3*time.Millisecond)
			}
		}, "close at after-response, 3ms (request 5 of a connection)", "go-default"},
		{"after 30 ms of silence", func(f *film) {
			for i := range 10 {
				f.closes(f.serve(2+i%3, 8*time.Millisecond, ""), 30*time.Millisecond)
			}
		}, "close at idle, 30ms", "naive"},
		{"never: it is the client", func(f *film) {
			for range 10 {
				f.part(f.serve(3, 8*time.Millisecond, ""))
			}
		}, "", "naive"},
		{"by a reset, behind every answer", func(f *film) {
			for range 10 {
				c := f.serve(1, 0, "")
				f.Wait(2 * time.Millisecond)
				f.reset(c)
				f.Wait(20 * time.Millisecond)
			}
		}, "reset at after-response, 2ms", "close"},
	} {
		f := newFilm()
		tt.roll(f)
		text, suite := written(t, f.Tape)
		var got []string
		sc := suite.Scenarios[0]
		for i := range sc.Device.Faults {
			got = append(got, sc.Device.Faults[i].String())
		}
		if faults := strings.Join(got, "; "); faults != tt.want || sc.Strategies[0].Label != tt.like {
			t.Errorf("%s: %s, like %s; want %s, like %s\n%s", tt.name, faults, sc.Strategies[0].Label, tt.want, tt.like, text)
		}
	}
}

func TestAPortraitCanBeWrittenTwice(t *testing.T) {
	p := portraitOf(wiretest.Golden())
	var first, again strings.Builder
	if err := p.WriteScenario(&first, "x"); err != nil {
		t.Fatal(err)
	}
	if err := p.WriteScenario(&again, "x"); err != nil || first.String() != again.String() {
		t.Errorf("%v; first\n%s\nthen\n%s", err, first.String(), again.String())
	}
}

func TestLongPausesAreShortenedTogether(t *testing.T) {
	f := newFilm()
	for range 6 {
		f.closes(f.serve(3, 20*time.Second, ""), 30*time.Second)
	}
	text, suite := written(t, f.Tape)
	sc := suite.Scenarios[0]
	gap, idle := sc.Load.Gap.Median(), sc.Device.Faults[0].Delay.Median()
	if ratio := float64(idle) / float64(gap); gap > time.Second || ratio < 1.45 || ratio > 1.55 || !strings.Contains(text, "80 times as short") {
		t.Errorf("gap %v, idle %v\n%s", gap, idle, text)
	}
}
