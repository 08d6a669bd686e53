package adapter

import (
	"cmp"
	"fmt"
	"time"
)

// live sees to it that there is a process.
func (c *checker) live() error {
	if c.process != nil {
		return nil
	}
	p, err := Start(c.ctx, c.Command, c.Patience)
	if err != nil {
		return err
	}
	c.process = p
	if c.startup == 0 {
		c.hello, c.startup = p.Hello, p.Startup
	}
	return nil
}

func (c *checker) stop() {
	if c.process != nil {
		c.process.Close()
		c.process = nil
	}
}

// fresh makes a new client for the address, with the profile under check.
func (c *checker) fresh(base string, timeout time.Duration) error {
	return c.init(Init{BaseURL: base, Profile: c.profile(), TimeoutMS: timeout.Milliseconds()})
}

func (c *checker) init(i Init) error {
	if err := c.live(); err != nil {
		return err
	}
	if err := c.process.Init(c.ctx, i); err != nil {
		return err
	}
	_, err := c.process.Sync(c.ctx)
	return err
}

func (c *checker) profile() string {
	return cmp.Or(c.Profile, c.hello.Default())
}

// nullProfile is the profile that sends nothing and answers everything with
// 200: it shows what the protocol costs.
const nullProfile = "null"

// A report is a result, and when it was here.
type report struct {
	Result
	at time.Time
}

// play has runs carried out, all of them sent ahead, and returns what was
// reported, by order.
func (c *checker) play(runs ...Run) ([]report, error) {
	for _, r := range runs {
		if err := c.process.Send(c.ctx, r, c.limit(r)); err != nil {
			return nil, err
		}
	}
	var all []report
	for left := len(runs); left > 0; {
		r, err := c.process.Next(c.ctx)
		switch {
		case err != nil:
			return all, err
		case r == nil:
			left--
		default:
			all = append(all, report{*r, c.process.heard})
		}
	}
	return all, nil
}

// limit is how long a run may take.
func (c *checker) limit(r Run) time.Duration {
	const slack = 10 * time.Second
	return slack + time.Duration(len(r.Commands))*(c.Timeout+time.Duration(r.GapUS)*time.Microsecond)
}

// gets are GET commands for the paths, numbered from 0.
func gets(paths ...string) []Command {
	all := make([]Command, len(paths))
	for i, path := range paths {
		id := fmt.Sprintf("0-%d", i)
		all[i] = Command{Seq: i, Method: "GET", Path: path + "?command=" + id, Headers: map[string]string{idHeader: id}}
	}
	return all
}
