package results_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"rstorm/results"
)

// drawEvidence makes up a trial: every field takes every kind of value.
func drawEvidence(rng *rand.Rand) results.Evidence {
	e := results.Evidence{Logged: rng.IntN(4) > 0, IdleResets: rng.IntN(3)}
	origins := []results.Origin{"", "", results.ByDevice, results.ByLink, results.ByClient, results.ByUnknown}
	methods := []string{"PUT", "GET", "DELETE"}
	ledger := rng.IntN(4) > 0
	okay := rng.Float64()
	for i := range rng.IntN(120) {
		due := time.Duration(rng.Int64N(int64(time.Second)))
		r := results.Record{
			ID: results.CommandID{Client: uint32(i % 3), Seq: uint32(i / 3)}, Method: methods[rng.IntN(3)],
			Due: due, LastTry: due + time.Duration(rng.Int64N(1e6)), Attempts: 1 + rng.IntN(3),
			Resets: results.Count(rng.IntN(4)), Ledger: ledger, Executed: rng.IntN(3), Reordered: rng.IntN(5) == 0,
		}
		r.Done = r.LastTry + time.Duration(rng.ExpFloat64()*float64(20*ms))
		if rng.Float64() > okay {
			r.Outcome = results.Outcomes()[rng.IntN(len(results.Outcomes()))]
		} else {
			r.Outcome = results.OK
		}
		for n := range rng.IntN(3) {
			r.Failures = append(r.Failures, results.Failure{Attempt: n + 1, Cause: []string{"close-race", "refused", "unknown", ""}[rng.IntN(4)]})
		}
		e.Records = append(e.Records, r)
	}
	for range rng.IntN(60) {
		e.Connections = append(e.Connections, results.Connection{Reset: origins[rng.IntN(6)], First: origins[rng.IntN(6)],
			Cause: []string{"close-race", "stale-reuse", "unknown"}[rng.IntN(3)], Method: append(methods, "")[rng.IntN(4)], Exchanges: rng.IntN(4)})
	}
	for range rng.IntN(3) {
		e.Ends = append(e.Ends, time.Duration(rng.Int64N(int64(time.Second))))
	}
	return e
}

func forRandomTrials(t *testing.T, check func(t *testing.T, seed uint64, e results.Evidence)) {
	t.Helper()
	for seed := range uint64(100) {
		check(t, seed, drawEvidence(rand.New(rand.NewPCG(seed, 1))))
		if t.Failed() {
			return
		}
	}
}

func TestCommandsAreNeitherLostNorCountedTwice(t *testing.T) {
	forRandomTrials(t, func(t *testing.T, seed uint64, e results.Evidence) {
		total, byMethod := results.Summarize(e)
		parts := results.Summary{}
		for _, s := range byMethod {
			parts.Commands += s.Commands
			parts.Attempts += s.Attempts
			parts.Failures.Attempts += s.Failures.Attempts
			parts.Resets.Seen += s.Resets.Seen
			parts.Resets.Hidden += s.Resets.Hidden
		}
		if parts.Commands != total.Commands || parts.Attempts != total.Attempts || parts.Failures.Attempts != total.Failures.Attempts ||
			parts.Resets.Seen != total.Resets.Seen || parts.Resets.Hidden+results.Count(e.IdleResets) != total.Resets.Hidden {
			t.Errorf("seed %d: the methods come to %+v, the total to %+v", seed, parts, total)
		}
		outcomes := 0
		for _, n := range total.Outcomes {
			outcomes += n
		}
		if outcomes != total.Commands {
			t.Errorf("seed %d: %d outcomes of %d commands", seed, outcomes, total.Commands)
		}
		if !total.Lost.Known() {
			return
		}
		never := count(e.Records, func(r results.Record) bool { return r.Executed == 0 })
		if sum := int(total.ExecutedOnce+total.Duplicates) + never; sum != total.Commands {
			t.Errorf("seed %d: once, twice and never come to %d of %d commands", seed, sum, total.Commands)
		}
		if int(total.Lost+total.NotExecuted) != never {
			t.Errorf("seed %d: %d lost and %d not executed, but %d never executed", seed, total.Lost, total.NotExecuted, never)
		}
	})
}

func TestASlowReadingOfTheDefinitionsAgrees(t *testing.T) {
	forRandomTrials(t, func(t *testing.T, seed uint64, e results.Evidence) {
		total, byMethod := results.Summarize(e)
		compare(t, seed, "total", total, slowly(e, "", true))
		for method, s := range byMethod {
			compare(t, seed, method, s, slowly(e, method, false))
		}
	})
}

