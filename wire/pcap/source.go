package pcap

import "io"

// window is how many bytes of a stream are in memory at a time. What has to be
// looked at as a whole must fit in.
const window = 1 << 20

// fruitless is how often a stream may give neither a byte nor an error.
const fruitless = 100

// A source reads a stream through a window, so that records can be looked at
// where they lie.
type source struct {
	stream     io.Reader
	window     []byte
	start, end int   // of what is in the window and not yet taken
	base       int64 // offset of window[0] in the stream
	err        error // why there is no more to come
}

func newSource(r io.Reader) *source {
	return &source{stream: r, window: make([]byte, window)}
}

// offset is where the next byte stands in the stream.
func (s *source) offset() int64 { return s.base + int64(s.start) }

// peek returns the next n bytes, at most a window, and takes none. With an error
// it returns what there is: io.EOF if that is nothing, io.ErrUnexpectedEOF if
// the stream ends within, or what reading it failed with.
func (s *source) peek(n int) ([]byte, error) {
	if s.end-s.start >= n {
		return s.window[s.start : s.start+n], nil
	}
	return s.fill(n)
}

// take moves on by n bytes that were peeked at. They stay readable until the
// next peek.
func (s *source) take(n int) { s.start += n }

// skip moves on by n bytes, whatever they are.
func (s *source) skip(n int64) error {
	for n > 0 {
		some, err := s.peek(int(min(n, window)))
		s.take(len(some))
		n -= int64(len(some))
		if err != nil {
			return err
		}
	}
	return nil
}

// fill reads until n bytes are at hand. It reads no more than it must wait for,
// so that a packet in a pipe is seen as soon as it is whole.
func (s *source) fill(n int) ([]byte, error) {
	s.base += int64(s.start)
	s.end = copy(s.window, s.window[s.start:s.end])
	s.start = 0
	for empty := 0; s.end < n && s.err == nil; {
		var got int
		got, s.err = s.stream.Read(s.window[s.end:])
		s.end += got
		if got > 0 {
			empty = 0
		} else if empty++; empty == fruitless && s.err == nil {
			s.err = io.ErrNoProgress
		}
	}
	switch {
	case s.end >= n:
		return s.window[:n], nil
	case s.end > 0 && s.err == io.EOF:
		return s.window[:s.end], io.ErrUnexpectedEOF
	}
	return s.window[:s.end], s.err
}
