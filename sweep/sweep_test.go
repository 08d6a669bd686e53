package sweep_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"rstorm/results"
	"rstorm/sweep"
)

// A curve is the true share of successes at each value.
type curve func(v float64) float64

// step is low before at and high from there on.
func step(at, low, high float64) curve {
	return func(v float64) float64 {
		if v < at {
			return low
		}
		return high
	}
}

// slope goes from low to high around at; nine tenths of the way lie within width.
func slope(at, width, low, high float64) curve {
	return func(v float64) float64 { return low + (high-low)/(1+math.Exp(-5.9*(v-at)/width)) }
}

// crossing is where c passes the bound between from and to.
func (c curve) crossing(bound, from, to float64) float64 {
	rises := c(from) < bound
	for range 60 {
		if middle := (from + to) / 2; (c(middle) < bound) == rises {
			from = middle
		} else {
			to = middle
		}
	}
	return (from + to) / 2
}

// play draws trials of commands each from the curve, all on their own.
func (c curve) play(seed uint64, commands int) func(context.Context, []float64) ([]sweep.Sample, error) {
	return c.together(seed, commands, 0)
}

// together draws trials in which each command shares the fate of its trial with
// this chance: the correlation of two of them is its square.
func (c curve) together(seed uint64, commands int, shares float64) func(context.Context, []float64) ([]sweep.Sample, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	return func(_ context.Context, values []float64) ([]sweep.Sample, error) {
		all := make([]sweep.Sample, len(values))
		for i, v := range values {
			all[i].Commands = commands
			fate := rng.Float64() < c(v)
			for range commands {
				ok := rng.Float64() < c(v)
				if rng.Float64() < shares {
					ok = fate
				}
				if ok {
					all[i].OK++
				}
			}
			all[i].Crossed = commands - all[i].OK
		}
		return all, nil
	}
}

// tenth rounds to a hundredth of the range from 0 to 10.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }

var known = []struct {
	name      string
	curve     curve
	bound     float64
	crossings [][2]float64 // between which values there is one each
}{
	{"a step down to a half", step(4.73, 1, .5), .99, [][2]float64{{0, 10}}},
	{"a step up to all", step(2.7, .5, 1), .99, [][2]float64{{0, 10}}},
	{"a step from little to less", step(6.2, .3, .1), .2, [][2]float64{{0, 10}}},
	{"a steep slope", slope(5.1, 1, 1, .3), .9, [][2]float64{{0, 10}}},
	{"a gentle slope", slope(5, 8, .5, 1), .75, [][2]float64{{0, 10}}},
	{"a very gentle slope", func(v float64) float64 { return 1 - v/20 }, .8, [][2]float64{{0, 10}}},
	{"a dip", func(v float64) float64 { return 1 - .5*math.Exp(-(v-5)*(v-5)) }, .9, [][2]float64{{0, 5}, {5, 10}}},
	{"a window", func(v float64) float64 { return step(3.05, .5, 1)(v) * step(6.55, 1, .6)(v) }, .95, [][2]float64{{0, 5}, {5, 10}}},
	{"at the very end", step(9.95, 1, 0), .5, [][2]float64{{0, 10}}},
}

func TestWithoutACrossingTheCurveSaysOnWhichSideAllLies(t *testing.T) {
	for _, k := range []struct {
		name    string
		share   float64
		decided bool
		side    results.Side
	}{{"all", 1, true, results.Above}, {"a half", .5, true, results.Below}, {"nothing", 0, true, results.Below}, {"the bound itself", .9, false, ""}} {
		t.Run(k.name, func(t *testing.T) {
			s := sweep.Search{From: 0, To: 10, Bound: .9, Round: tenth, Play: curve(func(float64) float64 { return k.share }).play(1, 100)}
			c, err := s.Find(t.Context())
			if err != nil || len(c.Crossings) > 0 || c.Decided() != k.decided {
				t.Fatalf("%v, %+v", err, c)
			}
			for _, p := range c.Points {
				if k.decided && p.Side != k.side {
					t.Errorf("%+v", p)
				}
			}
		})
	}
}

