package wire

import "rstorm/results"

// olderConnection recognises the answer of a server that still holds an older
// connection of the same ports: not SYN,ACK of this one but an acknowledgement
// of that one (RFC 5961 section 4.2), which the client's kernel answers with a
// RST.
func olderConnection(s *scene, r *report) bool {
	rst := &s.up.Reset
	if s.older == 0 && s.syn && !s.connected() && s.down.Packets == 0 && rst.Packet != 0 && rst.Ack < 0 && rst.Seq > 1 {
		r.sayf("RST #%d of the client has the number %d: it answers an acknowledgement, which the capture lacks, of an older connection of the same ports (RFC 5961)", rst.Packet, rst.Seq)
		return true
	}
	if s.older == 0 || s.synAck && (s.outlived == 0 || s.hit != nil) {
		return false
	}
	r.show(s.c.Events[0].Packet, s.older)
	r.sayf("the SYN was answered by #%d, which does not acknowledge it: the server still held an older connection of the same ports", s.older)
	if rst := max(s.up.Reset.Packet, s.outlived); rst != 0 {
		r.show(rst)
		r.sayf("RST #%d of the client clears that away (RFC 5961)", rst)
	}
	if s.synAck {
		r.sayf("the client called once more, and was answered")
	}
	return true
}

// queueOverflow believes the kernel.
func queueOverflow(s *scene, r *report) bool {
	if !s.listening("INVALID_SYN") {
		return false
	}
	r.sayf("RST #%d came from the listening socket, whose accept queue was full", s.down.Reset.Packet)
	return true
}

// synReset is a SYN that is refused. From the wire alone nothing tells who did.
func synReset(s *scene, r *report) bool {
	if s.connected() || s.down.Reset.Packet == 0 {
		return false
	}
	rst := &s.down.Reset
	r.sayf("the SYN was answered by RST #%d, %s after it", rst.Packet, millis(rst.At-s.c.Began))
	if s.word(Down) == "NO_SOCKET" {
		return true
	}
	r.sayf("the wire does not tell whether nothing listens, a packet filter answers in its place, a server at its limit does not listen for now, or the way is gone")
	r.leave("firewall-reject", "connection-limit", "network-outage")
	return true
}

// connectAborted is a client that does not want the connection any more.
func connectAborted(s *scene, r *report) bool {
	rst := &s.up.Reset
	if !s.syn || rst.Packet == 0 || s.down.Reset.Packet != 0 || s.up.Bytes > 0 || s.down.Bytes > 0 || s.up.FIN.Packet != 0 || s.down.FIN.Packet != 0 {
		return false
	}
	r.origin = results.ByClient
	if !s.connected() {
		r.sayf("the client sent RST #%d before the server had answered its SYN", rst.Packet)
		return true
	}
	r.sayf("the client sent RST #%d, %s after its SYN, and no request", rst.Packet, millis(rst.At-s.c.Began))
	if rst.Ack < 0 {
		r.sayf("it answers the server's SYN,ACK, as if the client knew of no connection: it had given up, or never called")
	}
	return true
}

// synUnanswered is a SYN that nobody answers. Who swallowed it can't be seen.
func synUnanswered(s *scene, r *report) bool {
	if s.connected() || s.reset() {
		return false
	}
	r.origin = results.ByUnknown
	r.show(s.c.Events[0].Packet)
	r.sayf("the SYN was sent %d times within %s, and nothing came back", s.up.Packets-s.up.Duplicates, millis(s.c.Ended-s.c.Began))
	r.sayf("a packet filter that drops, a full accept queue and a way that is gone look the same here")
	r.leave("connection-limit", "network-outage")
	return true
}

// synAckUnanswered is a client that is gone as soon as it has called.
func synAckUnanswered(s *scene, r *report) bool {
	if !s.mute() || s.reset() {
		return false
	}
	r.origin = results.ByUnknown
	r.sayf("the server repeated its SYN,ACK %d times and heard nothing: its answers, or what the client sent then, got lost", s.unheard[Down])
	r.leave("firewall-drop", "connection-limit")
	return true
}

// neverAccepted is a server whose kernel forgets the handshake's last segment
// because its accept queue is full: the client sends, and is never
// acknowledged.
func neverAccepted(s *scene, r *report) bool {
	if s.reset() || !s.syn || s.accepted || s.down.Repeats-s.down.Duplicates < 1 || s.unheard[Up]+s.unheard[Down] < repeats || s.up.Bytes == 0 {
		return false
	}
	r.origin = results.ByUnknown
	r.sayf("the server repeats its SYN,ACK while the client repeats its request: the handshake's end is not accepted, as with a full accept queue")
	r.leave("unacknowledged", "firewall-drop")
	return true
}

// resetUnaccepted is the same with tcp_abort_on_overflow: the handshake's last
// segment, or the first one with data, is answered by a RST.
func resetUnaccepted(s *scene, r *report) bool {
	rst := &s.down.Reset
	if !s.syn || s.accepted || s.known[Down] > 1 || !s.byServer() || rst.Packet == 0 || rst.Ack >= 0 || s.listening("TCP_FLAGS") {
		return false
	}
	r.sayf("RST #%d answers the first segment after the SYN,ACK; the server never acknowledged anything: its accept queue is full, as far as the wire tells", rst.Packet)
	r.leave("firewall-reject", "unknown-connection")
	return true
}

// resetUnused is a connection that is reset before anything was sent on it, or
// before the first request had arrived.
func resetUnused(s *scene, r *report) bool {
	rst := &s.down.Reset
	if !s.syn || !s.byServer() || rst.Packet == 0 || rst.Ack < 0 || s.down.Bytes > 0 || rst.Ack > 1 || s.down.FIN.Packet != 0 {
		return false
	}
	r.sayf("RST #%d came %s after the SYN and acknowledges no byte: the server reset the connection without a request", rst.Packet, millis(rst.At-s.c.Began))
	r.sayf("the wire does not tell a limit on new connections from one on open ones, or from a process that exits with connections it has not yet accepted")
	r.leave("connection-limit", "process-exit")
	return true
}
