package link

import "rstorm/faults"

// noise is what effect garbage sends: control characters and bytes of no
// encoding, and no line that HTTP could begin with.
const noise = "\x00\x01\xfe\xff#!%&\r\n\r\n\x80\x7f"

// garbage sends the client bytes that are no HTTP. At after-forward they take
// the place of the response, which is then thrown away. Elsewhere nobody has
// asked; with a delay they can also fall between two pieces of a response.
func garbage(r *relay, _ faults.Strike) { r.say(noise) }

// say sends the client bytes of the link's own.
func (r *relay) say(text string) {
	if !r.severed.Load() {
		r.write(r.client, []byte(text))
		r.touch()
	}
}
