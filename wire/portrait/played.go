package portrait

import (
	"fmt"
	"net/http"
	"slices"
)

// A played command is one of the scenario: the embedded device answers it as
// the captured one answered what it stands for.
type played struct {
	name           string
	method, target string
	size           int64 // of the body; 0 is none
	builtIn        bool
	of             *command
}

// Sizes of requests and what they consist of.
const (
	ownHead   = 150     // bytes of the head of a request that rstorm sends, about
	maxBody   = 1 << 20 // what the embedded device takes
	unreadSum = 4000    // bytes of a body that is to lie unread in part
	floodSum  = 1 << 18 // bytes of a body that no socket buffer holds
)

// play makes a command that the embedded device knows out of each captured one:
// method and size stay as far as they can.
func (c *scene) play() []played {
	var all []played
	for _, i := range c.commands.often() {
		of := &c.commands.all[i]
		p := played{name: fmt.Sprintf("command %d", len(all)+1), method: of.method, target: of.target, of: of}
		if !speakable(of) || !knows(p.method, p.target) {
			p.method, p.target = stand(of.method)
		}
		if p.method != http.MethodGet && p.method != http.MethodHead {
			p.size = min(max(0, of.size.median()-ownHead), maxBody)
		}
		switch {
		case c.struck[crashReceiving] > 0:
			p.size = max(p.size, floodSum)
		case c.struck[leftUnread]+c.struck[tooLarge] > 0:
			p.size = max(p.size, unreadSum)
		}
		for _, b := range builtIn {
			if of.method == b.method && of.target == b.target && p.size <= b.size {
				p.name, p.builtIn, p.size = b.name, true, b.size
			}
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		all = append(all, builtIn[1])
	}
	return all
}

// builtIn are the commands that a scenario need not define.
var builtIn = []played{
	{name: "put ctrl", method: http.MethodPut, target: "/put/ctrl", size: 25, builtIn: true},
	{name: "get state", method: http.MethodGet, target: "/query/state", builtIn: true},
}

// maxMix is the length of a list that stands for shares.
const maxMix = 20

// mix is the order in which the commands are played, by name: a cycle, or each
// as often as its share wants, to be shuffled.
func (c *scene) mix(all []played) (names []string, shuffled bool) {
	order := c.commands.often()
	if turn := c.commands.cycle(); turn != nil {
		for _, i := range turn {
			names = append(names, all[slices.Index(order, i)].name)
		}
	}
	if len(names) > 0 || len(order) == 0 {
		if len(names) == 0 {
			names = []string{all[0].name}
		}
		return names, false
	}
	sum := 0
	for _, p := range all {
		sum += p.of.n
	}
	for _, p := range all {
		times := max(1, (p.of.n*maxMix+sum/2)/max(1, sum))
		for range times {
			names = append(names, p.name)
		}
	}
	return names, true
}
