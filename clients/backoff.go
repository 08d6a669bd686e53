package clients

import (
	"cmp"
	"math/rand/v2"
	"sync"
	"time"
)

// backoffLimit is where a doubling backoff stops if nothing else is said,
// unless it starts above.
const backoffLimit = time.Second

// backoffStream keeps the draws of the jitter apart from other draws of the
// same seed.
const backoffStream = 0x6261636b6f6666

// A backoff tells how long to wait before an attempt. It is safe for concurrent
// use; its draws are those of its seed in the order in which they are asked
// for.
type backoff struct {
	first, limit time.Duration
	jitter       float64

	mu   sync.Mutex
	draw *rand.Rand
}

func newBackoff(s Retry, draw *rand.Rand) *backoff {
	return &backoff{first: s.Backoff, limit: max(s.Backoff, cmp.Or(s.MaxBackoff, backoffLimit)), jitter: s.Jitter, draw: draw}
}

// after is the wait that is due after the nth attempt.
func (b *backoff) after(n int) time.Duration {
	wait := b.first
	for i := 1; i < n && 0 < wait && wait < b.limit; i++ {
		wait = min(2*wait, b.limit)
	}
	if b.jitter == 0 || wait == 0 {
		return wait
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return wait - time.Duration(float64(wait)*b.jitter*b.draw.Float64())
}
