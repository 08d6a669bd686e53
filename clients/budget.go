package clients

import (
	"math"
	"sync"
)

// A budget bounds resends by the number of commands, so that a client does not
// double the load of a device that is ailing. It is a token bucket: every
// command puts its share in, every resend takes a whole one out. It is safe for
// concurrent use.
type budget struct {
	share int64 // of a command, in parts of a resend; 0 is no limit

	mu   sync.Mutex
	held int64
}

// A budget counts in whole parts of a resend, so that ten tenths make one.
const resend = 1_000_000

// What a budget begins with, and the most that it saves up.
const (
	budgetStart = 1 * resend
	budgetLimit = 10 * resend
)

func newBudget(share float64) *budget {
	b := &budget{share: int64(math.Round(share * resend)), held: budgetStart}
	if share > 0 {
		b.share = max(b.share, 1)
	}
	return b
}

// earn puts a command's share in.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = min(b.held+b.share, max(budgetLimit, b.share))
}

// has reports whether there is a resend in it.
func (b *budget) has() bool {
	if b.share == 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held >= resend
}

// spend takes a resend out and reports whether there was one.
func (b *budget) spend() bool {
	if b.share == 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held < resend {
		return false
	}
	b.held -= resend
	return true
}
