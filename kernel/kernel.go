// Package kernel is what the operating system can be made to do to sockets and
// networks: the faults that no byte written can produce, and a network of
// one's own to produce them in. What a system can't do it reports as an error
// that wraps [errors.ErrUnsupported], with the reason.
package kernel
