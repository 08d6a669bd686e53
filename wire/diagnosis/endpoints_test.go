package diagnosis

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"rstorm/wire"
)

// from is a connection from the n-th of many clients to a server.
func from(n int) *wire.Conversation {
	var addr [4]byte
	binary.BigEndian.PutUint32(addr[:], uint32(10<<24+n))
	c := &wire.Conversation{Client: netip.AddrPortFrom(netip.AddrFrom4(addr), 40000), Server: netip.MustParseAddrPort("192.168.0.75:80")}
	c.Sides[wire.Down].Resets = 1
	return c
}

func TestAFloodOfEndpointsLeavesTheWorstAndAFixedAmountOfMemory(t *testing.T) {
	var e endpoints
	for n := range 20 * mostEndpoints {
		e.count(from(n), false)
		if n%100 == 0 {
			e.count(from(7), true)
		}
		if len(e.known) > mostEndpoints {
			t.Fatalf("%d endpoints are known", len(e.known))
		}
	}
	told, others := e.worst()
	if len(told) != toldEndpoints || told[0].Role != "server" || told[0].Connections != 20*mostEndpoints+20*mostEndpoints/100+1 || told[0].Resets != told[0].Connections {
		t.Errorf("%d endpoints, the first %+v", len(told), told[0])
	}
	if told[1].Address != "10.0.0.7" || told[1].Role != "client" || told[1].Bad != 20*mostEndpoints/100+1 || told[1].Resets != 0 {
		t.Errorf("the second is %+v", told[1])
	}
	if others != 20*mostEndpoints+1-toldEndpoints {
		t.Errorf("%d others, want %d", others, 20*mostEndpoints+1-toldEndpoints)
	}
}
