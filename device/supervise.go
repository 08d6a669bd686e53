package device

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"rstorm/faults"
)

// supervise lets one child live after the other, until Close or until one dies
// without a reason.
func (p *Process) supervise() {
	// The kernel kills a child when the thread that made it ends (see detach).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.over)
	for {
		died, err := p.live()
		p.seen.orphan(time.Since(p.epoch))
		p.fail(err)
		if err != nil || died == nil || faults.Wait(p.ctx, died.Down) != nil {
			return
		}
	}
}

// live starts a child and returns when it is gone: with the fault that ended
// it, or nil after Close.
func (p *Process) live() (*death, error) {
	k, err := p.prepare()
	if err != nil {
		return nil, err
	}
	switch err := k.Start(); {
	case errors.Is(err, context.Canceled):
		return nil, nil // Close came first
	case err != nil:
		return nil, fmt.Errorf("start its process: %w", err)
	}
	_ = json.NewEncoder(k.in).Encode(k.orders) // fails only if the child is gone, which shows below
	p.asked.begin(k.in)
	died, told := p.follow(k.out)
	p.asked.end()
	_ = k.in.Close()
	ended := k.Wait()
	switch {
	case told != nil:
		return nil, told
	case k.complaint.Len() > 0:
		return nil, fmt.Errorf("its process ended with %v, saying: %s", k.ProcessState, strings.TrimSpace(k.complaint.String()))
	case died != nil, p.ctx.Err() != nil && k.ProcessState.Success():
		return died, nil
	case p.ctx.Err() != nil && errors.Is(ended, context.Canceled):
		return nil, fmt.Errorf("its process did not end within %v and was killed", k.WaitDelay)
	}
	return nil, fmt.Errorf("its process ended by itself: %v", k.ProcessState)
}

// A childProcess is one of the device's processes, and what goes to and fro.
type childProcess struct {
	*exec.Cmd
	orders    *orders
	in        io.WriteCloser // closing it tells the child to end
	out       io.Reader      // its notes
	complaint head           // what it has written to its standard error: nothing, if all is well
}

// prepare readies a child that ends with p.
func (p *Process) prepare() (k *childProcess, err error) {
	k = &childProcess{Cmd: exec.CommandContext(p.ctx, p.command[0], p.command[1:]...)}
	if k.orders, err = p.orders(); err != nil {
		return nil, err
	}
	if k.in, err = k.StdinPipe(); err != nil {
		return nil, err
	}
	if k.out, err = k.StdoutPipe(); err != nil {
		return nil, err
	}
	k.Stderr = &k.complaint
	k.Cancel = func() error { _ = k.in.Close(); return nil } // fails only if it is closed already
	k.WaitDelay = cmp.Or(p.cfg.overdue, 10*time.Second)
	detach(k.Cmd)
	return k, nil
}

// orders are those of the next child.
func (p *Process) orders() (*orders, error) {
	o := &orders{
		Profile: p.cfg.Profile, Seed: p.cfg.Seed, Listen: p.addr, Protocol: p.cfg.Protocol,
		// By the wall's clock, put right by the monotonic one.
		Epoch: time.Now().Round(0).Add(-time.Since(p.epoch)),
	}
	p.seen.pass(o)
	return o, o.certify(p.cfg.Certificate)
}

// follow takes a child's notes until there are no more. It returns the fault
// that the child said it dies by, and what it could not carry out.
func (p *Process) follow(out io.Reader) (died *death, told error) {
	for notes := json.NewDecoder(out); ; {
		var n note
		if err := notes.Decode(&n); err != nil {
			if !errors.Is(err, io.EOF) && p.ctx.Err() == nil {
				told = errors.Join(told, fmt.Errorf("its process wrote what is no note: %w", err))
			}
			return died, told
		}
		switch {
		case n.Serving != "":
			p.served.Do(func() { close(p.serving) })
		case n.Heard:
			p.asked.heard()
		case n.Dying != nil:
			died = n.Dying
		case n.Failed != "":
			told = errors.Join(told, errors.New(n.Failed))
		default:
			p.seen.note(n)
		}
	}
}

// head keeps the beginning of what is written to it.
type head struct{ strings.Builder }

// Write takes in all of b and keeps what there is room for.
func (h *head) Write(b []byte) (int, error) {
	room := 4<<10 - h.Len()
	h.Builder.Write(b[:min(len(b), room)])
	return len(b), nil
}
