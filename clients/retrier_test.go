package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/results"
)

// lostAttempt is an attempt that ended so.
func lostAttempt(end string, phase results.Phase) *results.Attempt {
	errs := map[string]error{
		"reset": syscall.ECONNRESET, "closed": io.EOF, "refused": syscall.ECONNREFUSED, "timed-out": context.DeadlineExceeded,
		"truncated": results.ErrTruncated, "failed": errors.New("no answer of HTTP"),
		"rst-stream": fmt.Errorf("%w, %w", streamError{Code: codeRefusedStream}, errUnprocessed),
		"goaway":     fmt.Errorf("%w: %w", errUnprocessed, io.EOF),
	}
	err, known := errs[end]
	if !known {
		panic(end)
	}
	return &results.Attempt{Outcome: results.Classify(err), Err: err, Phase: phase}
}

var (
	allMethods   = []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST", "PATCH"}
	allOutcomes  = []string{"reset", "closed", "refused", "timed-out", "truncated", "failed", "rst-stream", "goaway"}
	byDefinition = []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}
)

// Each word, whatever the failure: by whom it is sent again, and on which
// connections.
func TestEachWordResendsWhatItSays(t *testing.T) {
	for _, tt := range []struct {
		word             When
		methods          []string
		stale, untouched bool // only after a stale failure; only if nothing was written, or HTTP/2 says it was not processed
	}{
		{word: ""},
		{word: Never},
		{word: StaleSafe, methods: allMethods, stale: true, untouched: true},
		{word: StaleIdempotent, methods: byDefinition, stale: true},
		{word: StaleAny, methods: allMethods, stale: true},
		{word: Idempotent, methods: byDefinition},
		{word: Any, methods: allMethods},
	} {
		r := newRetrier(Retry{When: tt.word}, 1)
		each(func(method, outcome string, stale, written bool, phase results.Phase) {
			unprocessed := outcome == "rst-stream" || outcome == "goaway"
			want := slices.Contains(tt.methods, method) && slices.Contains([]string{"reset", "closed", "rst-stream", "goaway"}, outcome)
			if tt.stale {
				want = want && stale && phase != results.PhaseHead && phase != results.PhaseBody
			}
			if tt.untouched {
				want = want && (!written || unprocessed)
			}
			got := r.again(t.Context(), try{method, 1, lostAttempt(outcome, phase), stale, written, time.Now()})
			if got != want {
				t.Errorf("%q: %s that ended %s in phase %s, stale %v, written %v: sent again %v, want %v",
					tt.word, method, outcome, phase, stale, written, got, want)
			}
		})
	}
}

// each goes through everything that a resend may hang on.
func each(do func(method, outcome string, stale, written bool, phase results.Phase)) {
	for _, method := range allMethods {
		for _, outcome := range allOutcomes {
			for _, phase := range []results.Phase{results.PhaseConnect, results.PhaseSend, results.PhaseWait, results.PhaseHead, results.PhaseBody} {
				for _, stale := range []bool{false, true} {
					for _, written := range []bool{false, true} {
						do(method, outcome, stale, written, phase)
					}
				}
			}
		}
	}
}

// on and methods narrow a word; what they name is all that is sent again.
func TestOnAndMethodsNarrowAWord(t *testing.T) {
	for on, want := range map[Trigger][]string{
		"reset": {"reset"}, "closed": {"closed", "goaway"}, "refused": {"refused"}, "timed-out": {"timed-out"},
		"truncated": {"truncated"}, Unprocessed: {"rst-stream", "goaway"},
	} {
		r := newRetrier(Retry{When: Any, On: []Trigger{on}, Methods: []string{"GET", "PUT"}}, 1)
		each(func(method, outcome string, stale, written bool, phase results.Phase) {
			want := slices.Contains(want, outcome) && (method == "GET" || method == "PUT")
			if got := r.again(t.Context(), try{method, 1, lostAttempt(outcome, phase), stale, written, time.Now()}); got != want {
				t.Errorf("on %s: %s that ended %s is sent again: %v, want %v", on, method, outcome, got, want)
			}
		})
	}
}

