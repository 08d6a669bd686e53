package link

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
)

// A chain is the toxics in one direction of one connection. Each connection
// has a Toxiproxy collection of its own: no lock is shared, and which toxics
// it holds is drawn from our seed.
type chain struct {
	shaping    *shaping
	collection *toxiproxy.ToxicCollection
	direction  stream.Direction

	in, out atomic.Int64  // bytes given to the first toxic, bytes had from the last
	fed     chan struct{} // closed when the first toxic has been given all there is
	ender   atomic.Pointer[string]
	shapers []*shaper
	running sync.WaitGroup // the shapers' pipes
}

// start lets Toxiproxy run the chain between f's ends.
func (c *chain) start(f *flow) {
	c.collection.StartLink(c.shaping.server, c.direction.String(), source{f}, sink{f}, c.direction)
}

// isFed reports whether the source of the chain has no more to say.
func (c *chain) isFed() bool {
	select {
	case <-c.fed:
		return true
	default:
		return false
	}
}

// cutBy returns the toxic that ended the flow while its source had more to
// say; empty if the source ended it. It is called when the last toxic has
// closed its output, and goes back through those that have closed theirs.
func (c *chain) cutBy() string {
	for _, s := range slices.Backward(c.shapers) {
		<-s.judged
		if toxic := c.ender.Load(); toxic != nil {
			return *toxic
		}
	}
	for _, s := range c.shapers {
		if s.limit.reached(c.out.Load()) && c.in.Load() > c.out.Load() {
			return limitData
		}
	}
	return ""
}

// lag is the sum of one of the lags over the toxics that are on.
func (c *chain) lag(of func(lags) time.Duration) (d time.Duration) {
	for _, s := range c.shapers {
		if s.on.Load() {
			d += of(s.lags)
		}
	}
	return d
}

// lags are how long a toxic delays what carries no bytes to delay: a FIN or a
// RST, and a RST behind a FIN.
type lags struct{ fin, rst time.Duration }

// A limit is what the link must know of a limit_data beside what passes: how
// many bytes have passed while it was on.
type limit struct {
	mu     sync.Mutex
	bytes  int64 // 0 if the toxic is none
	on     bool
	before int64 // bytes that passed before it was switched on or off last
	passed int64 // in earlier times on
}

// turn notes that the toxic is switched when so many bytes have passed.
func (l *limit) turn(on bool, out int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.on {
		l.passed += out - l.before
	}
	l.on, l.before = on, out
}

// reached reports whether the limit has been, now that out bytes have passed.
func (l *limit) reached(out int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes > 0 && l.on && l.passed+out-l.before >= l.bytes
}

// note takes in what must be known of the toxic beside its bytes.
func (s *shaper) note(rng *rand.Rand) {
	switch s.dose.Type {
	case limitData:
		s.limit.bytes = s.dose.Attributes["bytes"]
	case latency:
		jitter := time.Duration(s.dose.Attributes["jitter"]) * time.Millisecond
		for _, lag := range []*time.Duration{&s.lags.fin, &s.lags.rst} {
			*lag = time.Duration(s.dose.Attributes["latency"])*time.Millisecond - jitter
			if jitter > 0 {
				*lag += time.Duration(rng.Int64N(2 * int64(jitter)))
			}
		}
	}
}
