package diagnosis

import "io"

// A Writer is told of everything in order. What it can't write [Writer.Flush]
// says.
type Writer interface {
	Open(file string, first int64) // a capture, and when its first packet was captured
	Tell(*Connection)              // a connection of that capture
	Close(*Report)                 // what it came to; nothing comes after
	Flush() error                  // write out all that was told; the first error stays
}

// A Format is a way to write a diagnosis.
type Format struct {
	Name, Doc string
	New       func(io.Writer) Writer
}

// Formats lists every format.
var Formats = []Format{
	{"text", "a line per connection and what to do, for people", newText},
	{"json", "everything, for programs", newJSON},
}
