package link

import (
	"errors"
	"fmt"

	"rstorm/faults"
	"rstorm/kernel"
)

// canDrop reports why f, a drop-syn, can't be carried out here.
func canDrop(f *faults.Fault) error {
	if f.Then == faults.ThenReset && !kernel.Isolated() {
		return fmt.Errorf("%w: it would change every listener of this machine (tcp_abort_on_overflow): it needs a private network", errors.ErrUnsupported)
	}
	return nil
}

// jam fills the accept queue: the kernel drops every further SYN, or, if the
// gate is aborting, answers what its client sends next with a RST. Its caller
// holds the mutex, and nobody accepts.
func (g *gate) jam() error {
	fill, abort := kernel.Jam, g.bars&aborting != 0
	if abort {
		fill = kernel.Overflow
	}
	if g.free != nil && g.aborts == abort {
		return nil
	}
	if err := g.unjam(); err != nil {
		return err
	}
	for _, c := range pending(g.ln) {
		g.serve(c)
	}
	free, err := fill(g.ln)
	if err != nil {
		return fmt.Errorf("fill the accept queue: %w", err)
	}
	g.free, g.aborts = free, abort
	return nil
}

// unjam empties the accept queue. Connections that got into it before it was
// full were made before: they are served. Its caller holds the mutex.
func (g *gate) unjam() error {
	if g.free == nil {
		return nil
	}
	waiting, err := g.free()
	for _, c := range waiting {
		g.serve(c)
	}
	if g.aborts {
		err = errors.Join(err, kernel.AbortOnOverflow(false))
	}
	g.free, g.aborts = nil, false
	if err != nil {
		return fmt.Errorf("empty the accept queue: %w", err)
	}
	return nil
}