// resends plays a command that always fails, and tells the waits before each
// resend.
func resends(ctx context.Context, r *retrier) (waits []time.Duration) {
	began := time.Now()
	r.begin()
	for n := 1; ; n++ {
		ended := time.Now()
		if !r.again(ctx, try{"PUT", n, lostAttempt("reset", results.PhaseWait), true, true, began}) {
			return waits
		}
		waits = append(waits, time.Since(ended))
	}
}

func TestAttemptsCountTheFirst(t *testing.T) {
	for attempts, want := range map[int]int{0: 1, 1: 0, 2: 1, 5: 4} {
		if got := len(resends(t.Context(), newRetrier(Retry{When: Any, Attempts: attempts}, 1))); got != want {
			t.Errorf("attempts %d: sent again %d times, want %d", attempts, got, want)
		}
	}
}

// The wait doubles up to a limit; a start above it stays. A stale resend does
// not wait.
func TestBackoff(t *testing.T) {
	for _, tt := range []struct {
		use  Retry
		want string
	}{
		{Retry{When: Any, Backoff: 300 * time.Millisecond}, "300ms 600ms 1s 1s"},
		{Retry{When: Any, Backoff: 2 * time.Second}, "2s 2s 2s 2s"},
		{Retry{When: Idempotent, Backoff: time.Second, MaxBackoff: 5 * time.Second}, "1s 2s 4s 5s"},
		{Retry{When: Any, Backoff: time.Second, MaxBackoff: time.Second}, "1s 1s 1s 1s"},
		{Retry{When: Any}, "0s 0s 0s 0s"},
		{Retry{When: StaleAny, Backoff: time.Second}, "0s 0s 0s 0s"},
		{Retry{When: StaleIdempotent, Backoff: time.Second, Jitter: 1}, "0s 0s 0s 0s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			tt.use.Attempts = 5
			var got []string
			for _, wait := range resends(t.Context(), newRetrier(tt.use, 1)) {
				got = append(got, wait.String())
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%+v: waited %v, want %s", tt.use, got, tt.want)
			}
		})
	}
}

// Jitter takes a drawn part of its share off each wait: never more, over the
// whole share, and the same for the same seed.
func TestJitter(t *testing.T) {
	draws := func(seed uint64, jitter float64) (all []time.Duration) {
		r := newRetrier(Retry{Backoff: time.Second, Jitter: jitter}, seed)
		for range 1000 {
			all = append(all, r.backoff.after(1))
		}
		return all
	}
	for _, jitter := range []float64{0.2, 1} {
		one, same, other := draws(1, jitter), draws(1, jitter), draws(2, jitter)
		if !slices.Equal(one, same) || slices.Equal(one, other) {
			t.Errorf("jitter %v: the draws are not those of their seed", jitter)
		}
		least := time.Duration(float64(time.Second) * (1 - jitter))
		low, high := slices.Min(one), slices.Max(one)
		if low < least || high > time.Second || low > least+20*time.Millisecond || high < 980*time.Millisecond {
			t.Errorf("jitter %v: drew %v to %v, want all of %v to 1s", jitter, low, high, least)
		}
	}
	if got := draws(1, 0); slices.ContainsFunc(got, func(d time.Duration) bool { return d != time.Second }) {
		t.Errorf("without jitter the waits are %v, want 1s", got)
	}
}

