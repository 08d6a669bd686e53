package portrait

import (
	"fmt"
	"strconv"
	"strings"
)

// suite writes the file behind its first lines.
func (w *writer) suite(scenes []*scene) {
	w.line("version: 1")
	all := make([][]played, len(scenes))
	for i, c := range scenes {
		all[i] = c.play()
		if len(scenes) > 1 {
			for j := range all[i] {
				if p := &all[i][j]; !p.builtIn {
					p.name += " of device " + strconv.Itoa(i+1)
				}
			}
		}
	}
	w.commands(scenes, all)
	w.line("\nprofiles:")
	for i, c := range scenes {
		w.profile(c, i+1)
	}
	w.line("\nscenarios:")
	for i, c := range scenes {
		w.scenario(c, i+1, all[i])
	}
}

// commands defines what is played, and what was captured beside it where that
// is something else.
func (w *writer) commands(scenes []*scene, all [][]played) {
	began := false
	begin := func() {
		if !began {
			w.line("\n# The embedded device answers PUT and POST to /put/ctrl and GET and HEAD to")
			w.line("# /query/state only, so these stand for what was captured. To play against the")
			w.line("# device itself, put the names of what was captured into mix. Bodies are as long")
			w.line("# as it takes to make the whole request about as long as the captured one.")
			w.line("commands:")
			began = true
		}
	}
	for i := range scenes {
		for _, p := range all[i] {
			if p.builtIn {
				continue
			}
			begin()
			w.line("  # stands for %s", p.of.describe())
			w.line("  %s: %s", p.name, as(p.method, p.target, p.size))
			if !speakable(p.of) {
				w.line("  # which itself can't stand in a scenario")
			} else if p.method != p.of.method || p.target != p.of.target {
				w.line("  captured %s: %s", p.name, as(p.of.method, p.of.target, p.size))
			}
		}
	}
}

// as writes a command's definition.
func as(method, target string, size int64) string {
	text := "{method: " + strconv.QuoteToASCII(method) + ", target: " + strconv.QuoteToASCII(target)
	if plain(method) && plain(target) {
		text = "{method: " + method + ", target: " + target
	}
	if size > 0 {
		text += fmt.Sprintf(", size: %d", size)
	}
	return text + "}"
}

// plain reports whether text is a path or a word that YAML takes as it is.
func plain(text string) bool {
	return text != "" && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789_/") == "" &&
		strings.Trim(text, "0123456789") != "" && !reserved[strings.ToLower(text)]
}

// reserved are the words that YAML takes for something else than text.
var reserved = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true, "null": true}

func (c *command) describe() string {
	times := "once"
	if c.n > 1 {
		times = fmt.Sprintf("%d times", c.n)
	}
	cut := ""
	if c.cut {
		cut = " (or longer)"
	}
	return fmt.Sprintf("%s %s%s, seen %s, %d bytes with its head", comment(c.method), comment(c.target), cut, times, c.size.median())
}

func (w *writer) profile(c *scene, number int) {
	w.measures(c)
	w.line("  device %d:", number)
	if c.service.n > 0 {
		w.line("    service_time: %v", c.serving)
	} else {
		w.line("    service_time: 0ms # unknown")
	}
	if len(c.device) == 0 {
		return
	}
	w.line("    faults:")
	for _, f := range c.device {
		w.line("      - {%s}", f)
	}
}

func (w *writer) scenario(c *scene, number int, all []played) {
	for _, text := range c.remarks {
		w.line("  # %s", text)
	}
	w.line("  - name: %s", strconv.QuoteToASCII("as captured of "+c.address.String()))
	w.line("    about: %s", strconv.QuoteToASCII(c.about()))
	if len(c.shows) > 0 {
		w.line("    shows: [%s]", strings.Join(c.shows, ", "))
	}
	if len(c.needs) > 0 {
		w.line("    needs: [%s]", strings.Join(c.needs, ", "))
	}
	w.line("    device: device %d", number)
	if len(c.link) > 0 {
		w.line("    link:")
		for _, f := range c.link {
			w.line("      - {%s}", f)
		}
	}
	w.load(c, all)
	w.line("    strategies: [%s] # the captured clients are most like %s", strings.Join(c.strategies(), ", "), c.like)
	w.line("    assert:")
	for _, t := range c.thresholds() {
		w.line("      - %s", t)
	}
}

func (w *writer) load(c *scene, all []played) {
	names, shuffled := c.mix(all)
	w.line("    load:")
	w.line("      clients: %d", c.clients)
	w.line("      commands: %d # of each client; captured were %d in all", c.each, c.requests)
	if c.gaps.n > 0 || c.pausing != (law{}) {
		w.line("      gap: %v", c.pausing)
	}
	w.line("      mix: [%s]", strings.Join(names, ", "))
	if shuffled {
		w.line("      order: shuffle # they came in no order; so often, by their shares")
	}
	w.line("      timeout: %s", span(c.timeout))
}

// about says in a sentence what was captured.
func (c *scene) about() string {
	if c.bad == 0 {
		return fmt.Sprintf("Of %d connections none ended badly.", c.conversations)
	}
	causes := c.causesByCount()
	return fmt.Sprintf("Of %d connections %d ended badly (%s), most often by %s.", c.conversations, c.bad, percent(c.bad, c.conversations), causes[0])
}
