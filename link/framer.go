package link

import "bytes"

// A mark is what a framer found at the end of the bytes it consumed.
type mark uint8

const (
	more    mark = iota // nothing: every byte was consumed
	head                // the end of a message's head, described by framer.msg
	interim             // the end of a 1xx head; the final one is still to come
	reached             // framer.stop bytes of content have passed
	done                // the end of the message
)

// maxHead bounds a message's head, and its trailers. What is longer is not
// taken for HTTP.
const maxHead = 64 << 10

// A framer finds where the messages in one direction of an HTTP/1 connection
// begin and end (RFC 9112 sections 2 to 7), however the bytes are cut into
// reads. It keeps no bytes but an unfinished line. What it does not understand
// makes it opaque: from there on it consumes bytes without a mark.
type framer struct {
	response bool
	method   string // of the request that the response answers; set between messages
	stop     int64  // content bytes after which next returns reached; negative is never
	msg      message
	content  int64 // content bytes of the message that have passed, transfer coding taken off
	begun    bool  // a byte of the message has passed

	step step
	line []byte // an unfinished line
	size int    // bytes of the head or the trailers so far
	left int64  // bytes left in the counted run
}

// A step is what a framer expects next.
type step uint8

const (
	startLine step = iota
	fieldLine
	counted    // a body of known length
	untilClose // a body that the end of the connection ends
	chunkSize
	chunkData
	chunkEnd
	trailerLine
	ended
	opaque
)

// newFramer returns a framer for requests or for responses.
func newFramer(response bool) framer { return framer{response: response, stop: -1} }

// next consumes b up to the next mark and returns how many bytes that took.
// Call it again with the rest, even when there is none, until it returns more.
func (f *framer) next(b []byte) (int, mark) {
	for n := 0; ; {
		switch f.step {
		case opaque:
			return len(b), more
		case ended:
			f.step, f.begun, f.size = startLine, false, 0
			return n, done
		case counted, untilClose, chunkData:
			run := f.step
			k, m := f.body(b[n:])
			n += k
			if m == reached || f.step == run {
				return n, m
			}
		default:
			line, k, whole := f.nextLine(b[n:])
			n += k
			if !whole && f.step != opaque {
				return n, more
			}
			if whole {
				if m := f.parse(line); m != more {
					return n, m
				}
			}
		}
	}
}

// body consumes content, by count and not by look.
func (f *framer) body(b []byte) (int, mark) {
	k := int64(len(b))
	if f.step != untilClose {
		k = min(k, f.left)
	}
	if f.stop > f.content {
		k = min(k, f.stop-f.content)
	}
	f.content += k
	f.left -= k
	switch {
	case f.step == counted && f.left == 0:
		f.step = ended
	case f.step == chunkData && f.left == 0:
		f.step, f.size = chunkEnd, 0
	}
	if k > 0 && f.content == f.stop {
		return int(k), reached
	}
	return int(k), more
}

// nextLine returns the next line without its end and what of b it took; whole
// is false when b ends first. It accepts a bare LF as the end of a line (RFC
// 9112 section 2.2).
func (f *framer) nextLine(b []byte) (line []byte, n int, whole bool) {
	f.begun = f.begun || len(b) > 0
	i := bytes.IndexByte(b, '\n')
	n = i + 1
	if i < 0 {
		n = len(b)
	}
	if f.size += n; f.size > maxHead {
		f.step, f.line = opaque, nil
		return nil, n, false
	}
	if i < 0 {
		f.line = append(f.line, b...)
		if f.step == startLine && !f.plausible(f.line) {
			f.step, f.line = opaque, nil
		}
		return nil, n, false
	}
	line = b[:i]
	if len(f.line) > 0 {
		line = append(f.line, line...)
		f.line = f.line[:0]
	}
	return bytes.TrimSuffix(line, []byte("\r")), n, true
}

// finish tells the framer that the connection has ended and reports whether
// that ended a message in order.
func (f *framer) finish() bool {
	if f.step != untilClose {
		return false
	}
	f.step, f.begun, f.size = startLine, false, 0
	return true
}

// tunnel makes f opaque: the connection has left HTTP.
func (f *framer) tunnel() { f.step, f.line = opaque, nil }
