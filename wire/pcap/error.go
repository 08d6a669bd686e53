package pcap

import (
	"fmt"
	"io"
)

// An Error says where and why a capture cannot be read, or not any further.
type Error struct {
	Offset     int64 // of the damaged record's first byte; in the uncompressed stream if the file is compressed
	Compressed bool  // the file is compressed with gzip
	Err        error // matches io.ErrUnexpectedEOF if the file is cut off
}

func (e *Error) Error() string {
	if e.Compressed {
		return fmt.Sprintf("byte %d of the uncompressed capture: %v", e.Offset, e.Err)
	}
	return fmt.Sprintf("byte %d of the capture: %v", e.Offset, e.Err)
}

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Err }

// damage says what is wrong with the record at offset.
func damage(offset int64, format string, args ...any) error {
	return &Error{Offset: offset, Err: fmt.Errorf(format, args...)}
}

// torn says that the stream ended within the record at offset, of which have
// bytes could be read, and why.
func torn(offset, have int64, what string, err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if have == 0 {
		return damage(offset, "reading %s: %w", what, err)
	}
	return damage(offset, "%s is cut off after %d bytes: %w", what, have, err)
}
