package scenarios

import (
	"time"

	"go.yaml.in/yaml/v3"

	"rstorm/faults"
)

// A Load is who sends which commands, and how fast.
type Load struct {
	Clients     int           `yaml:"clients" min:"1" max:"10000" doc:"concurrent callers, each with connections of its own"`
	Concurrency int           `yaml:"concurrency" min:"1" max:"1000" doc:"commands that each client carries at once, over connections that they share"`
	Commands    int           `yaml:"commands" min:"1" max:"1000000" doc:"commands of each client; excludes duration"`
	Duration    time.Duration `yaml:"duration" min:"1ms" max:"24h" doc:"time in which commands become due, in place of their number"`
	Gap         faults.Delay  `yaml:"gap" doc:"closed loop: each client waits so long between an answer and its next command; excludes rate"`
	Rate        float64       `yaml:"rate" min:"0.001" max:"1000000" doc:"open loop: commands become due so many times a second over all clients, answered or not; latency counts from due"`
	Mix         []Template    `yaml:"mix" doc:"names of the commands, in turn"`
	Order       Order         `yaml:"order" doc:"of the mix: as it stands, or each round of it shuffled by the seed"`
	Ports       int           `yaml:"ports" min:"0" max:"1000" doc:"source ports that each client uses in turn, so that they are used again; 0 leaves them to the system" zero:"leaves them to the system"`
	Timeout     time.Duration `yaml:"timeout" min:"1ms" max:"1h" doc:"deadline of a command from when it is sent, all attempts included"`
}

// An Order is how a mix is gone through.
type Order string

// The orders. Both send every command of the mix equally often.
const (
	Alternate Order = "alternate" // as the mix stands, over and over
	Shuffle   Order = "shuffle"   // each round shuffled, by the seed
)

// Names lists both, for suggestions.
func (Order) Names() []string { return []string{string(Alternate), string(Shuffle)} }

// DefaultLoad is the load of a file that says nothing about it.
func DefaultLoad() Load {
	return Load{Clients: 1, Concurrency: 1, Commands: 200, Timeout: 3 * time.Second, Mix: BuiltIn(), Order: Alternate}
}

// maxCommands bounds a trial: the record of each command is kept until its
// scenario has been judged.
const maxCommands = 1_000_000

// load reads what n changes in base; n may be nil.
func (p *parser) load(n *yaml.Node, base Load) Load {
	if n == nil {
		return base
	}
	p.decode(n, &base, "load")
	if p.exclusive(n, "commands", "duration") {
		base.Commands = 0
	} else if get(n, "commands") != nil {
		base.Duration = 0
	}
	if p.exclusive(n, "gap", "rate") {
		base.Gap = faults.Delay{}
	} else if get(n, "gap") != nil {
		base.Rate = 0
	}
	if err := base.excess(); err != nil {
		p.fail(n, "%v", err)
	}
	if mix := get(n, "mix"); mix != nil && len(base.Mix) == 0 {
		p.fail(mix, "mix is empty: name at least one command")
	}
	return base
}

// exclusive reports whether b is given, and refuses it beside a.
func (p *parser) exclusive(n *yaml.Node, a, b string) bool {
	second := get(n, b)
	if second != nil && get(n, a) != nil {
		p.fail(second, "%s and %s exclude each other", a, b)
	}
	return second != nil
}
