package clients

import (
	"errors"
	"fmt"
	"io"

	"rstorm/results"
)

// errUnprocessed is wrapped by errors of commands of which HTTP/2 itself says
// that they were not processed, so that any of them may be sent again (RFC 9113
// section 8.7).
var errUnprocessed = errors.New("not processed")

// An errorCode says why a stream or a connection was ended (RFC 9113 section 7).
type errorCode uint32

const codeRefusedStream errorCode = 7

var codeNames = [...]string{"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
	"STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR",
	"ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"}

// String is the code's name in the RFC.
func (c errorCode) String() string {
	if int64(c) < int64(len(codeNames)) {
		return codeNames[c]
	}
	return fmt.Sprintf("code %d", uint32(c))
}

// A streamError is the end of one stream by an error. net/http's own is not
// exported, but is read into a struct of the same fields by errors.As
// (net/http's h2_error.go).
type streamError struct {
	StreamID uint32
	Code     errorCode
	Cause    error
}

// Error names the code and leaves the stream out: equal failures shall read
// equal.
func (e streamError) Error() string { return "stream reset: " + e.Code.String() }

// Errno is the word for it in reports, see [results.Errno].
func (streamError) Errno() string { return "RST_STREAM" }

// A goAwayError is the end of a connection that the peer announced.
type goAwayError struct {
	last uint32 // the highest stream that may have been processed
	code errorCode
}

// Error names the code.
func (e *goAwayError) Error() string { return "GOAWAY from the device: " + e.code.String() }

// Errno is the word for it in reports, see [results.Errno].
func (*goAwayError) Errno() string { return "GOAWAY" }

// reason finds out why an exchange over HTTP/2 failed in phase with err, which
// says that by type only for a stream. What the frames say counts before what
// the socket says.
//   - A stream that the peer reset leaves its connection whole: failed, or
//     truncated if the answer had begun.
//   - GOAWAY below the request: closed, whatever becomes of the connection.
//   - Else the connection was lost: as with HTTP/1.1.
func reason(err error, phase results.Phase, f *frames, conn *Conn) error {
	reset, away, unprocessed, end := f.fate()
	answered := !before(phase, results.PhaseHead)
	stream, ok := errors.AsType[streamError](err)
	switch {
	case ok && reset && !answered && stream.Code == codeRefusedStream:
		return fmt.Errorf("%w, %w", stream, errUnprocessed)
	case ok && reset && !answered:
		return stream
	case ok && reset:
		return fmt.Errorf("%w: %w", results.ErrTruncated, stream)
	case unprocessed && !answered:
		return fmt.Errorf("%w, %w: %w", away, errUnprocessed, io.EOF)
	case unprocessed:
		return fmt.Errorf("%w: %w", results.ErrTruncated, away)
	}
	if o := results.Classify(err); away != nil && (o == results.Failed || o == results.Truncated) {
		err = away // net/http's error says no more
	}
	if socket := conn.ended(); socket != nil {
		end = socket
	}
	return lost(err, answered, end)
}

// lost reads an error of a transport that need not say how the connection was
// lost: end is what that said of itself first, nil if nothing. A reset counts
// before an end of file: a socket tells it once, to Read or to Write, and is at
// its end for the other. What ends before the first byte of an answer was
// closed, not truncated.
func lost(err error, answered bool, end error) error {
	outcome, why := results.Classify(err), results.Classify(end)
	switch {
	case outcome != results.Failed && outcome != results.Truncated && outcome != results.Closed:
		return err
	case why == results.Reset && outcome == results.Failed:
		return fmt.Errorf("%w: %w", bare(err), bare(end))
	case why == results.Reset:
		return end
	case outcome == results.Truncated && !answered:
		return fmt.Errorf("%w before an answer", io.EOF)
	case outcome != results.Failed || end == nil || errors.Is(err, end):
		return err
	case why != results.Closed && why != results.Truncated:
		return fmt.Errorf("%w: %w", bare(err), bare(end))
	case answered:
		return fmt.Errorf("%w: %w", results.ErrTruncated, bare(err))
	}
	return fmt.Errorf("%w: %w", bare(err), io.EOF)
}
