package clients

import (
	"context"
	"errors"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// External is a client of the user's own, in any language: a process that
// speaks JSON lines on its standard streams (docs/adapters.md). Each client of
// a load is one process. It sends its commands in time by itself and tells what
// became of them; what the link, the device's ledger and the packets show of
// them does not come from it.
type External struct {
	Command []string          `yaml:"command" must:"[node, client.mjs]" doc:"the program and its arguments, as in [node, client.mjs]"`
	Profile string            `yaml:"profile" doc:"which of its clients; empty is its first but null"`
	Options map[string]string `yaml:"options" doc:"settings that its author gave it, by name"`
	Report  Reporting         `yaml:"report" doc:"when it writes its results: writing takes it time; default batch, if it can"`
}

// Reporting is when an external client writes its results.
type Reporting string

// The words for it. The zero value means [Batch], but for an adapter that can
// only [Stream].
const (
	Batch  Reporting = "batch"  // when the commands that it was sent together are done
	Stream Reporting = "stream" // each at once
)

// Names lists them.
func (Reporting) Names() []string { return []string{string(Batch), string(Stream)} }

// Validate reports settings that can't be meant. A command that is missing is
// for who reads the settings to report, and for [External.Able].
func (e External) Validate() []error {
	if len(e.Command) > 0 && e.Command[0] == "" {
		return []error{&SettingError{"command", "the program has no name"}}
	}
	return nil
}

// report is the setting as the protocol has it, for an adapter.
func (e External) report(h *adapter.Hello) string {
	streams := h.Has(adapter.CapStream) && !h.Has(adapter.CapBatch)
	if e.Report == Stream || e.Report == "" && streams {
		return string(Stream)
	}
	return string(Batch)
}

// Client makes a client that takes its process from the network's pool.
func (e External) Client(n Network) Client {
	return &external{settings: e, network: n, errors: map[string]*results.ErrorText{}}
}

// An external is one client of another process.
type external struct {
	settings External
	network  Network

	prepared  bool
	unready   error            // why it could not be prepared
	process   *adapter.Process // from Prepare to the end of Play
	remove    func()           // of the file of whom to trust
	init      adapter.Init
	reporting string // as the protocol has it
	clock     adapter.Clock
	about     results.Client
	errors    map[string]*results.ErrorText
}

// Do is not used: an external client is told of its commands beforehand.
func (c *external) Do(context.Context, results.Command) results.Reply {
	return results.Reply{Outcome: results.Failed, Err: errors.New("an external client plays whole loads only")}
}

// Close ends the process if the client was prepared and did not play.
func (c *external) Close() { c.release(errors.New("it did not play")) }

// Prepare has a process of the pool make a client, and compares its clock with
// ours. Play does it if nobody did before.
func (c *external) Prepare(ctx context.Context, timeout time.Duration) error {
	if !c.prepared {
		c.prepared = true
		c.unready = c.prepare(ctx, timeout)
	}
	return c.unready
}

func (c *external) prepare(ctx context.Context, timeout time.Duration) error {
	c.about = results.Client{Command: c.settings.Command, Profile: c.settings.Profile}
	base, err := c.network.url()
	if err != nil {
		return err
	}
	if c.process, err = c.network.Adapters.Take(ctx, c.settings.Command); err != nil {
		return err
	}
	c.introduce()
	file, remove, err := c.network.roots()
	if err != nil {
		return err
	}
	c.remove = remove
	c.init = adapter.Init{BaseURL: base, Profile: c.settings.Profile, CAFile: file,
		TimeoutMS: milliseconds(timeout), Options: c.settings.Options}
	if err = c.process.Init(ctx, c.init); err != nil {
		return err
	}
	c.clock, err = c.process.Sync(ctx)
	c.about.ClockError = c.clock.Error
	return err
}

// Play carries the load. Its process is given back only if it kept the
// protocol to the end.
func (c *external) Play(ctx context.Context, s Schedule) error {
	err := c.Prepare(ctx, s.Timeout)
	if err == nil {
		err = c.carry(ctx, &s)
	}
	if err == nil {
		// A fresh client closes the connections of this one, before the stage is
		// taken down. And what it says beyond what was asked must not reach the
		// next trial.
		err = c.process.Init(ctx, c.init)
	}
	c.release(err)
	c.about.Errors = ranked(c.errors)
	if f, ok := errors.AsType[*adapter.Failure](err); ok {
		c.about.Broke, c.about.Stderr = f.Error(), f.Stderr
	}
	return err
}

// release gives the process back, or ends it if anything went wrong.
func (c *external) release(err error) {
	if c.remove != nil {
		c.remove()
		c.remove = nil
	}
	switch {
	case c.process == nil:
		return
	case err != nil:
		c.network.Adapters.Discard(c.process)
	default:
		c.network.Adapters.Give(c.process)
	}
	c.process = nil
}

// introduce writes down who the process says it is.
func (c *external) introduce() {
	h := &c.process.Hello
	if c.about.Profile == "" {
		c.about.Profile = h.Default()
	}
	c.reporting = c.settings.report(h)
	c.about.Name, c.about.Lib, c.about.Runtime, c.about.Startup = h.Name, h.Lib, h.Runtime, c.process.Startup
}

// About is who the client says it is.
func (c *external) About() results.Client { return c.about }

// milliseconds rounds up: a client must not give up before its time.
func milliseconds(d time.Duration) int64 {
	return max(1, int64((d+time.Millisecond-1)/time.Millisecond))
}
