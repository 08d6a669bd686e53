package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"rstorm/wire/diagnosis"
)

// readCaptures reads one file after the other. A file that can't be read does
// not keep it from the next; the end of ctx and a failure to print do.
func readCaptures(ctx context.Context, s streams, d *diagnosis.Diagnosis, files []string) error {
	m := newMeter(s)
	defer m.close()
	var errs []error
	for _, name := range files {
		in, err := openCapture(ctx, name, s.in)
		if err != nil {
			d.Miss(err)
		} else {
			err = errors.Join(d.Read(ctx, called(name), m.reader(in)), in.Close())
		}
		if d.Writer.Flush() != nil {
			break // it says so again at the end
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// called is a file as errors and reports write it.
func called(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// present reports why a file can't be a capture, without opening it.
func present(name string) error {
	if name == "-" {
		return nil
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: is a directory, want a capture", name)
	}
	return err
}

// sameFile reports whether two names are of one regular file.
func sameFile(one, other string) bool {
	a, err := os.Stat(one)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && a.Mode().IsRegular() && os.SameFile(a, b)
}

// openCapture opens a file, or standard input for a dash. Opening and reading
// what is no regular file ends with ctx.
func openCapture(ctx context.Context, name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return &patient{ctx: ctx, in: io.NopCloser(stdin)}, nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() {
		return os.Open(name)
	}
	f, err := unless(ctx, func() (*os.File, error) { return os.Open(name) })
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%s: interrupted before anyone wrote to it", name)
	}
	if err != nil {
		return nil, err
	}
	return &patient{ctx: ctx, in: f}, nil
}

// A patient reader waits for a pipe or a terminal, and no longer than ctx.
type patient struct {
	ctx context.Context
	in  io.ReadCloser
}

// Read reads into memory of its own: the read may outlast the caller.
func (p *patient) Read(b []byte) (int, error) {
	type part struct {
		data []byte
		end  error // of what is read, not of the waiting
	}
	got, err := unless(p.ctx, func() (part, error) {
		buffer := make([]byte, min(len(b), 1<<16))
		n, err := p.in.Read(buffer)
		return part{buffer[:n], err}, nil
	})
	if err != nil {
		return 0, err
	}
	return copy(b, got.data), got.end
}

// Close closes what is read.
func (p *patient) Close() error { return p.in.Close() }

// unless does what may block, and leaves it behind when ctx ends: nothing can
// end a read of a terminal, or the opening of a pipe that nobody writes to.
func unless[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := do()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
