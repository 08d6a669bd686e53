package wire

// An endState is how far one end of a conversation has come, in the terms of
// Zeek's TCP analyzer, from which it derives conn_state.
type endState uint8

const (
	inactive     endState = iota
	partial               // seen in mid-stream
	synSent               // sent a SYN
	synAckSent            // began with SYN and ACK, and was taken for the one who called
	established           // SYN and SYN with ACK were seen
	closed                // sent a FIN
	wasReset              // sent a RST
	wasResetLate          // sent a RST, having sent a FIN
)

// reset treats both states of an end that sent a RST as one.
func (s endState) reset() bool { return s == wasReset || s == wasResetLate }

// idle reports whether Zeek counts the end as not having taken part.
func (s endState) idle() bool { return s == inactive || s == partial }

// transit lets a segment of the end way change the states of both ends, as
// TCP_Analyzer::UpdateStateMachine of Zeek does.
func (f *flow) transit(way Way, s *Segment) {
	me, peer := &f.ends[way].state, &f.ends[1-way].state
	if bare := s.Length == 0 && s.Flags&(SYN|RST|ACK) == ACK; way == Up && !me.reset() && (bare || s.Flags.Has(FIN)) {
		f.onlySYN = false
	}
	switch *me {
	case inactive:
		f.wake(way, s)
	case synSent, synAckSent:
		if s.Flags.Has(FIN) {
			*me = closed
		}
		if s.Flags.Has(RST) {
			*me = wasReset
		}
	case partial, established:
		if s.Flags.Has(SYN) && !s.Flags.Has(ACK) && *me == partial && *peer == inactive {
			*me = synSent
		}
		if s.Flags.Has(FIN) && !s.Flags.Has(RST) {
			*me = closed
			if *peer == wasResetLate {
				*peer = closed // its FIN has been answered: the RST between came too late to matter
			}
		}
		if s.Flags.Has(RST) {
			*me = wasReset
		}
	case closed:
		if s.Flags.Has(RST) && *peer != closed {
			*me = wasResetLate
		}
	}
}

// wake is the first segment of an end.
func (f *flow) wake(way Way, s *Segment) {
	me, peer := &f.ends[way].state, &f.ends[1-way].state
	if s.Flags.Has(SYN) {
		switch {
		case way == Up && s.Flags.Has(ACK):
			*me = synAckSent
		case way == Up:
			*me = synSent
		default:
			if *peer == synSent {
				*peer = established
			}
			*me = established
		}
	}
	if s.Flags.Has(FIN) {
		*me = closed
	}
	if s.Flags.Has(RST) {
		*me = wasReset
	}
	switch {
	case *me != inactive:
	case way == Down && s.Length == 0 && *peer == synSent: // some acknowledge a SYN before they answer it
	case s.Flags.Has(ACK) && *peer == established:
		*me = established
	default:
		*me = partial
	}
}

// connState is Zeek's conn_state of what was seen
// (scripts/base/protocols/conn/main.zeek).
func (f *flow) connState() string {
	client, server := f.ends[Up].state, f.ends[Down].state
	switch {
	case server.reset():
		switch {
		case client == synSent || client == synAckSent, client.reset() && f.Sides[Up].Sent <= 1 && f.Sides[Down].Sent <= 1:
			return "REJ"
		case client.idle():
			return "RSTRH"
		}
		return "RSTR"
	case client.reset():
		switch {
		case !server.idle():
			return "RSTO"
		case f.onlySYN:
			return "RSTOS0"
		}
		return "OTH"
	case client == closed && server == closed:
		return "SF"
	case client == closed:
		return pick(server.idle(), "SH", "S2")
	case server == closed:
		return pick(client.idle(), "SHR", "S3")
	case client == synSent && server == inactive:
		return "S0"
	case client == established && server == established:
		return "S1"
	}
	return "OTH"
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
