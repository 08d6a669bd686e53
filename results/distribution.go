package results

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The histograms' bounds. Three significant digits make a quantile at most 0.1
// % too high, from a nanosecond to an hour; nothing a client waits for is longer.
const (
	shortest = time.Nanosecond
	longest  = time.Hour
	digits   = 3
)

// A distribution collects times in a histogram whose size does not grow with
// them. Times below zero count as zero, those above an hour as an hour; the
// maximum is exact. The zero value is empty.
type distribution struct {
	counts *hdrhistogram.Histogram // nil while empty: it has 260 kB
	max    time.Duration
}

func (d *distribution) add(v time.Duration) {
	if d.counts == nil {
		d.counts = hdrhistogram.New(int64(shortest), int64(longest), digits)
	}
	d.max = max(d.max, v)
	// Within the bounds, recording can't fail.
	_ = d.counts.RecordValue(int64(min(max(v, 0), longest)))
}

// quantiles reads the distribution out. A histogram answers with the upper end
// of a bucket, which can lie above everything it holds: the maximum bounds it.
func (d *distribution) quantiles() Quantiles {
	if d.counts == nil {
		return Quantiles{}
	}
	at := func(percentile float64) time.Duration {
		return min(time.Duration(d.counts.ValueAtPercentile(percentile)), d.max)
	}
	return Quantiles{N: d.counts.TotalCount(), P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: d.max}
}
