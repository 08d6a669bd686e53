package link

import (
	"rstorm/faults"
	"rstorm/results"
)

// cause is the id of the reset catalogue that the log proves for the
// connection's reset, "unknown" if it proves none, empty if there was no
// reset. Its caller holds the mutex, and both flows have ended.
func (r *relay) cause() string {
	switch r.log.Reset {
	case "":
		return ""
	case results.ByClient:
		return "client-abort"
	case results.ByDevice:
		if r.log.Cause == "" {
			return r.deviceCause()
		}
	}
	return r.log.Cause
}

// deviceCause reads the cause of a device's RST from what had passed. Why a
// device resets an open request can't be told from here: by will, for bytes it
// left unread, or for a crash.
func (r *relay) deviceCause() string {
	switch {
	case r.partial.Load():
		return "reset-mid-response"
	case r.answered > 0 && r.answered == len(r.exchanges) && !r.up.requests.midRequest() && !r.afterFIN:
		return "abort-after-response"
	case r.crossed():
		return "close-race"
	}
	return causeUnknown
}

// crossed reports whether the device's FIN and the last request are known to
// have crossed: the request came from the client before the FIN was handed to
// it, and went to the device after the FIN had come from there.
func (r *relay) crossed() bool {
	if !r.afterFIN || r.answered == len(r.exchanges) {
		return false
	}
	last := r.exchanges[len(r.exchanges)-1]
	return last.Read >= 0 && (r.log.FINPassed < 0 || last.Read < r.log.FINPassed) && last.Forwarded > r.log.FINRead
}

// stateCause names a RST of the link's own by where the connection stands.
func (r *relay) stateCause() string {
	switch {
	case r.partial.Load():
		return faults.Response.ResetCause()
	case r.requestOpen():
		return faults.AfterForward.ResetCause()
	}
	return faults.AfterResponse.ResetCause()
}