// compare checks everything but the quantiles, which have a test of their own.
func compare(t *testing.T, seed uint64, what string, got, want results.Summary) {
	t.Helper()
	for _, p := range [][2]results.Rate{{got.Success, want.Success}, {got.SuccessLow, want.SuccessLow}, {got.SuccessHigh, want.SuccessHigh}} {
		if p[0].Known() != p[1].Known() || math.Abs(float64(p[0]-p[1])) > 1e-9 {
			t.Errorf("seed %d, %s: rates %v, want %v", seed, what, p[0], p[1])
		}
	}
	for _, s := range []*results.Summary{&got, &want} {
		s.Success, s.SuccessLow, s.SuccessHigh = 0, 0, 0
		s.Latency, s.FailedLatency, s.Service = results.Quantiles{}, results.Quantiles{}, results.Quantiles{}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("seed %d, %s:\n got %+v\nwant %+v", seed, what, got, want)
	}
}

func count[T any](all []T, is func(T) bool) (n int) {
	for _, x := range all {
		if is(x) {
			n++
		}
	}
	return n
}

// slowly reads the definitions one by one, each over all the evidence.
func slowly(e results.Evidence, method string, total bool) results.Summary {
	mine := slices.DeleteFunc(slices.Clone(e.Records), func(r results.Record) bool { return !total && r.Method != method })
	records := func(is func(r results.Record) bool) int { return count(mine, is) }
	ok := func(r results.Record) bool { return r.Outcome == results.OK }
	s := results.Summary{Commands: len(mine), OK: records(ok), Outcomes: map[results.Outcome]int{}}
	s.Success = results.Rate(float64(s.OK) / float64(s.Commands))
	s.SuccessLow, s.SuccessHigh = bisected(s.OK, s.Commands, s.Success)
	for _, o := range results.Outcomes() {
		if n := records(func(r results.Record) bool { return r.Outcome == o }); n > 0 {
			s.Outcomes[o] = n
		}
	}
	s.Failures.ByCause = map[string]int{}
	for _, r := range mine {
		s.Failures.Attempts += len(r.Failures)
	}
	for _, cause := range []string{"close-race", "refused", "unknown"} {
		n := 0
		for _, r := range mine {
			n += count(r.Failures, func(f results.Failure) bool { return f.Cause == cause || f.Cause == "" && cause == "unknown" })
		}
		if n > 0 {
			s.Failures.ByCause[cause] = n
		}
	}
	s.Resets.Seen = records(func(r results.Record) bool { return r.Outcome == results.Reset })
	for _, r := range mine {
		s.Attempts += r.Attempts
		hidden := r.Resets
		if r.Outcome == results.Reset && hidden > 0 {
			hidden--
		}
		s.Resets.Hidden += hidden
	}
	if total {
		s.Resets.Hidden += results.Count(e.IdleResets)
	}

	known := func(is func(r results.Record) bool) results.Count {
		if len(mine) == 0 || !mine[0].Ledger {
			return results.Unknown
		}
		return results.Count(records(is))
	}
	s.ExecutedOnce = known(func(r results.Record) bool { return r.Executed == 1 })
	s.Duplicates = known(func(r results.Record) bool { return r.Executed >= 2 })
	s.Lost = known(func(r results.Record) bool { return ok(r) && r.Executed == 0 })
	s.Ghosts = known(func(r results.Record) bool { return !ok(r) && r.Executed > 0 })
	s.NotExecuted = known(func(r results.Record) bool { return !ok(r) && r.Executed == 0 })
	s.Reordered = known(func(r results.Record) bool { return r.Reordered })

	slowConnections(&s, e, method, total)
	s.Recovery, s.SteadyRecovery = slowRecovery(mine, e.Ends)
	return s
}

