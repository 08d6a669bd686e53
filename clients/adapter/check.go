package adapter

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
)

// A Check plays a fixed series with an adapter, against a server of its own on
// loopback, and tells its author what is wrong with it, rule by rule.
type Check struct {
	Command  []string
	Profile  string        // that most rules are checked with; empty is the default
	Timeout  time.Duration // of its requests; 0 is 2 s. Some rules wait for as long
	Patience time.Duration // for its start and its answers; 0 is 30 s
	Tell     func(Finding) // as soon as it is known
}

// A Finding is what became of one rule.
type Finding struct {
	Rule    string
	Verdict Verdict
	Got     string // what was received; or, of a rule that is told or left out, the remark
	Want    string
	Mend    string // what the author does about it
}

// A Verdict is how a rule ended.
type Verdict string

// The verdicts.
const (
	Right   Verdict = "ok"
	Wrong   Verdict = "WRONG"
	LeftOut Verdict = "skip" // it is of a capability that the adapter does not claim
	Told    Verdict = "info" // no rule, but worth knowing
)

// A rule is one thing that an adapter has to do.
type rule struct {
	name string
	need string // the capability that it is of; empty if all must keep it
	mend string
	play func(c *checker) (got, want string, err error) // got is empty if all is well
}

// A checker is a Check at work.
type checker struct {
	Check
	ctx     context.Context
	hello   Hello
	startup time.Duration
	process *Process // nil if there is none
	target  *target
}

// Run plays all rules and returns how many were broken. The error is ctx's, or
// says why the harness could not check.
func (c Check) Run(ctx context.Context) (wrong int, err error) {
	c.Timeout = cmp.Or(c.Timeout, 2*time.Second)
	target, err := newTarget()
	if err != nil {
		return 0, err
	}
	defer target.close()
	k := &checker{Check: c, ctx: ctx, target: target}
	defer k.stop()
	for _, r := range rules() {
		f := k.judge(r)
		if err := ctx.Err(); err != nil {
			return wrong, context.Cause(ctx)
		}
		if c.Tell(f); f.Verdict == Wrong {
			wrong++
		}
		if k.startup == 0 {
			break // it never started: nothing else can be said
		}
	}
	return wrong, nil
}

// judge plays a rule.
func (c *checker) judge(r rule) Finding {
	f := Finding{Rule: r.name, Verdict: Right, Mend: r.mend}
	if r.need != "" && !c.hello.Has(r.need) {
		f.Verdict, f.Got = LeftOut, "the adapter does not claim "+r.need
		return f
	}
	var err error
	f.Got, f.Want, err = r.play(c)
	switch broke, ok := errors.AsType[*Failure](err); {
	case ok:
		f.Verdict, f.Got, f.Mend = Wrong, broke.Step+": "+broke.Kind.doc(), broke.Kind.Mend()
		if broke.Detail != "" {
			f.Got += " (" + broke.Detail + ")"
		}
		if said := broke.LastWords(); said != "" {
			f.Got += "; its standard error ends: " + said
		}
		f.Want = cmp.Or(f.Want, r.mend)
		c.process = nil
	case err != nil:
		f.Verdict, f.Got = Wrong, err.Error()
	case strings.HasPrefix(f.Want, remark):
		f.Verdict, f.Want = Told, ""
	case f.Got != "":
		f.Verdict = Wrong
	}
	return f
}

// remark begins the want of a rule that only tells.
const remark = "\x00"
