package adapter

import (
	"bufio"
	"errors"
	"io"
	"sync"
)

// A lines reads messages line by line. What does not begin with { is noise, of
// which the end is kept, however long its lines are.
type lines struct {
	reader *bufio.Reader
	long   []byte // a line that does not fit into reader
	noise  tail
}

func newLines(r io.Reader) *lines { return &lines{reader: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next line that begins with {, without its end; it is valid
// until the call after. The error is io.EOF after the last line, a *Failure
// without a step, or the reader's own.
func (l *lines) next() ([]byte, error) {
	for {
		first, err := l.reader.Peek(1)
		if err != nil {
			return nil, err
		}
		switch {
		case first[0] == '{':
			return l.message()
		case first[0] == mark[0] && l.marked():
			continue
		}
		if err := l.skip(); err != nil {
			return nil, err
		}
	}
}

// mark is what some runtimes put before all that they write in UTF-8.
const mark = "\uFEFF"

// marked passes over a mark that comes next, if one does.
func (l *lines) marked() bool {
	next, err := l.reader.Peek(len(mark))
	if err != nil || string(next) != mark {
		return false
	}
	_, err = l.reader.Discard(len(mark))
	return err == nil
}

func (l *lines) message() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.reader.ReadSlice('\n')
		if len(l.long)+len(part) > MaxLine {
			return nil, &Failure{Kind: LongLine, Detail: "it begins " + excerpt(append(l.long, part...)[:100])}
		}
		switch {
		case err == nil && len(l.long) == 0:
			return part[:len(part)-1], nil
		case err == nil:
			l.long = append(l.long, part...)
			return l.long[:len(l.long)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
		case errors.Is(err, io.EOF):
			return nil, &Failure{Kind: HalfLine, Detail: excerpt(append(l.long, part...))}
		default:
			return nil, err
		}
	}
}

// skip reads a line of noise to its end.
func (l *lines) skip() error {
	for {
		part, err := l.reader.ReadSlice('\n')
		l.noise.Write(part)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// A tail keeps the last bytes that are written to it. It is safe for
// concurrent use.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// tailSize is how many bytes a tail keeps.
const tailSize = 8 << 10

// Write takes in all of b.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[max(0, len(b)-tailSize):]...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = t.kept[:copy(t.kept, t.kept[over:])]
	}
	return len(b), nil
}

// String is what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
