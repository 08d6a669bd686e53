package pcap

import (
	"math"
	"math/bits"
	"time"
)

// A clock turns the timestamps of an interface into nanoseconds since 1970.
type clock struct {
	times  uint64 // a timestamp is multiplied by this,
	shift  uint   // divided by 2 to the power of this,
	over   uint64 // divided by this,
	offset int64  // and moved by this, in nanoseconds
	broken bool   // the offset is beyond what an int64 can say
}

// microseconds is the clock of an interface that says nothing of its own.
var microseconds = clock{times: 1000, over: 1}

// resolution sets the unit as an if_tsresol option has it: a negative power of
// ten, or of two if the highest bit is set.
func (c *clock) resolution(value byte) {
	c.times, c.shift, c.over = 1, 0, 1
	exponent := int(value & 0x7f)
	switch {
	case value&0x80 != 0:
		c.times, c.shift = uint64(time.Second), uint(exponent)
	case exponent <= 9:
		c.times = power(9 - exponent)
	case exponent <= 9+19:
		c.over = power(exponent - 9)
	default:
		c.times = 0 // 64 bits of such units are less than a nanosecond
	}
}

// move sets the offset, in seconds.
func (c *clock) move(seconds int64) {
	c.offset = seconds * int64(time.Second)
	c.broken = c.offset/int64(time.Second) != seconds
}

// at is the time of a timestamp. It is 0, which says that nothing is known, if
// an int64 cannot hold it: before 1678 or after 2262.
func (c *clock) at(stamp uint64) int64 {
	high, low := bits.Mul64(stamp, c.times)
	if c.shift > 0 {
		low = high<<(64-c.shift) | low>>c.shift // a shift by 64 and more gives 0
		if c.shift >= 64 {
			low = high >> (c.shift - 64)
		}
		high >>= c.shift
	}
	if c.over > 1 {
		low /= c.over
	}
	at := int64(low) + c.offset
	if high != 0 || low > math.MaxInt64 || c.broken || c.offset > 0 && at < 0 {
		return 0
	}
	return at
}

func power(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