func TestFewValuesAndFewTrialsAreEnoughForWhatTheyTell(t *testing.T) {
	whole := sweep.Search{From: 1, To: 4, Bound: .9, Round: math.Round, Play: step(2.5, 1, .2).play(1, 100)}
	c, err := whole.Find(t.Context())
	if err != nil || len(c.Points) != 4 || len(c.Crossings) != 1 || c.Crossings[0].Low != 2 || c.Crossings[0].High != 3 || !c.Crossings[0].Falls || c.Spent {
		t.Errorf("%v, %+v", err, c)
	}
	for trials := 2; trials < 12; trials++ {
		s := sweep.Search{From: 0, To: 10, Bound: .9, Trials: trials, Play: step(5, 1, .2).play(1, 100)}
		c, err := s.Find(t.Context())
		if err != nil || c.Trials > trials || len(c.Points) < 2 || !c.Spent {
			t.Errorf("%d trials: %v, %+v", trials, err, c)
		}
	}
}

func TestWhateverTheCurveTheResultIsInOrder(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 7))
		heights := make([]float64, 12)
		for i := range heights {
			heights[i] = rng.Float64()
		}
		bound, budget := .05+.9*rng.Float64(), 2+rng.IntN(300)
		s := sweep.Search{From: 0, To: 11, Bound: bound, Trials: budget,
			Play: curve(func(v float64) float64 { return heights[int(v)] }).play(seed, 1+rng.IntN(200))}
		c, err := s.Find(t.Context())
		if err != nil || c.Trials > budget || c.Partial {
			t.Fatalf("seed %d: %v, %+v", seed, err, c)
		}
		if !slices.IsSortedFunc(c.Points, func(a, b results.CurvePoint) int { return int(math.Copysign(1, a.Value-b.Value)) }) {
			t.Errorf("seed %d: points out of order", seed)
		}
		for i, x := range c.Crossings {
			if x.Low >= x.High || x.Value < x.Low || x.Value > x.High || i > 0 && (x.Low < c.Crossings[i-1].High || x.Falls == c.Crossings[i-1].Falls) {
				t.Errorf("seed %d: crossings %+v", seed, c.Crossings)
			}
		}
		for _, p := range c.Points {
			if p.OK+p.Losses.Sum() != p.Commands || p.Success < p.SuccessLow || p.Success > p.SuccessHigh {
				t.Errorf("seed %d: %+v", seed, p)
			}
		}
	}
}

