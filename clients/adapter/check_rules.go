package adapter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// rules lists what an adapter has to do, in the order in which it is checked.
func rules() []rule {
	return []rule{
		{"hello", "", "write hello first, with protocol, name, lib, runtime, caps and profiles", checkHello},
		{"capabilities", "", "claim capabilities by their names", checkCaps},
		{"ready", "", "answer init with ready, for every profile of hello", checkReady},
		{"unknown profile", "", "answer an init with a profile that you don't have with error, and go on", checkUnknownProfile},
		{"unknown type", "", "answer a message of a type that you don't know with {\"type\":\"error\",\"msg\":\"...\"}, and go on", checkUnknownType},
		{"unknown field", "", "ignore fields that you don't know", checkUnknownField},
		{"sync", "", "answer sync with its id and a monotonic clock in nanoseconds", checkSync},
		{"answer", "", "report the status, and bytes and sha256 of the whole body as it came, undecoded", checkAnswer},
		{"request", "", "send method, path, headers and body exactly as the command has them, and nothing of your own in the path", checkRequest},
		{"times", "", "take t0 as the library is called and t1 when it has returned the whole body", checkTimes},
		{"batch", CapBatch, "with report batch, write all results when the run is done", checkBatch},
		{"stream", CapStream, "with report stream, write and flush each result before the next command", checkStream},
		{"one at a time", "", "without concurrency, send a command when the one before was answered and its gap is over", checkGap},
		{"runs ahead", "", "keep runs that are sent ahead, and carry them out one after the other, each with its last gap", checkAhead},
		{"own gaps", CapGaps, "pause as long as the command's own gap_us says, in the run's place", checkOwnGaps},
		{"concurrency", CapConcurrency, "have as many commands under way as concurrency says, and no more", checkConcurrency},
		{"at", CapAt, "send each command of an open loop when at_us says, whether those before were answered or not", checkAt},
		{"rejected", "", "report a status that is not 2xx as a status, without err", checkRejected},
		{"redirect", "", "do not follow redirects: report the 3xx", checkRedirect},
		{"refused", "", "report an err with name and msg when the connection is refused", checkRefused},
		{"reset", "", "report an err with name and msg when the connection is reset", failing("reset")},
		{"closed", "", "report an err with name and msg when the connection is closed without an answer", failing("close")},
		{"cut", "", "report an err for a body that was cut; or, if the library does not notice, its true bytes", checkCut},
		{"timeout", "", "give up after timeout_ms, of the whole exchange and not of each read, and report an err with name and msg", checkTimeout},
		{"fresh client", "", "make a new client with connections of its own at every init, and close those of the one before", checkFresh},
		{"profiles", "", "have every profile carry commands", checkProfiles},
		{"https", CapTLS, "trust the certificates in ca_file, and only them", checkTLS},
		{"end", "", "exit within 500 ms after standard input ended, and leave no process behind", checkEnd},
		{"noise", "", "", tellNoise},
		{"start-up", "", "", tellStartup},
		{"results per second, batch", CapBatch, "", tellSpeed("batch")},
		{"results per second, stream", CapStream, "", tellSpeed("stream")},
	}
}

func checkHello(c *checker) (got, want string, err error) {
	if err := c.live(); err != nil {
		return "", "a hello", err
	}
	h := &c.hello
	for _, f := range []struct{ name, value string }{{"name", h.Name}, {"lib", h.Lib}, {"runtime", h.Runtime}} {
		if f.value == "" {
			return "an empty " + f.name, "name, lib and runtime with their versions", nil
		}
	}
	if len(h.Profiles) == 0 {
		return "no profiles", "the names of its clients, the default first", nil
	}
	if sorted := slices.Sorted(slices.Values(h.Profiles)); len(slices.Compact(sorted)) < len(h.Profiles) {
		return fmt.Sprintf("profiles %q", h.Profiles), "every profile once", nil
	}
	if p := c.Profile; p != "" && !slices.Contains(h.Profiles, p) {
		return fmt.Sprintf("profiles %q", h.Profiles), fmt.Sprintf("the profile %q that was asked for", p), nil
	}
	return "", "", nil
}

