package clients

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A pool is the connections of one client that no command uses. Commands share
// it: a connection carries one exchange at a time, over HTTP/2 too, and where
// none is idle another is opened. It is safe for concurrent use.
type pool struct {
	opener *opener

	mu    sync.Mutex
	idle  []*line // the one used last stands last
	spare []*line // without a connection: their memory is used again
	term  *term   // nil if the client is never renewed
}

func newPool(o *opener) *pool { return &pool{opener: o} }

// take returns the idle line that was used last among those whose connection
// may be used, or one without a connection: if there is none, or a fresh
// connection is asked for. Idle connections that are found unusable are closed.
func (p *pool) take(ctx context.Context, fresh bool) *line {
	for l := p.pop(fresh); ; l = p.pop(fresh) {
		if l.conn == nil || l.wake(ctx) {
			return l
		}
		l.end(false)
		p.lay(l)
	}
}

// pop takes a line out.
func (p *pool) pop(fresh bool) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := &p.idle
	if fresh || len(p.idle) == 0 {
		from = &p.spare
	}
	n := len(*from)
	if n == 0 {
		return p.opener.line()
	}
	l := (*from)[n-1]
	(*from)[n-1] = nil
	*from = (*from)[:n-1]
	return l
}

// lay lays a line without a connection aside.
func (p *pool) lay(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spare = append(p.spare, l)
}

// put takes a line back from a command of term t.
func (p *pool) put(l *line, t *term) {
	switch {
	case l.conn == nil:
		p.lay(l)
	case !l.rest():
		l.end(false)
		p.lay(l)
	case !p.keep(l, t):
		l.end(true)
		p.lay(l)
	}
	p.prune()
}

// keep makes a line idle, unless the client was renewed since its command
// began.
func (p *pool) keep(l *line, t *term) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.term != t {
		return false
	}
	p.idle = append(p.idle, l)
	return true
}

// prune closes the connections that have rested for too long behind others that
// were used since.
func (p *pool) prune() {
	if s := &p.opener.settings; s.Idle == 0 && !s.Hint {
		return
	}
	now := time.Now()
	p.mu.Lock()
	var old []*line
	p.idle = slices.DeleteFunc(p.idle, func(l *line) bool {
		if l.expired(now) {
			old = append(old, l)
			return true
		}
		return false
	})
	p.mu.Unlock()
	for _, l := range old {
		l.end(false)
		p.lay(l)
	}
}

// begin begins a command. If the client is renewed for each, all that others
// have under way ends, and their connections are closed by force.
func (p *pool) begin() *term {
	if !p.opener.settings.Renew {
		return nil
	}
	fresh := newTerm()
	p.mu.Lock()
	old, idle := p.term, p.idle
	p.term, p.idle = fresh, nil
	p.mu.Unlock()
	if old != nil {
		old.end(errRenewed)
	}
	for _, l := range idle {
		l.end(true)
		p.lay(l)
	}
	return fresh
}

// current is the term that lasts.
func (p *pool) current() *term {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.term
}

// close closes the connections that are idle.
func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, l := range idle {
		l.end(false)
		p.lay(l)
	}
}
