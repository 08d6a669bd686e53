package link

import (
	"errors"
	"syscall"

	"rstorm/faults"
)

// note enters s in the log, unless the connection has been ended: it is not
// carried out then.
func (r *relay) note(s faults.Strike) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.severed.Load() {
		return
	}
	r.log.Strikes = append(r.log.Strikes, Strike{Fault: title(s), At: r.link.since()})
}

// noteCall records that the device is about to be called.
func (r *relay) noteCall() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log.Called = r.link.since()
}

// noteFIN records that l's peer has closed its side. A client's FIN that is
// read when the device's has come too was the answer to what the device sent
// before its own, so the device was first.
func (r *relay) noteFIN(l *leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enterFIN(l)
}

// enterFIN is noteFIN for who holds the mutex.
func (r *relay) enterFIN(l *leg) {
	if l == r.device && r.log.FINRead < 0 {
		r.log.FINRead = r.link.since()
	}
	if r.log.First != "" {
		return
	}
	r.log.First = l.peer
	if l == r.client && r.device != nil && finArrived(r.device.conn) {
		r.log.First = r.device.peer
	}
}

// noteFailure records the error that the kernel reported on l, if it was a
// RST.
func (r *relay) noteFailure(l *leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enterFailure(l)
}

// enterFailure is noteFailure for who holds the mutex.
func (r *relay) enterFailure(l *leg) {
	if !isReset(l.failure) {
		return
	}
	if r.log.First == "" {
		r.log.First = l.peer
	}
	if r.log.Reset == "" {
		r.log.Reset, r.log.ResetAt = l.peer, r.link.since()
		r.afterFIN = l.gotFIN.Load() || errors.Is(l.failure, syscall.EPIPE)
	}
}

// learn records what the peers have done by now and no reader has come to: the
// link may have held what was passing. Its caller holds the mutex, and is about
// to end the connection.
func (r *relay) learn() {
	for _, l := range []*leg{r.client, r.device} {
		if l == nil {
			continue
		}
		fin, gone, err := kernelView(l.conn)
		switch {
		case err != nil:
			l.fail(err)
			r.enterFailure(l)
		case fin && !gone:
			r.enterFIN(l)
		}
	}
}
