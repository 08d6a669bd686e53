package assert

import (
	"math"
	"time"

	"rstorm/results"
)

type summary = *results.Summary

// A Metric is a number that can be read from a summary.
type Metric struct {
	Name, Doc string
	Unit      Unit
	// Of reads the number: a plain one, a share of 1, or nanoseconds. NaN says
	// that there is nothing to read.
	Of func(*results.Summary) float64
}

// Metrics lists everything a threshold can bound. The outcome reset is not
// among the outcomes: it would differ from resets by one letter in name and by
// everything in meaning. Those commands are resets.seen.
var Metrics = []Metric{
	{"success", "share of commands whose caller got the expected answer, whole and verified", Rate, func(s summary) float64 { return float64(s.Success) }},
	{"success_low", "lower end of the 95 % interval of success", Rate, func(s summary) float64 { return float64(s.SuccessLow) }},
	{"success_high", "upper end of the 95 % interval of success", Rate, func(s summary) float64 { return float64(s.SuccessHigh) }},
	{"executed_once", "share of commands that the device executed exactly once", Rate, func(s summary) float64 { return known(s.ExecutedOnce) / float64(s.Commands) }},

	{"lost", "commands reported ok and never executed", Count, func(s summary) float64 { return known(s.Lost) }},
	{"duplicates", "commands executed more than once", Count, func(s summary) float64 { return known(s.Duplicates) }},
	{"ghosts", "commands reported failed and yet executed", Count, func(s summary) float64 { return known(s.Ghosts) }},
	{"not_executed", "commands reported failed and not executed: safe to resend", Count, func(s summary) float64 { return known(s.NotExecuted) }},
	{"reordered", "commands executed after a newer one of the same client", Count, func(s summary) float64 { return known(s.Reordered) }},

	{"resets", "connections that saw a RST", Count, func(s summary) float64 { return known(s.Resets.Connections) }},
	{"resets.seen", "commands whose caller got a reset (their outcome is reset)", Count, func(s summary) float64 { return float64(s.Resets.Seen) }},
	{"resets.hidden", "resets that the client's sockets reported and its caller never learnt of", Count, func(s summary) float64 { return known(s.Resets.Hidden) }},
	{"resets.device", "connections that the device reset", Count, origin(results.ByDevice)},
	{"resets.link", "connections that the link reset", Count, origin(results.ByLink)},
	{"resets.client", "connections that the client reset", Count, origin(results.ByClient)},
	{"resets.unknown", "connections reset by an end that the evidence does not tell", Count, origin(results.ByUnknown)},

	{"commands", "commands due", Count, func(s summary) float64 { return float64(s.Commands) }},
	{"ok", "commands with the expected answer", Count, func(s summary) float64 { return float64(s.OK) }},
	{"rejected", "commands answered with another status than 2xx", Count, outcome(results.Rejected)},
	{"closed", "commands whose connection was closed in order before an answer", Count, outcome(results.Closed)},
	{"refused", "commands that no connection was accepted for", Count, outcome(results.Refused)},
	{"timed-out", "commands without an answer in time", Count, outcome(results.TimedOut)},
	{"truncated", "commands whose answer was cut", Count, outcome(results.Truncated)},
	{"failed", "commands that failed in a way no other outcome names", Count, outcome(results.Failed)},
	{"unreported", "commands that the client never reported on", Count, outcome(results.Unreported)},

	{"attempts", "attempts at the commands, those included that got no connection", Count, func(s summary) float64 { return float64(s.Attempts) }},
	{"exchanges", "requests that came on the connections", Count, func(s summary) float64 { return known(s.Exchanges) }},
	{"connections", "connections accepted on the way to the device", Count, func(s summary) float64 { return known(s.Connections) }},
	{"time_wait", "connections that the client closed first: their ports wait", Count, func(s summary) float64 { return known(s.TimeWait) }},
	{"reuse", "exchanges per connection", Ratio, reuse},

	{"p50", "median latency of ok commands, from due to the answer's last byte", Time, func(s summary) float64 { return sampled(&s.Latency, s.Latency.P50) }},
	{"p90", "90th percentile of the same", Time, func(s summary) float64 { return sampled(&s.Latency, s.Latency.P90) }},
	{"p99", "99th percentile of the same", Time, func(s summary) float64 { return sampled(&s.Latency, s.Latency.P99) }},
	{"p99.9", "99.9th percentile of the same", Time, func(s summary) float64 { return sampled(&s.Latency, s.Latency.P999) }},
	{"max", "longest of the same", Time, func(s summary) float64 { return sampled(&s.Latency, s.Latency.Max) }},
	{"service_p50", "median time of ok commands, from their last attempt's sending", Time, func(s summary) float64 { return sampled(&s.Service, s.Service.P50) }},
	{"service_p99", "99th percentile of the same", Time, func(s summary) float64 { return sampled(&s.Service, s.Service.P99) }},
	{"failed_p50", "median latency of the commands that are not ok", Time, func(s summary) float64 { return sampled(&s.FailedLatency, s.FailedLatency.P50) }},
	{"failed_p99", "99th percentile of the same", Time, func(s summary) float64 { return sampled(&s.FailedLatency, s.FailedLatency.P99) }},
	{"recovery", "from the end of the last fault window to the first success", Time, func(s summary) float64 { return taken(s.Recovery) }},
	{"steady_recovery", "from the same to the first of 10 successes in a row", Time, func(s summary) float64 { return taken(s.SteadyRecovery) }},
}

// known makes an unknown count NaN.
func known(c results.Count) float64 {
	if !c.Known() {
		return math.NaN()
	}
	return float64(c)
}

// origin counts resets by who sent them, which is known as far as the resets are.
func origin(o results.Origin) func(summary) float64 {
	return func(s summary) float64 {
		if !s.Resets.Connections.Known() {
			return math.NaN()
		}
		return float64(s.Resets.ByOrigin[o])
	}
}

func outcome(o results.Outcome) func(summary) float64 {
	return func(s summary) float64 { return float64(s.Outcomes[o]) }
}

func reuse(s summary) float64 {
	if s.Connections <= 0 {
		return math.NaN()
	}
	return known(s.Exchanges) / float64(s.Connections)
}

func sampled(q *results.Quantiles, d time.Duration) float64 {
	if q.N == 0 {
		return math.NaN()
	}
	return float64(d)
}

func taken(d *time.Duration) float64 {
	if d == nil {
		return math.NaN()
	}
	return float64(*d)
}
