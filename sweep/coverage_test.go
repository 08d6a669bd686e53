package sweep_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"rstorm/results"
	"rstorm/sweep"
)

// seeds is how many searches each coverage is of: the same ones each time. What
// they have in common with all others is known to 1.6 points (one-sided, 95 %).
const seeds = 500

// acceptable is the least share of them in which an interval of 95 % must hold.
const acceptable = .95

// A record is what became of many searches for crossings that are known.
type record struct{ asked, hit, told, whole, trials int }

// cover looks for the crossings with each seed.
func cover(t *testing.T, bound float64, truths []float64, play func(seed uint64) func(context.Context, []float64) ([]sweep.Sample, error)) (r record) {
	t.Helper()
	for seed := range uint64(seeds) {
		c, err := sweep.Search{From: 0, To: 10, Bound: bound, Round: tenth, Trials: 500, Play: play(seed)}.Find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.trials += c.Trials
		if len(c.Crossings) == len(truths) {
			r.whole++
		}
		for _, truth := range truths {
			r.asked++
			if len(c.Crossings) > 0 || c.Decided() {
				r.told++
			}
			if slices.ContainsFunc(c.Crossings, func(x results.Crossing) bool {
				return x.Low <= truth && truth <= x.High && x.Low <= x.Value && x.Value <= x.High
			}) {
				r.hit++
			}
		}
	}
	t.Logf("of %d crossings %d told, %d held; right number %d of %d; %d trials", r.asked, r.told, r.hit, r.whole, seeds, r.trials/seeds)
	return r
}

// Commands are independent draws, or share their trial's fate: with .22 the
// correlation is 5 %, and trials of a hundred differ 6 times as much.
func TestTheIntervalHoldsTheTrueCrossing(t *testing.T) {
	for _, shares := range []float64{0, .05, .22} {
		for _, k := range known {
			t.Run(k.name, func(t *testing.T) {
				var truths []float64
				for _, between := range k.crossings {
					truths = append(truths, k.curve.crossing(k.bound, between[0], between[1]))
				}
				r := cover(t, k.bound, truths, func(seed uint64) func(context.Context, []float64) ([]sweep.Sample, error) {
					return k.curve.together(seed, 100, shares)
				})
				if coverage, found := float64(r.hit)/float64(r.asked), float64(r.whole)/seeds; coverage < acceptable || found < acceptable {
					t.Errorf("shared %v: coverage %.3f, right number of crossings in %.3f of the searches, want %.3f", shares, coverage, found, acceptable)
				}
			})
		}
	}
}

// One trial in twenty loses every command, as if the device were down. Such a
// curve may stay undecided; what is said of it must hold.
func TestTheIntervalHoldsWhereWholeTrialsAreLost(t *testing.T) {
	const lost = .05
	for _, k := range []struct {
		name  string
		curve curve
		bound float64
	}{
		{"a step", step(4.73, 1, .5), .7},
		{"a steep slope", slope(5.1, 1, 1, .3), .7},
		{"a gentle slope", slope(5, 8, .3, 1), .6},
		{"a very gentle slope", func(v float64) float64 { return 1 - v/20 }, .7},
	} {
		t.Run(k.name, func(t *testing.T) {
			real := curve(func(v float64) float64 { return (1 - lost) * k.curve(v) })
			r := cover(t, k.bound, []float64{real.crossing(k.bound, 0, 10)}, func(seed uint64) func(context.Context, []float64) ([]sweep.Sample, error) {
				rng, play := rand.New(rand.NewPCG(seed, 1)), k.curve.play(seed, 100)
				return func(ctx context.Context, values []float64) ([]sweep.Sample, error) {
					all, err := play(ctx, values)
					for i := range all {
						if rng.Float64() < lost {
							all[i].OK, all[i].Crossed = 0, all[i].Commands
						}
					}
					return all, err
				}
			})
			if coverage := float64(r.hit) / float64(r.told); coverage < acceptable || r.told < r.asked*9/10 {
				t.Errorf("coverage %.3f, want %.3f", coverage, acceptable)
			}
		})
	}
}
