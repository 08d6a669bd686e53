package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"rstorm/results"
	"rstorm/runner"
)

// A progress shows how far the run has come. observe may be called from
// several goroutines; close ends it and returns when its last line is out.
type progress interface {
	observe(runner.Progress)
	close()
}

// newProgress draws bars on a terminal and prints lines anywhere else, such as
// in CI.
func newProgress(w io.Writer, verbose bool) progress {
	if f, ok := w.(*os.File); ok && !verbose && isTerminal(f) {
		return newBars(f)
	}
	return &lines{w: w, verbose: verbose}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == ""
}

// lines prints one line per trial that ended.
type lines struct {
	mu      sync.Mutex
	w       io.Writer
	verbose bool
}

func (l *lines) observe(p runner.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	title := title(p)
	if p.Ended == nil {
		if l.verbose {
			fmt.Fprintf(l.w, "%s: begins\n", title)
		}
		return
	}
	fmt.Fprintf(l.w, "%s: %s\n", title, digest(p.Ended))
	if l.verbose {
		for _, note := range p.Ended.Notes {
			fmt.Fprintf(l.w, "%s: note: %s\n", title, note)
		}
		if p.Ended.Perturbed {
			fmt.Fprintf(l.w, "%s: perturbed: %s\n", title, p.Ended.Perturbation)
		}
	}
}

func (l *lines) close() {}

func title(p runner.Progress) string {
	if p.Repetition > 1 {
		return fmt.Sprintf("%s, %s #%d", p.Scenario, p.Strategy, p.Repetition)
	}
	return fmt.Sprintf("%s, %s", p.Scenario, p.Strategy)
}

// digest is a trial in half a line.
func digest(t *results.Trial) string {
	s := fmt.Sprintf("%d of %d ok in %v", t.Summary.OK, t.Summary.Commands, t.Elapsed.Round(10*time.Millisecond))
	if n := t.Summary.Resets.Connections; n > 0 {
		s += fmt.Sprintf(", %d connections reset", n)
	}
	if n := t.Summary.Duplicates; n > 0 {
		s += fmt.Sprintf(", %d executed twice", n)
	}
	return s
}

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
