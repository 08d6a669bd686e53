package device

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"rstorm/faults"
)

// garbage sends a line that is no HTTP: where a request waits, it is all the
// answer there will be.
func garbage(c *connection, s faults.Strike) (over bool) {
	if s.Point == faults.BeforeForward || s.Point == faults.AfterForward {
		c.instead = s.Fault
	}
	return c.write(c.noise())
}

// noise draws 62 bytes, none of them ASCII, and an end of line: a client that
// reads by lines need not wait to see what it is. What is drawn depends on the
// seed and on what [faults.Plan]'s draws depend on.
func (c *connection) noise() []byte {
	key := fnv.New64a()
	if c.last.Command != "" {
		fmt.Fprintf(key, "%s/%d", c.last.Command, c.last.Attempt)
	} else {
		fmt.Fprint(key, c.number)
	}
	draw := rand.New(rand.NewPCG(c.device.seed, key.Sum64()))
	line := make([]byte, 62, 64)
	for i := range line {
		line[i] = 0x80 | byte(draw.Uint32())
	}
	return append(line, "\r\n"...)
}