// capabilities lists them all.
var capabilities = [...]string{CapBatch, CapStream, CapAt, CapGaps, CapConcurrency, CapTLS}

func checkCaps(c *checker) (got, want string, err error) {
	for _, name := range c.hello.Caps {
		if !slices.Contains(capabilities[:], name) {
			return fmt.Sprintf("%q", name), strings.Join(capabilities[:], ", "), nil
		}
	}
	if !c.hello.Has(CapBatch) && !c.hello.Has(CapStream) {
		return "neither batch nor stream", "one of them at least", nil
	}
	return "", "", nil
}

func checkReady(c *checker) (got, want string, err error) {
	for _, profile := range c.hello.Profiles {
		i := Init{BaseURL: c.target.url(), Profile: profile, TimeoutMS: c.Timeout.Milliseconds()}
		if err := c.init(i); err != nil {
			return "", fmt.Sprintf("ready for the profile %q", profile), err
		}
	}
	return "", "", nil
}

// checkUnknownProfile and checkUnknownType ask for an error, which ends no
// process here.
func checkUnknownProfile(c *checker) (got, want string, err error) {
	i := Init{Type: "init", Protocol: Version, BaseURL: c.target.url(), Profile: "no-such-profile",
		TimeoutMS: c.Timeout.Milliseconds(), Options: map[string]string{}}
	return c.refuses(i)
}

func checkUnknownType(c *checker) (got, want string, err error) {
	return c.refuses(struct {
		Type string `json:"type"`
	}{"no-such-type"})
}

// refuses sends what must be answered with an error, and sees whether the
// adapter goes on.
func (c *checker) refuses(v any) (got, want string, err error) {
	const wanted = "an error with a msg"
	if err := c.live(); err != nil {
		return "", wanted, err
	}
	err = c.process.send(c.ctx, v)
	var in incoming
	if err == nil {
		in, err = c.process.receive(c.ctx, time.Now().Add(min(c.process.patience, 5*time.Second)))
	}
	if err != nil {
		return "", wanted, c.process.blame("the answer", err)
	}
	if in.Type != "error" || in.Msg == "" {
		return fmt.Sprintf("%s with msg %s", in.Type, excerpt(in.Msg)), wanted, nil
	}
	_, err = c.process.Sync(c.ctx)
	return "", "that it goes on", err
}

func checkUnknownField(c *checker) (got, want string, err error) {
	if err := c.live(); err != nil {
		return "", "", err
	}
	err = c.process.send(c.ctx, struct {
		Init
		Extra map[string]int `json:"no_such_field"`
	}{Init{Type: "init", Protocol: Version, BaseURL: c.target.url(), Profile: c.profile(),
		TimeoutMS: c.Timeout.Milliseconds(), Options: map[string]string{}}, map[string]int{"a": 1}})
	if err == nil {
		_, err = c.process.answer(c.ctx, "ready")
	}
	if err != nil {
		return "", "ready", c.process.blame("the answer to init with a field that it can't know", err)
	}
	return "", "", nil
}

// checkSync looks at the clock twice, and at ours: a clock that counts
// milliseconds or microseconds is wrong by a factor.
func checkSync(c *checker) (got, want string, err error) {
	if err := c.live(); err != nil {
		return "", "", err
	}
	first, err := c.process.Sync(c.ctx)
	if err != nil {
		return "", "", err
	}
	wait, cancel := context.WithTimeout(c.ctx, 100*time.Millisecond)
	<-wait.Done()
	cancel()
	second, err := c.process.Sync(c.ctx)
	if err != nil {
		return "", "", err
	}
	if c.process.nameless {
		return "no id", "the id of the sync", nil
	}
	ours, theirs := second.here.Sub(first.here), time.Duration(second.there-first.there)
	if d := (theirs - ours).Abs(); d > first.Error+second.Error+ours/10 {
		return fmt.Sprintf("its clock went on by %d in %v", theirs.Nanoseconds(), ours.Round(time.Microsecond)),
			fmt.Sprintf("about %d: nanoseconds", ours.Nanoseconds()), nil
	}
	return "", "", nil
}
