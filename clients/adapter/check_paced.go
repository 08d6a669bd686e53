package adapter

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// reporting is the way of reporting that most rules are checked with.
func (c *checker) reporting() string {
	if c.hello.Has(CapStream) && !c.hello.Has(CapBatch) {
		return "stream"
	}
	return "batch"
}

// once plays commands in one run with a fresh client.
func (c *checker) once(r Run) ([]report, error) {
	if err := c.fresh(c.target.url(), c.Timeout); err != nil {
		return nil, err
	}
	c.target.forget()
	r.Report = cmp.Or(r.Report, c.reporting())
	return c.play(r)
}

// failed is the first result with an err, as a finding.
func failed(all []report) string {
	for _, r := range all {
		if r.Err != nil {
			return fmt.Sprintf("command %d failed: %s [%s]: %s", r.Seq, brief(r.Err.Name, 60), brief(r.Err.Code, 60), brief(r.Err.Msg, 200))
		}
		if r.Status != 200 {
			return fmt.Sprintf("command %d: status %d", r.Seq, r.Status)
		}
	}
	return ""
}

// well is what was wanted of a command that can't fail.
const well = "status 200 and no err"

// early is how much too soon a pause may end: timers count milliseconds.
const early = 1500 * time.Microsecond

// late is how much too late a command may be sent, on a busy machine.
const late = 250 * time.Millisecond

func checkBatch(c *checker) (got, want string, err error) {
	all, err := c.once(Run{Report: "batch", GapUS: 50_000, Commands: gets("/ok", "/ok")})
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	if seen := c.target.requests(); all[0].at.Before(seen[len(seen)-1].began) {
		return "a result before the run's last command was sent", "results after the last command", nil
	}
	return "", "", nil
}

// checkStream has the second command wait at the server until the result of
// the first was here.
func checkStream(c *checker) (got, want string, err error) {
	if err := c.fresh(c.target.url(), c.Timeout); err != nil {
		return "", "", err
	}
	c.target.forget()
	r := Run{Report: "stream", Commands: gets("/ok", "/gate")}
	if err := c.process.Send(c.ctx, r, c.limit(r)); err != nil {
		return "", "", err
	}
	var all []report
	for {
		r, err := c.process.Next(c.ctx)
		switch {
		case err != nil:
			return "", "", err
		case r == nil:
			if last := all[len(all)-1]; last.Err != nil {
				return "the first result only after the second command, which waited for it", "each result at once", nil
			}
			return failed(all), well, nil
		}
		if len(all) == 0 {
			close(c.target.gate)
		}
		all = append(all, report{*r, c.process.heard})
	}
}

// checkGap sees that commands neither overlap nor come too soon, nor very late.
func checkGap(c *checker) (got, want string, err error) {
	const gap = 20 * time.Millisecond
	all, err := c.once(Run{GapUS: gap.Microseconds(), Commands: gets("/slow", "/ok", "/ok", "/ok", "/ok")})
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	return c.spaced([]time.Duration{gap, gap, gap, gap})
}

func checkOwnGaps(c *checker) (got, want string, err error) {
	run := Run{GapUS: 1000, Commands: gets("/ok", "/ok", "/ok")}
	own := []time.Duration{40 * time.Millisecond, 20 * time.Millisecond}
	for i, gap := range own {
		us := gap.Microseconds()
		run.Commands[i].GapUS = &us
	}
	all, err := c.once(run)
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	return c.spaced(own)
}

// spaced compares the pauses between answers and the next requests, as the
// server saw them.
func (c *checker) spaced(gaps []time.Duration) (got, want string, err error) {
	seen := c.target.requests()
	if len(seen) != len(gaps)+1 {
		return fmt.Sprintf("%d requests", len(seen)), fmt.Sprintf("%d", len(gaps)+1), nil
	}
	var over []time.Duration
	for i, gap := range gaps {
		pause := seen[i+1].began.Sub(seen[i].ended)
		if pause < gap-early {
			return fmt.Sprintf("a request %v after the answer to the one before", pause), fmt.Sprintf("a pause of %v at least", gap), nil
		}
		over = append(over, pause-gap)
	}
	slices.Sort(over)
	if median := over[len(over)/2]; median > late {
		return fmt.Sprintf("pauses that are %v too long", median), fmt.Sprintf("pauses of %v", gaps), nil
	}
	return "", "", nil
}

// checkAhead sends two runs at once.
func checkAhead(c *checker) (got, want string, err error) {
	const gap = 20 * time.Millisecond
	if err := c.fresh(c.target.url(), c.Timeout); err != nil {
		return "", "", err
	}
	c.target.forget()
	r := Run{Report: c.reporting(), GapUS: gap.Microseconds(), Commands: gets("/ok", "/ok")}
	all, err := c.play(r, r)
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	return c.spaced([]time.Duration{gap, gap, gap})
}

// checkConcurrency has commands wait at the server until as many are there as may be.
func checkConcurrency(c *checker) (got, want string, err error) {
	const n = 3
	c.target.wanted = n
	all, err := c.once(Run{Concurrency: n, Commands: gets(slices.Repeat([]string{"/meet"}, n+2)...)})
	want = fmt.Sprintf("%d commands under way at once", n)
	if err != nil || failed(all) != "" {
		return failed(all) + "; it waited for the others", want, err
	}
	if most := c.target.most(); most > n {
		return fmt.Sprintf("%d at once", most), want + ", and no more", nil
	}
	return "", "", nil
}

// checkAt has an open loop whose second command is slow.
func checkAt(c *checker) (got, want string, err error) {
	at := []int64{10_000, 30_000, 40_000, 120_000}
	run := Run{Report: c.reporting(), Pace: &Pace{Kind: "at", AtUS: at}, Commands: gets("/ok", "/slow", "/ok", "/ok")}
	if c.hello.Has(CapConcurrency) {
		run.Concurrency = 4
	}
	if err := c.fresh(c.target.url(), c.Timeout); err != nil {
		return "", "", err
	}
	c.target.forget()
	began := time.Now()
	all, err := c.play(run)
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	seen := map[string]time.Time{}
	for _, r := range c.target.requests() {
		seen[r.id] = r.began
	}
	for i, us := range at {
		due := time.Duration(us) * time.Microsecond
		is := seen[run.Commands[i].Headers[idHeader]].Sub(began)
		if is < due-early || is > due+late {
			return fmt.Sprintf("command %d was sent %v after the run", i, is), fmt.Sprintf("%v", due), nil
		}
	}
	if run.Concurrency > 1 && !seen["0-2"].Before(c.target.requests()[1].ended) {
		return "command 2 waited for the answer to command 1", "commands that are due are sent", nil
	}
	return "", "", nil
}