func TestWhatWasMeasuredIsKeptWhenTheSearchIsCutShort(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	why, rounds := errors.New("enough"), 0
	play := step(5.05, 1, .5).play(1, 100)
	s := sweep.Search{From: 0, To: 10, Bound: .9, Round: tenth, Play: func(ctx context.Context, values []float64) ([]sweep.Sample, error) {
		if rounds++; rounds == 6 {
			stop(why)
			all, _ := play(ctx, values[:1])
			return all, context.Cause(ctx)
		}
		return play(ctx, values)
	}}
	c, err := s.Find(ctx)
	if !errors.Is(err, why) || !c.Partial || len(c.Points) < 11 || len(c.Crossings) != 1 {
		t.Errorf("%v, %+v", err, c)
	}
	if c, err := s.Find(ctx); !errors.Is(err, why) || !c.Partial || len(c.Points) > 0 {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestValuesThatCannotBePlayedAreNoData(t *testing.T) {
	s := sweep.Search{From: 0, To: 10, Bound: .9, Round: tenth, Play: func(_ context.Context, values []float64) ([]sweep.Sample, error) {
		return make([]sweep.Sample, len(values)), nil
	}}
	c, err := s.Find(t.Context())
	if err != nil || c.Decided() || c.Spent || c.Trials != 11 || c.Points[0].Success.Known() {
		t.Errorf("%v, %+v", err, c)
	}
	some := step(5.05, 1, .5).play(1, 100)
	s.Play = func(ctx context.Context, values []float64) ([]sweep.Sample, error) {
		all, err := some(ctx, values)
		for i, v := range values {
			if v > 8 {
				all[i] = sweep.Sample{}
			}
		}
		return all, err
	}
	if c, err := s.Find(t.Context()); err != nil || len(c.Crossings) != 1 || c.Crossings[0].Low != 5 || c.Crossings[0].High != 5.1 {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestTrialsThatABusyMachineSpoiltArePlayedAgain(t *testing.T) {
	times := map[float64]int{}
	play := step(5.05, 1, .5).play(1, 100)
	s := sweep.Search{From: 0, To: 10, Bound: .9, Round: tenth, Play: func(ctx context.Context, values []float64) ([]sweep.Sample, error) {
		all, err := play(ctx, values)
		for i, v := range values {
			if times[v]++; times[v] <= 2 { // spoilt, and worthless
				all[i] = sweep.Sample{Commands: 100, OK: 0, Perturbed: true}
			}
		}
		return all, err
	}}
	c, err := s.Find(t.Context())
	if err != nil || len(c.Crossings) != 1 || c.Crossings[0].Low != 5 || c.Crossings[0].High != 5.1 {
		t.Fatalf("%v, %+v", err, c)
	}
	for _, p := range c.Points {
		if p.Perturbed != 2 || p.Commands != 100*(p.Trials-2) {
			t.Errorf("%+v", p)
		}
	}
	s.Play = func(ctx context.Context, values []float64) ([]sweep.Sample, error) {
		all, err := play(ctx, values)
		for i := range all {
			all[i].Perturbed = true
		}
		return all, err
	}
	c, err = s.Find(t.Context())
	if err != nil || len(c.Crossings) > 0 || c.Decided() {
		t.Errorf("%v, %+v: nothing was played as it was meant", err, c)
	}
	for _, p := range c.Points {
		if p.Side != results.Spoilt || p.Trials != 3 || p.Commands != 300 {
			t.Errorf("%+v", p)
		}
	}
}

func TestValuesWhoseRateCouldNotBeSentAreNoEvidence(t *testing.T) {
	s := sweep.Search{From: 0, To: 10, Bound: .9, Round: tenth, Play: func(_ context.Context, values []float64) ([]sweep.Sample, error) {
		all := make([]sweep.Sample, len(values))
		for i, v := range values {
			all[i] = sweep.Sample{Commands: 100, OK: 100, Unsent: v > 5}
		}
		return all, nil
	}}
	c, err := s.Find(t.Context())
	if err != nil || len(c.Crossings) > 0 || c.Decided() {
		t.Fatalf("%v, %+v", err, c)
	}
	for _, p := range c.Points {
		want := results.Above
		if p.Value > 5 {
			want = results.Unsent
		}
		if p.Side != want || want == results.Unsent && p.Unsent != p.Trials {
			t.Errorf("%+v, want %s", p, want)
		}
	}
}

func TestASearchThatHasEnoughKnowsTheCrossingFirst(t *testing.T) {
	played := 0
	play := step(5.05, 1, .5).play(1, 100)
	s := sweep.Search{From: 0, To: 10, Bound: .99, Round: tenth, Enough: func() bool { return played > 35 },
		Play: func(ctx context.Context, values []float64) ([]sweep.Sample, error) {
			played += len(values)
			return play(ctx, values)
		}}
	c, err := s.Find(t.Context())
	if err != nil || c.Partial || len(c.Crossings) != 1 || c.Crossings[0].Low > 5.05 || c.Crossings[0].High < 5.05 || c.Crossings[0].High-c.Crossings[0].Low > 1 {
		t.Errorf("%v, %+v", err, c)
	}
	if !c.Spent || c.Trials > 90 {
		t.Errorf("%d trials, and there is no more to know: %t", c.Trials, !c.Spent)
	}
	played = 51
	c, err = s.Find(t.Context())
	if err != nil || c.Trials != sweep.First || !c.Spent || c.Points[0].Value != 0 || c.Points[1].Value != 5 || c.Points[2].Value != 10 {
		t.Errorf("%v, %+v: want both ends and the middle", err, c)
	}
}

// The value next to the crossing lies so near the bound that it never becomes
// sure; its neighbour can.
func TestACrossingIsEnclosedByValuesThatCanBeSure(t *testing.T) {
	heights := []float64{1, 1, .995, .4, .4}
	for seed := range uint64(50) {
		s := sweep.Search{From: 0, To: 4, Bound: .99, Round: math.Round, Play: curve(func(v float64) float64 { return heights[int(v)] }).play(seed, 100)}
		c, err := s.Find(t.Context())
		if err != nil || len(c.Crossings) == 0 || c.Crossings[len(c.Crossings)-1].High > 3 {
			t.Errorf("seed %d: %v, %+v", seed, err, c)
		}
	}
}