func slowConnections(s *results.Summary, e results.Evidence, method string, total bool) {
	s.Exchanges, s.Connections, s.TimeWait, s.Resets.Connections = results.Unknown, results.Unknown, results.Unknown, results.Unknown
	if !e.Logged {
		return
	}
	mine := func(c results.Connection) bool { return total || c.Method == method }
	of := func(is func(c results.Connection) bool) int {
		return count(e.Connections, func(c results.Connection) bool { return mine(c) && is(c) })
	}
	s.Resets.ByOrigin, s.Resets.ByCause = map[results.Origin]int{}, map[string]int{}
	for _, o := range []results.Origin{results.ByDevice, results.ByLink, results.ByClient, results.ByUnknown} {
		if n := of(func(c results.Connection) bool { return c.Reset == o }); n > 0 {
			s.Resets.ByOrigin[o] = n
		}
	}
	for _, cause := range []string{"close-race", "stale-reuse", "unknown"} {
		if n := of(func(c results.Connection) bool { return c.Reset != "" && c.Cause == cause }); n > 0 {
			s.Resets.ByCause[cause] = n
		}
	}
	s.Resets.Connections = results.Count(of(func(c results.Connection) bool { return c.Reset != "" }))
	if total {
		s.Connections, s.Exchanges = results.Count(len(e.Connections)), 0
		for _, c := range e.Connections {
			s.Exchanges += results.Count(c.Exchanges)
		}
		s.TimeWait = results.Count(of(func(c results.Connection) bool { return c.Reset == "" && c.First == results.ByClient }))
	}
}

// slowRecovery tries every moment at which something was reported.
func slowRecovery(records []results.Record, ends []time.Duration) (first, steady *time.Duration) {
	if len(ends) == 0 {
		return nil, nil
	}
	end := slices.Max(ends)
	after := slices.DeleteFunc(slices.Clone(records), func(r results.Record) bool { return r.Done <= end })
	slices.SortStableFunc(after, func(a, b results.Record) int { return cmp.Compare(a.Done, b.Done) })
	from := func(row int) *time.Duration {
		for i := range after {
			if i+row <= len(after) && count(after[i:i+row], func(r results.Record) bool { return r.Outcome == results.OK }) == row {
				return new(after[i].Done - end)
			}
		}
		return nil
	}
	return from(1), from(10)
}

// bisected solves for the bounds of Wilson's interval, whose definition it is
// that the observed share is 1.96 standard errors away from them.
func bisected(ok, n int, share results.Rate) (low, high results.Rate) {
	if n == 0 {
		return results.Rate(math.NaN()), results.Rate(math.NaN())
	}
	outside := func(p float64) bool {
		return math.Abs(float64(share)-p) > 1.959963984540054*math.Sqrt(p*(1-p)/float64(n))
	}
	bound := func(out float64) results.Rate {
		in := float64(share)
		for range 60 {
			if middle := (in + out) / 2; outside(middle) {
				out = middle
			} else {
				in = middle
			}
		}
		return results.Rate(in)
	}
	return bound(0), bound(1)
}

func TestQuantilesAreWithinAThousandthOfTheExactOnes(t *testing.T) {
	forRandomTrials(t, func(t *testing.T, seed uint64, e results.Evidence) {
		s, _ := results.Summarize(e)
		var latency, failed, service []time.Duration
		for _, r := range e.Records {
			switch r.Outcome {
			case results.OK:
				latency = append(latency, r.Done-r.Due)
				service = append(service, r.Done-r.LastTry)
			case results.Unreported:
			default:
				failed = append(failed, r.Done-r.Due)
			}
		}
		exactly(t, seed, "latency", s.Latency, latency)
		exactly(t, seed, "failed latency", s.FailedLatency, failed)
		exactly(t, seed, "service", s.Service, service)
	})
}

func exactly(t *testing.T, seed uint64, what string, q results.Quantiles, times []time.Duration) {
	t.Helper()
	if q.N != int64(len(times)) {
		t.Errorf("seed %d: %s of %d, want %d", seed, what, q.N, len(times))
	}
	if len(times) == 0 {
		return
	}
	slices.Sort(times)
	if q.Max != times[len(times)-1] {
		t.Errorf("seed %d: longest %s %v, want exactly %v", seed, what, q.Max, times[len(times)-1])
	}
	for _, c := range []struct {
		share float64
		got   time.Duration
	}{{0.5, q.P50}, {0.9, q.P90}, {0.99, q.P99}, {0.999, q.P999}} {
		rank := min(max(int(math.Floor(c.share*float64(len(times))+0.5)), 1), len(times))
		want := times[rank-1]
		if c.got < want || float64(c.got) > 1.001*float64(want) || c.got > q.Max {
			t.Errorf("seed %d: p%g of %s is %v, exactly %v of at most %v", seed, 100*c.share, what, c.got, want, q.Max)
		}
	}
}
