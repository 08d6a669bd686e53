package adapter

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkEnd ends the adapter's standard input.
func checkEnd(c *checker) (got, want string, err error) {
	if err := c.fresh(c.target.url(), c.Timeout); err != nil {
		return "", "", err
	}
	if _, err := c.play(Run{Report: c.reporting(), Commands: gets("/ok")}); err != nil {
		return "", "", err
	}
	p := c.process
	c.stop()
	switch {
	case p.stopped >= grace:
		return fmt.Sprintf("it had to be killed after %v", grace), "its exit", nil
	case p.left > 0:
		return fmt.Sprintf("processes that it left behind: %d", p.left), "none", nil
	}
	return "", "", nil
}

func tellNoise(c *checker) (got, want string, err error) {
	if err := c.live(); err != nil {
		return "", "", err
	}
	if noise := strings.TrimSpace(c.process.lines.noise.String()); noise != "" {
		return "lines on standard output that are no messages, as in " + lastLine(noise) + ": they are ignored", remark, nil
	}
	return "none on standard output", remark, nil
}

func tellStartup(c *checker) (got, want string, err error) {
	return fmt.Sprintf("%v until hello", c.startup.Round(time.Millisecond)), remark, nil
}

// tellSpeed has the profile null answer many commands.
func tellSpeed(way string) func(*checker) (got, want string, err error) {
	return func(c *checker) (got, want string, err error) {
		if !slices.Contains(c.hello.Profiles, nullProfile) {
			return "there is no profile " + nullProfile, remark, nil
		}
		if err := c.init(Init{BaseURL: c.target.url(), Profile: nullProfile, TimeoutMS: c.Timeout.Milliseconds()}); err != nil {
			return "", "", err
		}
		const each, times = 2500, 4
		run := Run{Report: way, Commands: gets(slices.Repeat([]string{"/ok"}, each)...)}
		began := time.Now()
		all, err := c.play(run, run, run, run)
		if err != nil {
			return "", "", err
		}
		rate := float64(len(all)) / time.Since(began).Seconds()
		return fmt.Sprintf("%.0f, of %d", rate, each*times), remark, nil
	}
}
