package portrait

import "time"

// A closing is how a server closes connections once it has answered.
type closing struct {
	chances   int                  // whole answers behind which it could have closed unannounced: nobody else ended the connection there
	announced int                  // whole answers that were said to be the last
	after     [endingKinds]sample  // from the answer's end to the server's first FIN or RST
	count     [endingKinds]int     //
	answers   [endingKinds]extreme // whole answers on such connections
	longest   int                  // whole answers on any connection
	met       [meetings]int        // unannounced closings by what became of the next request

	held    sample // from a request that lay unread to the RST
	patient sample // pauses behind which a request was answered
	hit     sample // pauses behind which one was not, because the server closed
}

// answered counts a whole answer, and the pause before its request (-1 if that
// is unknown).
func (k *closing) answered(announced bool, pause int64) {
	if announced {
		k.announced++
	} else {
		k.chances++
	}
	if pause >= 0 {
		k.patient.add(pause)
	}
}

func (k *closing) add(e *ending) {
	k.longest = max(k.longest, e.answers)
	k.count[e.kind]++
	if e.kind == unclosed {
		if e.spared && k.chances > 0 {
			k.chances--
		}
		return
	}
	k.after[e.kind].add(e.after)
	k.answers[e.kind].add(e.answers)
	if e.kind == silently || e.kind == unread {
		k.met[e.meeting]++
	}
	if e.kind == unread {
		k.held.add(e.held)
	} else if e.pause >= 0 {
		k.hit.add(e.pause)
	}
}

// settle says what became of requests that were reset unanswered: they lay
// unread as the server closed, or, as aborted says, it aborted them by will. In
// either case the kinds are one afterwards. It returns how many were aborted.
func (k *closing) settle(aborted func(*closing) bool) int {
	n := k.count[unread]
	k.count[unread] = 0
	if n == 0 {
		return 0
	}
	if aborted(k) {
		k.met[collides] = 0
		return n
	}
	k.count[silently] += n
	for _, v := range k.after[unread].kept {
		k.after[silently].add(v)
	}
	for _, v := range []int{k.answers[unread].low, k.answers[unread].high} {
		k.answers[silently].add(v)
	}
	return 0
}

// byRequest reports whether the resets of unread requests keep closer to the
// request than to the answer before.
func (k *closing) byRequest() bool {
	spread := func(s *sample) int64 { return s.quantile(0.9) - s.quantile(0.1) }
	return k.held.n >= 5 && 2*spread(&k.held) < spread(&k.after[unread])
}

// idles reports whether the server closes when nothing has come for a while,
// and not behind an answer whatever comes: always after the same time, which no
// request that was answered had let pass and every one that was hit had.
func (k *closing) idles(roundTrip int64) bool {
	after := k.after[silently].sorted()
	if len(after) == 0 || k.patient.n == 0 || 5*k.met[collides] > len(after) {
		return false
	}
	low, high := quantile(after, 0.1), quantile(after, 0.9)
	slack := low/20 + int64(500*time.Microsecond)
	steady := high-low <= max(int64(2*time.Millisecond), low/10)
	kept := k.patient.quantile(0.98)+roundTrip <= low+slack
	missed := k.hit.n == 0 || k.hit.quantile(0.02)+roundTrip >= low-slack
	return steady && kept && missed
}

// counts is the number of answers after which the server always closes, and
// behind which nothing ever came; 0 if it does not count.
func (k *closing) counts() int {
	n := k.answers[silently]
	if k.count[silently] < 2 || n.low != n.high || n.low < 2 || k.longest > n.high {
		return 0
	}
	return n.low
}

// An extreme is the least and the greatest of some numbers; its zero value is
// that of none.
type extreme struct{ low, high int }

func (x *extreme) add(v int) {
	if x.high == 0 || v < x.low {
		x.low = v
	}
	x.high = max(x.high, v)
}
