package portrait

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestTimesAreRoundedAtTheirSize(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0ms", 483_000: "0.483ms", 1_499: "0.001ms", 2_229_000: "2.2ms", 2_712_000: "2.7ms", 19_987_000: "20.0ms", 350_400_000: "350ms", 12_345_600_000: "12346ms",
	} {
		if got := span(ns); got != want {
			t.Errorf("%d ns: %s, want %s", ns, got, want)
		}
	}
}

func TestTheLawIsTheOneThatTheTimesWereDrawnFrom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	draw := func(next func() float64) (s sample) {
		for range 2000 {
			s.add(int64(next() * float64(time.Millisecond)))
		}
		return s
	}
	steady := draw(func() float64 { return 20 + 0.5*rng.NormFloat64() })
	if got := steady.law(); got.sigma != 0 || got.low != got.high || math.Abs(float64(got.low)-20e6) > 1e5 {
		t.Errorf("a narrow spread about 20 ms is %v", got)
	}
	flat := draw(func() float64 { return 10 + 30*rng.Float64() })
	if got := flat.law(); got.sigma != 0 || math.Abs(float64(got.low)-10e6) > 1e6 || math.Abs(float64(got.high)-40e6) > 1e6 {
		t.Errorf("uniform from 10 to 40 ms is %v", got)
	}
	bell := draw(func() float64 { return 5 * math.Exp(0.7*rng.NormFloat64()) })
	if got := bell.law(); math.Abs(got.sigma-0.7) > 0.1 || math.Abs(float64(got.low)-5e6) > 5e5 {
		t.Errorf("lognormal of 5 ms and 0.7 is %v", got)
	}
}

func TestASampleIsAFairChoice(t *testing.T) {
	var s sample
	const n = 100_000
	for i := range int64(n) {
		s.add(i)
	}
	if s.n != n || len(s.kept) != maxSample {
		t.Fatalf("%d of %d kept", len(s.kept), s.n)
	}
	for _, q := range []float64{0.1, 0.5, 0.9} {
		if got := float64(s.quantile(q)) / n; math.Abs(got-q) > 5*math.Sqrt(q*(1-q)/maxSample) {
			t.Errorf("quantile %v lies at %v", q, got)
		}
	}
}

func TestAnIDIsNoPartOfATarget(t *testing.T) {
	for target, want := range map[string]string{
		"/a": "/a", "/a?command=0-1": "/a", "/a?x=1&command=0-1&y": "/a?x=1&y", "/a?commands=1": "/a?commands=1",
	} {
		if got := withoutID(target); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

func TestTargetsThatDifferInTheirQueryOnlyBecomeOne(t *testing.T) {
	var r repertoire
	last := none
	for i := range 50 {
		is := r.meet("GET", fmt.Sprintf("/state?t=%d", i), 100)
		r.follow(last, is)
		put := r.meet("PUT", "/ctrl", 100)
		r.follow(is, put)
		last = put
	}
	all := r.often()
	if len(all) != 2 || r.all[all[0]].n != 50 || r.all[all[1]].n != 50 || r.others != 0 {
		t.Errorf("%+v", r.all)
	}
	if turn := r.cycle(); len(turn) != 2 || r.all[turn[0]].target != "/state" {
		t.Errorf("they come in turn, and the cycle is %v", turn)
	}
}

func TestCommandsInNoOrderArePlayedByTheirShares(t *testing.T) {
	c := &scene{server: &server{}}
	rng := rand.New(rand.NewPCG(1, 1))
	last := none
	for range 400 {
		method, target := "GET", "/query/state"
		if rng.IntN(4) == 0 {
			method, target = "PUT", "/put/ctrl"
		}
		is := c.commands.meet(method, target, 60)
		c.commands.follow(last, is)
		last = is
	}
	names, shuffled := c.mix(c.play())
	puts := 0
	for _, name := range names {
		if name == "put ctrl" {
			puts++
		}
	}
	if share := float64(puts) / float64(len(names)); !shuffled || math.Abs(share-0.25) > 0.07 {
		t.Errorf("%v, shuffled: %v", names, shuffled)
	}
}

func TestClientsAtOnceAreCounted(t *testing.T) {
	var v visits
	for i := range 40 { // four clients, each with ten connections one after the other
		began := int64(i/4*100 + i%4)
		v.add(visit{began: began, until: began + 90})
	}
	v.sort()
	if most, often := v.atOnce(); most != 4 || often != 4 {
		t.Errorf("%d at most, %d often", most, often)
	}
}

func TestIdleTimeoutsAndClosingsBehindAnAnswerAreToldApart(t *testing.T) {
	const ms = int64(time.Millisecond)
	device := func(after, patient, hit int64, meets meeting) *closing {
		k := &closing{}
		for range 10 {
			k.answered(false, patient)
			k.add(&ending{kind: silently, meeting: meets, after: after, pause: hit, answers: 3})
		}
		return k
	}
	for _, tt := range []struct {
		name      string
		closing   *closing
		roundTrip int64
		want      bool
	}{
		{"answered before, closed at 25 ms, too late after", device(25*ms, 10*ms, 40*ms, tooLate), 0, true},
		{"answered after a longer pause than that", device(5*ms, 10*ms, 40*ms, tooLate), 0, false},
		{"lay unread though it came before", device(25*ms, 10*ms, 10*ms, collides), 0, false},
		{"answered though it came later than that over the way", device(2700*ms/1000, 2200*ms/1000, 2200*ms/1000, crosses), 2 * ms, false},
	} {
		if got := tt.closing.idles(tt.roundTrip); got != tt.want {
			t.Errorf("%s: idle timeout %v, want %v", tt.name, got, tt.want)
		}
	}
}
