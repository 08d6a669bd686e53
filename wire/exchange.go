package wire

import (
	"bytes"
	"unsafe"
)

// patience takes the response's word on how long the connection may be idle.
func (t *Table) patience(f *flow, value []byte) {
	if x := f.talk.at(f.talk.reading[Down], f.Exchanged); x != nil {
		x.Idle = parsePatience(value)
	}
}

// response begins the response of the exchange that it answers. Status 0 is that
// of bytes that are no response.
func (t *Table) response(f *flow, status int, line []byte) {
	fr := &f.talk.streams[Down].framer
	x := t.answered(f, fr.begin.Ack)
	f.talk.reading[Down] = x.Number
	x.Response = fr.begin
	f.foresee(x)
	f.talk.since[Down] = fr.begin.Ack + 1
	if status/100 != 1 {
		x.Status = status
	}
	if status > 0 {
		_, said, _ := bytes.Cut(line, []byte(" "))
		t.says(f, fr.begin.Packet, t.words.printable(said, maxSays), true)
	}
}

// answered is the exchange whose response comes in a segment that acknowledges
// ack: the oldest one that waits. Where messages were missed, it is the last one
// that the segment acknowledges, and an answer to a request that it does not
// acknowledge is one to none that was seen.
func (t *Table) answered(f *flow, ack int64) *Exchange {
	k := f.talk
	for n := max(k.next, f.Exchanged-keptExchanges+1); n <= f.Exchanged; n++ {
		x := k.at(n, f.Exchanged)
		if x.Response.Packet != 0 {
			k.next = n + 1
			continue
		}
		if ack >= 0 && x.Request.Seq >= ack {
			break
		}
		if k.torn && k.skipped(f, n, ack) {
			k.next = n + 1
			continue
		}
		k.next, k.torn = n+1, false
		return x
	}
	k.torn = false
	x := t.exchange(f)
	if k.next == x.Number {
		k.next++ // nobody waits any more: responses come in order
	}
	return x
}

// skipped reports whether ack acknowledges a request behind that of an exchange
// that waits: one that waits, too, or one that was not seen yet.
func (k *talk) skipped(f *flow, number int, ack int64) bool {
	if later := k.at(number+1, f.Exchanged); later != nil {
		return later.Response.Packet == 0 && (ack < 0 || later.Request.Seq < ack)
	}
	return k.reading[Up] != number && f.foresees(ack)
}

// exchange makes room for another exchange.
func (t *Table) exchange(f *flow) *Exchange {
	k := f.talk
	f.Exchanged++
	slot := (f.Exchanged - 1) % keptExchanges
	if slot == len(k.exchanges) {
		if slot == cap(k.exchanges) {
			longer, by := t.exchanges.grow(k.exchanges)
			k.exchanges = longer
			t.charge(f, by*exchangeSize)
		}
		k.exchanges = append(k.exchanges, Exchange{})
	} else {
		t.forget(f, &k.exchanges[slot])
	}
	x := &k.exchanges[slot]
	*x = Exchange{Number: f.Exchanged}
	k.told[slot] = false
	return x
}

const exchangeSize = int(unsafe.Sizeof(Exchange{}))

// forget gives up the place of an exchange.
func (t *Table) forget(f *flow, x *Exchange) {
	t.tell(f, x)
	t.charge(f, -len(x.Target)-len(x.Command))
}

// at is an exchange by its number; nil if it is not kept, or there is none.
func (k *talk) at(number, last int) *Exchange {
	if number <= max(0, last-keptExchanges) || number > last {
		return nil
	}
	return &k.exchanges[(number-1)%keptExchanges]
}

// settle tells of an exchange when both its messages are over, as far as they
// will be seen.
func (t *Table) settle(f *flow, x *Exchange) {
	k := f.talk
	if x.Response.Packet != 0 && k.reading[Up] != x.Number && k.reading[Down] != x.Number && !f.awaits(x) {
		t.tell(f, x)
	}
}

// tell tells of an exchange, once.
func (t *Table) tell(f *flow, x *Exchange) {
	told := &f.talk.told[(x.Number-1)%keptExchanges]
	if *told {
		return
	}
	*told = true
	if t.cfg.Exchanged != nil {
		t.cfg.Exchanged(&f.Conversation, x)
	}
}

// order puts the exchanges that are kept in order. Nothing can be added then.
func (k *talk) order(last int) []Exchange {
	if len(k.exchanges) == keptExchanges {
		rotate(k.exchanges, last%keptExchanges)
	}
	return k.exchanges
}

// begins reports whether a message begins with p, in a stream whose framing was
// lost. Content may look like one: only a request after something came back
// since the last one, and only a response after something was asked, is taken
// for one.
func (t *Table) begins(f *flow, way Way, p *piece) bool {
	if way == Up && !isRequest(p.data) || way == Down && !isResponse(p.data) {
		return false
	}
	return p.ack < 0 || p.ack >= f.talk.since[way]
}
