package main

import (
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"rstorm/runner"
)

// bars draws one bar per running trial.
type bars struct {
	pool *mpb.Progress
	mu   sync.Mutex
	live map[string]*moving
	stop chan struct{}
	done sync.WaitGroup
}

// A moving bar counts commands or, if the load is bounded by time, milliseconds.
type moving struct {
	bar     *mpb.Bar
	current func() int64
}

// redraw is how often the counts are fetched: the trials only count.
const redraw = 100 * time.Millisecond

func newBars(w io.Writer) *bars {
	b := &bars{pool: mpb.New(mpb.WithOutput(w), mpb.WithWidth(32), mpb.WithRefreshRate(redraw)),
		live: map[string]*moving{}, stop: make(chan struct{})}
	b.done.Go(b.fetch)
	return b
}

func (b *bars) observe(p runner.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := title(p)
	if p.Ended != nil {
		b.live[name].bar.Abort(true)
		delete(b.live, name)
		return
	}
	total, unit := int64(p.Commands), "%d / %d"
	current := func() int64 { return int64(p.Done()) }
	if p.Duration > 0 {
		began := time.Now()
		total, unit = p.Duration.Milliseconds(), "%d / %d ms"
		current = func() int64 { return time.Since(began).Milliseconds() }
	}
	b.live[name] = &moving{current: current, bar: b.pool.AddBar(total, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.CountersNoUnit(unit), decor.Name("  "), decor.Elapsed(decor.ET_STYLE_MMSS)))}
}

// fetch moves the bars until close.
func (b *bars) fetch() {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.mu.Lock()
			for _, l := range b.live {
				l.bar.SetCurrent(l.current())
			}
			b.mu.Unlock()
		case <-b.stop:
			return
		}
	}
}

func (b *bars) close() {
	close(b.stop)
	b.done.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.live {
		l.bar.Abort(true)
	}
	b.pool.Shutdown()
}
