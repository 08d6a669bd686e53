// Package portrait measures in a capture how a device treats its connections
// and what its clients ask of it, and writes a scenario that does the same.
//
// It is told of exchanges and of ended conversations, one by one as a
// [wire.Table] puts them together, and keeps a bounded choice of what it
// measures: its memory does not grow with the capture.
package portrait

import (
	"net/netip"

	"rstorm/results"
	"rstorm/wire"
)

// Bounds of what is kept at a time.
const (
	maxServers = 64      // servers that are measured
	maxThreads = 1 << 16 // open conversations that are followed
)

// A Portrait is what has been measured so far. It is not safe for concurrent
// use.
type Portrait struct {
	servers map[netip.AddrPort]*server
	threads map[int]*thread // open conversations with exchanges, by number
	met     int             // conversations in all

	unmeasured int // conversations that were not measured for want of room
}

// New begins a portrait.
func New() *Portrait {
	return &Portrait{servers: map[netip.AddrPort]*server{}, threads: map[int]*thread{}}
}

// Exchanged takes an exchange in. Those of one conversation come in order. It
// keeps neither c nor x.
func (p *Portrait) Exchanged(c *wire.Conversation, x *wire.Exchange) {
	t := p.threads[c.Number]
	if t == nil {
		s := p.server(c.Server, true)
		if s == nil || len(p.threads) == maxThreads {
			return
		}
		t = &thread{server: s, first: none, last: none}
		p.threads[c.Number] = t
	}
	t.hear(c, x)
}

// Ended takes in how a conversation went, with what was found of its end: a
// finding without a cause if it ended well. It keeps neither.
func (p *Portrait) Ended(c *wire.Conversation, f *results.Finding) {
	if f == nil {
		f = &results.Finding{}
	}
	p.met++
	t := p.threads[c.Number]
	delete(p.threads, c.Number)
	s := p.server(c.Server, t != nil)
	if s == nil {
		p.unmeasured++
		return
	}
	s.conversation(c, f)
	if t == nil {
		t = &thread{server: s, first: none, last: none}
	}
	t.end(c, f)
}

// server finds or makes room for what is known of a server. Where there is no
// room, one that nobody has asked anything makes way for one that was asked.
func (p *Portrait) server(address netip.AddrPort, asked bool) *server {
	if s := p.servers[address]; s != nil {
		s.asked = s.asked || asked
		return s
	}
	if len(p.servers) == maxServers && !(asked && p.evict()) {
		return nil
	}
	s := &server{address: address, asked: asked, met: len(p.servers), causes: map[string]int{}, commands: repertoire{}}
	p.servers[address] = s
	return s
}

// evict forgets the quietest server that nobody has asked anything.
func (p *Portrait) evict() bool {
	var least *server
	for _, s := range p.servers {
		if !s.asked && (least == nil || s.conversations < least.conversations || s.conversations == least.conversations && s.address.Compare(least.address) < 0) {
			least = s
		}
	}
	if least != nil {
		p.unmeasured += least.conversations
		delete(p.servers, least.address)
	}
	return least != nil
}
