package adapter

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// A pipes holds both ends of a process's standard streams.
type pipes struct {
	in       *os.File // ours
	out, err *os.File

	childIn, childOut, childErr *os.File // the child's
}

func (s *pipes) open() (err error) {
	var errs [3]error
	s.childIn, s.in, errs[0] = os.Pipe()
	s.out, s.childOut, errs[1] = os.Pipe()
	s.err, s.childErr, errs[2] = os.Pipe()
	if err := errors.Join(errs[:]...); err != nil {
		s.close()
		return fmt.Errorf("make pipes: %w", err)
	}
	return nil
}

// closeTheirs closes the child's ends: it has its own.
func (s *pipes) closeTheirs() {
	for _, f := range []*os.File{s.childIn, s.childOut, s.childErr} {
		f.Close()
	}
}

// linger is how long a process that left its group may hold our pipes after the
// group was killed. All that died with the group closed them.
const linger = 100 * time.Millisecond

// leave makes readings end: those of a pipe that has ended, by themselves.
func (s *pipes) leave() {
	for _, f := range []*os.File{s.out, s.err} {
		if f.SetReadDeadline(time.Now().Add(linger)) != nil { // where pipes have none
			f.Close()
		}
	}
}

// close closes what is open of all ends. Closing one twice does no harm.
func (s *pipes) close() {
	for _, f := range []*os.File{s.in, s.out, s.err, s.childIn, s.childOut, s.childErr} {
		f.Close() // of nil, os.ErrInvalid
	}
}

// drain reads for ever, so that who writes is never held up.
func drain(into io.Writer, from io.Reader) {
	_, _ = io.Copy(into, from) // ends with the pipe, or by leave
}
