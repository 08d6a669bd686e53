package adapter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// receive returns the next message of a known type, waiting no longer than
// until the deadline. The error is a *Failure, or ctx's.
func (p *Process) receive(ctx context.Context, deadline time.Time) (incoming, error) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	exited := p.exited
	for {
		select {
		case in, more := <-p.inbox:
			switch {
			case !more, in.err != nil:
				return in, ending(in.err)
			case slices.Contains(known, in.Type):
				p.heard = in.at
				return in, nil
			}
			p.Unknown++
		case <-exited:
			exited = nil
			timer.Reset(linger) // what it wrote before may still be on its way here
			deadline = time.Time{}
		case <-timer.C:
			if deadline.IsZero() {
				return incoming{}, &Failure{Kind: Exited}
			}
			return incoming{}, &Failure{Kind: Silent}
		case <-ctx.Done():
			return incoming{}, context.Cause(ctx)
		}
	}
}

// known are the types that an adapter's messages may have.
var known = []string{"hello", "ready", "sync", "res", "done", "error"}

// ending is what the end of the messages means.
func ending(err error) error {
	if _, ok := errors.AsType[*Failure](err); ok {
		return err
	}
	f := &Failure{Kind: Exited}
	if err != nil && !errors.Is(err, io.EOF) {
		f.Detail = err.Error()
	}
	return f
}

// answer waits for the answer of a type to what was sent.
func (p *Process) answer(ctx context.Context, kind string) (incoming, error) {
	in, err := p.receive(ctx, time.Now().Add(p.patience))
	if err == nil && in.Type != kind {
		err = stray(in)
	}
	return in, err
}

// stray is the failure that a message which was not asked for is.
func stray(in incoming) error {
	if in.Type == "error" {
		return &Failure{Kind: Refused, Detail: excerpt(in.Msg)}
	}
	detail := in.Type
	if in.Run != nil {
		detail = fmt.Sprintf("%s of run %d", in.Type, *in.Run)
	}
	return &Failure{Kind: OutOfTurn, Detail: detail}
}

// send gives a message to the writer. The adapter need not take it yet.
func (p *Process) send(ctx context.Context, v any) error {
	line, err := encode(v)
	if err != nil {
		return err
	}
	select {
	case p.outbox <- line:
		return nil
	case <-p.exited:
		return &Failure{Kind: Exited}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// greet waits for the hello. If it is none the process is gone.
func (p *Process) greet(ctx context.Context) error {
	in, err := p.answer(ctx, "hello")
	if err == nil {
		p.Hello = in.hello()
		err = p.suits()
	}
	if err != nil {
		return p.blame("its start", err)
	}
	return nil
}

// suits judges the hello.
func (p *Process) suits() error {
	switch {
	case p.Hello.Protocol != Version:
		return &Failure{Kind: WrongProtocol, Detail: fmt.Sprintf("protocol %d", p.Hello.Protocol)}
	case len(strings.Join(p.Hello.Profiles, "")) > 10000 || len(strings.Join(p.Hello.Caps, "")) > 10000:
		return &Failure{Kind: Absurd, Detail: "hello with more than 10000 bytes of profiles, or of caps"}
	}
	return nil
}

// Default is the profile that is meant where none is named: the first that sends
// anything. It is empty for an adapter that names none: it is one client.
func (h *Hello) Default() string {
	for _, name := range h.Profiles {
		if name != nullProfile {
			return name
		}
	}
	return strings.Join(h.Profiles, "") // null alone, or none
}

// Init asks for a fresh client and waits until it is ready. An empty profile is
// the adapter's default. The error is a *Failure, or ctx's; the process is gone
// then.
func (p *Process) Init(ctx context.Context, i Init) error {
	i.Type, i.Protocol = "init", Version
	i.Profile = cmp.Or(i.Profile, p.Hello.Default())
	if i.Options == nil {
		i.Options = map[string]string{}
	}
	err := p.send(ctx, i)
	if err == nil {
		_, err = p.answer(ctx, "ready")
	}
	if err != nil {
		return p.blame("the answer to init", err)
	}
	return nil
}
