package device

import (
	"io"
	"sync"
)

// question is what the process above writes to a child to learn that it has
// all the notes written until then: the answer is a note too, behind them.
const question = '?'

// answer tells of every question that comes in, until there are no more.
func (r *reporter) answer(in io.Reader) error {
	for b := make([]byte, 1<<10); ; {
		n, err := in.Read(b)
		for _, c := range b[:n] {
			if c == question {
				r.tell(note{Heard: true})
			}
		}
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// questions are those that a child has not answered yet.
type questions struct {
	mu   sync.Mutex
	to   io.Writer       // the child; nil while none serves
	open []chan struct{} // each is closed with its answer, or with the child's end
}

// settle returns when everything is known that the child had told when it was
// called: what a client has seen is in the ledger then.
func (q *questions) settle() {
	q.mu.Lock()
	if q.to == nil {
		q.mu.Unlock()
		return
	}
	heard := make(chan struct{})
	q.open = append(q.open, heard)
	_, _ = q.to.Write([]byte{question}) // fails only if the child is gone; then its end is the answer
	q.mu.Unlock()
	<-heard
}

// begin lets questions go to a child.
func (q *questions) begin(to io.Writer) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.to = to
}

// heard takes the answer to the oldest question.
func (q *questions) heard() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.open) > 0 {
		close(q.open[0])
		q.open = q.open[1:]
	}
}

// end is the answer to every question that a child left open. All its notes
// must be known.
func (q *questions) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, heard := range q.open {
		close(heard)
	}
	q.to, q.open = nil, nil
}
