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
	live map[string]*live
	stop chan struct{}
	done sync.WaitGroup
}

type live struct {
	bar  *mpb.Bar
	done func() int
}

// redraw is how often the counts are fetched: the trials only count.
const redraw = 100 * time.Millisecond

func newBars(w io.Writer) *bars {
	b := &bars{pool: mpb.New(mpb.WithOutput(w), mpb.WithWidth(32), mpb.WithRefreshRate(redraw)),
		live: map[string]*live{}, stop: make(chan struct{})}
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
	b.live[name] = &live{done: p.Done, bar: b.pool.AddBar(int64(p.Commands), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.CountersNoUnit("%d / %d"), decor.Name("  "), decor.Elapsed(decor.ET_STYLE_MMSS)))}
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
				l.bar.SetCurrent(int64(l.done()))
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
