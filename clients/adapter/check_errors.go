package adapter

import (
	"fmt"
	"slices"
	"time"
)

func checkRefused(c *checker) (got, want string, err error) {
	base, err := refusing()
	if err == nil {
		err = c.fresh(base, c.Timeout)
	}
	if err != nil {
		return "", "", err
	}
	all, err := c.play(Run{Report: c.reporting(), Commands: gets("/ok")})
	if err != nil {
		return "", "", err
	}
	return c.erred(all, c.Timeout)
}

// failing checks that an answer which can't come is told as an err.
func failing(how string) func(*checker) (got, want string, err error) {
	return func(c *checker) (got, want string, err error) {
		all, err := c.once(Run{Commands: gets("/" + how)})
		if err != nil {
			return "", "", err
		}
		return c.erred(all, c.Timeout)
	}
}

// erred compares results that must have an err within the timeout.
func (c *checker) erred(all []report, timeout time.Duration) (got, want string, err error) {
	for _, r := range all {
		took := time.Duration(r.T1 - r.T0)
		switch {
		case r.Err == nil:
			return told(&r), "an err", nil
		case r.Err.Name == "" || r.Err.Msg == "":
			return fmt.Sprintf("name %s, msg %s", excerpt(r.Err.Name), excerpt(r.Err.Msg)), "an err with name and msg", nil
		case took > timeout+late:
			return fmt.Sprintf("an err after %v", took), fmt.Sprintf("within the timeout of %v", timeout), nil
		}
	}
	return "", "", nil
}

func checkCut(c *checker) (got, want string, err error) {
	all, err := c.once(Run{Commands: gets("/cut")})
	if err != nil {
		return "", "", err
	}
	if r := all[0]; r.Err == nil && (r.Bytes == nil || *r.Bytes != int64(len(answerBody))) {
		return "no err, bytes " + number(r.Bytes), fmt.Sprintf("an err, or bytes %d", len(answerBody)), nil
	}
	return "", "", nil
}

// checkTimeout asks a server that says nothing, and one that goes on answering a
// byte at a time: a limit on each read is no limit.
func checkTimeout(c *checker) (got, want string, err error) {
	const timeout = 300 * time.Millisecond
	if err := c.fresh(c.target.url(), timeout); err != nil {
		return "", "", err
	}
	for _, how := range []string{"/stall", "/drip"} {
		c.target.forget()
		all, err := c.play(Run{Report: c.reporting(), Commands: gets(how)})
		if err != nil {
			return "", fmt.Sprintf("an err after %v", timeout), err
		}
		if took := time.Duration(all[0].T1 - all[0].T0); all[0].Err != nil && took < timeout-timeout/10 {
			return fmt.Sprintf("an err after %v", took), fmt.Sprintf("after %v: timeout_ms", timeout), nil
		}
		if got, want, err = c.erred(all, timeout); got != "" || err != nil {
			return how[1:] + ": " + got, want, err
		}
	}
	return "", "", nil
}

// checkProfiles has every profile carry a command.
func checkProfiles(c *checker) (got, want string, err error) {
	for _, profile := range c.hello.Profiles {
		if profile == nullProfile {
			continue
		}
		i := Init{BaseURL: c.target.url(), Profile: profile, TimeoutMS: c.Timeout.Milliseconds()}
		if err := c.init(i); err != nil {
			return "", "", err
		}
		c.target.forget()
		all, err := c.play(Run{Report: c.reporting(), Commands: gets("/ok", "/ok")})
		if err != nil || failed(all) != "" {
			return fmt.Sprintf("profile %q: %s", profile, failed(all)), well, err
		}
		if n := len(c.target.requests()); n != 2 {
			return fmt.Sprintf("profile %q: %d requests", profile, n), "2", nil
		}
	}
	return "", "", nil
}

// checkFresh lets a client have a connection, if it keeps any, and then asks
// for another client.
func checkFresh(c *checker) (got, want string, err error) {
	if all, err := c.once(Run{Commands: gets("/ok")}); err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	old, kept := c.target.requests()[0].from, c.target.open()
	all, err := c.once(Run{Commands: gets("/ok")})
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	if slices.ContainsFunc(c.target.requests(), func(r request) bool { return r.from == old }) {
		return "a request on a connection of the client before", "connections of its own", nil
	}
	timer := time.NewTimer(c.Timeout)
	defer timer.Stop()
	for _, done := range kept {
		select {
		case <-done:
		case <-timer.C:
			return fmt.Sprintf("a connection of the client before is open %v after init", c.Timeout), "closed", nil
		case <-c.ctx.Done():
			return "", "", c.ctx.Err()
		}
	}
	return "", "", nil
}
