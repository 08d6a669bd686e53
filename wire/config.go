package wire

import (
	"net/netip"
	"time"
)

// A Config says how a [Table] keeps conversations. Its zero value works, but
// tells nobody.
type Config struct {
	// Ended is told of every conversation when it is over: its ports were used
	// again, nothing was heard of it for Linger after it had ended, it was given
	// up for want of memory, or the table was flushed. The conversation is
	// Ended's to keep, unless it is lent.
	Ended func(*Conversation)

	// Lend says that what Ended is told of is the table's and valid during the
	// call: [Conversation.Clone] is Ended's to keep. It is for those who keep few
	// or none; a table leaves hardly any garbage then.
	Lend bool

	// Exchanged, if not nil, is told of every HTTP/1 exchange once nothing can
	// be added to it. Both are the table's and valid during the call; of the
	// conversation the addresses, the numbers and the sides are current.
	Exchanged func(*Conversation, *Exchange)

	// Serves, if not nil, says whether an address is a server's. It decides who
	// called where no SYN tells.
	Serves func(netip.AddrPort) bool

	Linger time.Duration // how long an ended conversation is kept, in the capture's time, for what comes late; 0 is a minute
	Memory int           // bytes that conversations may take before they are told of, about; 0 is 48 MiB. Go's collector lets the process grow to twice that.
	Events int           // segments kept of each conversation; 0 is 64
}

// Counts says what became of packets.
type Counts struct {
	Packets       int // in all
	TCP           int // of these, segments that were put into a conversation
	Other         int // not TCP over IP
	Fragments     int // IP fragments but the first
	Short         int // captured too short for a TCP header
	Malformed     int // headers that contradict themselves
	Conversations int
	GivenUp       int // conversations told of before they had ended, for want of memory
}
