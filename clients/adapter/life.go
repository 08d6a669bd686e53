package adapter

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// live is the process's life. The thread that starts it stays until it is
// over: the kernel may kill a child whose maker's thread ends (see apart).
func (p *Process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Env = append(os.Environ(), "RSTORM_PROTOCOL="+strconv.Itoa(Version), "NO_PROXY=*", "no_proxy=*")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.pipes.childIn, p.pipes.childOut, p.pipes.childErr
	apart(cmd)
	err := cmd.Start()
	if err == nil {
		p.group = groupOf(cmd)
	}
	started <- err
	if err != nil {
		return
	}
	p.group.await()
	p.left = p.group.others()
	p.group.kill() // what it left behind would hold the pipes
	close(p.exited)
	<-p.reaped
	_ = cmd.Wait() // how it ended is in the state
	p.state = cmd.ProcessState
}

// listen reads messages until there are no more, or the process is ended.
func (p *Process) listen() {
	defer close(p.inbox)
	for {
		line, err := p.lines.next()
		in := incoming{at: time.Now(), err: err}
		if err == nil {
			in.message, in.err = decode(line)
		}
		select {
		case p.inbox <- in:
		case <-p.ending:
			drain(&p.lines.noise, p.pipes.out)
			return
		}
		if in.err != nil {
			drain(&p.lines.noise, p.pipes.out)
			return
		}
	}
}

// write writes the lines that are to be sent: an adapter at work need not read.
func (p *Process) write() {
	for {
		select {
		case line := <-p.outbox:
			if _, err := p.pipes.in.Write(line); err != nil {
				return // it has ended, or is being ended: its output tells
			}
		case <-p.ending:
			return
		}
	}
}

// Close ends the process: its standard input ends, and 500 ms later it is
// killed with all its group, also what it left behind when it ended by itself
// before. It returns when the process is gone and nothing of it is left here.
func (p *Process) Close() { p.end(grace) }

// end is Close with another grace. A second call waits for the first.
func (p *Process) end(grace time.Duration) {
	p.once.Do(func() {
		began := time.Now()
		close(p.ending)
		p.pipes.in.Close()
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-p.exited:
		case <-timer.C:
			p.group.kill() // it is there: its number can't be another's
		}
		<-p.exited
		p.stopped = time.Since(began)
		close(p.reaped)
		p.pipes.leave()
		p.tasks.Wait()
		p.pipes.close()
	})
}

// exits reports whether the process whose output has ended ends as well, as soon
// as it may take.
func (p *Process) exits() bool {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.exited:
		return true
	case <-timer.C:
		return false
	}
}

// ended says how the process ended; it has.
func (p *Process) ended() string {
	switch {
	case p.state == nil:
		return "it is not known how"
	case p.state.Success():
		return "exit status 0"
	}
	return p.state.String()
}

// blame ends the process at once, and makes err the error of a step, with what
// the process had to say.
func (p *Process) blame(step string, err error) error {
	f, ok := errors.AsType[*Failure](err)
	stayed := ok && f.Kind == Exited && f.Detail == "" && !p.exits()
	p.end(0)
	if !ok {
		return err
	}
	if stayed && p.state != nil && p.state.ExitCode() == -1 { // a signal had to end it
		f.Kind = Closed
	}
	f.Step = cmp.Or(f.Step, step)
	if f.Kind == Exited {
		f.Detail = p.ended()
	}
	f.Stderr, f.Noise = p.Stderr(), strings.ToValidUTF8(p.lines.noise.String(), "\uFFFD")
	if noise := lastLine(f.Noise); f.Kind == Silent && p.Hello.Type == "" && noise != "" {
		f.Detail = "what it wrote is no message, as in " + excerpt(noise)
	}
	return f
}

// Stderr is the end of what the process wrote to its standard error.
func (p *Process) Stderr() string { return strings.ToValidUTF8(p.stderr.String(), "\uFFFD") }

// Has reports whether the adapter has a capability.
func (h *Hello) Has(capability string) bool {
	return slices.Contains(h.Caps, capability)
}