// A budget of a tenth lets one command in ten be sent again, after a first one
// for nothing, and saves up ten at most.
func TestBudget(t *testing.T) {
	r := newRetrier(Retry{When: Any, Budget: 0.1}, 1)
	sent := func(commands int) (n int) {
		for range commands {
			n += len(resends(t.Context(), r))
		}
		return n
	}
	if got := sent(100); got != 11 {
		t.Errorf("of 100 commands that failed %d were sent again, want 11", got)
	}
	for range 1000 {
		r.begin() // and well
	}
	if got := sent(20); got != 11 {
		t.Errorf("after a good time %d of 20 were sent again, want the 10 saved and 1 for all but one", got)
	}
	free := newRetrier(Retry{When: Any}, 1)
	for range 100 {
		if len(resends(t.Context(), free)) != 1 {
			t.Fatal("without a budget there is a limit")
		}
	}
}

// A wait that would outlast the command, or its deadline for resends, is not
// begun; one that is cancelled ends at once.
func TestNoResendIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timeout, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		cancelled, stop := context.WithCancel(t.Context())
		time.AfterFunc(3300*time.Millisecond, stop)
		for _, tt := range []struct {
			name  string
			ctx   context.Context
			limit time.Duration
			want  time.Duration // until the last word
			n     int
		}{
			{"its command's time", timeout, 0, time.Second, 1},
			{"its own deadline", t.Context(), 1999 * time.Millisecond, time.Second, 1},
			{"its own deadline, just in time", t.Context(), 2 * time.Second, 2 * time.Second, 2},
			{"cancelled", cancelled, 0, 0, 0},
		} {
			if tt.name == "cancelled" {
				<-cancelled.Done()
			}
			begun := time.Now()
			r := newRetrier(Retry{When: Any, Attempts: 9, Backoff: time.Second, Deadline: tt.limit}, 1)
			if got := resends(tt.ctx, r); len(got) != tt.n || time.Since(begun) != tt.want {
				t.Errorf("%s: sent again after %v, the last word after %v; want %d times and %v", tt.name, got, time.Since(begun), tt.n, tt.want)
			}
		}
		ctx, stop2 := context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, stop2)
		begun := time.Now()
		if got := resends(ctx, newRetrier(Retry{When: Any, Backoff: time.Second}, 1)); len(got) != 0 || time.Since(begun) != 300*time.Millisecond {
			t.Errorf("a wait that was cancelled after 300ms took %v, and was followed by %d resends", time.Since(begun), len(got))
		}
	})
}

func TestRetrySettingsThatCantBeMeant(t *testing.T) {
	for _, tt := range []struct {
		use  Retry
		want string
	}{
		{Retry{}, ""},
		{Retry{When: Any, Attempts: 4, Backoff: time.Second, On: []Trigger{"reset", Unprocessed}, Methods: []string{"PUT"}}, ""},
		{Retry{When: "always"}, `retry: "always" is no such word (have never, stale-safe, stale-idempotent, stale-any, idempotent, any)`},
		{Retry{When: Any, On: []Trigger{"rejected"}}, `on: "rejected" is no outcome to retry after (have reset, closed, refused, timed-out, truncated, unprocessed)`},
		{Retry{When: Idempotent, Methods: []string{"PUT", "put", ""}}, `methods: "put" is no method: write it as in PUT, methods: "" is no method: write it as in PUT`},
		{Retry{When: Any, Backoff: time.Second, MaxBackoff: time.Millisecond}, "max_backoff: 1ms is less than the first wait, backoff: 1s"},
		{Retry{When: Never, Attempts: 3, Backoff: time.Second}, ""}, // a preset with its resends switched off
		{Retry{Jitter: 1, Budget: 1}, "jitter: nothing is sent again as long as retry is not said, budget: nothing is sent again as long as retry is not said"},
		{Retry{When: StaleIdempotent, Methods: []string{"GET", "POST"}}, "methods: POST is not idempotent, and retry: stale-idempotent never sends it again"},
	} {
		var got []string
		for _, err := range tt.use.Validate() {
			if _, ok := errors.AsType[*SettingError](err); !ok {
				t.Errorf("%v is a %T", err, err)
			}
			got = append(got, err.Error())
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%+v:\ngot  %s\nwant %s", tt.use, strings.Join(got, ", "), tt.want)
		}
	}
}
