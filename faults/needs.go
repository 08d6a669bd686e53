package faults

// Need is what the machine must allow for f to be carried out; empty if it is
// nothing.
func (f *Fault) Need() Need {
	switch {
	case f.Toxic != nil:
		return ""
	case f.Point == Packet:
		return Packets
	case f.Effect == DropSYN && f.Then == ThenReset:
		return Network // tcp_abort_on_overflow is the whole network namespace's
	}
	return f.Effect.kind().Needs
}

// Fit reports why f can't strike connections that speak TLS or HTTP/2; each
// error is a *FieldError. The link sees no requests in either: they are
// encrypted, or frames.
func (f *Fault) Fit(s Side, tls, http2 bool) []error {
	if f.Toxic != nil {
		return nil
	}
	var errs findings
	over := f.Effect.kind().Over
	errs.add(over == HTTP1 && http2, "effect", "effect %s is one of HTTP/1.1, and this scenario speaks HTTP/2", f.Effect)
	errs.add(over == HTTP1 && tls && s == Link, "effect", "the link can't put effect %s into a TLS connection; the device can", f.Effect)
	errs.add(over == HTTP2 && !http2, "effect", "effect %s is one of HTTP/2: say protocol: h2 or h2c", f.Effect)
	errs.add(over == TLS && !tls, "effect", "effect %s is one of TLS: say protocol: https or h2", f.Effect)
	errs.add(f.Point == Handshake && !tls, "point", "there is no handshake without TLS: say protocol: https or h2")
	errs.add(f.Effect == Status && f.Point == Idle && http2, "point", "HTTP/2 has no answer that nobody asked for: the effect goaway says goodbye at idle")
	errs.add(f.Announce && http2, "announce", "HTTP/2 has no Connection: close: the effect goaway announces")
	if s == Link && (tls || http2) {
		switch f.Point {
		case Request, BeforeForward, AfterForward, Response, AfterResponse:
			errs.add(true, "point", "the link can't see point %s inside TLS or HTTP/2; the device can strike there", f.Point)
		}
		errs.add(f.byCommand(), "effect", "the link can't see commands inside TLS or HTTP/2: select by connections, first, probability and the window")
	}
	return errs
}

// byCommand reports whether f is selected by what only a request tells.
func (f *Fault) byCommand() bool {
	return len(f.Commands)+len(f.Methods)+len(f.Attempts)+len(f.Exchanges) > 0
}
