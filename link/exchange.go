package link

import (
	"sync"
	"time"

	"rstorm/faults"
)

// attempts counts the exchanges of each command over a whole link.
type attempts struct {
	mu   sync.Mutex
	seen map[string]int
}

// next returns which exchange of command this is, from 1.
func (a *attempts) next(command string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen = map[string]int{}
	}
	a.seen[command]++
	return a.seen[command]
}

// An exchange is an entry of the log in the making. Its relay's mutex guards
// it.
type exchange struct {
	Exchange
	number  int             // on its connection, from 1
	end     int64           // offset in the client's bytes at which the request ends; -1 until known
	begun   bool            // the device has begun to answer
	own     bool            // the link answers it: the device never hears of it
	plain   bool            // what the client takes for the content is what its response carries
	strikes []faults.Strike // after-forward faults that its response runs into
}

// openExchange enters the request that m heads.
func (r *relay) openExchange(m message) *exchange {
	ex := &exchange{end: -1}
	ex.Exchange = Exchange{Command: m.id, Identified: m.id != "", Method: m.method, Read: -1, Forwarded: -1, Answered: -1, Size: -1}
	if ex.Identified {
		ex.Attempt = r.link.attempts.next(m.id)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, ex)
	ex.number = len(r.exchanges)
	return ex
}

// requestRead records that ex's request was wholly read and ends at offset end.
func (r *relay) requestRead(ex *exchange, end int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ex.end, ex.Read = end, r.link.since()
}

// nextForward returns the first exchange not yet forwarded whose request ends
// at or before offset limit; nil if there is none.
func (r *relay) nextForward(limit int64) *exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.forwarded < len(r.exchanges) && r.exchanges[r.forwarded].own {
		r.forwarded++
	}
	if r.forwarded == len(r.exchanges) {
		return nil
	}
	ex := r.exchanges[r.forwarded]
	if ex.end < 0 || ex.end > limit {
		return nil
	}
	return ex
}

// requestForwarded records that ex, from nextForward, went to the device.
func (r *relay) requestForwarded(ex *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ex.Forwarded = r.link.since()
	r.forwarded++
}

// sinceForwarded is how long ago ex went to the device, which may have answered
// before that is in the log.
func (r *relay) sinceForwarded(ex *exchange) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ex.Forwarded < 0 {
		return 0
	}
	return r.link.since() - ex.Forwarded
}

// nextAnswer returns the exchange that the device now begins to answer, and
// the faults its response runs into; nil if it answers what nobody asked.
func (r *relay) nextAnswer() (*exchange, []faults.Strike) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answered == len(r.exchanges) {
		return nil, nil
	}
	ex := r.exchanges[r.answered]
	ex.begun = true
	return ex, ex.strikes
}

// interimPassed records that what the device sent was no answer yet.
func (r *relay) interimPassed(ex *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ex.begun = false
}

// responseDone records that the response to ex ended after so many bytes of
// content, and whether all of it was delivered.
func (r *relay) responseDone(ex *exchange, content int64, delivered bool) {
	r.mu.Lock()
	if ex.plain && ex.Size < 0 {
		ex.Size = content
	}
	if delivered {
		ex.Answered = r.link.since()
	}
	r.answered++
	r.mu.Unlock()
	poke(r.turn)
	r.retune()
}

// requestOpen reports whether a request waits for its response.
func (r *relay) requestOpen() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answered < len(r.exchanges)
}

// requestArriving reports whether part of the last request is still to come.
func (r *relay) requestArriving() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.exchanges)
	return n > 0 && r.exchanges[n-1].Read < 0
}

// awaitTurn returns when every request before ex has its response. It reports
// false if the device or the connection ends first.
func (r *relay) awaitTurn(ex *exchange) bool {
	for !r.isNext(ex) {
		select {
		case <-r.turn:
		case <-r.down.done: // no more responses
			return r.isNext(ex)
		case <-r.ctx.Done():
			return false
		}
	}
	return true
}

// isNext reports whether every request before ex has its response.
func (r *relay) isNext(ex *exchange) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answered == ex.number-1
}

// event describes an arrival that concerns ex, or no command if ex is nil.
func (r *relay) event(ex *exchange) faults.Event {
	e := faults.Event{Connection: r.log.Number, At: r.link.since()}
	if ex != nil {
		e.Command, e.Method, e.Attempt, e.Exchange = ex.Command, ex.Method, ex.Attempt, ex.number
	}
	return e
}

// lastEvent describes an arrival that concerns the connection: its command is
// the last one known on it.
func (r *relay) lastEvent() faults.Event {
	r.mu.Lock()
	var last *exchange
	if n := len(r.exchanges); n > 0 {
		last = r.exchanges[n-1]
	}
	r.mu.Unlock()
	return r.event(last)
}
