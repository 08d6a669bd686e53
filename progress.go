package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

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
		s += fmt.Sprintf(", connections reset: %d", n)
	}
	if n := t.Summary.Duplicates; n > 0 {
		s += fmt.Sprintf(", executed twice: %d", n)
	}
	return s
}
