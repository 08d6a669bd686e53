package portrait

import "rstorm/results"

// A strike is what a scenario can do to a connection at another place than
// behind an answer.
type strike int

const (
	nothing strike = iota
	synDropped
	synRejected
	refusal
	thrownOut
	rejection
	crashReceiving
	leftUnread
	tooLarge
	resetBefore
	crashBefore
	exits
	gaveUp
	garbled
	resetWithin
	crashWithin
	forgotten
	silence
	unmade // nothing that the file could do
	strikes
)

// atConnect says what a cause means where no connection had been made, and
// later what it means after that. What stands in neither can't be done again.
var (
	atConnect = map[string]strike{
		"firewall-drop": synDropped, "unacknowledged": synDropped, "network-outage": synDropped, "refused": refusal,
		"firewall-reject": synRejected, "defence-reset": thrownOut, "connection-limit": thrownOut,
	}
	later = map[string]strike{
		"firewall-drop": silence, "unacknowledged": silence, "network-outage": silence,
		"firewall-reject": rejection, "defence-reset": thrownOut, "connection-limit": thrownOut,
		"crash-while-receiving": crashReceiving, "unread-data": leftUnread, "request-too-large": tooLarge,
		"reset-before-response": resetBefore, "crash-before-response": crashBefore, "process-exit": exits,
		"client-abort": gaveUp, "protocol-error": garbled, "reset-mid-response": resetWithin,
		"crash-mid-response": crashWithin, "unknown-connection": forgotten,
	}
)

// strikeOf tells what it takes to do again what f found, if it is not an ending
// behind an answer.
func strikeOf(f *results.Finding, e *ending) strike {
	table := later
	if f.Phase == results.PhaseConnect {
		table = atConnect
	}
	hit, known := table[f.Cause]
	switch {
	case f.Cause == "" || e.kind != unclosed:
		return nothing
	case !known:
		return unmade
	}
	return hit
}

// A stage is when in a conversation something strikes. Those of one stage share
// what they strike: connections, requests or answers.
type stage int

const (
	connecting stage = iota // of all attempts to connect
	requesting              // of all requests that the device reads
	answered                // of all answers behind which the connection goes on
)

// A recipe is how a strike is done again.
type recipe struct {
	strike strike
	stage  stage
	link   bool   // by the link, not by the device
	fault  string // in a scenario's words, but for the probability
	needs  string // what the machine must allow
	doc    string
}

// recipes lists what is done by chance, in the order in which a conversation
// meets it. Refusals come by the clock and closings behind an answer have laws
// of their own.
var recipes = []recipe{
	{synDropped, connecting, true, "effect: drop, point: packet, stream: upstream, segments: [syn]", "packets", "SYNs vanish"},
	{synRejected, connecting, true, "effect: reject, point: packet, stream: upstream, segments: [syn]", "packets", "a filter answers SYNs with a RST"},
	{thrownOut, connecting, false, "effect: reset, point: connect", "", "connections are reset as they are made"},
	{rejection, requesting, true, "effect: reject, point: packet, stream: upstream, segments: [data]", "packets", "a filter resets in mid-stream"},
	{crashReceiving, requesting, false, "effect: crash, point: request, bytes: 1, down: 5ms", "", "the process dies while it receives"},
	{leftUnread, requesting, false, "effect: close, point: request, bytes: 1", "", "the device closes on unread bytes"},
	{tooLarge, requesting, false, "effect: close, point: request, bytes: 1", "", "the same, for a request that is too large"},
	{resetBefore, requesting, false, "effect: reset, point: before-forward", "", "the device resets instead of answering"},
	{crashBefore, requesting, false, "effect: crash, point: before-forward, down: 5ms", "", "the process dies before it answers"},
	{exits, requesting, false, "effect: exit, point: before-forward, down: 5ms", "", "the process exits"},
	{gaveUp, requesting, false, "effect: delay, point: after-forward, delay: %[1]s", "", "the answer comes after its caller gave up"},
	{garbled, requesting, false, "effect: garbage, point: after-forward", "", "the answer is no HTTP"},
	{resetWithin, requesting, false, "effect: reset, point: response, bytes: 10", "", "the device resets within its answer"},
	{crashWithin, requesting, false, "effect: crash, point: response, bytes: 10, down: 5ms", "", "the process dies within its answer"},
	{forgotten, answered, false, "effect: vanish, point: after-response", "admin", "the device forgets connections"},
	{silence, answered, false, "effect: black-hole, point: after-response", "filter", "nothing is acknowledged any more"},
}
