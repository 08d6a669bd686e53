package adapter

import (
	"context"
	"fmt"
	"time"
)

// A pending is a run that is under way, or waits behind one that is.
type pending struct {
	id       int
	sent     time.Time
	limit    time.Duration // from when it may begin
	deadline time.Time     // zero until then
	seqs     map[int]bool  // by command: whether it was reported
	left     int           // commands not reported
}

// Send asks for a run; its id is the last one's plus 1, its type is filled in.
// It does not wait for those before it: a run begins when they are done, and
// must be done itself by limit after. Not more than four runs are to be under
// way. The error is a *Failure, or ctx's; the process is gone then.
func (p *Process) Send(ctx context.Context, r Run, limit time.Duration) error {
	r.Type, r.ID = "run", p.nextRun()
	run := &pending{id: r.ID, limit: limit, seqs: make(map[int]bool, len(r.Commands)), left: len(r.Commands)}
	for _, c := range r.Commands {
		run.seqs[c.Seq] = false
	}
	run.sent = time.Now()
	if len(p.runs) == 0 {
		run.deadline = run.sent.Add(limit)
	}
	if err := p.send(ctx, r); err != nil {
		return p.blame("sending a run", err)
	}
	p.runs = append(p.runs, run)
	return nil
}

func (p *Process) nextRun() int {
	if n := len(p.runs); n > 0 {
		return p.runs[n-1].id + 1
	}
	return p.last + 1
}

// Next waits for what comes next of the runs under way: a result, or nil when
// the oldest of them is done. Every command of a run is reported before it is
// done, and once. The error is a *Failure, or ctx's; the process is gone then.
func (p *Process) Next(ctx context.Context) (*Result, error) {
	run := p.runs[0]
	in, err := p.receive(ctx, run.deadline)
	var result *Result
	if err == nil {
		result, err = p.take(run, in)
	}
	if err != nil {
		return nil, p.blame(fmt.Sprintf("run %d", run.id), err)
	}
	return result, nil
}

// take judges a message while run is the oldest under way.
func (p *Process) take(run *pending, in incoming) (*Result, error) {
	switch {
	case in.Type != "res" && in.Type != "done":
		return nil, stray(in)
	case int(*in.Run) != run.id:
		return nil, &Failure{Kind: UnknownRun, Detail: fmt.Sprintf("%s of run %d", in.Type, *in.Run)}
	case in.Type == "done" && run.left > 0:
		return nil, &Failure{Kind: Missing, Detail: fmt.Sprintf("%d of %d were not", run.left, len(run.seqs))}
	case in.Type == "done":
		p.finish(run, in.at)
		return nil, nil
	}
	r := in.result()
	reported, there := run.seqs[r.Seq]
	switch {
	case !there:
		return nil, &Failure{Kind: UnknownCommand, Detail: fmt.Sprintf("seq %d", r.Seq)}
	case reported:
		return nil, &Failure{Kind: Twice, Detail: fmt.Sprintf("seq %d", r.Seq)}
	}
	if problem := p.mistimed(&r, run.sent, in.at); problem != "" {
		return nil, &Failure{Kind: WrongTime, Detail: fmt.Sprintf("seq %d: %s", r.Seq, problem)}
	}
	run.seqs[r.Seq] = true
	run.left--
	return &r, nil
}

// finish forgets a run; the next one begins.
func (p *Process) finish(run *pending, at time.Time) {
	p.last, p.runs = run.id, p.runs[1:]
	if len(p.runs) > 0 {
		p.runs[0].deadline = at.Add(p.runs[0].limit)
	}
}

// mistimed says what is wrong with a result's times: they run backwards, or
// begin before the run was sent, or end after the result was here, by more than
// the clocks' error. Clocks may drift apart by 1/1000 and show milliseconds.
func (p *Process) mistimed(r *Result, from, until time.Time) string {
	const coarse = time.Millisecond
	allow := p.clock.Error + coarse + until.Sub(p.clock.here)/1000
	switch {
	case r.T1 < r.T0:
		return "t1 is before t0"
	case r.T0 < -farthest || r.T1 > farthest:
		return fmt.Sprintf("t0 is %d, t1 %d", r.T0, r.T1)
	case p.clock.here.IsZero():
		return "" // nobody asked for its clock
	}
	began, ended := p.clock.Time(r.T0), p.clock.Time(r.T1)
	switch {
	case began.Before(from.Add(-allow)):
		return fmt.Sprintf("t0 is %v before the run was sent", from.Sub(began))
	case ended.After(until.Add(allow)):
		return fmt.Sprintf("t1 is %v after the result was here", ended.Sub(until))
	}
	return ""
}
